"""What nslookup prints: the classic form, with the server's name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import dns.flags
import dns.rcode
from dns.message import Message
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols.dns.nslookup import Options, Question
from protocols.dns.query import HEADER
from protocols.dns.reply import Reply, Server, text_of

NAMELESS = "UnKnown"  # a server whose name nobody knows
NO_NAME = "No information"
NO_SERVER = "*** Default servers are not available"
NO_ANSWER = {
    "refused": "No response from server",
    "timed-out": "Timed out",
    "lost": "No response from server",
    "unsent": "Network unreachable, so nothing was sent",
}

_ERRORS = {
    "FORMERR": "Format error",
    "SERVFAIL": "Server failed",
    "NXDOMAIN": "Non-existent domain",
    "NOTIMP": "Not implemented",
    "REFUSED": "Query refused",
}
_TYPES = {
    "A": "address",
    "AAAA": "IPv6 address",
    "ANY": "any type",
    "CNAME": "canonical name",
    "HINFO": "host information",
    "MX": "mail exchanger",
    "NS": "name server",
    "PTR": "domain name pointer",
    "SOA": "start of authority",
    "SRV": "server selection",
    "TXT": "text",
}
_WORDS = {
    "A": "internet address",
    "AAAA": "AAAA IPv6 address",
    "CNAME": "canonical name",
    "NS": "nameserver",
    "PTR": "name",
}
_FLAGS = {
    "QR": "response",
    "AA": "auth. answer",
    "TC": "truncated",
    "RD": "want recursion",
    "RA": "recursion avail.",
}
_NEXT = "\n\t  "  # before what goes on in the next line


def error_of(message: Message) -> str | None:
    """What a response says went wrong, None where nothing did."""
    rcode = dns.rcode.to_text(message.rcode())
    return None if rcode == "NOERROR" else _ERRORS.get(rcode, rcode)


def find_server_name(message: Message) -> str | None:
    """The name that a response gives to the address that was asked about."""
    names = [rdata.target for rrset in message.answer if rrset.rdtype == RdataType.PTR for rdata in rrset]
    return text_of(names[0]) if names else None


def show_server(server: Server, is_default: bool = False) -> str:
    """Whom the answers come from."""
    return f"{'Default ' if is_default else ''}Server:  {server.called}\nAddress:  {server.address}"


def show_nameless(server: Server, error: str) -> str:
    """That the server's own name could not be found."""
    return f"*** Can't find server name for address {server.address}: {error}"


def show_unfound(server: str, why: str) -> str:
    """That the server's address could not be found; `why` is client.NotFound's."""
    words = {"no-data": NO_NAME, "no-resolver": "Default servers are not available", **NO_ANSWER, **_ERRORS}
    return f"*** Can't find address for server {server}: {words.get(why, why)}"


def show_wait(seconds: float) -> str:
    """That a query was not answered in time."""
    return f"DNS request timed out.\n    timeout was {seconds:g} seconds."


def show_unanswered(server: Server, typed: str, why: str) -> str:
    """That none was; `why` is exchange.Unanswered's."""
    if why == "timed-out":
        return f"*** Request to {server.called} timed-out"
    return f"*** {server.called} can't find {typed}: {NO_ANSWER[why]}"


def show_options(server: Server, options: Options) -> str:
    """What `set all` prints."""
    switches = (("debug", options.is_debug), ("recurse", options.wants_recursion), ("vc", options.by_tcp))
    return "\n".join(
        [
            show_server(server, is_default=True),
            "",
            "Set options:",
            *(f"  {'' if is_on else 'no'}{word}" for word, is_on in switches),
            f"  port={options.port}",
            f"  type={RdataType.to_text(options.rdtype)}",
            f"  class={RdataClass.to_text(options.rdclass)}",
        ]
    )


def show_reply(reply: Reply, question: Question, options: Options) -> str:
    """An answer, or in a sentence why there is none."""
    message = reply.message
    debug = [*_debug(reply), ""] if options.is_debug else []
    error = error_of(message)
    if error is not None:
        return "\n".join([*debug, f"*** {reply.server.called} can't find {question.typed}: {error}"])
    lines = list(_host(message, question) if question.is_host else _records(message, question))
    if not lines:
        rdtype = RdataType.to_text(question.rdtype)
        kind = f"{_TYPES[rdtype]} ({rdtype})" if rdtype in _TYPES else rdtype
        return "\n".join([*debug, f"*** No {kind} records available for {question.typed}"])
    is_second_hand = message.answer and not message.flags & dns.flags.AA
    return "\n".join([*debug, *(["Non-authoritative answer:"] if is_second_hand else []), *lines])


def _host(message: Message, question: Question) -> Iterator[str]:
    """A host: its name, its addresses, and the other names on the way to it; or who would know it."""
    found = [rdata for rrset in message.answer if rrset.rdtype == question.rdtype for rdata in rrset]
    if question.rdtype == RdataType.PTR:
        for rdata in found:
            yield f"Name:    {text_of(rdata.target)}"
            yield f"Address:  {question.typed}"
        return
    aliases = [rrset for rrset in message.answer if rrset.rdtype == RdataType.CNAME]
    servers = [] if found else list(_served_by(message))
    if found or aliases or servers:
        yield f"Name:    {text_of(aliases[-1][0].target if aliases else question.name)}"
    if found:
        yield f"Address{'es' if len(found) > 1 else ''}:  {_NEXT.join(rdata.to_text() for rdata in found)}"
    if aliases:
        yield f"Aliases:  {_NEXT.join(text_of(rrset.name) for rrset in aliases)}"
    if servers:
        yield "Served by:"
        yield from servers


def _served_by(message: Message) -> Iterator[str]:
    for rrset in message.authority:
        if rrset.rdtype == RdataType.NS:
            for rdata in rrset:
                yield _NEXT.join([f"- {text_of(rdata.target)}", *_glue(message, rdata.target), text_of(rrset.name)])


def _glue(message: Message, name: Name) -> list[str]:
    found = [each for each in message.additional if each.name == name and each.rdtype == RdataType.A]
    return [rdata.to_text() for rrset in found for rdata in rrset]


def _records(message: Message, question: Question) -> Iterator[str]:
    """The records of the answer, and after them what else the response says of them."""
    lines = [line for rrset in message.answer for line in _lines(rrset)]
    found = any(rrset.rdtype == question.rdtype or question.rdtype == RdataType.ANY for rrset in message.answer)
    servers = [rrset for rrset in message.authority if rrset.rdtype == RdataType.NS]
    more = [line for rrset in chain(servers, message.additional) for line in _lines(rrset)]
    if servers and not found:
        more = ["Authoritative answers can be found from:", *more]
    yield from lines
    if more and (lines or servers):
        yield from ["", *more] if lines else more


def _lines(rrset: RRset) -> Iterator[str]:
    name = text_of(rrset.name)
    for rdata in rrset:
        yield f"{name}{_data(RdataType.to_text(rrset.rdtype), rdata)}"


def _data(rdtype: str, rdata: Any) -> str:
    match rdtype:
        case "A" | "AAAA":
            return f"\t{_WORDS[rdtype]} = {rdata.to_text()}"
        case "CNAME" | "NS" | "PTR":
            return f"\t{_WORDS[rdtype]} = {text_of(rdata.target)}"
        case "MX":
            return f"\tMX preference = {rdata.preference}, mail exchanger = {text_of(rdata.exchange)}"
        case "TXT":
            return f"\ttext =\n\n\t{rdata.to_text()}"
        case "SOA":
            return "\n\t".join(["", *_soa(rdata)])
    return f"\t{rdtype} = {rdata.to_text()}"


def _soa(rdata: Any) -> Iterator[str]:
    yield f"primary name server = {text_of(rdata.mname)}"
    yield f"responsible mail addr = {text_of(rdata.rname)}"
    yield f"serial  = {rdata.serial}"
    yield f"refresh = {_seconds(rdata.refresh)}"
    yield f"retry   = {_seconds(rdata.retry)}"
    yield f"expire  = {_seconds(rdata.expire)}"
    yield f"default TTL = {_seconds(rdata.minimum)}"


def _seconds(seconds: int) -> str:
    """So many, and what that is in days, hours and minutes."""
    parts, rest = [], seconds
    for word, size in (("day", 86_400), ("hour", 3_600), ("min", 60), ("sec", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {word}{'s' if count > 1 else ''}")
    return f"{seconds} ({' '.join(parts) or '0 secs'})"


def _debug(reply: Reply) -> Iterator[str]:
    message = reply.message
    counts = HEADER.unpack_from(reply.octets)[2:]
    names = ("questions", "answers", "authority records", "additional")
    yield "------------"
    yield "Got answer:"
    yield "    HEADER:"
    yield f"\topcode = QUERY, id = {message.id}, rcode = {dns.rcode.to_text(message.rcode())}"
    words = [_FLAGS[flag] for flag in dns.flags.to_text(message.flags).split() if flag in _FLAGS]
    yield f"\theader flags:  {', '.join(words)}"
    yield f"\t{',  '.join(f'{name} = {count}' for name, count in zip(names, counts, strict=True))}"
    yield ""
    yield "    QUESTIONS:"
    for each in message.question:
        rdtype, rdclass = RdataType.to_text(each.rdtype), RdataClass.to_text(each.rdclass)
        yield f"\t{text_of(each.name)}, type = {rdtype}, class = {rdclass}"
    titles = ("ANSWERS", "AUTHORITY RECORDS", "ADDITIONAL RECORDS")
    for title, section in zip(titles, (message.answer, message.authority, message.additional), strict=True):
        if section:
            yield f"    {title}:"
        for rrset in section:
            for line in _lines(rrset):
                yield f"    ->  {line}"
                yield f"\tttl = {_seconds(rrset.ttl)}"
    yield "------------"
