"""One name's search: where it is, the servers it can ask, and what became of those that were asked. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import dns.rcode
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols import limits
from protocols.dns.states import LOOKING, MACHINE

_FAILURES = ("lame", "server-failed", "unreachable")  # the more telling first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server of a zone by its name, and one of its addresses (None: none is known)."""

    name: Name
    address: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended well: what the last name of its aliases has. `soa` stands for what does not exist."""

    rcode: dns.rcode.Rcode
    data: tuple[RRset, ...]
    soa: RRset | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A failure's cause with its arguments."""

    why: str
    about: tuple[str, ...]


@dataclass(slots=True)
class Search:
    """The search for `name`, which is `wanted` or where its aliases (`chain`) led. It ends as `end` says for the reason
    `why`."""

    wanted: Name
    rdtype: RdataType
    name: Name = field(init=False)
    state: str = LOOKING
    chain: list[RRset] = field(default_factory=list)
    zone: Name | None = None
    candidates: list[Candidate] = field(default_factory=list)
    chosen: Candidate | None = None
    tried: int = 0  # of the zone's servers
    delegations: int = 0  # followed for `name`
    failures: list[tuple[str, Name]] = field(default_factory=list)  # of the zone's servers
    nested: Failed | None = None  # of a search for the address of one of them
    why: str = ""
    end: Found | Failed | None = None

    def __post_init__(self) -> None:
        self.name = self.wanted

    def go(self, what: str, rcode: str, why: str) -> None:
        """Take the way that the table has for this. There is no other."""
        then = MACHINE.step(self.state, what, rcode, why)
        assert then is not None, f"the table has no row for {what}, {rcode}, {why} where it is {self.state}"
        self.state = then

    def succeed(self, what: str, why: str, found: Found) -> None:
        """End with what was found."""
        self.go(what, dns.rcode.to_text(found.rcode), why)
        self.why, self.end = why, found

    def fail(self, what: str, rcode: str, failed: Failed) -> None:
        """End without."""
        self.go(what, rcode, failed.why)
        self.why, self.end = failed.why, failed

    def enter(self, zone: Name, candidates: list[Candidate]) -> None:
        """Go on at that zone's servers."""
        self.zone, self.candidates = zone, candidates
        self.tried, self.failures, self.nested = 0, [], None

    def follow(self, chain: tuple[RRset, ...], rcode: str) -> None:
        """Go on with the name that these aliases lead to, unless they lead in a circle or are too many."""
        target = chain[-1][0].target
        self.chain.extend(chain)
        met = {self.wanted, *(alias.name for alias in self.chain)}
        if target in met:
            self.fail("loop", rcode, Failed("alias-loop", (self.wanted.to_text(),)))
        elif len(self.chain) > limits.ALIASES:
            self.fail("long chain", rcode, Failed("too-much-work", ("aliases",)))
        else:
            self.go("alias", rcode, "alias")
            self.name, self.zone, self.delegations = target, None, 0

    def next_candidate(self) -> Candidate | None:
        """The server to try now: one whose address is known before the others. None where all were tried."""
        if not self.candidates:
            return None
        chosen = min(self.candidates, key=lambda each: each.address is None)
        self.candidates.remove(chosen)
        self.tried += 1
        return chosen

    def note(self, why: Literal["lame", "server-failed", "unreachable", "no-address"]) -> None:
        """The server that was chosen is of no use."""
        assert self.chosen is not None
        self.failures.append((why, self.chosen.name))

    def cause(self) -> Failed:
        """Why no server of the zone helped."""
        assert self.zone is not None
        servers: dict[str, list[str]] = {}
        for why, name in self.failures:
            servers.setdefault(why, []).append(name.to_text())
        for why in _FAILURES:
            if why in servers:
                return Failed(why, (self.zone.to_text(), *dict.fromkeys(servers[why])))
        return self.nested or Failed("no-address", (self.zone.to_text(), *servers.get("no-address", ())))
