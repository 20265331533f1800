"""A resolver at work among name servers, over real sockets: what it says, and the events with what led to each."""

import dns.rcode
import pytest

from protocols import limits
from protocols.events import Cached, Message
from protocols.sandbox.numbering import Numbering
from tests.protocols.dns.lab import NZ, VUW


def told(lab) -> list[tuple]:
    """Each event as (its number, what led to it, who was asked or remembers, side or kind, why)."""
    return [
        (e.seq, e.because, e.server.host, e.side, e.why)
        if isinstance(e, Message)
        else (e.seq, e.because, e.host, "cached", e.records)
        for e in lab.events
    ]


async def test_a_whole_resolution_stands_in_the_log_with_what_led_to_what(lab):
    answer = await lab.ask("www.vuw.nz")
    assert [rrset[0].to_text() for rrset in answer.answer] == ["www2.vuw.nz.", "10.9.9.9"]
    assert told(lab) == [
        (1, None, "resolver.test", "C", None),
        (2, 1, "a.root.test", "C", None),
        (3, 2, "a.root.test", "S", "referral"),
        (4, 3, "resolver.test", "cached", ("nz. 3600 NS", "ns.nz. 3600 A")),
        (5, 3, "ns.nz", "C", None),
        (6, 5, "ns.nz", "S", "referral"),
        (7, 6, "resolver.test", "cached", ("vuw.nz. 3600 NS", "ns.vuw.nz. 3600 A")),
        (8, 6, "ns.vuw.nz", "C", None),
        (9, 8, "ns.vuw.nz", "S", "alias"),
        (10, 9, "resolver.test", "cached", ("www.vuw.nz. 3600 CNAME", "www2.vuw.nz. 3600 A")),
        (11, 1, "resolver.test", "S", "recursed"),
    ]
    await lab.ask("www.vuw.nz")
    assert told(lab)[11:] == [(12, None, "resolver.test", "C", None), (13, 12, "resolver.test", "S", "cached")]


async def test_whatever_name_is_asked_for_its_events_are_ones_that_a_log_takes(lab):
    labels = b"".join(bytes([length]) + bytes(length) for length in (63, 63, 63, 61))  # 1,000 characters, written out
    await lab.exchange(b"\0\1\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1")
    assert lab.of(Cached)
    numbering = Numbering(1, 0)
    for event in lab.events:
        numbering.admit(event)


async def test_its_questions_come_from_its_own_address_and_have_ids_and_ports_of_their_own(lab):
    await lab.ask("www.vuw.nz")
    asked = [event for event in lab.messages("C") if event.client.host == "resolver.test"]
    assert len({event.raw[:2] for event in asked}) > 1
    assert len({event.client.port for event in asked}) == 3
    assert all(not event.raw[2] & 1 for event in asked)  # RD


async def test_what_is_cut_short_is_asked_again_on_a_connection(lab):
    query = lab.ask("long.vuw.nz", "TXT")
    await query
    asked = [(event.transport, event.because) for event in lab.messages("C") if event.server.host == "ns.vuw.nz"]
    cut = next(event.seq for event in lab.messages("S") if event.server.host == "ns.vuw.nz")
    assert asked[1] == ("tcp", cut)
    assert [each[0] for each in asked] == ["udp", "tcp"]


async def test_stopping_a_server_changes_the_answer(lab):
    lab.stop("ns.vuw.nz")
    answer = await lab.ask("www.vuw.nz")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert [option.to_text() for option in answer.options] == [
        "EDE 22 (No Reachable Authority): no server of vuw.nz answers: ns.vuw.nz"
    ]
    response = lab.messages("S")[-1]
    assert (response.why, response.about) == ("unreachable", ("vuw.nz.", "ns.vuw.nz."))
    unheard = lab.messages("C")[-1]
    assert (unheard.server.address, unheard.client.host) == (VUW, "resolver.test")
    await lab.start("ns.vuw.nz")
    assert (await lab.ask("www.vuw.nz")).rcode() == dns.rcode.NOERROR


async def test_what_it_asks_next_cites_a_query_that_was_not_answered(lab, monkeypatch):
    await lab.ask("www.vuw.nz")
    lab.stop("ns.vuw.nz")
    lab.events.clear()
    await lab.ask("other.vuw.nz")
    first, unheard, last = lab.of(Message)
    assert (unheard.because, unheard.side, last.because) == (first.seq, "C", first.seq)


async def test_a_query_that_is_not_recorded_is_answered_all_the_same(lab, monkeypatch):
    lab.recorder.hold()
    answer = await lab.ask("www.vuw.nz")
    assert answer.rcode() == dns.rcode.NOERROR
    assert lab.of(Message) == []
    assert lab.of(Cached) == []


async def test_it_gives_up_in_time(lab, monkeypatch):
    monkeypatch.setattr(limits, "RESOLVE_SECONDS", 0)
    answer = await lab.ask("www.vuw.nz")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert lab.messages("S")[-1].why == "too-slow"


async def test_there_are_as_many_resolutions_at_once_as_the_limit_says(lab, monkeypatch):
    monkeypatch.setattr(limits, "RESOLUTIONS", 0)
    assert (await lab.ask("www.vuw.nz")).rcode() == dns.rcode.SERVFAIL
    assert lab.messages("S")[-1].about == ("resolutions",)


async def test_a_fault_in_it_is_answered_and_told(lab, monkeypatch):
    async def fail(self, query, because):
        raise RuntimeError

    monkeypatch.setattr("protocols.dns.recursion.Recursor.answer", fail)
    assert (await lab.ask("www.vuw.nz")).rcode() == dns.rcode.SERVFAIL
    assert [event.why for event in lab.events if event.kind == "fault"] == ["server-error"]


@pytest.mark.parametrize("at", [NZ, VUW])
async def test_other_servers_do_not_recurse(lab, at):
    assert (await lab.ask("a.root.test", at=at)).rcode() == dns.rcode.REFUSED
