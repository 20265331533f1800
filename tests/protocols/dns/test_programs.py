"""The programs in the console: what they send, what each event cites, and that each of them ends."""

import asyncio
from typing import Any

import pytest

from protocols import limits
from protocols.dns.exchange import fits
from protocols.events import Console as Said
from protocols.events import Message
from protocols.world import World
from tests.protocols.dns.answers import SOA, say
from tests.protocols.dns.fakes import DEAD, NZ, RESOLVER, ROOT, SILENT, STUDENT, VUW, WORLD, Lab, respond, running


def causes(lab: Lab) -> list[str]:
    """Every event, and after it the place of the one that it cites."""
    names = {event.seq: place for place, event in enumerate(lab.events)}

    def named(event) -> str:
        if isinstance(event, Message):
            return f"{event.side} {event.transport} {event.server.address}"
        return event.action

    return [f"{named(event)} < {names.get(event.because or 0, '-')}" for event in lab.events]


async def test_a_query_goes_out_from_the_students_address_and_cites_what_was_typed():
    async with running({RESOLVER: say}) as lab:
        await lab.type("dig -p {port} www.vuw.ac.nz")
        assert causes(lab) == ["typed < -", f"C udp {RESOLVER} < 0", f"S udp {RESOLVER} < 1", "printed < 2"]
        assert {message.client.address for message in lab.messages()} == {STUDENT}


async def test_ids_and_ports_are_of_no_pattern():
    async with running({RESOLVER: say}) as lab:
        for _ in range(10):
            await lab.type("dig -p {port} www.vuw.ac.nz")
        assert len({query.id for _, _, query in lab.queries}) > 5
        assert len({message.client.port for message in lab.messages()}) > 5


async def test_the_tcp_query_cites_the_response_that_was_cut_short():
    async with running({RESOLVER: say}) as lab:
        await lab.type("dig -p {port} cut.nz")
        assert causes(lab) == [
            "typed < -",
            f"C udp {RESOLVER} < 0",
            f"S udp {RESOLVER} < 1",
            "printed < 2",
            f"C tcp {RESOLVER} < 2",
            f"S tcp {RESOLVER} < 4",
            "printed < 5",
        ]


async def test_a_response_that_is_cut_short_is_taken_as_it_is_where_that_is_wanted():
    async with running({RESOLVER: say}) as lab:
        [told] = await lab.type("dig -p {port} cut.nz +ignore")
        assert "flags: qr tc rd ra;" in told
        assert lab.asked() == [f"{RESOLVER} udp cut.nz. A"]


async def test_a_dead_server_is_tried_so_often_and_each_query_is_an_event():
    async with running({}) as lab:
        told = await lab.type(f"dig @{DEAD} -p {{port}} www.vuw.ac.nz")
        assert len(told) == limits.ASK_TRIES + 1
        asked = f"C udp {DEAD} < 0"
        failed = ["printed < 1", asked, "printed < 3", asked, "printed < 5", "printed < 5"]
        assert causes(lab) == ["typed < -", asked, *failed]


async def test_a_server_is_found_by_a_name_that_the_resolver_knows():
    async with running({RESOLVER: say, VUW: say}) as lab:
        [told] = await lab.type("dig @ns1.vuw.ac.nz -p {port} two.vuw.ac.nz")
        assert f";; SERVER: {VUW}#{lab.port}(ns1.vuw.ac.nz) (UDP)" in told
        assert lab.asked() == [f"{RESOLVER} udp ns1.vuw.ac.nz. A", f"{VUW} udp two.vuw.ac.nz. A"]
        assert causes(lab)[3] == f"C udp {VUW} < 2"


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("nope.nz", "dig: couldn't get address for 'nope.nz': not found"),
        ("nothing.nz", "dig: couldn't get address for 'nothing.nz': not found"),
        ("failed.nz", "dig: couldn't get address for 'failed.nz': SERVFAIL from your resolver"),
        ("silent.nz", "dig: couldn't get address for 'silent.nz': no answer from your resolver"),
        ("octets.nz", "These octets are no DNS message (FormError)."),
        ("a..nz", "Between two dots of a name stands a label, and 'a..nz' has one with nothing in it."),
    ],
)
async def test_a_server_that_is_not_found_is_not_asked(server, told, monkeypatch):
    monkeypatch.setattr(limits, "ASK_SECONDS", 0.05)
    async with running({RESOLVER: say}) as lab:
        assert await lab.type(f"dig @{server} -p {{port}} two.vuw.ac.nz") == [told]


ROOT_SERVERS = {
    "answer": (". 518400 NS a.root-servers.net.", ". 518400 NS b.root-servers.net."),
    "additional": (f"a.root-servers.net. 518400 A {ROOT}",),
}


def hierarchy(**changes):
    """A resolver, the root, nz and vuw.ac.nz, which refer downwards; `changes` are what one says instead."""
    says: dict[str, dict[str, Any]] = {
        "resolver": ROOT_SERVERS,
        "root": {
            "authority": ("nz. 172800 NS dead.net.nz.", "nz. 172800 NS ns1.dns.net.nz."),
            "additional": (f"dead.net.nz. 172800 A {DEAD}", f"ns1.dns.net.nz. 172800 A {NZ}"),
        },
        "nz": {"authority": ("vuw.ac.nz. 86400 NS ns1.vuw.ac.nz.",)},  # without glue
        "vuw": {"answer": ("www.vuw.ac.nz. 300 CNAME www2.vuw.ac.nz.",), "authority": (SOA,), "flags": "AA"},
        **changes,
    }
    found = {"answer": (f"ns1.vuw.ac.nz. 300 A {VUW}",)}

    def answer(name):
        def say(query, way):
            is_name = query.question[0].name.to_text().startswith("ns1.")
            return respond(query, **(found if is_name and name == "resolver" else says[name])).to_wire()

        return say

    return {RESOLVER: answer("resolver"), ROOT: answer("root"), NZ: answer("nz"), VUW: answer("vuw")}


async def test_trace_goes_from_the_root_down_and_each_query_cites_the_referral():
    async with running(hierarchy()) as lab:
        told = await lab.type("dig +trace -p {port} www.vuw.ac.nz")
        assert lab.asked() == [
            f"{RESOLVER} udp . NS",
            f"{ROOT} udp www.vuw.ac.nz. A",
            f"{NZ} udp www.vuw.ac.nz. A",
            f"{RESOLVER} udp ns1.vuw.ac.nz. A",
            f"{VUW} udp www.vuw.ac.nz. A",
        ]
        assert [bool(query.flags & 0x0100) for _, _, query in lab.queries] == [True, False, False, True, False]
        places = [line.rsplit(" < ", 1) for line in causes(lab) if line.startswith("C")]
        replies = [place for place, line in enumerate(causes(lab)) if line.startswith("S")]
        dead, through = places.pop(2), [0, *replies]
        assert dead == [f"C udp {DEAD}", str(replies[1])]
        assert [cause for _, cause in places] == [str(place) for place in through[:5]]
        assert told[0].startswith("; <<>> DiG (Lentil) <<>> +trace -p")
        assert told[0].split("\n")[2] == ".\t\t\t518400\tIN\tNS\ta.root-servers.net."
        assert told[2] == f";; communications error to {DEAD}#{lab.port}: connection refused"
        assert told[-1].split("\n")[0] == "www.vuw.ac.nz.\t\t300\tIN\tCNAME\twww2.vuw.ac.nz."
        assert f" bytes from {VUW}#{lab.port}(ns1.vuw.ac.nz) in " in told[-1]
        assert len(told) == 5


@pytest.mark.parametrize(
    ("zone", "told"),
    [("nz.", ";; BAD (HORIZONTAL) REFERRAL"), (".", ";; BAD REFERRAL"), ("fr.", ";; BAD REFERRAL")],
)
async def test_trace_follows_no_referral_that_leads_nowhere(zone, told):
    async with running(hierarchy(nz={"authority": (f"{zone} 86400 NS ns1.dns.net.nz.",)})) as lab:
        assert (await lab.type("dig +trace -p {port} www.vuw.ac.nz"))[-1] == told


async def test_trace_ends_where_no_server_can_be_reached():
    nowhere = {"authority": ("vuw.ac.nz. 1 NS a.nz.",), "additional": (f"a.nz. 1 A {DEAD}",)}
    async with running(hierarchy(nz=nowhere)) as lab:
        told = await lab.type("dig +trace -p {port} www.vuw.ac.nz")
        assert told[-1].endswith(";; no servers could be reached")


@pytest.mark.parametrize("line", ["dig a.nz @127.0.0.99 -p {port}", "nslookup -port={port} a.nz 127.0.0.99"])
async def test_every_command_ends_in_a_bounded_time(line, monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_SECONDS", 0.1)
    async with running({SILENT: lambda query, way: None}) as lab:
        async with asyncio.timeout(5):
            told = await lab.type(line)
        assert told == ["*** 0.1 seconds have passed, and no command takes longer here."]
        assert await lab.type("HELO") == ["(not-connected)"]


def test_a_resolver_that_gives_up_is_heard_before_it_is_asked_again():
    assert limits.ASK_SECONDS > limits.RESOLVE_SECONDS
    introduced = 1  # nslookup asks a server for its name, once
    assert (introduced + limits.ASK_TRIES) * limits.ASK_SECONDS < limits.COMMAND_SECONDS


async def test_a_world_without_a_resolver_says_so(monkeypatch):
    without = World(WORLD.title, WORLD.student, WORLD.hosts)
    monkeypatch.setattr("tests.protocols.dns.fakes.WORLD", without)
    async with running({VUW: say}) as lab:
        assert await lab.type("dig www.vuw.ac.nz") == [
            "dig: this world has no resolver; name a server, as in dig @10.2.0.1."
        ]
        assert await lab.type("nslookup www.vuw.ac.nz") == ["*** Default servers are not available"]
        assert await lab.type("nslookup") == ["*** Default servers are not available"]
        [told] = await lab.type(f"dig @{VUW} -p {{port}} two.vuw.ac.nz +short")
        assert told == "1.2.3.4\n1.2.3.5"


@pytest.mark.parametrize("line", [b"DIG +short two.vuw.ac.nz", b" dig  two.vuw.ac.nz +short "])
async def test_a_program_is_called_by_its_name(line, monkeypatch):
    async with running({RESOLVER: say}) as lab:
        await lab.console.typed("x", line + b" -p %d" % lab.port)
        assert [said.raw for said in lab.events if isinstance(said, Said)][1:] == [b"1.2.3.4\n1.2.3.5"]


async def test_octets_that_are_no_words_are_told_back_as_they_are():
    async with running({RESOLVER: say}) as lab:
        assert await lab.type("dig \xff\x00.nz +\xe9") == [
            "dig: A name is ASCII here, and 'ÿ\\x00.nz' has other characters; type its xn-- form."
        ]


async def test_what_is_cut_in_a_sentence_ends_in_dots_that_every_octet_can_say():
    async with running({RESOLVER: say}) as lab:
        assert await lab.type(f"dig {'a' * 64}.nz") == [
            f"dig: A label has at most 63 octets, and '{'a' * 40}...' has 64."
        ]


QUERY = bytes.fromhex("1234 0100 0001 0000 0000 0000 0161 0262 6300 0001 0001")


@pytest.mark.parametrize(
    ("response", "is_answer"),
    [
        ("1234 8180 0001 0000 0000 0000 0161 0262 6300 0001 0001", True),
        ("1234 8180 0001 0001 0000 0000 0161 0262 6300 0001 0001 c00c 0001 0001 0000 0001 0004 01020304", True),
        ("1234 8181 0000 0000 0000 0000", True),  # FORMERR, without a question
        ("1234 8180 0000 0000 0000 0000", False),
        ("1235 8180 0001 0000 0000 0000 0161 0262 6300 0001 0001", False),  # of another id
        ("1234 0180 0001 0000 0000 0000 0161 0262 6300 0001 0001", False),  # a query
        ("1234 a180 0001 0000 0000 0000 0161 0262 6300 0001 0001", False),  # of another opcode
        ("1234 8180 0001 0000 0000 0000 0161 0262 6400 0001 0001", False),  # of another name
        ("1234 8180 0001 0000 0000 0000 0161 0262 6300 0002 0001", False),  # of another type
        ("1234 8180 0001 0000 0000 0000 0161", False),
        ("1234 8180", False),
        ("", False),
    ],
)
def test_only_what_answers_a_query_is_taken_for_its_answer(response, is_answer):
    assert fits(bytes.fromhex(response), QUERY) is is_answer
