"""The master files of a world's zones, written from its hosts: students and instructors read them. Pure.

A host is stated once. From it come its address record, that of its address (PTR), the name servers of the zones that it
serves, their delegations, and the mail exchangers of its domains; what a zone states itself takes their place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import dns.name
import dns.rdatatype
import dns.reversename

from protocols.dns.master import ZoneError, read_entries
from protocols.dns.zone import check_entries, parse_zone
from protocols.world import Host, World, WorldError
from protocols.world import Zone as Stated

SERIAL = 2026112401  # of what is generated: a date and a number of that day, RFC 1912 section 2.2
TTL = 3600
_TIMERS = (
    (str(SERIAL), "serial: raise it with every change"),
    ("7200", "refresh: the other servers ask for the serial this often"),
    ("900", "retry: and again this soon where the first server is silent"),
    ("1209600", "expire: after this long without a word from it they stop answering"),
    ("300", "minimum: others may remember this long that a name does not exist"),
)
_PREFERENCE = 10  # of a mail host
_WIDEST = 32  # of the column of owners; a longer one moves the rest of its line

# What stands above each block.
_HEAD = """\
; The zone {zone}
; A name without a dot at its end is within the zone; @ is the zone's own name.
$ORIGIN {origin}
$TTL {ttl}  ; seconds that others may keep a record which says nothing else"""
_OF_AUTHORITY = "; The start of authority: the first server, the mailbox of who is responsible, and timers in seconds"
_OF_SERVERS = "; The servers that are authoritative for this zone"
_OF_MAIL = "; Where mail goes: the host with the smallest number first"
_OF_HOSTS = "; Hosts"
_OF_ADDRESSES = "; The names of addresses, whose octets stand in reverse: the last one first"
_OF_DELEGATIONS = "; Delegations: the servers of the zones below, and the addresses that lead to them (glue)"
_OF_STATED = "; What the world states itself"


@dataclass(frozen=True, slots=True)
class _Line:
    """A record to be written: names as absolute ones."""

    owner: dns.name.Name
    type: str
    data: str


_Lines = dict[dns.name.Name | None, list[_Line]]  # by the zone that has them; None: no zone of this world


def whole_zones(world: World) -> dict[str, str]:
    """The master file of every zone that a server of the world has, by its name as the world has it. Raises
    WorldError where what a zone states cannot be read."""
    stated = {zone.name: zone for zone in world.zones}
    origins = {name: dns.name.from_text(name) for host in world.hosts if host.dns for name in host.dns.zones}
    plan = _Plan(world, origins.values())
    files = {}
    for name in sorted(origins, key=origins.__getitem__):
        zone = stated.get(name, Stated(name))
        files[name] = zone.file if zone.file is not None else _write(origins[name], plan, zone)
    return files


def check_zones(world: World) -> None:
    """Refuse zones that cannot be loaded: WorldError, with one sentence that names the zone and the line."""
    files = whole_zones(world)
    for zone in world.zones:
        if zone.name not in files:
            raise WorldError(f"The zone {zone.name} is stated, and no host's dns has it among its zones.")
    for name, text in files.items():
        try:
            parse_zone(name, text)
        except ZoneError as error:
            raise _refuse(name, error) from error


class _Plan:
    """What is generated, by zone: it comes from all hosts, wherever they stand in the world."""

    def __init__(self, world: World, origins: Iterable[dns.name.Name]) -> None:
        self._servers: dict[dns.name.Name, list[Host]] = {origin: [] for origin in origins}
        self._names = {host.name: dns.name.from_text(host.name) for host in world.hosts}
        self._zones = {host.name: self._zone_of(self._names[host.name]) for host in world.hosts}
        self.hosts: _Lines = defaultdict(list)
        self.mail: _Lines = defaultdict(list)
        self.pointers: _Lines = defaultdict(list)
        self.delegations: _Lines = defaultdict(list)
        for host in world.hosts:
            self._add(host)
        for child in sorted(self._servers):
            if child != dns.name.root:
                self._delegate(child, self._zone_of(child.parent()))

    def name_servers(self, origin: dns.name.Name) -> list[_Line]:
        return [_Line(origin, "NS", f"{host.name}.") for host in self._servers[origin]]

    def _add(self, host: Host) -> None:
        for zone in host.dns.zones if host.dns else ():
            self._servers[dns.name.from_text(zone)].append(host)
        self.hosts[self._zones[host.name]].append(_Line(self._names[host.name], "A", host.address))
        for domain in host.smtp.domains if host.smtp else ():
            name = dns.name.from_text(domain)
            self.mail[self._zone_of(name)].append(_Line(name, "MX", f"{_PREFERENCE} {host.name}."))
        name = dns.reversename.from_address(host.address)
        reverse = self._zone_of(name)
        if reverse is not None and reverse.is_subdomain(dns.reversename.ipv4_reverse_domain):  # RFC 1035 section 3.5
            self.pointers[reverse].append(_Line(name, "PTR", f"{host.name}."))

    def _delegate(self, child: dns.name.Name, parent: dns.name.Name | None) -> None:
        """The servers of a zone in the zone above it, with the glue for those that no record there is about."""
        if parent is None:
            return
        lines = self.delegations[parent]
        lines += self.name_servers(child)
        for host in self._servers[child]:
            glue = _Line(self._names[host.name], "A", host.address)
            if self._zones[host.name] != parent and glue.owner.is_subdomain(parent) and glue not in lines:
                lines.append(glue)

    def _zone_of(self, name: dns.name.Name) -> dns.name.Name | None:
        """The world's zone that has the name: the one that encloses it most closely."""
        while name not in self._servers:
            if name == dns.name.root:
                return None
            name = name.parent()
        return name


class _Stated:
    """What a zone states: the owners and types of its records."""

    def __init__(self, zone: Stated, origin: dns.name.Name) -> None:
        self.text = zone.records.rstrip()
        try:
            entries = list(read_entries(zone.records, origin, TTL))
            check_entries(origin, entries)
        except ZoneError as error:
            raise _refuse(zone.name, error) from error
        self._keys = {(entry.name, dns.rdatatype.to_text(entry.data.rdtype)) for entry in entries}

    def has(self, owner: dns.name.Name, rdtype: str) -> bool:
        """Whether what is generated for the owner and the type gives way. An alias has nothing else."""
        return (owner, rdtype) in self._keys or (owner, "CNAME") in self._keys


def _refuse(zone: str, error: ZoneError) -> WorldError:
    what = str(error)
    return WorldError(f"The zone {zone}, l{what[1:]}")


def _write(origin: dns.name.Name, plan: _Plan, zone: Stated) -> str:
    """The whole file: the zone's head, what is generated, and what the zone states, as it stands there."""
    stated = _Stated(zone, origin)
    blocks = [
        (comment, [line for line in lines if not stated.has(line.owner, line.type)])
        for comment, lines in (
            (_OF_SERVERS, plan.name_servers(origin)),
            (_OF_MAIL, plan.mail[origin]),
            (_OF_HOSTS, plan.hosts[origin]),
            (_OF_ADDRESSES, plan.pointers[origin]),
            (_OF_DELEGATIONS, plan.delegations[origin]),
        )
    ]
    owners = [_relative(line.owner, origin) for _, lines in blocks for line in lines]
    width = min(max(map(len, owners), default=1), _WIDEST)
    parts = [_HEAD.format(zone=origin.to_text(omit_final_dot=True), origin=origin.to_text(), ttl=TTL)]
    if not stated.has(origin, "SOA"):
        parts.append(_write_soa(origin, plan, width))
    parts += ["\n".join([comment, *_set(lines, origin, width)]) for comment, lines in blocks if lines]
    if stated.text:
        parts.append(f"{_OF_STATED}\n$ORIGIN {origin.to_text()}\n{stated.text}")
    return "\n\n".join(parts) + "\n"


def _write_soa(origin: dns.name.Name, plan: _Plan, width: int) -> str:
    server = plan.name_servers(origin)[0].data
    mailbox = "hostmaster." if origin == dns.name.root else f"hostmaster.{origin.to_text()}"
    lines = [_OF_AUTHORITY, f"{'@':{width}}  SOA  {server} {mailbox} ("]
    lines += [f"{'':{width}}         {value:10}  ; {meaning}" for value, meaning in _TIMERS]
    return "\n".join([*lines, f"{'':{width}}       )"])


def _set(lines: Iterable[_Line], origin: dns.name.Name, width: int) -> list[str]:
    """The lines in columns."""
    return [f"{_relative(line.owner, origin):{width}}  {line.type:3}  {line.data}" for line in lines]


def _relative(name: dns.name.Name, origin: dns.name.Name) -> str:
    return name.relativize(origin).to_text()
