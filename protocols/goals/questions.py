"""Questions whose right answers stand in the student's own transcript. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import dns.rdatatype

from protocols.dns.wire import WireError, read_message
from protocols.events import Event, Line, Message, Opened, Stored, Transferred
from protocols.goals.context import Context
from protocols.goals.model import Question
from protocols.goals.sights import keys_of, shows

_ENHANCED = re.compile(rb"[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})[ \r\n]")  # RFC 2034 section 4


def is_right(question: Question, answered: str, events: Iterable[Event]) -> bool:
    """Whether a transcript shows that this is an answer. Letters are compared without regard to case, and a name with
    or without its last dot."""
    find = ANSWERS[question.answer]
    given = answered.strip().casefold().rstrip(".").replace(",", "")
    about = _choose(question, events)
    return any(given == right.casefold() for event in about for right in find(event))


def _choose(question: Question, events: Iterable[Event]) -> Iterable[Event]:
    """The events that the question is about."""
    if question.of is None:
        yield from events
        return
    context, keys = Context(), keys_of(question.of)
    for event in events:
        if context.note(event) in keys and shows(question.of, event, context):
            yield event


def _data_port(event: Event) -> list[str]:
    """The port at which a data connection was waited for: the server's after PASV and EPSV, else the client's."""
    if not isinstance(event, Opened) or event.purpose != "data":
        return []
    return [str(event.server.port if event.opener == "C" else event.client.port)]


def _fetched_octets(event: Event) -> list[str]:
    return [str(event.length)] if isinstance(event, Transferred) and event.side == "S" and event.path else []


def _stored_octets(event: Event) -> list[str]:
    return [str(event.size)] if isinstance(event, Stored) else []


def _queries(event: Event) -> list[str]:
    """How many questions a resolver asked for an answer that it had to look for."""
    return [*event.about[:1]] if isinstance(event, Message) and (event.why or "").startswith("recursed") else []


def _address(event: Event) -> list[str]:
    return _find_data(event, dns.rdatatype.A)


def _alias_of(event: Event) -> list[str]:
    return _find_data(event, dns.rdatatype.CNAME)


def _enhanced_code(event: Event) -> list[str]:
    """What stands behind a reply's code in three numbers: RFC 3463."""
    found = _ENHANCED.match(event.raw) if isinstance(event, Line) and event.side == "S" else None
    return [found[1].decode()] if found else []


def _find_data(event: Event, rdtype: dns.rdatatype.RdataType) -> list[str]:
    """What the records of this type say in a response's answer."""
    if not isinstance(event, Message) or event.side != "S" or event.protocol != "dns":
        return []
    try:
        answer = read_message(event.raw).answer
    except WireError:
        return []
    return [each.to_text().rstrip(".") for rrset in answer if rrset.rdtype == rdtype for each in rrset]


# What a question can be about, and what an event says of that.
ANSWERS: dict[str, Callable[[Event], list[str]]] = {
    "data port": _data_port,
    "fetched octets": _fetched_octets,
    "stored octets": _stored_octets,
    "queries": _queries,
    "address": _address,
    "alias": _alias_of,
    "enhanced code": _enhanced_code,
}
