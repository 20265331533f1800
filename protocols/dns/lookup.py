"""What a name server answers from its zones: RFC 1034 section 4.3.2, as one function. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.query import QUERY, Query
from protocols.dns.zone import Zone

Zones = Mapping[dns.name.Name, Zone]
RRset = dns.rrset.RRset
RRsets = Mapping[dns.rdatatype.RdataType, RRset]

_EDNS_VERSION = 0
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
# Where a record's data name a host, whose addresses the client is going to ask for: RFC 1035 section 3.3, RFC 2782.
_TARGETS = {dns.rdatatype.MX: "exchange", dns.rdatatype.NS: "target", dns.rdatatype.SRV: "target"}
# Types that ask for something else than records, with what they are answered here.
_META_TYPES = {
    dns.rdatatype.AXFR: dns.rcode.REFUSED,  # RFC 5936 section 2.2.1
    dns.rdatatype.IXFR: dns.rcode.REFUSED,
    dns.rdatatype.OPT: dns.rcode.FORMERR,
    dns.rdatatype.NONE: dns.rcode.FORMERR,
    dns.rdatatype.TKEY: dns.rcode.NOTIMP,
    dns.rdatatype.TSIG: dns.rcode.FORMERR,
    dns.rdatatype.MAILA: dns.rcode.NOTIMP,  # obsolete: RFC 1035 section 3.2.3
    dns.rdatatype.MAILB: dns.rcode.NOTIMP,
}


def look_up(query: Query, zones: Zones) -> Answer:
    """The answer to `query` of a server that is authoritative for `zones`, by their names. Only the zones that the
    answer comes from are taken out of the mapping."""
    refusal = refuse(query)
    if refusal is not None:
        return refusal
    zone = _find_zone(query, zones)
    if zone is None:
        own = tuple(sorted(name.to_text() for name in zones))
        return Answer(dns.rcode.REFUSED, "not-here", own)
    return _Search(query, zones).run(zone)


def refuse(query: Query) -> Answer | None:
    """The answer to what no server here answers otherwise, authoritative or not: another opcode, a version of EDNS
    that is not known, another class, a type that is none of records. None for all other queries."""
    if query.opcode != QUERY:
        return Answer(dns.rcode.NOTIMP, "opcode", (str(query.opcode),))
    if query.edns is not None and query.edns.version > _EDNS_VERSION:
        return Answer(dns.rcode.BADVERS, "bad-version", (str(query.edns.version),))  # RFC 6891 section 6.1.3
    if query.rdtype in _META_TYPES:
        return Answer(_META_TYPES[query.rdtype], "meta-type", (dns.rdatatype.to_text(query.rdtype),))
    if query.rdclass not in (dns.rdataclass.IN, dns.rdataclass.ANY):
        return Answer(dns.rcode.REFUSED, "class", (dns.rdataclass.to_text(query.rdclass),))
    return None


def _find_zone(query: Query, zones: Zones) -> Zone | None:
    """The nearest zone that has the query's name. What a DS record says is said by the parent (RFC 4035 section
    3.1.4.1), if it is here."""
    name = query.name
    if query.rdtype == dns.rdatatype.DS and name in zones and name != dns.name.root:
        return _enclosing(name.parent(), zones) or zones[name]
    return _enclosing(name, zones)


def _enclosing(name: dns.name.Name, zones: Zones) -> Zone | None:
    while name not in zones:
        if name == dns.name.root:
            return None
        name = name.parent()
    return zones[name]


@dataclass
class _Search:
    """One query's way through the zones: the aliases found so far."""

    query: Query
    zones: Zones
    chain: list[RRset] = field(default_factory=list)

    def run(self, zone: Zone) -> Answer:
        name = self.query.name
        while True:
            found = self._step(zone, name)
            if isinstance(found, Answer):
                return self._after_aliases(zone, found)
            self.chain.append(found)
            name = found[0].target
            if any(name == alias.name for alias in self.chain):
                return self._answer(zone, dns.rcode.NOERROR, "alias-loop", name.to_text())
            if len(self.chain) > limits.ALIASES:
                return self._answer(zone, dns.rcode.NOERROR, "too-much-work", "aliases")
            following = _enclosing(name, self.zones)
            if following is None:
                return self._answer(zone, dns.rcode.NOERROR, "alias-out", zone.origin.to_text(), name.to_text())
            zone = following

    def _step(self, zone: Zone, name: dns.name.Name) -> Answer | RRset:
        """What the zone has of the name: the answer, or the CNAME that leads on."""
        cut = zone.find_cut(name)
        if cut is not None and not (cut == name and self.query.rdtype == dns.rdatatype.DS):
            return _refer(zone, cut)
        rrsets = zone.at(name)
        if rrsets is not None:
            return self._take(zone, name, rrsets, None)
        encloser = zone.find_encloser(name)
        wildcard = dns.name.Name((b"*", *encloser.labels)) if len(encloser) else None
        rrsets = zone.at(wildcard) if wildcard is not None else None
        if rrsets is None:
            about = (zone.origin.to_text(), encloser.to_text())
            return Answer(dns.rcode.NXDOMAIN, "no-name", about, True, authority=(zone.negative,))
        return self._take(zone, name, rrsets, wildcard)

    def _take(self, zone: Zone, name: dns.name.Name, rrsets: RRsets, wildcard: dns.name.Name | None) -> Answer | RRset:
        """What is asked for of the records of a name that exists, or of the wildcard that stands for it (RFC 4592
        section 3.3.2)."""
        asked, own = self.query.rdtype, zone.origin.to_text()
        if asked == dns.rdatatype.ANY and rrsets:
            return self._found("any", (own,), _renamed(_choose(rrsets), name, wildcard))
        if asked in rrsets:
            why, about = ("authoritative", (own,)) if wildcard is None else ("wildcard", (own, wildcard.to_text()))
            return self._found(why, about, _renamed(rrsets[asked], name, wildcard))
        if dns.rdatatype.CNAME in rrsets:
            return _renamed(rrsets[dns.rdatatype.CNAME], name, wildcard)
        lacks = (own, name.to_text(), dns.rdatatype.to_text(asked))
        return Answer(dns.rcode.NOERROR, "no-data", lacks, True, authority=(zone.negative,))

    def _found(self, why: str, about: tuple[str, ...], rrset: RRset) -> Answer:
        additional = tuple(self._addresses(rrset))
        return Answer(dns.rcode.NOERROR, why, about, True, answer=(rrset,), additional=additional)

    def _addresses(self, rrset: RRset) -> Iterator[RRset]:
        """The addresses of the hosts that the records name, where a zone here has them."""
        for target in dict.fromkeys(_targets(rrset)):
            zone = _enclosing(target, self.zones)
            if zone is not None and zone.find_cut(target) is None:
                yield from _address_rrsets(zone, target)

    def _after_aliases(self, zone: Zone, last: Answer) -> Answer:
        """The answer for the last name of the chain as that for its first: AA is said of the first owner (RFC 1035
        section 4.1.1), the rcode of the last (RFC 6604 section 3)."""
        if not self.chain:
            return last
        target = self.chain[-1][0].target.to_text()
        origin = zone.origin.to_text()
        why, about = {
            "authoritative": ("alias", (origin, target)),
            "wildcard": ("alias", (origin, target)),
            "no-name": ("alias-dangling", (origin, target)),
            "referral": ("alias-out", (origin, target)),
        }.get(last.why, (last.why, last.about))
        return Answer(
            rcode=last.rcode,
            why=why,
            about=about,
            is_authoritative=True,
            answer=(*self.chain, *last.answer),
            authority=last.authority,
            additional=last.additional,
        )

    def _answer(self, zone: Zone, rcode: dns.rcode.Rcode, why: str, *about: str) -> Answer:
        return Answer(rcode, why, about, True, answer=tuple(self.chain))


def _refer(zone: Zone, cut: dns.name.Name) -> Answer:
    """A referral (RFC 1034 section 4.3.2, 3b), with the addresses that the zone has of the servers: glue."""
    servers = (zone.at(cut) or {})[dns.rdatatype.NS]
    names = list(_targets(servers))
    glue = tuple(rrset for name in names if name.is_subdomain(zone.origin) for rrset in _address_rrsets(zone, name))
    about = (cut.to_text(), *(name.to_text() for name in names))
    return Answer(dns.rcode.NOERROR, "referral", about, authority=(servers,), additional=glue)


def _choose(rrsets: RRsets) -> RRset:
    """What a question for ANY gets: one RRset of those that there are (RFC 8482 section 4.1), the name's own before
    what makes it a zone."""
    of_zones = (dns.rdatatype.SOA, dns.rdatatype.NS)
    return min(rrsets.values(), key=lambda rrset: rrset.rdtype in of_zones)


def _renamed(rrset: RRset, name: dns.name.Name, wildcard: dns.name.Name | None) -> RRset:
    """What a wildcard's records are for the name that they stand for."""
    return rrset if wildcard is None else dns.rrset.from_rdata_list(name, rrset.ttl, list(rrset))


def _targets(rrset: RRset) -> Iterable[dns.name.Name]:
    member = _TARGETS.get(rrset.rdtype)
    return [getattr(data, member) for data in rrset] if member else []


def _address_rrsets(zone: Zone, name: dns.name.Name) -> Iterator[RRset]:
    rrsets = zone.at(name) or {}
    return (rrsets[rdtype] for rdtype in _ADDRESSES if rdtype in rrsets)
