"""A resolution as a lab's log has it: what a student typed, every message that it led to, what was kept and printed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocols import explain
from protocols.events import Cached, Console, Event, Unkept
from protocols.world import Host, Mail, Names, World, Zone
from tests.protocols.dns.messages import LENTIL, NZ, RESOLVER, ROOT, STUDENT, VUW, answer, ask

WORLD = World(
    title="Names",
    student=STUDENT.host,
    resolver=RESOLVER.host,
    hosts=(
        Host(STUDENT.host, STUDENT.address),
        Host(RESOLVER.host, RESOLVER.address, dns=Names(recursive=True)),
        Host("mx.lentil.edu", "10.2.0.25", smtp=Mail(("lentil.edu",), ("bob@lentil.edu",))),
        Host(ROOT.host, ROOT.address, dns=Names((".",))),
        Host(NZ.host, NZ.address, dns=Names(("nz", "ac.nz", "co.nz", "govt.nz"))),
        Host(VUW.host, VUW.address, dns=Names(("vuw.ac.nz",))),
        Host(LENTIL.host, LENTIL.address, dns=Names(("lentil.edu", "2.10.in-addr.arpa"))),
        Host("www2.vuw.ac.nz", "130.195.86.18"),
    ),
    zones=(Zone("vuw.ac.nz", "www 3600 IN CNAME www2\n"),),
)

OUTPUT = """Server:\t\t130.195.85.25
Address:\t130.195.85.25#53

Non-authoritative answer:
www.vuw.ac.nz\tcanonical name = www2.vuw.ac.nz.
Name:\twww2.vuw.ac.nz
Address: 130.195.86.18
"""
NZ_NS = "nz. 172800 NS ns1.dns.net.nz.\nnz. 172800 NS ns2.dns.net.nz."
NZ_GLUE = "ns1.dns.net.nz. 172800 A 202.46.190.130\nns2.dns.net.nz. 172800 A 202.46.190.131"
VUW_NS = "vuw.ac.nz. 86400 NS ns1.vuw.ac.nz."
VUW_GLUE = "ns1.vuw.ac.nz. 86400 A 130.195.85.10"
ALIAS = "www.vuw.ac.nz. 3600 CNAME www2.vuw.ac.nz.\nwww2.vuw.ac.nz. 3600 A 130.195.86.18"


class Story:
    """Events in their order, each with the number that the log gives it."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.events: list[Event] = []

    def add(self, event: Event, because: int | None = None) -> int:
        """Add `event` with the next number, and return that."""
        seq = self.first + len(self.events)
        self.events.append(replace(event, seq=seq, at=1_000_000 + seq * 700, because=because))
        return seq

    def type(self, text: str) -> int:
        """The student types `text`."""
        typed = Console(seq=0, at=0, console=1, action="typed", raw=text.encode(), client_id=f"page-{len(self.events)}")
        return self.add(typed)

    def print(self, why: str, text: str, because: int) -> int:
        """The student's program says something."""
        return self.add(Console(seq=0, at=0, console=1, action="printed", raw=text.encode(), why=why), because)

    def descriptions(self) -> list[dict[str, Any]]:
        """What the page is sent."""
        by_seq = {event.seq: event for event in self.events}
        return [explain.describe(event, by_seq.get(event.because or 0)).to_json() for event in self.events]


def resolution(first: int) -> Story:
    """The student asks for www.vuw.ac.nz with nslookup, twice, and a server that is not responsible with dig."""
    story = Story(first)
    typed = story.type("nslookup www.vuw.ac.nz")
    query = ask("www.vuw.ac.nz")
    asked = story.add(query, typed)
    hops: tuple[tuple[Any, dict[str, Any], tuple[str, ...]], ...] = (
        (
            ROOT,
            {
                "why": "referral",
                "about": ("nz.", "ns1.dns.net.nz.", "ns2.dns.net.nz."),
                "authority": NZ_NS,
                "additional": NZ_GLUE,
            },
            ("nz. 172800 NS", "ns1.dns.net.nz. 172800 A", "ns2.dns.net.nz. 172800 A"),
        ),
        (
            NZ,
            {"why": "referral", "about": ("vuw.ac.nz.", "ns1.vuw.ac.nz."), "authority": VUW_NS, "additional": VUW_GLUE},
            ("vuw.ac.nz. 86400 NS", "ns1.vuw.ac.nz. 86400 A"),
        ),
        (
            VUW,
            {"why": "alias", "about": ("vuw.ac.nz.", "www2.vuw.ac.nz."), "answer": ALIAS, "flags": "AA"},
            ("www.vuw.ac.nz. 3600 CNAME", "www2.vuw.ac.nz. 3600 A"),
        ),
    )
    cause = asked
    for server, given, kept in hops:
        more = dict(given)
        why, about = more.pop("why"), more.pop("about")
        hop = ask("www.vuw.ac.nz", client=RESOLVER, server=server, rd=False, use_edns=0)
        cause = story.add(answer(hop, why, *about, **more), story.add(hop, cause))
        story.add(Cached(seq=0, at=0, host=RESOLVER.host, records=kept), cause)
    final = story.add(answer(query, "recursed", "3", flags="RA", answer=ALIAS), asked)
    story.print("output", OUTPUT, final)  # what a program prints comes of the response
    again = story.type("nslookup www.vuw.ac.nz")
    story.add(
        answer(query, "cached", "3412", flags="RA", answer=ALIAS.replace("3600", "3412")), story.add(query, again)
    )
    story.print("output", OUTPUT, again)
    elsewhere = ask("www.vuw.ac.nz", server=LENTIL)
    third = story.type("dig @ns1.lentil.edu www.vuw.ac.nz")
    story.add(answer(elsewhere, "not-here", "lentil.edu.", "2.10.in-addr.arpa.", rcode=5), story.add(elsewhere, third))
    story.print("output", ";; ->>HEADER<<- opcode: QUERY, status: REFUSED, id: 4711\n", third)
    return story


def unkept() -> Event:
    """More than a reader could read."""
    return Unkept(seq=0, at=0, protocol="dns", count=1204, names=("www.vuw.ac.nz. A",), rcodes=("NOERROR 1204",))
