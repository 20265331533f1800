"""Debian's DNS programs in a lab of the lecture's world, which find its resolver by themselves: all in one run."""

import json

import pytest

from protocols.codec import from_json
from protocols.events import Message, Unkept
from tests.protocols.runs import LECTURE, protocols

MARK = "-----"
PROGRAMS = {
    "dig": "dig +short www.vuw.ac.nz",
    "dig, dead": "dig www.sunk.co.nz",
    "dig, trace": "dig +trace +nodnssec www.vuw.ac.nz",
    "dig, reverse": "dig +short -x 130.195.86.18",
    "dig, long": "dig story.lentil.edu TXT",
    "dig, not here": "dig @ns1.lentil.edu www.vuw.ac.nz",
    "delv": "delv +noroot www.vuw.ac.nz",
    "drill": "drill www.vuw.ac.nz",
    "host": "host www.vuw.ac.nz",
    "nslookup": "nslookup www.vuw.ac.nz",
    "getent": "getent ahostsv4 library.vuw.ac.nz",
    "resolv.conf": "cat /etc/resolv.conf",
    "dnsperf": "yes 'www2.vuw.ac.nz A' | head -600 | dnsperf -s 130.195.85.25 -n 1",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """(the output of each program, the events)"""
    transcript = tmp_path_factory.mktemp("peers") / "events.jsonl"
    script = "\n".join(f"echo {MARK}\n{command} 2>&1" for command in PROGRAMS.values())
    done = protocols("run", LECTURE, "--transcript", str(transcript), "--", "sh", "-c", script)
    assert (done.returncode, done.stderr) == (0, "")
    outputs = [text.strip() for text in done.stdout.split(MARK)[1:]]
    events = [from_json(json.loads(line)) for line in transcript.read_text().splitlines()]
    return dict(zip(PROGRAMS, outputs, strict=True)), events


@pytest.mark.parametrize(("program", "parts"), [
    ("resolv.conf", ["nameserver 130.195.85.25"]),
    ("dig", ["www2.vuw.ac.nz.\n130.195.86.18"]),
    ("dig, dead", ["status: SERVFAIL", "EDE: 22 (No Reachable Authority)", "no server of sunk.co.nz answers"]),
    ("dig, trace", ["from 130.195.85.25#53", "nz.\t", "ns1.dns.net.nz.", "from 130.195.85.10#53(ns1.vuw.ac.nz)"]),
    ("dig, reverse", ["www2.vuw.ac.nz."]),
    ("dig, long", ["(TCP)", "ANSWER: 1,", "Five texts stand"]),
    ("dig, not here", ["status: REFUSED", "recursion requested but not available"]),
    ("delv", ["IN\tCNAME\twww2.vuw.ac.nz."]),
    ("drill", ["rcode: NOERROR", "IN\tA\t130.195.86.18"]),
    ("host", ["www.vuw.ac.nz is an alias for www2.vuw.ac.nz.\nwww2.vuw.ac.nz has address 130.195.86.18"]),
    ("nslookup", ["Server:\t\t130.195.85.25", "canonical name = www2.vuw.ac.nz.", "Address: 130.195.86.18"]),
    ("getent", ["130.195.86.18"]),
    ("dnsperf", ["Queries completed:    600 (100.00%)", "NOERROR 600 (100.00%)"]),
])  # fmt: skip
def test_programs_find_what_they_look_for(run, program, parts):
    output = run[0][program]
    for part in parts:
        assert part in output


def test_what_they_asked_and_were_told_stands_in_the_log(run):
    messages = [event for event in run[1] if isinstance(event, Message)]
    queries = {event.seq: event for event in messages if event.side == "C"}
    answered = {event.because for event in messages if event.side == "S"}
    unanswered = {queries[seq].server.host for seq in queries.keys() - answered}
    assert unanswered == {"ns1.sunk.co.nz", "ns2.sunk.co.nz"}
    roots = [event for event in queries.values() if event.because is None]
    assert all(event.client.host == "mx.halva.fr" for event in roots)
    assert all(event.client.host == "vuwwincodc00001.vuw.ac.nz" for event in queries.values() if event.because)


def test_what_came_faster_than_it_is_read_was_counted(run):
    unkept = [event for event in run[1] if isinstance(event, Unkept)]
    kept = [e for e in run[1] if isinstance(e, Message) and e.side == "C" and b"\x04www2\x03vuw\x02ac\x02nz" in e.raw]
    assert sum(event.count for event in unkept) + len(kept) >= 600
    assert unkept[0].rcodes[0].startswith("NOERROR ")


def test_it_is_the_resolver_of_any_host_that_a_program_is():
    done = protocols("run", LECTURE, "--as", "www.lentil.edu", "--", "host", "mx.halva.fr")
    assert done.stdout == "mx.halva.fr has address 10.0.0.1\n"
