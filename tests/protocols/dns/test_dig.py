"""dig: its words, and what it prints beside what Debian's dig prints of the same octets."""

import asyncio
import re

import dns.message
import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from protocols.dns import dig
from tests.protocols.dns.answers import say
from tests.protocols.dns.fakes import RESOLVER, running


@pytest.mark.parametrize(
    ("words", "name", "rdtype", "others"),
    [
        ("", ".", "NS", {}),
        (".", ".", "A", {}),
        ("mx", ".", "NS", {}),
        ("www.vuw.ac.nz", "www.vuw.ac.nz.", "A", {}),
        ("vuw.ac.nz MX", "vuw.ac.nz.", "MX", {}),
        ("mx vuw.ac.nz", "vuw.ac.nz.", "MX", {}),
        ("vuw.ac.nz type65280", "vuw.ac.nz.", "TYPE65280", {}),
        ("-t mx vuw.ac.nz", "vuw.ac.nz.", "MX", {}),
        ("-tmx -q mx", "mx.", "MX", {}),
        ("vuw.ac.nz ch txt", "vuw.ac.nz.", "TXT", {"rdclass": RdataClass.CH}),
        ("-c ch vuw.ac.nz", "vuw.ac.nz.", "A", {"rdclass": RdataClass.CH}),
        ("-x 130.195.86.18", "18.86.195.130.in-addr.arpa.", "PTR", {}),
        ("@10.2.0.1 -p 54 a.nz", "a.nz.", "A", {"server": "10.2.0.1", "port": 54}),
        ("a.nz @ns1.a.nz -p54", "a.nz.", "A", {"server": "ns1.a.nz", "port": 54}),
        ("a.nz +norecurse", "a.nz.", "A", {"wants_recursion": False}),
        ("a.nz +norec +rec", "a.nz.", "A", {"wants_recursion": True}),
        ("a.nz +tcp", "a.nz.", "A", {"by_tcp": True}),
        ("+vc a.nz", "a.nz.", "A", {"by_tcp": True}),
        ("a.nz +short +ignore", "a.nz.", "A", {"is_short": True, "takes_truncated": True}),
        ("a.nz +tcp +notcp", "a.nz.", "A", {"by_tcp": False}),
        ("a.nz any +novc", "a.nz.", "ANY", {"by_tcp": False}),
        ("a.nz +short +ignore +noshort +noign", "a.nz.", "A", {"is_short": False, "takes_truncated": False}),
        ("a.nz +noedns", "a.nz.", "A", {"has_edns": False}),
        ("a.nz +edns +bufsize=512", "a.nz.", "A", {"has_edns": True, "bufsize": 512}),
        ("a.nz +dnssec", "a.nz.", "A", {"wants_signatures": True}),
        ("a.nz +trace", "a.nz.", "A", {"is_trace": True, "wants_signatures": True}),
        ("a.nz +trace +notrace", "a.nz.", "A", {"is_trace": False}),
        ("a.nz +dnssec +nodnssec", "a.nz.", "A", {"wants_signatures": False}),
        ("www\\.x.nz", "www\\.x.nz.", "A", {}),
    ],
)
def test_words_mean_what_they_mean_to_dig(words, name, rdtype, others):
    asked = dig.parse(words.split())
    assert (asked.name.to_text(), RdataType.to_text(asked.rdtype)) == (name, rdtype)
    assert {key: getattr(asked, key) for key in others} == others
    assert asked.words == tuple(words.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("a.nz +nope", "Invalid option: +nope\nUsage:  dig [@server] "),
        ("a.nz +no", "Invalid option: +no\nUsage:  dig [@server] "),
        ("a.nz +short=5", "Invalid option: +short=5\nUsage:  dig [@server] "),
        ("-Z a.nz", "Invalid option: -Z\nUsage:  dig [@server] "),
        ("a.nz -t", "Invalid option: -t\nUsage:  dig [@server] "),
        ("- a.nz", "Invalid option: -\nUsage:  dig [@server] "),
        ("-h", "Usage:  dig [@server] "),
        ("-t NOPE a.nz", "dig: there is no type NOPE."),
        ("-c NOPE a.nz", "dig: there is no class NOPE."),
        ("a.nz b.nz", "dig: one name at a time; b.nz is no type and no class."),
        ("-x vuw.ac.nz", "dig: -x takes an IPv4 address, and vuw.ac.nz is none."),
        ("a.nz -p x", "invalid port number 'x': not a valid number\ndig: Couldn't parse port number"),
        ("a.nz -p 65536", "invalid port number '65536': out of range\ndig: Couldn't parse port number"),
        ("a.nz +bufsize=\xb2", "invalid buffer size '\xb2': not a valid number\ndig: Couldn't parse buffer size"),
        ("a" * 64 + ".nz", "dig: A label has at most 63 octets"),
        (".".join(["a" * 60] * 5), "dig: A name has at most 255 octets"),
        ("a..nz", "dig: "),
    ],
)
def test_words_that_ask_for_nothing_are_answered_in_words(words, told):
    with pytest.raises(dig.UsageError) as refused:
        dig.parse(words.split())
    assert str(refused.value).startswith(told)


def test_a_query_says_what_is_asked_for():
    asked = dig.parse(["a.nz", "ch", "+bufsize=512", "+dnssec"])
    query = dig.make_query(asked, asked.name, asked.rdtype, wants_recursion=False)
    text = query.to_text().split("\n", 1)[1].replace("\n", "; ")
    head = "opcode QUERY; rcode NOERROR; flags AD; edns 0; eflags DO; payload 512"
    assert text.startswith(f"{head}; ;QUESTION; a.nz. CH A")
    plain = dig.parse(["a.nz", "+noedns", "+dnssec", "+noedns"])
    query = dig.make_query(plain, plain.name, plain.rdtype, wants_recursion=True)
    assert (query.edns, dns.message.from_wire(query.to_wire()).flags) == (-1, 0x0120)


LIKE_DIG = [
    "www.vuw.ac.nz",
    "www.vuw.ac.nz +noedns",
    "www.vuw.ac.nz +dnssec",
    "www.vuw.ac.nz +tcp",
    "www.vuw.ac.nz +short",
    "many.vuw.ac.nz any",
    "many.vuw.ac.nz any +short",
    "many.vuw.ac.nz any +notcp",
    "vuw.ac.nz MX",
    "vuw.ac.nz soa",
    "vuw.ac.nz SRV",
    "-x 130.195.86.18",
    "nope.nz",
    "nope.nz +short",
    "nothing.nz",
    "refused.nz",
    "failed.nz",
    "badvers.nz",
    "extended.nz",
    "deep.nz +norecurse",
    "cut.nz",
    "cut.nz +ignore",
    "cut.nz +notcp",
    "headless.nz",
    "ns1.vuw.ac.nz type65280",
    "@127.0.0.98 nobody.nz",
    "+short @127.0.0.98 nobody.nz",
    "+trace nope.nz",
]


def comparable(text: str) -> str:
    """What dig prints, without what differs from time to time."""
    text = re.sub(r"(?m)^; <<>> DiG .* <<>> .*$", "; <<>> DiG <<>>", text)
    text = re.sub(r"(?m)^;; WHEN: \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$", ";; WHEN:", text)
    text = re.sub(r"(?m), id: \d+$", ", id", text)
    text = re.sub(r"(?m)^;; Query time: \d+ msec$", ";; Query time:", text)
    text = re.sub(r"(?m)in \d+ ms$", "in ms", text)
    return "\n".join(line for line in text.split("\n") if line)


async def real_dig(words: str, port: int) -> str:
    server = () if "@" in words else (f"@{RESOLVER}",)
    command = ("dig", "+nocookie", "-p", str(port), *server, *words.split())
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    return output.decode("latin-1")


@pytest.mark.parametrize("words", LIKE_DIG)
async def test_it_prints_what_debians_dig_prints(words):
    async with running({RESOLVER: say}) as lab:
        printed = await lab.type(f"dig -p {{port}} {'' if '@' in words else f'@{RESOLVER} '}{words}")
        assert comparable("\n".join(printed)) == comparable(await real_dig(words, lab.port))
