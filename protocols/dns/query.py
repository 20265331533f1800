"""What a server is asked, read by hand: that takes a tenth of the time that a whole message takes. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from protocols import limits

dns.rdata.load_all_types()  # a sandbox has no files to load them from when they are met

HEADER = struct.Struct(">HHHHHH")  # RFC 1035 section 4.1.1
_QUESTION_END = struct.Struct(">HH")
_RECORD = struct.Struct(">HHIH")
_OPTION = struct.Struct(">HH")
_POINTER = 0xC0  # the two bits that begin one: RFC 1035 section 4.1.4

QR, TC, RD, CD = 0x8000, 0x0200, 0x0100, 0x0010
_OPCODE_SHIFT, _OPCODE_BITS = 11, 0xF
DO = 0x8000  # of the OPT record's TTL: RFC 6891 section 6.1.4
QUERY = 0  # the opcode


class WireError(ValueError):
    """These octets are no DNS message that is read here. The text is one sentence, `what` its cause in a word."""

    def __init__(self, text: str, what: str = "message") -> None:
        super().__init__(text)
        self.what = what


@dataclass(frozen=True, slots=True)
class Edns:
    """What an OPT record says (RFC 6891 section 6.1): the octets its sender takes by UDP, its version, the DO bit."""

    payload: int
    version: int
    dnssec_ok: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What a server is asked. `octets` are the whole message and `question` its question as it came, b"" where the
    opcode is another than QUERY and nothing is known of what follows; then `name` is the root. `edns` is None
    without an OPT record."""

    octets: bytes
    id: int
    opcode: int
    question: bytes
    name: dns.name.Name
    rdtype: dns.rdatatype.RdataType
    rdclass: dns.rdataclass.RdataClass
    recursion_desired: bool = False
    checking_disabled: bool = False
    edns: Edns | None = None


def read_query(octets: bytes) -> Query:
    """The query that `octets` hold. Raises WireError, whatever they are, and never anything else; `refuse_format` has
    what is answered then."""
    if len(octets) < HEADER.size:
        raise WireError(too_short(octets), "header")
    ident, flags, *counts = HEADER.unpack_from(octets)
    if flags & QR:
        raise WireError("This is a response, and nothing was asked.", "response")
    opcode = flags >> _OPCODE_SHIFT & _OPCODE_BITS
    query = Query(
        octets=octets,
        id=ident,
        opcode=opcode,
        question=b"",
        name=dns.name.root,
        rdtype=dns.rdatatype.NONE,
        rdclass=dns.rdataclass.IN,
        recursion_desired=bool(flags & RD),
        checking_disabled=bool(flags & CD),
    )
    return query if opcode != QUERY else _with_question(query, counts)


def _with_question(query: Query, counts: list[int]) -> Query:
    """The same query with its question and its OPT record read."""
    octets = query.octets
    if counts[0] != 1:  # RFC 9619 section 4
        raise WireError(f"A query has one question, and this announces {counts[0]}.", "question-count")
    if sum(counts) > limits.DNS_RECORDS:
        raise WireError(too_many(), "record-count")
    labels, place = _read_labels(octets, HEADER.size)
    if place + _QUESTION_END.size > len(octets):
        raise WireError("The message ends within its question.", "short")
    rdtype, rdclass = _QUESTION_END.unpack_from(octets, place)
    place += _QUESTION_END.size
    return Query(
        octets=octets,
        id=query.id,
        opcode=query.opcode,
        question=octets[HEADER.size : place],
        name=dns.name.Name(labels),
        rdtype=dns.rdatatype.RdataType.make(rdtype),
        rdclass=dns.rdataclass.RdataClass.make(rdclass),
        recursion_desired=query.recursion_desired,
        checking_disabled=query.checking_disabled,
        edns=_read_edns(octets, place, sum(counts[1:3]), counts[3]) if any(counts[1:]) else None,
    )


def _read_labels(octets: bytes, place: int) -> tuple[list[bytes], int]:
    """The labels of the question's name, and the place after it. It is the first name of the message, so that there
    is nothing a pointer could point to."""
    labels, start = [], place
    while place < len(octets):
        length = octets[place]
        if length > limits.LABEL:
            what = "pointer" if length & _POINTER == _POINTER else "label"
            raise WireError(f"The octet {length} begins no label of the question's name.", what)
        place += 1 + length
        labels.append(octets[place - length : place])
        if place - start > limits.NAME:
            raise WireError(f"A name has at most {limits.NAME} octets, and the question's has more.", "name")
        if length == 0:
            return labels, place
    raise WireError("The message ends within the question's name.", "short")


def _read_edns(octets: bytes, place: int, passed: int, additional: int) -> Edns | None:
    """The OPT record among the `additional` records that follow `passed` others."""
    found = None
    for number in range(passed + additional):
        is_root = octets[place : place + 1] == b"\x00"
        place = _skip_name(octets, place)
        if place + _RECORD.size > len(octets):
            raise WireError("The message ends within a record.", "short")
        rdtype, rdclass, ttl, length = _RECORD.unpack_from(octets, place)
        place += _RECORD.size + length
        if place > len(octets):
            raise WireError("The message ends within a record's data.", "short")
        if rdtype != dns.rdatatype.OPT:
            continue
        if found or number < passed or not is_root:  # RFC 6891 sections 6.1.1 and 6.1.2
            raise WireError("A query has at most one OPT record: of the root, among the additional records.", "opt")
        _check_options(octets[place - length : place])
        found = Edns(rdclass, ttl >> 16 & 0xFF, bool(ttl & DO))
    return found


def _skip_name(octets: bytes, place: int) -> int:
    """The place after the name there. Where its pointer leads is nobody's business here."""
    while place < len(octets):
        length = octets[place]
        if length == 0:
            return place + 1
        if length & _POINTER == _POINTER:
            return place + 2
        if length > limits.LABEL:
            raise WireError(f"The octet {length} begins no label.", "label")
        place += 1 + length
    raise WireError("The message ends within a name.", "short")


def _check_options(data: bytes) -> None:
    """Options are what they like (RFC 6891 section 6.1.2: unknown ones are ignored) but each is whole."""
    place = 0
    while place < len(data):
        if place + _OPTION.size > len(data):
            raise WireError("The OPT record ends within an option.", "option")
        place += _OPTION.size + _OPTION.unpack_from(data, place)[1]
    if place > len(data):
        raise WireError("The OPT record ends within an option.", "option")


def too_short(octets: bytes) -> str:
    return f"A DNS message has a header of {HEADER.size} octets, and this has {len(octets)} octets in all."


def too_many() -> str:
    return f"This message announces more than the {limits.DNS_RECORDS} records that are read of one."
