"""Messages that nobody should send: queries and responses, spoilt. The same inputs at every run of the tests."""

from collections.abc import Callable
from random import Random
from typing import Any

import dns.edns
import dns.message

from protocols import limits
from protocols.dns.lookup import look_up
from protocols.dns.query import read_query
from protocols.dns.wire import respond
from tests.protocols.dns.small import EDU, LENTIL, load

_ZONES = load(lentil_edu=LENTIL), load(edu=EDU)
_ASKED = [
    ("web.lentil.edu", "A"),
    ("www.lentil.edu", "TXT"),
    ("lentil.edu", "MX"),
    ("lentil.edu", "SOA"),
    ("_smtp._tcp.lentil.edu", "SRV"),
    ("nobody.lentil.edu", "AAAA"),
    ("a.b.guest.lentil.edu", "ANY"),
    ("lentil.edu", "DS"),
]
_OPTIONS = [
    dns.edns.GenericOption("NSID", b""),
    dns.edns.GenericOption("COOKIE", b"12345678"),
    dns.edns.EDEOption(dns.edns.EDECode.NO_REACHABLE_AUTHORITY, "no server of vuw.nz answers"),
]
_SPECIAL = [
    b"\x00",
    b"\xc0\x0c",  # the question's name
    b"\xc0\x00",  # a name in the header
    b"\xc0\xff",
    b"\xff\xff",
    b"\x3f",
    b"\x40",
    b"\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00",  # an OPT record
    b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01",  # an A record
    b"\x01*",
]


_WITH: list[dict[str, Any]] = [{}, {"use_edns": 0, "payload": 1232, "options": _OPTIONS}]


def _make_whole() -> list[bytes]:
    whole = []
    for name, rdtype in _ASKED:
        for more in _WITH:
            query = dns.message.make_query(name, rdtype, id=4711, **more).to_wire()
            whole.append(query)
            for zones in _ZONES:
                read = read_query(query)
                whole.append(respond(read, look_up(read, zones), recursion_available=True, transport="udp"))
    return whole


_WHOLE = _make_whole()


def _overwrite(chance: Random, octets: bytes) -> bytes:
    place = chance.randrange(len(octets))
    return octets[:place] + chance.randbytes(chance.randrange(1, 5)) + octets[place + 1 :]


def _flip(chance: Random, octets: bytes) -> bytes:
    place = chance.randrange(len(octets))
    return octets[:place] + bytes([octets[place] ^ 1 << chance.randrange(8)]) + octets[place + 1 :]


def _insert(chance: Random, octets: bytes) -> bytes:
    place = chance.randrange(len(octets) + 1)
    return octets[:place] + chance.choice(_SPECIAL) + octets[place:]


def _put(chance: Random, octets: bytes) -> bytes:
    special, place = chance.choice(_SPECIAL), chance.randrange(len(octets))
    return octets[:place] + special + octets[place + len(special) :]


def _cut(chance: Random, octets: bytes) -> bytes:
    return octets[: chance.randrange(1, len(octets) + 1)]


def _count(chance: Random, octets: bytes) -> bytes:
    place = chance.choice([4, 6, 8, 10])
    return octets[:place] + chance.choice([0, 1, 2, 3, 900, 65535]).to_bytes(2, "big") + octets[place + 2 :]


def _repeat(chance: Random, octets: bytes) -> bytes:
    start = chance.randrange(len(octets))
    piece = octets[start : start + chance.randrange(1, 40)]
    return octets[:start] + piece * chance.choice([2, 9, 70]) + octets[start:]


def _leave(chance: Random, octets: bytes) -> bytes:
    return octets


_MUTATIONS: list[Callable[[Random, bytes], bytes]] = [_overwrite, _flip, _insert, _put, _cut, _count, _repeat, _leave]


def mutate(chance: Random) -> bytes:
    """The next input: a whole message with up to three things wrong with it; a few are of `heavy`."""
    if not chance.randrange(5_000):
        return chance.choice(heavy())
    octets = chance.choice(_WHOLE)
    for mutation in chance.choices(_MUTATIONS, k=chance.randrange(1, 4)):
        octets = mutation(chance, octets or b"\x00")
    return octets


def heavy() -> list[bytes]:
    """What costs the most to read: as much of it as a message of the largest size has."""
    head, question = b"\x12\x34\x80\x00\x00\x01", b"\x01a" * 126 + b"\x00\x00\x01\x00\x01"
    records = limits.DNS_RECORDS - 1
    counts = records.to_bytes(2, "big") + bytes(4)
    address = b"\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01"
    room = limits.DNS_MESSAGE - 12 - len(question)
    names = b"".join(b"\x01c\xc0" + bytes([12 + 2 * (126 - 7)]) + address for _ in range(records))
    long = (b"\x01b" * 126 + b"\x00" + address) * (room // 267)
    texts = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x00" + (60_000).to_bytes(2, "big") + b"\x00" * 60_000
    pointers = b"".join(b"\xc0" + bytes([12 + 2 * (n % 100)]) + address for n in range(records))
    options = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00" + (64_000).to_bytes(2, "big") + bytes(64_000)
    return [
        head + counts + question + names,
        head + (room // 267).to_bytes(2, "big") + bytes(4) + question + long,
        head + b"\x00\x01" + bytes(4) + question + texts,
        head + counts + question + pointers,
        head + bytes(4) + b"\x00\x01" + question + options,
    ]
