"""What dig prints: what dig of BIND 9.18 prints, but for the name in its first line. Pure: times are parameters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Literal

import dns.edns
import dns.flags
import dns.opcode
import dns.rcode
from dns.message import Message
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols.dns.dig import Asked
from protocols.dns.query import HEADER
from protocols.dns.reply import Reply, Server, text_of

NO_SERVERS = ";; no servers could be reached"
TRUNCATED = ";; Truncated, retrying in TCP mode."

_FAILURES = {
    "refused": "connection refused",
    "timed-out": "timed out",
    "lost": "end of file",
    "unsent": "network unreachable",
}


def show_banner(asked: Asked) -> str:
    """The first lines, which repeat the question."""
    found = "; (1 server found)\n" if asked.server is not None else ""
    return f"; <<>> DiG (Lentil) <<>> {' '.join(asked.words)}\n{found};; global options: +cmd"


def show_failure(server: Server, why: str, name: Name, transport: Literal["udp", "tcp"]) -> str:
    """What is said of a query that got no answer; `why` is exchange.Unanswered's."""
    words = _FAILURES[why]
    place = f"{server.address}#{server.port}"
    if why == "unsent" or (transport == "tcp" and why != "lost"):
        what = "Connection to" if transport == "tcp" else "UDP setup with"
        return f";; {what} {place}({server.called}) for {text_of(name)} failed: {words}."
    return f";; communications error to {place}: {words}"


def show_unfound(server: str, why: str) -> str:
    """That no address was found for the name of a server; `why` is client.NotFound's."""
    if why == "no-resolver":
        return "dig: this world has no resolver; name a server, as in dig @10.2.0.1."
    if why in ("NXDOMAIN", "no-data"):
        return f"dig: couldn't get address for '{server}': not found"
    what = "no answer" if why in _FAILURES else why
    return f"dig: couldn't get address for '{server}': {what} from your resolver"


def show_reply(reply: Reply, asked: Asked) -> str:
    """A response to what was asked, whole, with what is known of its way."""
    return "\n".join(chain(_header(reply, asked), _edns(reply.message), _sections(reply.message), _statistics(reply)))


def show_short(message: Message) -> str:
    """The data of the answer section."""
    return "\n".join(rdata.to_text() for rrset in message.answer for rdata in rrset)


def show_step(reply: Reply) -> str:
    """A response on the way from the root down: its records, and who sent them."""
    records = chain(_records(reply.message.answer), _records(reply.message.authority))
    place = f"{reply.server.address}#{reply.server.port}({reply.server.called})"
    return "\n".join([*records, f";; Received {len(reply.octets)} bytes from {place} in {reply.milliseconds} ms"])


def _header(reply: Reply, asked: Asked) -> Iterator[str]:
    message = reply.message
    flags = dns.flags.to_text(message.flags).lower()
    counts = HEADER.unpack_from(reply.octets)[2:]
    names = ("QUERY", "ANSWER", "AUTHORITY", "ADDITIONAL")
    opcode, rcode = dns.opcode.to_text(message.opcode()), dns.rcode.to_text(message.rcode())
    yield ";; Got answer:"
    yield f";; ->>HEADER<<- opcode: {opcode}, status: {rcode}, id: {message.id}"
    yield f";; flags: {flags}; {', '.join(f'{name}: {count}' for name, count in zip(names, counts, strict=True))}"
    if message.flags & dns.flags.RD and not message.flags & dns.flags.RA:
        yield ";; WARNING: recursion requested but not available"
    if rcode in ("FORMERR", "NOTIMP") and asked.has_edns and message.edns < 0:
        yield f"\n;; WARNING: EDNS query returned status {rcode} - retry with '+noedns'"


def _edns(message: Message) -> Iterator[str]:
    yield ""
    if message.edns < 0:
        return
    flags = " do" if message.ednsflags & dns.flags.DO else ""
    yield ";; OPT PSEUDOSECTION:"
    yield f"; EDNS: version: {message.edns}, flags:{flags}; udp: {message.payload}"
    for option in message.options:
        if isinstance(option, dns.edns.EDEOption):
            text = f": ({option.text})" if option.text else ""
            yield f"; EDE: {int(option.code)}{_purpose(option.code)}{text}"
        else:
            yield f"; OPT={int(option.otype)}: {' '.join(f'{octet:02x}' for octet in option.to_wire() or b'')}"


def _purpose(code: int) -> str:
    """The name of an extended error, as RFC 8914 section 5.2 has it."""
    try:
        words = dns.edns.EDECode(code).name.split("_")
    except ValueError:
        return ""
    upper = {"DNSKEY", "DS", "DNSSEC", "NSEC", "NXDOMAIN"}
    return f" ({' '.join(word if word in upper else word.capitalize() for word in words)})"


def _sections(message: Message) -> Iterator[str]:
    if message.question:
        yield ";; QUESTION SECTION:"
        for each in message.question:
            name = each.name.to_text()
            yield ";" + _lay_out(name, (32, RdataClass.to_text(each.rdclass)), (40, RdataType.to_text(each.rdtype)))
        yield ""
    titles = ("ANSWER", "AUTHORITY", "ADDITIONAL")
    for title, section in zip(titles, (message.answer, message.authority, message.additional), strict=True):
        if section:
            yield f";; {title} SECTION:"
            yield from _records(section)
            yield ""


def _records(section: list[RRset]) -> Iterator[str]:
    return (_record(rrset, rdata) for rrset in section for rdata in rrset)


def _record(rrset: RRset, rdata: Any) -> str:
    rdclass, rdtype = RdataClass.to_text(rrset.rdclass), RdataType.to_text(rrset.rdtype)
    cells = ((24, str(rrset.ttl)), (32, rdclass), (40, rdtype), (48, rdata.to_text()))
    return _lay_out(rrset.name.to_text(), *cells)


def _lay_out(first: str, *cells: tuple[int, str]) -> str:
    """A line whose cells begin in their columns, or one place after the cell before. Tabs are 8 wide."""
    line, column = first, len(first)
    for start, cell in cells:
        start = max(start, column + 1)
        tabs = start // 8 - column // 8
        line += "\t" * tabs + " " * (start - (start // 8 * 8 if tabs else column)) + cell
        column = start + len(cell)
    return line


def _statistics(reply: Reply) -> Iterator[str]:
    server = reply.server
    when = datetime.fromtimestamp(reply.at / 1_000_000, UTC)
    yield f";; Query time: {reply.milliseconds} msec"
    yield f";; SERVER: {server.address}#{server.port}({server.called}) ({reply.transport.upper()})"
    yield f";; WHEN: {when:%a %b %d %H:%M:%S UTC %Y}"
    yield f";; MSG SIZE  rcvd: {len(reply.octets)}"
