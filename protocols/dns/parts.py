"""What reading a message is going to cost, without reading it: a small one can stand for much. Pure.

Each of a thousand records can name, in two octets, a name of 127 labels; each octet of a text record can be a text.
"""

from __future__ import annotations

import struct

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.txtbase

from protocols import limits

_HEADER = struct.Struct(">HHHHHH")
_RECORD = struct.Struct(">HHIH")
_POINTER = 0xC0
_OCTETS_OF_PART = 4  # of other data: no type's parts are shorter

# Where names that may be compressed stand in data: after so many octets, so many of them (RFC 3597 section 4).
_NAMES = {
    dns.rdatatype.NS: (0, 1),
    dns.rdatatype.CNAME: (0, 1),
    dns.rdatatype.PTR: (0, 1),
    dns.rdatatype.SOA: (0, 2),
    dns.rdatatype.MX: (2, 1),
    dns.rdatatype.SRV: (6, 1),
}
# Others that are read so, and that hardly anybody has: counted as if their names were the longest ones.
_RARE = frozenset(
    dns.rdatatype.from_text(name)
    for name in (
        *("MD", "MF", "MB", "MG", "MR", "MINFO", "RP", "AFSDB", "RT", "SIG", "NXT", "PX", "NAPTR", "KX"),
        *("DNAME", "NSAP-PTR", "A6", "RRSIG", "NSEC"),
    )
)
_TEXTS = frozenset(
    rdtype
    for rdtype in dns.rdatatype.RdataType
    if issubclass(
        dns.rdata.get_rdata_class(dns.rdataclass.IN, rdtype) or dns.rdata.GenericRdata, dns.rdtypes.txtbase.TXTBase
    )
)


def count_parts(octets: bytes) -> int:
    """How many labels, texts, options and the like the message in `octets` has with all names written out: more than
    `limits.DNS_PARTS` is all that is said of one with more. Of octets that are no message, those before the mistake."""
    counts = _HEADER.unpack_from(octets)[2:]
    counter = _Counter(octets)
    try:
        for _ in range(counts[0]):
            counter.pass_name()
            counter.place += 4
        for _ in range(sum(counts[1:])):
            counter.pass_record()
            if counter.parts > limits.DNS_PARTS:
                break
    except (IndexError, struct.error):
        pass
    return counter.parts


class _Counter:
    """The place in a message, and what was counted before it."""

    def __init__(self, octets: bytes) -> None:
        self.parts = 0
        self.place = _HEADER.size
        self._octets = octets
        self._labels: dict[int, int] = {}  # of the names that were met, by their places

    def pass_name(self) -> None:
        labels, self.place = self._measure(self.place)
        self.parts += labels

    def pass_record(self) -> None:
        self.pass_name()
        rdtype, _, _, length = _RECORD.unpack_from(self._octets, self.place)
        self.place += _RECORD.size
        end = self.place + length
        if rdtype in _NAMES:
            before, names = _NAMES[rdtype]
            self.place += before
            for _ in range(names):
                self.pass_name()
        elif rdtype in _TEXTS:
            self._pass_texts(end)
        else:
            self.parts += length // _OCTETS_OF_PART + (2 * limits.LEVELS if rdtype in _RARE else 0)
        self.place = end

    def _pass_texts(self, end: int) -> None:
        while self.place < end and self.parts <= limits.DNS_PARTS:
            self.place += 1 + self._octets[self.place]
            self.parts += 1

    def _measure(self, place: int) -> tuple[int, int]:
        """The labels of the name at `place`, and the place after it."""
        places = []
        while (length := self._octets[place]) and length & _POINTER != _POINTER:
            places.append(place)
            place += 1 + length
        labels, size = 0, 1
        if length:
            # Only what was met before is pointed to; any other pointer is counted as if it led to the longest name.
            target = (length & ~_POINTER) << 8 | self._octets[place + 1]
            labels, size = self._labels.get(target, limits.LEVELS), 2
        for each in reversed(places):
            labels += 1
            self._labels[each] = labels
        return labels, place + size
