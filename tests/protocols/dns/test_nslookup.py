"""nslookup: its words, and what it prints."""

import asyncio

import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns import nslookup
from protocols.dns.nslookup import Asked, Leave, Lookup, Options, Switch, Tell
from protocols.dns.nslookup_output import _seconds
from tests.protocols.dns.answers import say
from tests.protocols.dns.fakes import DEAD, RESOLVER, SILENT, VUW, running
from tests.protocols.dns.outputs import read_nslookup

MX = Options(rdtype=RdataType.MX)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", Asked(Options(), None, None)),
        ("www.vuw.ac.nz", Asked(Options(), "www.vuw.ac.nz", None)),
        ("www.vuw.ac.nz 10.2.0.1", Asked(Options(), "www.vuw.ac.nz", "10.2.0.1")),
        ("- 10.2.0.1", Asked(Options(), None, "10.2.0.1")),
        ("-type=mx vuw.ac.nz", Asked(MX, "vuw.ac.nz", None)),
        ("-query=MX -norecurse vuw.ac.nz", Asked(Options(RdataType.MX, wants_recursion=False), "vuw.ac.nz", None)),
        ("-q=MX", Asked(MX, None, None)),
    ],
)
def test_words_mean_what_they_mean_to_nslookup(words, asked):
    assert nslookup.parse(words.split()) == asked


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", None),
        ("  ", None),
        ("www.vuw.ac.nz", Lookup("www.vuw.ac.nz", None)),
        ("www.vuw.ac.nz ns1.vuw.ac.nz", Lookup("www.vuw.ac.nz", "ns1.vuw.ac.nz")),
        ("connect mx.lentil.edu", Lookup("connect", "mx.lentil.edu")),
        ("server 10.2.0.1", Switch("10.2.0.1", by_first=False)),
        ("SERVER ns1.vuw.ac.nz", Switch("ns1.vuw.ac.nz", by_first=False)),
        ("lserver ns1.vuw.ac.nz", Switch("ns1.vuw.ac.nz", by_first=True)),
        ("server", Lookup("server", None)),
        ("set type=mx", MX),
        ("set q=mx", MX),
        ("set querytype=MX", MX),
        ("SET TYPE=mx", MX),
        ("set class=CH", Options(rdclass=RdataClass.CH)),
        ("set norecurse", Options(wants_recursion=False)),
        ("set norec", Options(wants_recursion=False)),
        ("set recurse", Options()),
        ("set vc", Options(by_tcp=True)),
        ("set debug", Options(is_debug=True)),
        ("set nodebug", Options()),
        ("set port=54", Options(port=54)),
        ("set all", Tell("options")),
        ("help", Tell("help")),
        ("?", Tell("help")),
        ("exit", Leave()),
    ],
)
def test_a_line_at_the_prompt_means_one_thing(line, meant):
    assert nslookup.parse_line(line, Options()) == meant


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set nope", "*** Invalid option: nope"),
        ("set =mx", "*** Invalid option: =mx"),
        ("set port=65536", "*** Invalid option: port=65536"),
        ("set type=NOPE", "unknown query type: NOPE"),
        ("set class=NOPE", "unknown query class: NOPE"),
        ("set type mx", "*** Unrecognized command: set type mx"),
        ("server a b", "*** Unrecognized command: server a b"),
        ("ls vuw.ac.nz", "*** Unrecognized command: ls vuw.ac.nz"),
        ("a b c", "*** Unrecognized command: a b c"),
    ],
)
def test_a_line_that_means_nothing_is_answered_in_words(line, told):
    with pytest.raises(nslookup.UsageError) as refused:
        nslookup.parse_line(line, Options())
    assert str(refused.value) == told


def test_too_many_words_get_the_usage():
    with pytest.raises(nslookup.UsageError, match="Usage: nslookup"):
        nslookup.parse(["a", "b", "c"])


LECTURE = """\
Server:  resolver.vuw.ac.nz
Address:  127.0.0.53

Non-authoritative answer:
Name:    www2.vuw.ac.nz
Address:  130.195.86.18
Aliases:  www.vuw.ac.nz"""


async def test_it_prints_the_form_of_the_lecture():
    async with running({RESOLVER: say}) as lab:
        assert await lab.type("nslookup -port={port} www.vuw.ac.nz") == [LECTURE]


HEAD = "Server:  resolver.vuw.ac.nz\nAddress:  127.0.0.53\n\n"
SOA = """\
vuw.ac.nz
\tprimary name server = ns1.vuw.ac.nz
\tresponsible mail addr = hostmaster\\.x.vuw.ac.nz
\tserial  = 2026112401
\trefresh = 7200 (2 hours)
\tretry   = 900 (15 mins)
\texpire  = 1209600 (14 days)
\tdefault TTL = 90061 (1 day 1 hour 1 min 1 sec)"""


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("two.vuw.ac.nz", "Name:    two.vuw.ac.nz\nAddresses:  1.2.3.4\n\t  1.2.3.5"),
        (
            "chain.nz",
            "Non-authoritative answer:\nName:    www2.vuw.ac.nz\nAddress:  130.195.86.18\n"
            "Aliases:  chain.nz\n\t  www.vuw.ac.nz",
        ),
        ("dangling.nz", "Name:    www.vuw.ac.nz\nAliases:  dangling.nz"),
        ("cut.nz", "Non-authoritative answer:\nName:    cut.nz\nAddress:  1.1.1.1"),
        ("130.195.86.18", "Non-authoritative answer:\nName:    www2.vuw.ac.nz\nAddress:  130.195.86.18"),
        (
            "-type=ptr 130.195.86.18",
            "Non-authoritative answer:\nName:    www2.vuw.ac.nz\nAddress:  130.195.86.18",
        ),
        (
            "-type=ptr 18.86.195.130.in-addr.arpa",
            "Non-authoritative answer:\n18.86.195.130.in-addr.arpa\tname = www2.vuw.ac.nz",
        ),
        (
            "-type=mx vuw.ac.nz",
            "Non-authoritative answer:\n"
            "vuw.ac.nz\tMX preference = 10, mail exchanger = mx1.vuw.ac.nz\n"
            "vuw.ac.nz\tMX preference = 20, mail exchanger = mx2.vuw.ac.nz\n"
            "\nmx1.vuw.ac.nz\tinternet address = 130.195.2.1",
        ),
        ("-type=ns vuw.ac.nz", "vuw.ac.nz\tnameserver = ns1.vuw.ac.nz"),
        ("-type=soa vuw.ac.nz", f"Non-authoritative answer:\n{SOA}"),
        ("-type=txt vuw.ac.nz", 'Non-authoritative answer:\nvuw.ac.nz\ttext =\n\n\t"v=spf1 mx -all"'),
        ("-type=cname www.vuw.ac.nz", "Non-authoritative answer:\nwww.vuw.ac.nz\tcanonical name = www2.vuw.ac.nz"),
        ("-type=srv vuw.ac.nz", "Non-authoritative answer:\nvuw.ac.nz\tSRV = 0 5 389 ldap.vuw.ac.nz."),
        (
            "-norecurse deep.nz",
            "Name:    deep.nz\nServed by:\n- ns1.dns.net.nz\n\t  127.0.0.64\n\t  nz\n- ns2.dns.net.nz\n\t  nz",
        ),
        (
            "-norecurse -type=mx deep.nz",
            "Authoritative answers can be found from:\nnz\tnameserver = ns1.dns.net.nz",
        ),
        ("nope.vuw.ac.nz", "*** resolver.vuw.ac.nz can't find nope.vuw.ac.nz: Non-existent domain"),
        ("refused.nz", "*** resolver.vuw.ac.nz can't find refused.nz: Query refused"),
        ("failed.nz", "*** resolver.vuw.ac.nz can't find failed.nz: Server failed"),
        ("headless.nz", "*** resolver.vuw.ac.nz can't find headless.nz: Format error"),
        ("nothing.nz", "*** No address (A) records available for nothing.nz"),
        ("-type=mx nothing.nz", "*** No mail exchanger (MX) records available for nothing.nz"),
        ("octets.nz", "*** These octets are no DNS message (FormError)."),
    ],
)
async def test_each_answer_has_its_form(words, printed):
    async with running({RESOLVER: say}) as lab:
        assert await lab.type(f"nslookup -port={{port}} {words}") == [HEAD + printed]


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("www.vuw.ac.nz", {"A www2.vuw.ac.nz 130.195.86.18", "alias www.vuw.ac.nz"}),
        ("two.vuw.ac.nz", {"A two.vuw.ac.nz 1.2.3.4", "A two.vuw.ac.nz 1.2.3.5"}),
        ("-type=mx vuw.ac.nz", {"MX 10 mx1.vuw.ac.nz", "MX 20 mx2.vuw.ac.nz"}),
        ("-type=ns vuw.ac.nz", {"NS ns1.vuw.ac.nz"}),
        ("-type=txt vuw.ac.nz", {'TXT "v=spf1 mx -all"'}),
        ("-type=cname www.vuw.ac.nz", {"alias www.vuw.ac.nz"}),
        ("130.195.86.18", {"A www2.vuw.ac.nz 130.195.86.18"}),
        ("nope.nz", {"NXDOMAIN"}),
        ("refused.nz", {"REFUSED"}),
        ("failed.nz", {"SERVFAIL"}),
        ("-type=mx nothing.nz", {"NODATA"}),
        ("cut.nz", {"A cut.nz 1.1.1.1"}),
    ],
)
async def test_it_says_what_debians_nslookup_says(words, facts):
    async with running({RESOLVER: say}) as lab:
        [ours] = await lab.type(f"nslookup -port={{port}} {words}")
        command = ("nslookup", f"-port={lab.port}", *words.split(), RESOLVER)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        theirs, _ = await process.communicate()
        assert (read_nslookup(ours), read_nslookup(theirs.decode())) == (facts, facts)


async def test_a_server_without_a_name_is_called_unknown():
    async with running({RESOLVER: say, VUW: say}) as lab:
        assert await lab.type(f"nslookup -port={{port}} two.vuw.ac.nz {VUW}") == [
            f"*** Can't find server name for address {VUW}: Non-existent domain\n"
            f"Server:  UnKnown\nAddress:  {VUW}\n\nName:    two.vuw.ac.nz\nAddresses:  1.2.3.4\n\t  1.2.3.5"
        ]
        assert lab.asked() == [f"{VUW} udp 85.0.0.127.in-addr.arpa. PTR", f"{VUW} udp two.vuw.ac.nz. A"]


async def test_a_server_is_found_by_its_name_through_the_resolver():
    async with running({RESOLVER: say, VUW: say}) as lab:
        printed = await lab.type("nslookup -port={port} two.vuw.ac.nz ns1.vuw.ac.nz")
        assert printed[0].startswith(f"Server:  ns1.vuw.ac.nz\nAddress:  {VUW}\n\nName:")
        assert lab.asked() == [f"{RESOLVER} udp ns1.vuw.ac.nz. A", f"{VUW} udp two.vuw.ac.nz. A"]


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("nope.nz", "*** Can't find address for server nope.nz: Non-existent domain"),
        ("nothing.nz", "*** Can't find address for server nothing.nz: No information"),
        ("failed.nz", "*** Can't find address for server failed.nz: Server failed"),
        ("silent.nz", "*** Can't find address for server silent.nz: Timed out"),
        ("a" * 64 + ".nz", "*** A label has at most 63 octets, and "),
    ],
)
async def test_a_server_that_is_not_found_is_not_asked(server, why, monkeypatch):
    monkeypatch.setattr(limits, "ASK_SECONDS", 0.05)
    async with running({RESOLVER: say}) as lab:
        [told] = await lab.type(f"nslookup -port={{port}} two.vuw.ac.nz {server}")
        assert told.startswith(why)
        assert not any("two" in asked for asked in lab.asked())


async def test_a_name_that_breaks_a_limit_is_not_asked_for():
    async with running({RESOLVER: say}) as lab:
        [label] = await lab.type("nslookup -port={port} " + "a" * 64 + ".nz")
        [name] = await lab.type("nslookup -port={port} " + "a." * 128 + "nz")
        assert (label[:38], name[:36]) == (
            "*** A label has at most 63 octets, and",
            "*** A name has at most 255 octets on",
        )
        assert lab.asked() == []


async def test_a_dead_server_gives_no_response():
    async with running({}) as lab:
        assert await lab.type(f"nslookup -port={{port}} www.vuw.ac.nz {DEAD}") == [
            f"*** Can't find server name for address {DEAD}: No response from server\n"
            f"Server:  UnKnown\nAddress:  {DEAD}\n\n*** UnKnown can't find www.vuw.ac.nz: No response from server"
        ]


async def test_a_server_that_no_network_leads_to_is_not_said_to_be_silent():
    async with running({}) as lab:
        assert await lab.type("nslookup www.vuw.ac.nz 10.9.9.9") == [
            "*** Can't find server name for address 10.9.9.9: Network unreachable, so nothing was sent\n"
            "Server:  UnKnown\nAddress:  10.9.9.9\n\n"
            "*** UnKnown can't find www.vuw.ac.nz: Network unreachable, so nothing was sent"
        ]
        assert lab.messages() == []


async def test_a_silent_server_is_waited_for(monkeypatch):
    monkeypatch.setattr(limits, "ASK_SECONDS", 0.05)
    async with running({SILENT: lambda query, way: None}) as lab:
        wait = "DNS request timed out.\n    timeout was 0.05 seconds."
        assert await lab.type(f"nslookup -port={{port}} www.vuw.ac.nz {SILENT}") == [
            wait,
            wait,
            wait,
            f"*** Can't find server name for address {SILENT}: Timed out\n"
            f"Server:  UnKnown\nAddress:  {SILENT}\n\n*** Request to UnKnown timed-out",
        ]


DEFAULT = "Default Server:  resolver.vuw.ac.nz\nAddress:  127.0.0.53"


async def test_it_is_interactive_until_exit():
    async with running({RESOLVER: say, VUW: say}) as lab:
        assert await lab.type("nslookup -port={port}") == [DEFAULT, "(nslookup-begins)"]
        assert await lab.type("www.vuw.ac.nz") == [LECTURE]
        assert await lab.type("set type=ns") == []
        assert await lab.type("vuw.ac.nz") == [HEAD + "vuw.ac.nz\tnameserver = ns1.vuw.ac.nz"]
        assert await lab.type("") == []
        assert await lab.type("set nope") == ["*** Invalid option: nope"]
        assert await lab.type("set type=a") == []
        assert await lab.type("connect") == [HEAD + "*** resolver.vuw.ac.nz can't find connect: Non-existent domain"]
        assert await lab.type("a..nz") == [
            "*** Between two dots of a name stands a label, and 'a..nz' has one with nothing in it."
        ]
        assert await lab.type("server ns1.vuw.ac.nz") == [f"Default Server:  ns1.vuw.ac.nz\nAddress:  {VUW}"]
        assert (await lab.type("two.vuw.ac.nz"))[0].startswith(
            f"Server:  ns1.vuw.ac.nz\nAddress:  {VUW}\n\nName:    two"
        )
        assert (await lab.type(f"two.vuw.ac.nz {RESOLVER}"))[0].startswith(f"{HEAD}Name:    two")
        assert await lab.type("server nope.nz") == ["*** Can't find address for server nope.nz: Non-existent domain"]
        assert await lab.type(f"lserver {RESOLVER}") == [DEFAULT]
        assert (await lab.type("help"))[0].startswith("NAME ")
        assert await lab.type("exit") == ["(nslookup-ends)"]
        assert await lab.type("www.vuw.ac.nz") == ["(not-connected)"]


async def test_a_server_by_name_is_looked_up_at_the_default_and_by_lserver_at_the_first():
    async with running({RESOLVER: say, VUW: say}) as lab:
        for line in ("nslookup -port={port}", "server ns1.vuw.ac.nz", "server ns1.vuw.ac.nz", "lserver ns1.vuw.ac.nz"):
            await lab.type(line)
        assert [asked.split()[0] for asked in lab.asked()[1:]] == [RESOLVER, VUW, RESOLVER]


async def test_what_is_set_goes_into_the_queries():
    async with running({RESOLVER: say}) as lab:
        for line in ("nslookup -port={port}", "set norecurse", "set vc", "set class=ch", "set type=txt", "nope.nz"):
            await lab.type(line)
        _, way, query = lab.queries[-1]
        assert (way, query.flags, query.edns) == ("tcp", 0, -1)
        await lab.type(f"server {RESOLVER}")
        assert lab.asked()[-1] == f"{RESOLVER} udp 53.0.0.127.in-addr.arpa. PTR"
        assert lab.queries[-1][2].question[0].to_text() == "53.0.0.127.in-addr.arpa. IN PTR"
        assert query.question[0].to_text() == "nope.nz. CH TXT"
        [told] = await lab.type("set all")
        assert (
            told.split("Set options:\n")[1]
            == f"  nodebug\n  norecurse\n  vc\n  port={lab.port}\n  type=TXT\n  class=CH"
        )


async def test_debug_shows_the_response():
    async with running({RESOLVER: say}) as lab:
        await lab.type("nslookup -port={port}")
        await lab.type("set debug")
        [told] = await lab.type("deep.nz")
        lines = told.split("\n")
        begin, end = [place for place, line in enumerate(lines) if line == "------------"]
        assert [line for line in lines[begin + 1 : end] if "id = " not in line] == [
            "Got answer:",
            "    HEADER:",
            "\theader flags:  response, want recursion, recursion avail.",
            "\tquestions = 1,  answers = 0,  authority records = 2,  additional = 1",
            "",
            "    QUESTIONS:",
            "\tdeep.nz, type = A, class = IN",
            "    AUTHORITY RECORDS:",
            "    ->  nz\tnameserver = ns1.dns.net.nz",
            "\tttl = 172800 (2 days)",
            "    ->  nz\tnameserver = ns2.dns.net.nz",
            "\tttl = 172800 (2 days)",
            "    ADDITIONAL RECORDS:",
            "    ->  ns1.dns.net.nz\tinternet address = 127.0.0.64",
            "\tttl = 172800 (2 days)",
        ]
        await lab.type("set nodebug")
        assert await lab.type("two.vuw.ac.nz") == [HEAD + "Name:    two.vuw.ac.nz\nAddresses:  1.2.3.4\n\t  1.2.3.5"]


async def test_without_a_server_to_begin_with_it_does_not_begin():
    async with running({RESOLVER: say}) as lab:
        assert await lab.type("nslookup -port={port} - nope.nz") == [
            "*** Can't find address for server nope.nz: Non-existent domain"
        ]
        assert await lab.type("exit") == ["(nothing-to-leave)"]
        assert await lab.type("set type=mx") == ["(not-in-nslookup)"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 (0 secs)"), (1, "1 (1 sec)"), (3661, "3661 (1 hour 1 min 1 sec)")]
)
def test_seconds_are_told_as_people_count(seconds, words):
    assert _seconds(seconds) == words
