"""A message for a reader: what kind of thing it is, and the gist of it in a few words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from protocols.dns.wire import WireError, read_message

HEADER = 12  # octets: RFC 1035 section 4.1.1
QR, AA, TC, RD, AD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0020  # RFC 1035 section 4.1.1, RFC 6840 section 5.7
SHOWN = 3  # records of an answer that stand in its line
LENGTH = 80  # characters of a record's data that stand in a line
WHOLE = 2_000  # more than any name has in presentation form

Kind = Literal["query", "answer", "referral", "no-data", "no-name", "error", "truncated", "unreadable"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a message's octets. `flags` are its second and third octet, 0 where there are none.
    `message` is None where the octets hold none; `trouble` says then why, in a sentence."""

    octets: bytes
    flags: int
    message: dns.message.Message | None
    trouble: str | None = None

    @property
    def question(self) -> dns.rrset.RRset | None:
        """The first question."""
        return self.message.question[0] if self.message and self.message.question else None

    @property
    def rcode(self) -> int:
        """The response's code, with its upper bits where there is an OPT record."""
        return int(self.message.rcode()) if self.message and self.trouble is None else self.flags & 0xF


def read(octets: bytes) -> Reading:
    """All that can be read of `octets`, whatever they are. Of a message that is broken after its question, the
    question is read."""
    flags = int.from_bytes(octets[2:4], "big")
    try:
        return Reading(octets, flags, read_message(octets))
    except WireError as error:
        return Reading(octets, flags, _read_question(octets), str(error))


def _read_question(octets: bytes) -> dns.message.Message | None:
    if int.from_bytes(octets[4:6], "big") != 1:
        return None
    try:
        return dns.message.from_wire(octets, question_only=True, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, LookupError):
        return None


def kind_of(reading: Reading) -> Kind:
    """What kind of message it is."""
    message = reading.message
    if message is None or reading.trouble is not None:
        return "unreadable"
    if not reading.flags & QR:
        return "query"
    if reading.flags & TC:
        return "truncated"
    if reading.rcode == dns.rcode.NXDOMAIN:
        return "no-name"
    if reading.rcode != dns.rcode.NOERROR:
        return "error"
    if leads_nowhere(message):
        return "no-data"
    if message.answer:
        return "answer"
    return "referral" if delegations(message) and not reading.flags & AA else "no-data"


def is_a_resolvers(query: Reading) -> bool:
    """Whether `query` looks like one of a resolver: it desires no recursion, says nothing of AD, and speaks EDNS. A
    program that somebody runs desires recursion unless it is told not to; then other things show it (nslookup has no
    EDNS, dig sets AD)."""
    return query.message is not None and not query.flags & (RD | AD) and query.message.edns >= 0


def leads_nowhere(message: dns.message.Message) -> bool:
    """Whether aliases are all that the answer has, and the SOA record says that there is nothing at their end."""
    only_aliases = bool(message.answer) and all(each.rdtype == dns.rdatatype.CNAME for each in message.answer)
    asked = message.question[0].rdtype if message.question else dns.rdatatype.ANY
    ends = any(each.rdtype == dns.rdatatype.SOA for each in message.authority)
    return only_aliases and ends and asked not in (dns.rdatatype.CNAME, dns.rdatatype.ANY)


def end_of_aliases(message: dns.message.Message) -> str | None:
    """The name that the aliases in the answer lead to from the name that was asked for; None where they lead nowhere
    else."""
    if not message.question or message.question[0].rdtype in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
        return None
    aliases = {each.name: each[0].target for each in message.answer if each.rdtype == dns.rdatatype.CNAME and each}
    first = name = message.question[0].name
    while name in aliases:
        name = aliases.pop(name)  # each is followed once, so that a circle ends
    return None if name == first else name_text(name)


def delegations(message: dns.message.Message) -> list[dns.rrset.RRset]:
    """The name servers that the authority section names."""
    return [each for each in message.authority if each.rdtype == dns.rdatatype.NS]


def name_text(name: dns.name.Name) -> str:
    """A name as people write it: without its last dot, other octets than printable ASCII as \\DDD."""
    return name.to_text(omit_final_dot=True)


def type_text(rdtype: dns.rdatatype.RdataType) -> str:
    """ "AAAA", or "TYPE65280" (RFC 3597 section 5)"""
    return dns.rdatatype.to_text(rdtype)


def class_text(rdclass: dns.rdataclass.RdataClass) -> str:
    """ "IN", or "CLASS7" (RFC 3597 section 5)"""
    return dns.rdataclass.to_text(rdclass)


def data_text(data: dns.rdata.Rdata, length: int) -> str:
    """A record's data as in a master file, cut to `length` characters."""
    try:
        text = data.to_text()
    except (dns.exception.DNSException, ValueError, LookupError):  # what came over the wire need not make sense
        text = dns.rdata.GenericRdata(data.rdclass, data.rdtype, data.to_wire() or b"").to_text()
    text = "".join(each if each.isprintable() else f"\\{ord(each):03}" for each in text)
    return text if len(text) <= length else text[: length - 1] + "…"


def question_words(reading: Reading) -> tuple[str, str, str]:
    """(class, type, name) of the question, for a line: the class is "" where it is IN."""
    question = reading.question
    if question is None:
        return "", "", ""
    of_class = "" if question.rdclass == dns.rdataclass.IN else class_text(question.rdclass)
    return of_class, type_text(question.rdtype), name_text(question.name)


def gist(reading: Reading) -> str:
    """What a response comes to, in a few words: "referral: vuw.ac.nz → ns1.vuw.ac.nz"."""
    kind, message = kind_of(reading), reading.message
    if message is None or kind == "unreadable":
        return "cannot be read"
    if kind == "referral":
        return _on_referral(delegations(message)[0])
    found = _on_records(message)
    if kind == "truncated":
        return f"truncated · {found}" if found else "truncated"
    words = {"no-name": "no such name", "no-data": _nothing(reading), "error": _ERRORS.get(reading.rcode, "an error")}
    said = [found, words.get(kind, "")]
    return " · ".join(each for each in said if each)


_ERRORS = {
    1: "cannot read the query",
    2: "no answer could be found",
    4: "does not know how",
    5: "not answered here",
    16: "does not speak this version of EDNS",
}


def _on_referral(delegation: dns.rrset.RRset) -> str:
    servers = [data_text(each, LENGTH).removesuffix(".") for each in delegation]
    more = f" and {len(servers) - 1} more" if len(servers) > 1 else ""
    return f"referral: {name_text(delegation.name)} → {servers[0]}{more}"


def _on_records(message: dns.message.Message) -> str:
    records = [(each.rdtype, data) for each in message.answer for data in each]
    shown = [f"{type_text(rdtype)} {data_text(data, LENGTH).removesuffix('.')}" for rdtype, data in records[:SHOWN]]
    if len(records) > SHOWN:
        shown.append(f"{len(records) - SHOWN:,} more")
    return " · ".join(shown)


def _nothing(reading: Reading) -> str:
    _, rdtype, _ = question_words(reading)
    return f"no {rdtype} there" if rdtype else "nothing there"


def glue(message: dns.message.Message) -> list[str]:
    """The addresses of the name servers that the authority section names."""
    servers = {data_text(data, WHOLE).lower() for each in delegations(message) for data in each}
    addresses = (dns.rdatatype.A, dns.rdatatype.AAAA)
    return [
        data_text(data, LENGTH)
        for each in message.additional
        if each.rdtype in addresses and each.name.to_text().lower() in servers
        for data in each
    ]
