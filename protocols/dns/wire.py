"""Octets into queries and messages, answers into octets, and what is typed into names. Pure."""

from __future__ import annotations

import re
import struct
from typing import Literal

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.renderer
import dns.rrset

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.parts import count_parts
from protocols.dns.query import (
    CD,
    DO,
    HEADER,
    QR,
    RD,
    TC,
    Edns,
    Query,
    WireError,
    read_query,
    too_many,
    too_short,
)

__all__ = [
    "Edns",
    "Query",
    "WireError",
    "check_name",
    "count_records",
    "read_message",
    "read_query",
    "refuse_format",
    "respond",
]

_AA, _RA = 0x0400, 0x0080
_OPT = struct.Struct(">BHHBBHH")  # RFC 6891 section 6.1.2
_OPTION = struct.Struct(">HH")
_EXTENDED_ERROR = 15  # the option: RFC 8914 section 2
_OPCODE_MASK = 0x7800
_ESCAPE = re.compile(r"\\([0-9]{3}|.)")  # one octet: RFC 1035 section 5.1
_SHOWN = 40  # characters of a name in a sentence


def check_name(text: str, origin: dns.name.Name = dns.name.root) -> dns.name.Name:
    """The name that somebody typed; without a last dot it is within `origin`. Raises WireError that says which limit
    it breaks (RFC 1035 section 2.3.4), or what is wrong with its spelling."""
    if not text.isascii():
        raise WireError(f"A name is ASCII here, and {_shorten(text)} has other characters; type its xn-- form.", "name")
    try:
        return dns.name.from_text(text, origin)
    except dns.name.LabelTooLong as error:
        label = max(_ESCAPE.sub("?", text).split("."), key=len)
        told = f"A label has at most {limits.LABEL} octets, and {_shorten(label)} has {len(label)}."
        raise WireError(told, "label") from error
    except dns.name.NameTooLong as error:
        raise WireError(_too_long(text, origin), "name") from error
    except dns.name.EmptyLabel as error:
        told = f"Between two dots of a name stands a label, and {_shorten(text)} has one with nothing in it."
        raise WireError(told, "label") from error
    except dns.exception.DNSException as error:
        told = f"After a backslash stands one character or a number from 000 to 255, and {_shorten(text)} differs."
        raise WireError(told, "name") from error


def _too_long(text: str, origin: dns.name.Name) -> str:
    lengths = [len(label) for label in _ESCAPE.sub("?", text).rstrip(".").split(".")]
    if not text.endswith("."):
        lengths += [len(label) for label in origin.labels[:-1]]
    octets = sum(lengths) + len(lengths) + 1  # RFC 1035 section 3.1: each label after its length, then the root's
    return (
        f"A name has at most {limits.NAME} octets on the wire, so at most {limits.LEVELS} levels below the root; "
        f"{_shorten(text)} has {octets} octets in {len(lengths)} levels."
    )


def _shorten(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def read_message(octets: bytes) -> dns.message.Message:
    """The message that `octets` hold. Raises WireError, whatever they are, and never anything else."""
    if len(octets) < HEADER.size:
        raise WireError(too_short(octets), "header")
    if len(octets) > limits.DNS_MESSAGE or count_records(octets) > limits.DNS_RECORDS:
        raise WireError(too_many(), "record-count")
    if len(octets) > limits.DATAGRAM_EDNS and count_parts(octets) > limits.DNS_PARTS:
        raise WireError(f"This message has more than {limits.DNS_PARTS:,} labels, texts and options in all.", "parts")
    try:
        return dns.message.from_wire(octets, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, LookupError) as error:
        raise WireError(f"These octets are no DNS message ({type(error).__name__}).") from error


def count_records(octets: bytes) -> int:
    """How many questions and records a header announces: the sum of its four counts."""
    return sum(HEADER.unpack_from(octets)[2:])


def respond(query: Query, answer: Answer, *, recursion_available: bool, transport: Literal["udp", "tcp"]) -> bytes:
    """The message that answers `query` with `answer`: its id, opcode, RD and question are the query's. By UDP it is
    cut to what the client takes (RFC 2181 section 9, RFC 6891 section 6.2.5), whole RRsets at a time."""
    opt = _make_opt(query, answer)
    flags = QR | (int.from_bytes(query.octets[2:4], "big") & (_OPCODE_MASK | RD)) | (answer.rcode & 0xF)
    if answer.is_authoritative:
        flags |= _AA
    if recursion_available:
        flags |= _RA
        if query.checking_disabled and not answer.is_authoritative:  # RFC 4035 sections 3.1.6 and 3.2.2
            flags |= CD
    room = _room(query, transport) - len(opt)
    renderer = dns.renderer.Renderer(query.id, flags, room)
    if query.question:
        renderer.add_question(query.name, query.rdtype, query.rdclass)
    if not _add_sections(renderer, answer):
        renderer.flags |= TC
    if opt:
        renderer.counts[dns.renderer.ADDITIONAL] += 1
    renderer.write_header()
    return bytes(renderer.get_wire()) + opt


def refuse_format(octets: bytes) -> bytes | None:
    """What is answered to octets that `read_query` refuses: FORMERR, or None for silence, which a response and what
    has no header get. There is nothing in it but a header, for nothing else of the query can be relied on."""
    if len(octets) < HEADER.size:
        return None
    ident, flags = HEADER.unpack_from(octets)[:2]
    if flags & QR:  # or two servers could go on answering each other
        return None
    return HEADER.pack(ident, QR | flags & (_OPCODE_MASK | RD) | dns.rcode.FORMERR, 0, 0, 0, 0)


def _room(query: Query, transport: Literal["udp", "tcp"]) -> int:
    """The octets that the whole message may have."""
    if transport == "tcp":
        return limits.DNS_MESSAGE
    if query.edns is None:
        return limits.DATAGRAM
    # RFC 6891 section 6.2.3: less than 512 counts as 512.
    return min(max(query.edns.payload, limits.DATAGRAM), limits.DATAGRAM_EDNS)


def _make_opt(query: Query, answer: Answer) -> bytes:
    """The OPT record of the response: there is one if the query has one (RFC 6891 section 6.1.1)."""
    if query.edns is None:
        return b""
    data = b""
    if answer.extended_error is not None:
        code, text = answer.extended_error
        content = code.to_bytes(2, "big") + text.encode("utf-8")
        data = _OPTION.pack(_EXTENDED_ERROR, len(content)) + content
    flags = DO if query.edns.dnssec_ok else 0  # RFC 3225 section 3
    return _OPT.pack(0, dns.rdatatype.OPT, limits.DATAGRAM_EDNS, answer.rcode >> 4, 0, flags, len(data)) + data


def _add_sections(renderer: dns.renderer.Renderer, answer: Answer) -> bool:
    """Add what fits. False where something is missing that the client needs."""
    for section, rrsets in ((dns.renderer.ANSWER, answer.answer), (dns.renderer.AUTHORITY, answer.authority)):
        if not all(_add(renderer, section, rrset) for rrset in rrsets):
            return False
    needed, useful = _part_glue(answer)
    if not all(_add(renderer, dns.renderer.ADDITIONAL, rrset) for rrset in needed):
        return False
    for rrset in useful:
        _add(renderer, dns.renderer.ADDITIONAL, rrset)
    return True


def _add(renderer: dns.renderer.Renderer, section: int, rrset: dns.rrset.RRset) -> bool:
    try:
        renderer.add_rrset(section, rrset, want_shuffle=False)  # a lesson shows the same each time
    except dns.exception.TooBig:
        return False
    return True


def _part_glue(answer: Answer) -> tuple[list[dns.rrset.RRset], list[dns.rrset.RRset]]:
    """The additional RRsets that nobody finds elsewhere, and the others. RFC 9471 section 2.1: the addresses of a
    referral's name servers whose names are within the delegated zone."""
    cuts = [rrset.name for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NS]
    needed: list[dns.rrset.RRset] = []
    useful: list[dns.rrset.RRset] = []
    for rrset in answer.additional:
        (needed if any(rrset.name.is_subdomain(cut) for cut in cuts) else useful).append(rrset)
    return needed, useful
