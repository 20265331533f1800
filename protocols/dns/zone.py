"""Zones: what a name server is authoritative for, indexed for look-up. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset

from protocols import limits
from protocols.dns.master import TTL_LIMIT, Entry, ZoneError, read_entries

__all__ = ["Record", "Zone", "ZoneError", "next_serial", "parse_zone"]

RRsets = dict[dns.rdatatype.RdataType, dns.rrset.RRset]

_SERIALS = 2**32  # RFC 1982 section 7
_EXAMPLE = "@ SOA ns1.{zone} hostmaster.{zone} 1 7200 900 1209600 300"


@dataclass(frozen=True, slots=True)
class Record:
    """A record for reading: its line in the master file, its owner with the last dot, its time to live in seconds, its
    type, and its data in presentation form."""

    line: int
    name: str
    ttl: int
    type: str
    data: str


class Zone:
    """A zone that was read. `negative` is its SOA as it goes with what does not exist (RFC 2308 section 3). Nothing of
    it changes, and nothing that it hands out may be changed."""

    def __init__(self, origin: dns.name.Name, entries: list[Entry]) -> None:
        self.origin = origin
        self._entries = entries
        self._names = _collect(origin, entries)
        self._cuts = _find_cuts(origin, self._names)
        self.soa = self._names[origin][dns.rdatatype.SOA]
        self.serial = int(self.soa[0].serial)
        ttl = min(self.soa.ttl, int(self.soa[0].minimum), TTL_LIMIT)
        self.negative = dns.rrset.from_rdata(origin, ttl, self.soa[0])

    def records(self) -> list[Record]:
        """The records in the order of the file."""
        return [
            Record(
                line=entry.line,
                name=entry.name.to_text(),
                ttl=entry.ttl,
                type=dns.rdatatype.to_text(entry.data.rdtype),
                data=entry.data.to_text(),
            )
            for entry in self._entries
        ]

    def at(self, name: dns.name.Name) -> Mapping[dns.rdatatype.RdataType, dns.rrset.RRset] | None:
        """What the zone has of `name`, by type: nothing for an empty non-terminal, None where the name is not there.
        Below a cut this is glue."""
        return self._names.get(name)

    def find_cut(self, name: dns.name.Name) -> dns.name.Name | None:
        """The delegation at or above `name` that is nearest to the zone's own name; None where the zone has `name`
        itself."""
        return self._cuts.get(self.find_encloser(name)) if self._cuts else None

    def find_encloser(self, name: dns.name.Name) -> dns.name.Name:
        """The closest encloser (RFC 4592 section 3.3.1): the longest existing name that `name` ends in."""
        while name not in self._names:
            name = name.parent()
        return name


def parse_zone(name: str, text: str) -> Zone:
    """The zone `name` ("." is the root) whose master file is `text`. Raises ZoneError with the first mistake."""
    origin = dns.name.from_text(name)
    entries = list(read_entries(text, origin))
    check_entries(origin, entries)
    _check_apex(origin, entries)
    return Zone(origin, entries)


def next_serial(serial: int) -> int:
    """The serial of a zone's next version (RFC 1982 section 3.1); never 0, which some take for none."""
    return (serial + 1) % _SERIALS or 1


def _collect(origin: dns.name.Name, entries: Iterable[Entry]) -> dict[dns.name.Name, RRsets]:
    """Every name of the zone with its RRsets. The names between it and the zone's own exist too, without any (RFC 4592
    section 2.2.2)."""
    names: dict[dns.name.Name, RRsets] = {origin: {}}
    for entry in entries:
        name = entry.name
        while name not in names:
            names[name] = {}
            name = name.parent()
        rrsets, rdtype = names[entry.name], entry.data.rdtype
        if rdtype not in rrsets:
            rrsets[rdtype] = dns.rrset.RRset(entry.name, entry.data.rdclass, rdtype)
            rrsets[rdtype].update_ttl(entry.ttl)
        rrsets[rdtype].add(entry.data)
    return names


def _find_cuts(origin: dns.name.Name, names: Mapping[dns.name.Name, RRsets]) -> dict[dns.name.Name, dns.name.Name]:
    """For every name at or below a delegation, that delegation: the one nearest to the zone's own name."""
    cuts: dict[dns.name.Name, dns.name.Name] = {}
    if sum(dns.rdatatype.NS in rrsets for rrsets in names.values()) == 1:
        return cuts  # the zone's own: no reason to go through all of it
    for name in sorted(names, key=len):
        above = cuts.get(name.parent()) if len(name) > len(origin) else None
        if above is not None:
            cuts[name] = above
        elif dns.rdatatype.NS in names[name] and name != origin:
            cuts[name] = name
    return cuts


def check_entries(origin: dns.name.Name, entries: list[Entry]) -> None:
    """Refuse what each record may be, and these together may not (ZoneError). What a zone lacks is not looked for."""
    firsts: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], Entry] = {}
    owners: dict[dns.name.Name, Entry] = {}
    sizes: Counter[tuple[dns.name.Name, dns.rdatatype.RdataType]] = Counter()
    for entry in entries:
        key = (entry.name, entry.data.rdtype)
        sizes[key] += 1
        if sizes[key] > limits.RRSET:
            what = f"a name has at most {limits.RRSET} records of a type, and {_text(entry.name)} has more here"
            raise ZoneError(entry.line, f"{what}; leave some out.")
        _check_place(origin, entry)
        _check_twin(firsts.setdefault(key, entry), entry)
        _check_alias(owners.setdefault(entry.name, entry), entry)


def _check_apex(origin: dns.name.Name, entries: list[Entry]) -> None:
    types = {entry.data.rdtype for entry in entries if entry.name == origin}
    zone = "" if origin == dns.name.root else origin.to_text()
    if dns.rdatatype.SOA not in types:
        raise ZoneError(1, f"the zone has no SOA record; add one, as in {_EXAMPLE.format(zone=zone)}.")
    if dns.rdatatype.NS not in types:
        raise ZoneError(1, f"the zone names no server of its own; add one, as in @ NS ns1.{zone}")


def _check_place(origin: dns.name.Name, entry: Entry) -> None:
    if not entry.name.is_subdomain(origin):
        raise ZoneError(entry.line, f"{_text(entry.name)} is not within {_text(origin)}; leave it to its own zone.")
    if entry.data.rdtype == dns.rdatatype.SOA and entry.name != origin:
        raise ZoneError(entry.line, f"SOA belongs to the zone's own name; write @ for {_text(entry.name)}")
    if entry.data.rdtype == dns.rdatatype.NS and entry.name.is_wild():
        raise ZoneError(entry.line, "a wildcard delegates nothing (RFC 4592 section 4.2); name each zone by itself.")


def _check_twin(first: Entry, entry: Entry) -> None:
    """An RRset has one time to live (RFC 2181 section 5.2); an alias leads to one name, and a zone has one SOA."""
    name, rdtype = _text(entry.name), dns.rdatatype.to_text(entry.data.rdtype)
    if first.ttl != entry.ttl:
        what = (
            f"the {rdtype} records of {name} may be kept {entry.ttl} seconds here and {first.ttl} in line {first.line}"
        )
        raise ZoneError(entry.line, f"{what}; give them one time to live (RFC 2181 section 5.2).")
    if first is not entry and rdtype in ("CNAME", "SOA"):
        raise ZoneError(entry.line, f"{name} has its {rdtype} record in line {first.line}; it has only one.")


def _check_alias(first: Entry, entry: Entry) -> None:
    """An alias has no other records (RFC 1034 section 3.6.2)."""
    if (first.data.rdtype == dns.rdatatype.CNAME) != (entry.data.rdtype == dns.rdatatype.CNAME):
        what = f"{_text(entry.name)} has other records, as in line {first.line}, and cannot be an alias (CNAME) too"
        if first.data.rdtype == dns.rdatatype.CNAME:
            what = f"{_text(entry.name)} is an alias by its CNAME in line {first.line}, and an alias has nothing else"
        raise ZoneError(entry.line, f"{what} (RFC 1034 section 3.6.2).")


def _text(name: dns.name.Name) -> str:
    return name.to_text()
