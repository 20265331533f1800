"""The servers that a resolver begins with where it knows nothing yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import dns.name
import dns.rrset
from dns.name import Name
from dns.rrset import RRset

from protocols.world import World

_TTL = 3600


@dataclass(frozen=True, slots=True)
class Hints:
    """The servers of the root that a resolver knows by heart, with their addresses: RFC 9609 section 3."""

    servers: tuple[tuple[Name, str], ...]

    def referral(self) -> tuple[RRset, tuple[RRset, ...]]:
        """What they say, as a delegation with its glue."""
        names = [name.to_text() for name, _ in self.servers]
        glue = tuple(dns.rrset.from_text(name, _TTL, "IN", "A", address) for name, address in self.servers)
        return dns.rrset.from_text(".", _TTL, "IN", "NS", *names), glue


def find_hints(world: World) -> Hints:
    """The servers of the world's root."""
    servers = [host for host in world.hosts if host.dns and "." in host.dns.zones]
    return Hints(tuple((dns.name.from_text(host.name), host.address) for host in servers))
