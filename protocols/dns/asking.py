"""Why a query was sent, as far as its cause shows it: RFC 1034 section 5.3.3 step by step. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import dns.rdatatype

from protocols.description import visible
from protocols.dns.causes import plain
from protocols.dns.reading import (
    RD,
    WHOLE,
    Reading,
    data_text,
    delegations,
    is_a_resolvers,
    kind_of,
    name_text,
    question_words,
    read,
)
from protocols.dns.states import ASKING, RETRYING
from protocols.events import Console, Endpoint, Event, Message

_ROOT_SERVERS = ".root-servers.net"  # RFC 9609 section 2: all root servers have their names there
_TYPED_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a query was sent: sentences, (RFC, section) of each, and the state that a resolution turns to with it."""

    says: tuple[str, ...] = ()
    sources: tuple[tuple[int, str], ...] = ()
    state: str | None = None


def called(end: Endpoint) -> str:
    """What the sentences call a host: its name, its address where it has none."""
    return end.host or end.address


def why_asked(query: Message, reading: Reading, cause: Event | None) -> Asked:
    """Why `query` was sent, given the event that it cites."""
    if isinstance(cause, Console):
        typed = "".join(text for _, text in visible(cause.raw[:_TYPED_SHOWN], "text"))
        return Asked((f"You typed “{typed}”.",) if typed else ())
    if not isinstance(cause, Message):
        return Asked()
    if cause.side == "S":
        came = read(cause.raw)
        return replace(_after_response(query, reading, cause, came), state=_find_turn(query, reading, cause, came))
    if cause.client.address == query.client.address:
        return _after_silence(query, cause)
    return replace(_at_first(query, reading, cause), state=ASKING)


def _find_turn(query: Message, reading: Reading, response: Message, came: Reading) -> str | None:
    """The state that a resolution turns to with `query`; None where it goes on in its state, or nothing is resolved.

    A resolver's first query tells that it asks. What follows a referral looks the same when `dig +trace` sends it,
    which resolves nothing that could end, so a state is told only where the transport changes: to TCP after what was
    truncated, and back. Of `dig +norecurse` this takes a retry by TCP for a resolver's.
    """
    if not is_a_resolvers(reading) or (response.why or "").startswith(("recursed", "cached")):
        return None
    if query.transport == "tcp":
        return RETRYING if response.transport == "udp" and kind_of(came) == "truncated" else None
    return ASKING if response.transport == "tcp" else None


def _at_first(query: Message, reading: Reading, asked: Message) -> Asked:
    """A resolver's first query for who asked it."""
    _, rdtype, name = question_words(read(asked.raw))
    start = (
        "It begins at the root, where every name begins."
        if query.server.host.endswith(_ROOT_SERVERS)
        else f"It begins at {called(query.server)}, a server of the closest zone that it knows."
    )
    wanted = f"{called(asked.client)} asked it for the {rdtype} records of {plain(name)}" if name else "It was asked"
    return Asked((f"{wanted}, and its cache has no answer. {start}",), ((1034, "5.3.3"),))


def _after_silence(query: Message, before: Message) -> Asked:
    """The query before was not answered."""
    is_same = query.server.address == before.server.address
    then = "it is asked once more" if is_same else "the next server is asked"
    says = f"{called(before.server)} did not answer: nothing listens there, or it was silent for too long. So {then}."
    return Asked((says,), ((1034, "5.3.3"), (2308, "7.2")))


def _after_response(query: Message, reading: Reading, response: Message, came: Reading) -> Asked:
    """A response led to it."""
    kind, message = kind_of(came), came.message
    server, before = called(query.server), called(response.server)
    _, rdtype, name = question_words(reading)
    if kind == "truncated" and query.transport == "tcp":
        says = f"The answer of {before} was cut to fit a datagram, so the same is asked again by TCP."
        return Asked((says,), ((2181, "9"), (7766, "5")))
    if message is None or kind in ("unreadable", "error"):
        return Asked((f"{before} could not say, so the next server is asked.",), ((1034, "5.3.3"),))
    if kind == "referral":
        delegation = delegations(message)[0]
        servers = {data_text(each, WHOLE).removesuffix(".").lower() for each in delegation}
        zone = plain(delegation.name.to_text())
        if name.lower() in servers and rdtype in ("A", "AAAA") and question_words(came)[2].lower() != name.lower():
            says = f"{before} named {name} as a server of {zone} without its address, so that is found out first."
            return Asked((says,), ((1034, "5.3.3"), (1034, "4.2.1")))
        says = f"It follows the referral of {before}: {zone} is delegated to {server}, so that is asked next."
        return Asked((says,), ((1034, "5.3.3"), (1034, "4.3.1")))
    alias = _alias_to(came, name)
    if alias:
        says = f"It follows the alias: {alias} is another name for {name}, so that is looked up now."
        return Asked((says,), ((1034, "5.2.2"), (1034, "3.6.2")))
    if kind == "answer" and query.server.address in _addresses(came):
        says = f"The address of {server} is known now, so it can be asked."
        return Asked((says,), ((1034, "5.3.3"),))
    if question_words(came) == question_words(reading) and not reading.flags & RD:
        return Asked((f"{before} could not say, so the next server is asked.",), ((1034, "5.3.3"),))
    return _after_other_words(query, reading, response, came)


def _after_other_words(query: Message, reading: Reading, response: Message, came: Reading) -> Asked:
    """A response to another question led to it, and not as a resolver goes on from an answer."""
    before = called(response.server)
    _, rdtype, name = question_words(reading)
    _, type_before, name_before = question_words(came)
    zone = _served_by(came, name)
    if zone is not None and rdtype in ("A", "AAAA"):
        says = f"{before} named {name} as a server of {zone}, and to ask it its address has to be known."
        return Asked((says,), ((1034, "4.2.1"),))
    if name and name.lower() == name_before.lower():
        return Asked((f"The {type_before} records of {name} were asked for before; now it is the {rdtype} records.",))
    return Asked((f"{called(query.client)} had the response of {before} before it, and asks this next.",))


def _served_by(came: Reading, server: str) -> str | None:
    """The zone that has `server` among its name servers, as the answer in `came` lists them."""
    message = came.message
    lists = [each for each in message.answer if each.rdtype == dns.rdatatype.NS] if message else []
    return next(
        (
            plain(each.name.to_text())
            for each in lists
            for data in each
            if data_text(data, WHOLE).removesuffix(".").lower() == server.lower()
        ),
        None,
    )


def _alias_to(came: Reading, name: str) -> str | None:
    """The name in `came` that is an alias of `name`."""
    message = came.message
    aliases = [each for each in message.answer if each.rdtype == dns.rdatatype.CNAME] if message else []
    return next(
        (
            name_text(each.name)
            for each in aliases
            for data in each
            if data_text(data, WHOLE).removesuffix(".").lower() == name.lower()
        ),
        None,
    )


def _addresses(came: Reading) -> set[str]:
    message = came.message
    found = [each for each in message.answer if each.rdtype == dns.rdatatype.A] if message else []
    return {data_text(data, WHOLE) for each in found for data in each}
