"""A name space without sockets, for a resolver to find its way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import dns.message
import dns.name
import dns.rdatatype

from protocols.dns.answer import Answer
from protocols.dns.cache import Cache
from protocols.dns.hints import Hints
from protocols.dns.lookup import look_up
from protocols.dns.query import read_query
from protocols.dns.resolver import Ask, Resolution
from protocols.dns.wire import read_message, respond
from protocols.dns.zone import Zone, parse_zone

NOW = 1_000_000
ROOT = "10.0.0.1"
HINTS = Hints(((dns.name.from_text("a.root."), ROOT),))

Nothing = Literal["refused", "timed-out", "lost", "unsent", "unreadable"]
Odd = Callable[[Ask, dns.message.Message], dns.message.Message]


@dataclass
class Space:
    """Servers by their addresses, each with its zones' records by name; and what some answer oddly instead: a function,
    or the reason why nothing comes."""

    servers: dict[str, dict[str, str]]
    odd: dict[str, Odd | Nothing] = field(default_factory=dict)
    cache: Cache = field(default_factory=Cache)
    asked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def resolve(self, name: str, rdtype: str = "A", now: int = NOW, recurses: bool = True) -> Answer:
        """The answer. The questions that it took are in `asked`, and what the cache took in `kept`."""
        self.asked.clear()
        self.kept.clear()
        kind = dns.rdatatype.from_text(rdtype)
        resolution = Resolution(dns.name.from_text(name), kind, self.cache, HINTS, recurses)
        while isinstance(step := resolution.proceed(now), Ask):
            self.asked.append(f"{step.address} {step.name} {step.rdtype.name}" + "/tcp" * (step.transport == "tcp"))
            came = self.answer(step)
            if isinstance(came, str):
                resolution.miss(came)
            else:
                self.kept += resolution.hear(came, now)
        return step

    def answer(self, ask: Ask) -> dns.message.Message | Nothing:
        if ask.address not in self.servers:
            return "refused"
        odd = self.odd.get(ask.address)
        if isinstance(odd, str):
            return odd
        query = read_query(dns.message.make_query(ask.name, ask.rdtype, use_edns=0, flags=0).to_wire())
        zones = {dns.name.from_text(name): make_zone(name, text) for name, text in self.servers[ask.address].items()}
        answer = look_up(query, zones)
        message = read_message(respond(query, answer, recursion_available=False, transport=ask.transport))
        return odd(ask, message) if odd else message


def make_zone(name: str, records: str) -> Zone:
    head = "$TTL 3600\n@ SOA ns hostmaster 1 7200 900 86400 300\n"
    return parse_zone(name, head + ("" if "@ NS " in records else "@ NS ns\n") + records)


def data(answer: Answer) -> list[str]:
    """The records of the answer section, without their times to live."""
    return [
        f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {each.to_text()}"
        for rrset in answer.answer
        for each in rrset
    ]
