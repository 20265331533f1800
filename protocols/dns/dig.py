"""What is asked of dig, and the queries that it makes of it. Pure.

The words are those of dig of BIND 9.18, as far as they go. Its queries are too, the AD bit included (RFC 6840 section
5.7), but have no cookie (RFC 7873).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
from dns.message import Message
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns.reply import is_address, name_of_address
from protocols.dns.wire import WireError, check_name

USAGE = """\
Usage:  dig [@server] [name] [type] [class] [options]
        -x address      the name that an address has
        -t type         -c class        -q name         -p port
        +[no]recurse    ask to resolve, or not to
        +[no]trace      go from server to server, from the root down
        +[no]tcp        ask by TCP at once
        +[no]ignore     take a truncated answer as it is
        +[no]short      print the data alone
        +[no]edns       ask with EDNS
        +bufsize=N      say that N octets may come by UDP
        +[no]dnssec     ask for signatures too"""

_SWITCHES: dict[str, dict[str, Any]] = {  # what each changes of what is asked; a word may be cut: "+norec"
    "recurse": {"wants_recursion": True},
    "norecurse": {"wants_recursion": False},
    "tcp": {"by_tcp": True},
    "notcp": {"by_tcp": False},
    "vc": {"by_tcp": True},
    "novc": {"by_tcp": False},
    "short": {"is_short": True},
    "noshort": {"is_short": False},
    "trace": {"is_trace": True, "wants_signatures": True},
    "notrace": {"is_trace": False},
    "edns": {"has_edns": True},
    "noedns": {"has_edns": False},
    "dnssec": {"has_edns": True, "wants_signatures": True},
    "nodnssec": {"wants_signatures": False},
    "ignore": {"takes_truncated": True},
    "noignore": {"takes_truncated": False},
}


class UsageError(ValueError):
    """The words ask for nothing that dig does. The text is what it prints."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words of a command line ask for. A `server` of None is the resolver, a `by_tcp` of None what suits the
    type. Until all are read the name may be empty, and the type none."""

    words: tuple[str, ...]
    server: str | None = None
    port: int = 53
    name: Name = dns.name.empty
    rdtype: RdataType = RdataType.NONE
    rdclass: RdataClass = RdataClass.IN
    wants_recursion: bool = True
    has_edns: bool = True
    bufsize: int = limits.DATAGRAM_EDNS
    wants_signatures: bool = False
    by_tcp: bool | None = None
    takes_truncated: bool = False
    is_trace: bool = False
    is_short: bool = False


def parse(words: list[str]) -> Asked:
    """What `words`, those after "dig", ask for. Raises UsageError."""
    asked = Asked(tuple(words))
    rest = deque(words)
    while rest:
        word = rest.popleft()
        if word.startswith("@"):
            asked = replace(asked, server=word[1:])
        elif word.startswith("+"):
            asked = _switch(asked, word)
        elif word.startswith("-"):
            asked = _option(asked, word, rest)
        else:
            asked = _word(asked, word)
    if asked.name == dns.name.empty:  # the root's name servers are what there is to know without a name
        return replace(asked, name=dns.name.root, rdtype=RdataType.NS)
    return replace(asked, rdtype=RdataType.A) if asked.rdtype == RdataType.NONE else asked


def _switch(asked: Asked, word: str) -> Asked:
    key, _, value = word[1:].partition("=")
    if key == "bufsize" and value:
        return replace(asked, bufsize=_number(value, "buffer size"))
    meant = [each for each in _SWITCHES if each.startswith(key)]
    if len(meant) != 1 or value:
        raise UsageError(f"Invalid option: {word}\n{USAGE}")
    return replace(asked, **_SWITCHES[meant[0]])


def _option(asked: Asked, word: str, rest: deque[str]) -> Asked:
    letter, value = word[1:2], word[2:]
    if letter not in tuple("cpqtx") or not (value or rest):
        raise UsageError(USAGE if letter == "h" else f"Invalid option: {word}\n{USAGE}")
    value = value or rest.popleft()
    if letter == "p":
        return replace(asked, port=_number(value, "port number"))
    if letter == "q":
        return replace(asked, name=_name(value))
    if letter == "x":
        if not is_address(value):
            raise UsageError(f"dig: -x takes an IPv4 address, and {value} is none.")
        return replace(asked, name=name_of_address(value), rdtype=RdataType.PTR)
    changed = _type(asked, value) if letter == "t" else _class(asked, value)
    if changed is None:
        raise UsageError(f"dig: there is no {'type' if letter == 't' else 'class'} {value}.")
    return changed


def _word(asked: Asked, word: str) -> Asked:
    changed = _type(asked, word) or _class(asked, word)
    if changed is not None:
        return changed
    if asked.name != dns.name.empty:
        raise UsageError(f"dig: one name at a time; {word} is no type and no class.")
    return replace(asked, name=_name(word))


def _type(asked: Asked, word: str) -> Asked | None:
    try:
        return replace(asked, rdtype=RdataType.from_text(word))
    except (dns.exception.DNSException, ValueError):
        return None


def _class(asked: Asked, word: str) -> Asked | None:
    try:
        return replace(asked, rdclass=RdataClass.from_text(word))
    except (dns.exception.DNSException, ValueError):
        return None


def _name(word: str) -> Name:
    try:
        return check_name(word)
    except WireError as error:
        raise UsageError(f"dig: {error}") from error


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"invalid {what} '{text}': not a valid number\ndig: Couldn't parse {what}")
    if len(text) > 5 or int(text) > 65535:
        raise UsageError(f"invalid {what} '{text}': out of range\ndig: Couldn't parse {what}")
    return int(text)


def make_query(asked: Asked, name: Name, rdtype: RdataType, wants_recursion: bool) -> Message:
    """The query for `name` and `rdtype`, with whatever else is asked for."""
    return dns.message.make_query(
        name,
        rdtype,
        asked.rdclass,
        use_edns=0 if asked.has_edns else False,
        payload=asked.bufsize if asked.has_edns else None,
        want_dnssec=asked.has_edns and asked.wants_signatures,
        flags=dns.flags.AD | (dns.flags.RD if wants_recursion else 0),
    )


@dataclass(frozen=True, slots=True)
class Referral:
    """Where to ask next: the name servers of `zone`, and an address of each where the response has one."""

    zone: Name
    servers: tuple[tuple[Name, str | None], ...]


def find_referral(message: Message) -> Referral | None:
    """Where a response without an answer leads to; one that lists the root's servers leads there."""
    section = message.answer if message.question and message.question[0].name == dns.name.root else message.authority
    found = next((rrset for rrset in section if rrset.rdtype == RdataType.NS), None)
    if found is None or (message.answer and section is message.authority):
        return None
    glue = {
        rrset.name: rdata.to_text() for rrset in message.additional if rrset.rdtype == RdataType.A for rdata in rrset
    }
    return Referral(found.name, tuple((rdata.target, glue.get(rdata.target)) for rdata in found))


def judge_referral(referral: Referral, above: Name, name: Name) -> str | None:
    """What is wrong with a referral by a server of the zone `above`, on the way to `name`; None where nothing is."""
    if referral.zone == above:
        return ";; BAD (HORIZONTAL) REFERRAL"
    return None if referral.zone.is_subdomain(above) and name.is_subdomain(referral.zone) else ";; BAD REFERRAL"
