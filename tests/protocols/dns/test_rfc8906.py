"""RFC 8906 section 8: what tells a sound name server from one that breaks others, a row each."""

from dataclasses import dataclass

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest

from tests.protocols.dns.small import LENTIL, exchange, load, texts

UNKNOWN = dns.edns.GenericOption(dns.edns.OptionType.make(100), b"\x00\x01")
KNOWN = [
    dns.edns.GenericOption(dns.edns.OptionType.NSID, b""),
    dns.edns.GenericOption(dns.edns.OptionType.COOKIE, b"12345678"),
    dns.edns.GenericOption(dns.edns.OptionType.EXPIRE, b""),
    dns.edns.ECSOption("0.0.0.0", 0),
]
Z = 0x0040
SOA = ["lentil.edu. SOA ns1.lentil.edu. hostmaster.lentil.edu. 2026112401 7200 900 1209600 300"]


@dataclass(frozen=True)
class Check:
    """A query: its section, its type, flags of its header beside those that are none, and EDNS if it has any; and
    what is expected besides NOERROR."""

    section: str
    rdtype: str = "SOA"
    flags: int = 0
    edns: tuple[int, int, list] | None = None  # version, flags, options
    rcode: str = "NOERROR"
    answer: bool = True
    transport: str = "udp"


CHECKS = [
    Check("8.1.1, the zone is there"),
    Check("8.1.2, an unknown type", rdtype="TYPE1000", answer=False),
    Check("8.1.3.1, CD", flags=dns.flags.CD),
    Check("8.1.3.2, AD", flags=dns.flags.AD),
    Check("8.1.3.3, the last reserved bit", flags=Z),
    Check("8.1.3.4, RD", flags=dns.flags.RD),
    Check("8.1.5, by TCP", transport="tcp"),
    Check("8.2.1, EDNS", edns=(0, 0, [])),
    Check("8.2.2, an unknown version", edns=(1, 0, []), rcode="BADVERS", answer=False),
    Check("8.2.3, an unknown option", edns=(0, 0, [UNKNOWN])),
    Check("8.2.4, an unknown flag", edns=(0, Z, [])),
    Check("8.2.5, an unknown version and flag", edns=(1, Z, []), rcode="BADVERS", answer=False),
    Check("8.2.6, an unknown version and option", edns=(100, 0, [UNKNOWN]), rcode="BADVERS", answer=False),
    Check("8.2.8, DO", edns=(0, dns.flags.DO, [])),
    Check("8.2.9, many options", edns=(0, 0, KNOWN)),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.section)
def test_a_server_passes_each_check(check):
    query = dns.message.make_query("lentil.edu", check.rdtype, flags=check.flags)
    if check.edns is not None:
        version, flags, options = check.edns
        query.use_edns(version, flags, 1232, options=options)
    said = exchange(query.to_wire(), transport=check.transport)
    assert (said.id, said.question) == (query.id, query.question)
    assert dns.rcode.to_text(said.rcode()) == check.rcode
    assert texts(said.answer) == (SOA if check.answer else [])
    authoritative = dns.flags.AA if check.rcode == "NOERROR" else 0
    assert said.flags & ~0xF == dns.flags.QR | authoritative | check.flags & dns.flags.RD
    assert said.edns == (-1 if check.edns is None else 0)
    assert said.options == ()
    assert said.ednsflags & 0xFFFF == (check.edns[1] & dns.flags.DO if check.edns else 0)


def test_an_unknown_opcode_is_not_implemented_with_nothing_in_its_sections():  # 8.1.4
    for octets in (
        b"\x12\x34\x79\x00" + bytes(8),
        b"\x12\x34\x79\x00\x00\x01" + bytes(6) + b"\x06lentil\x03edu\x00\x00\x06\x00\x01",
    ):
        said = exchange(octets)
        assert (said.id, said.opcode(), said.rcode()) == (0x1234, 15, dns.rcode.NOTIMP)
        assert said.flags & dns.flags.AA == 0
        assert [said.question, said.answer, said.authority, said.additional] == [[], [], [], []]


def test_a_truncated_response_has_its_opt_record():  # 8.2.7
    story = LENTIL + "".join(f'story TXT "{number:0250}"\n' for number in range(9))
    query = dns.message.make_query("story.lentil.edu", "TXT", use_edns=0, payload=512, want_dnssec=True)
    said = exchange(query.to_wire(), load(lentil_edu=story))
    assert said.flags & dns.flags.TC
    assert (said.edns, said.ednsflags & dns.flags.DO, said.answer) == (0, dns.flags.DO, [])
