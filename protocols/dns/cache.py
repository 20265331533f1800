"""What a resolver remembers: record sets and what does not exist, each until its time to live is over. Pure.

Time is a parameter: whole seconds of the lab's clock. What is remembered at a second is as old as that second.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import dns.name
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols import limits


class Trust(IntEnum):
    """How far data is believed, by where it stood: RFC 2181 section 5.4.1. What is not an ANSWER leads the resolver to
    servers, and is never an answer itself."""

    GLUE = 1  # the additional section, and the authority section of a referral
    AUTHORITY = 2  # the authority section of an authoritative answer
    ANSWER = 3  # the answer section of an authoritative answer


@dataclass(frozen=True, slots=True)
class Absent:
    """That a name, or a type of it, does not exist (RFC 2308): `soa` says so, and stands in the responses that do."""

    rcode: Literal["NXDOMAIN", "NOERROR"]
    soa: RRset


@dataclass(slots=True)
class _Entry:
    known: RRset | Absent
    trust: Trust
    until: int  # seconds of the lab's clock

    def size(self) -> int:
        return len(self.known) if isinstance(self.known, RRset) else 1


_NO_NAME = RdataType.ANY  # the key of what is absent for every type


class Cache:
    """Holds limits.CACHE_RECORDS records; beyond that, what was put first goes first."""

    def __init__(self) -> None:
        self._entries: dict[Name, dict[RdataType, _Entry]] = {}
        self._ages: dict[tuple[Name, RdataType], None] = {}  # the oldest first
        self._records = 0

    def put(self, rrset: RRset, trust: Trust, now: int) -> bool:
        """Remember a record set. False where nothing changes: it is for this moment only (a time to live of 0: RFC 1035
        section 3.2.1), or what is known is believed more, or is the same. The same is not kept for longer when it comes
        again: what its parent took away from a zone would live on for as long as somebody asks for it."""
        seconds = min(rrset.ttl, limits.CACHE_SECONDS)
        known = self._entry(rrset.name, rrset.rdtype, now)
        if known is not None and (known.trust > trust or (known.trust == trust and known.known == rrset)):
            return False
        if seconds == 0 or (trust < Trust.ANSWER and self._entry(rrset.name, _NO_NAME, now) is not None):
            return False
        if trust == Trust.ANSWER:
            self._drop(rrset.name, _NO_NAME)
        self._store(rrset.name, rrset.rdtype, _Entry(rrset, trust, now + seconds))
        return True

    def put_absent(self, name: Name, rdtype: RdataType | None, soa: RRset, now: int) -> bool:
        """Remember that `name` has nothing of type `rdtype`, or (None) does not exist, as an authoritative answer with
        `soa` said. RFC 2308 section 5: for the SOA's own time to live or its MINIMUM, whichever is less."""
        seconds = min(negative_ttl(soa), limits.CACHE_SECONDS_NEGATIVE)
        if seconds <= 0:
            return False
        if rdtype is None:
            for each in list(self._entries.get(name, ())):
                self._drop(name, each)
        else:
            self._drop(name, _NO_NAME)
        absent = Absent("NXDOMAIN" if rdtype is None else "NOERROR", soa)
        self._store(name, _NO_NAME if rdtype is None else rdtype, _Entry(absent, Trust.ANSWER, now + seconds))
        return True

    def find(self, name: Name, rdtype: RdataType, now: int, trust: Trust = Trust.ANSWER) -> RRset | Absent | None:
        """What is known of that name and type and believed at least as `trust` says, its times to live counted down;
        None for nothing. Of type ANY it is one of the record sets known: RFC 8482 section 4.1."""
        wanted = [rdtype, _NO_NAME]
        if rdtype == RdataType.ANY:
            wanted = [_NO_NAME, *self._entries.get(name, ())]
        for each in wanted:
            entry = self._entry(name, each, now)
            if entry is None or entry.trust < trust:
                continue
            if rdtype != RdataType.ANY or isinstance(entry.known, RRset) or each == _NO_NAME:
                return _count_down(entry, now)
        return None

    def find_delegation(self, name: Name, now: int) -> RRset | None:
        """The name servers of the closest zone above or at `name` of which any are known."""
        while True:
            found = self.find(name, RdataType.NS, now, Trust.GLUE)
            if isinstance(found, RRset):
                return found
            if name == dns.name.root:
                return None
            name = name.parent()

    def __len__(self) -> int:
        """How many records are held, what is absent counted as one; and those over too, until they are met."""
        return self._records

    def _entry(self, name: Name, rdtype: RdataType, now: int) -> _Entry | None:
        entry = self._entries.get(name, {}).get(rdtype)
        if entry is not None and entry.until <= now:
            self._drop(name, rdtype)
            return None
        return entry

    def _store(self, name: Name, rdtype: RdataType, entry: _Entry) -> None:
        self._drop(name, rdtype)
        self._entries.setdefault(name, {})[rdtype] = entry
        self._ages[name, rdtype] = None
        self._records += entry.size()
        while self._records > limits.CACHE_RECORDS:
            self._drop(*next(iter(self._ages)))

    def _drop(self, name: Name, rdtype: RdataType) -> None:
        entry = self._entries.get(name, {}).pop(rdtype, None)
        if entry is None:
            return
        del self._ages[name, rdtype]
        self._records -= entry.size()
        if not self._entries[name]:
            del self._entries[name]


def negative_ttl(soa: RRset) -> int:
    """For how many seconds what a response with `soa` says not to exist does not: RFC 2308 section 5."""
    return min(int(soa.ttl), int(soa[0].minimum))


def with_ttl(rrset: RRset, ttl: int) -> RRset:
    """The same records with another time to live."""
    return dns.rrset.from_rdata_list(rrset.name, ttl, list(rrset))


def _count_down(entry: _Entry, now: int) -> RRset | Absent:
    left = entry.until - now
    if isinstance(entry.known, RRset):
        return with_ttl(entry.known, left)
    return Absent(entry.known.rcode, with_ttl(entry.known.soa, left))
