"""A world's hosts as a lab's page lists them: few enough to be read, however many there are."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.world import Host, World


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host: `role` is what it is to the student, `connects` are (protocol, port) that one can connect to by hand,
    `asks` says whether it is a name server, `zones` what it is authoritative for."""

    name: str
    address: str
    role: str
    connects: tuple[tuple[str, int], ...]
    asks: bool
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostGroup:
    """Hosts that belong together, folded under a title."""

    title: str
    hosts: list[HostRow]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Those that a student always sees, and the rest in groups."""

    first: list[HostRow]
    groups: list[HostGroup]


def group_hosts(world: World) -> Hosts:
    """The student's machine, the resolver and the hosts that one can connect to come first. Name servers are grouped
    by the highest zone that they are authoritative for."""
    first: list[HostRow] = []
    groups: dict[str, list[HostRow]] = {title: [] for title in _TITLES}
    for host in world.hosts:
        row = _row(host, world)
        if row.role or row.connects:
            first.append(row)
        else:
            groups[_title(host)].append(row)
    first.sort(key=lambda row: _ORDER.index(row.role))
    return Hosts(first, [HostGroup(title, rows) for title, rows in groups.items() if rows])


_STUDENT, _RESOLVER, _OTHER = "your machine", "your resolver", ""
_ORDER = (_STUDENT, _RESOLVER, _OTHER)
_ROOT, _TOP, _DOMAINS, _REVERSE = "Root servers", "Top-level domains", "Domains", "Reverse zones"
_REST = "Other hosts"
_TITLES = (_ROOT, _TOP, _DOMAINS, _REVERSE, _REST)


def _row(host: Host, world: World) -> HostRow:
    role = _STUDENT if host.name == world.student else _RESOLVER if host.name == world.resolver else _OTHER
    connects = tuple((name, port) for name, port, transport in host.services() if transport == "tcp" and name != "dns")
    zones = tuple("the root" if zone == "." else zone for zone in host.dns.zones) if host.dns else ()
    return HostRow(host.name, host.address, role, connects, host.dns is not None, zones)


def _title(host: Host) -> str:
    if host.dns is None or not host.dns.zones:
        return _REST
    highest = min(host.dns.zones, key=lambda zone: 0 if zone == "." else zone.count(".") + 1)
    if highest == ".":
        return _ROOT
    if highest.endswith(".arpa"):
        return _REVERSE
    return _DOMAINS if "." in highest else _TOP
