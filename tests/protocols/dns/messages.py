"""Messages between hosts, made with dnspython, and their descriptions."""

from typing import Any

import dns.flags
import dns.message
import dns.rrset

from protocols import explain
from protocols.events import Endpoint, Event, Message

STUDENT = Endpoint("student.vuw.ac.nz", "10.0.0.1", 40_000)
RESOLVER = Endpoint("vuwwincodc00001.vuw.ac.nz", "130.195.85.25", 53)
ROOT = Endpoint("a.root-servers.net", "198.41.0.4", 53)
NZ = Endpoint("ns1.dns.net.nz", "202.46.190.130", 53)
VUW = Endpoint("ns1.vuw.ac.nz", "130.195.85.10", 53)
LENTIL = Endpoint("ns1.lentil.edu", "10.2.0.53", 53)


def ask(
    name: str,
    rdtype: str = "A",
    client: Endpoint = STUDENT,
    server: Endpoint = RESOLVER,
    *,
    seq: int = 1,
    because: int | None = None,
    rd: bool = True,
    **more: Any,
) -> Message:
    """A query."""
    transport = more.pop("transport", "udp")
    query = dns.message.make_query(name, rdtype, **more)
    if not rd:
        query.flags &= ~dns.flags.RD
    return query_of(query.to_wire(), client, server, seq=seq, because=because, transport=transport)


def query_of(raw: bytes, client: Endpoint = STUDENT, server: Endpoint = RESOLVER, **more: Any) -> Message:
    """A query of any octets."""
    given: dict[str, Any] = {"seq": 1, "transport": "udp"} | more
    return Message(at=0, protocol="dns", side="C", client=client, server=server, raw=raw, **given)


def answer(
    query: Message,
    why: str | None = None,
    *about: str,
    rcode: int = 0,
    flags: str = "",
    answer: str = "",
    authority: str = "",
    additional: str = "",
    **more: Any,
) -> Message:
    """A response to `query`; records stand in lines as in a master file."""
    response = dns.message.make_response(dns.message.from_wire(query.raw), **more)
    response.set_rcode(rcode)  # type: ignore[arg-type]
    response.flags |= dns.flags.from_text(flags)
    for section, text in zip(response.sections[1:], (answer, authority, additional), strict=True):
        for line in text.strip().splitlines():
            owner, ttl, rdtype, data = line.split(None, 3)
            section.append(dns.rrset.from_text(owner, int(ttl), "IN", rdtype, data))
    return response_of(response.to_wire(), query, why, *about)


def response_of(raw: bytes, query: Message, why: str | None = None, *about: str) -> Message:
    """A response of any octets."""
    return Message(
        seq=query.seq + 1,
        at=0,
        because=query.seq,
        protocol="dns",
        transport=query.transport,
        side="S",
        client=query.client,
        server=query.server,
        raw=raw,
        why=why,
        about=about,
    )


def described(event: Event, cause: Event | None = None) -> Any:
    """The description, of which each test knows which parts are there."""
    return explain.describe(event, cause)


def line(shown: Any) -> str:
    """What stands in the line."""
    return "".join(text for _, text in shown.parts)


def fields(shown: Any, title: str) -> dict[str, str]:
    """The values of a section's fields by their names."""
    section = next(each for each in shown.explanation.sections if each.title == title)
    return {field.name: field.value for field in section.fields}
