"""A client's exchange: what it takes for its response, and what it leaves behind."""

import asyncio
import socket

import dns.message
import pytest

from protocols.dns.exchange import Peers, Unanswered, ask_by_tcp, ask_by_udp, fits
from protocols.dns.server import Server
from protocols.events import Endpoint, Fault, Message
from tests.protocols.dns.lab import VUW

ELSEWHERE = "10.9.9.9"  # which a host that has 127.0.0.9 alone cannot send to
OWN = Endpoint("student.test", "127.0.0.9", 0)
QUERY = dns.message.make_query("www.vuw.nz", "A", id=77, flags=0).to_wire()
ASKS = pytest.mark.parametrize("ask", [ask_by_udp, ask_by_tcp])


def response(octets: bytes = QUERY, **changes: int) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(octets))
    for name, value in changes.items():
        setattr(message, name, value)
    return message.to_wire()


def to(lab, address: str = VUW) -> Peers:
    return Peers(OWN, Endpoint("ns.vuw.nz", address, lab.port))


@pytest.mark.parametrize(("octets", "is_it"), [
    (response(), True),
    (response(id=78), False),
    (QUERY, False),  # a query
    (response()[:11], False),
    (b"", False),
    (response(dns.message.make_query("other.vuw.nz", "A", id=77).to_wire()), False),
    (response(dns.message.make_query("www.vuw.nz", "AAAA", id=77).to_wire()), False),
    (QUERY[:2] + b"\x80\x01" + bytes(8), True),  # FORMERR, and no question
    (QUERY[:2] + b"\x80\x00" + bytes(8), False),  # no error, and no question
    (QUERY[:2] + b"\x90\x01" + bytes(8), False),  # another opcode
])  # fmt: skip
def test_a_response_has_the_id_and_the_question_of_its_query(octets, is_it):
    assert fits(octets, QUERY) == is_it


@ASKS
async def test_it_learns_the_event_of_its_response(lab, ask):
    cause = lab.recorder.record(Fault, why="x")
    heard = await ask(lab.recorder, to(lab), QUERY, cause, lambda octets: fits(octets, QUERY), 5)
    query, answer = lab.of(Message)
    assert (query.because, answer.because, heard.seq) == (cause, query.seq, answer.seq)
    assert heard.octets == answer.raw
    assert lab.recorder._sent == {}


@ASKS
async def test_a_query_that_nobody_heard_is_recorded_by_who_asked(lab, ask):
    lab.stop("ns.vuw.nz")
    cause = lab.recorder.record(Fault, why="x")
    with pytest.raises(Unanswered) as caught:
        await ask(lab.recorder, to(lab), QUERY, cause, lambda octets: True, 5)
    (query,) = lab.of(Message)
    assert (caught.value.why, caught.value.seq) == ("refused", query.seq)
    assert (query.because, query.raw, query.client.host) == (cause, QUERY, "student.test")
    assert lab.recorder._sent == {}


@ASKS
async def test_a_query_that_no_network_carries_is_no_message(lab, ask):
    cause = lab.recorder.record(Fault, why="x")
    with pytest.raises(Unanswered) as caught:
        await ask(lab.recorder, to(lab, ELSEWHERE), QUERY, cause, lambda octets: True, 5)
    assert (caught.value.why, caught.value.seq) == ("unsent", None)
    assert lab.of(Message) == []
    assert lab.recorder._sent == {}


@ASKS
async def test_a_query_that_was_heard_and_not_answered_is_known_by_its_own_event(lab, ask, monkeypatch):
    monkeypatch.setattr(Server, "answer_now", lambda self, octets, transport: (None, None))
    cause = lab.recorder.record(Fault, why="x")
    with pytest.raises(Unanswered) as caught:
        await ask(lab.recorder, to(lab), QUERY, cause, lambda octets: True, 0.2)
    (query,) = lab.of(Message)
    assert (caught.value.why, caught.value.seq) == ("timed-out", query.seq)
    assert lab.recorder._sent == {}


@ASKS
async def test_a_query_without_a_cause_is_recorded_by_none_but_the_server(lab, ask):
    lab.stop("ns.vuw.nz")
    with pytest.raises(Unanswered) as caught:
        await ask(lab.recorder, to(lab), QUERY, None, lambda octets: True, 5)
    assert caught.value.seq is None
    assert lab.events == []


@ASKS
async def test_one_that_is_cancelled_leaves_nothing_behind(lab, ask, monkeypatch):
    monkeypatch.setattr(Server, "answer_now", lambda self, octets, transport: (None, None))
    cause = lab.recorder.record(Fault, why="x")
    task = asyncio.create_task(ask(lab.recorder, to(lab), QUERY, cause, lambda octets: True, 5))
    await lab.until(lambda: lab.of(Message))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert lab.recorder._sent == {}


async def test_what_does_not_fit_is_passed_over(lab):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setblocking(False)
        server.bind(("127.0.0.8", 0))
        peers = Peers(OWN, Endpoint("", *server.getsockname()))
        ask = asyncio.create_task(ask_by_udp(lab.recorder, peers, QUERY, None, lambda octets: fits(octets, QUERY), 5))
        loop = asyncio.get_running_loop()
        _, client = await loop.sock_recvfrom(server, 4096)
        for octets in (response(id=78), b"x", response()):
            await loop.sock_sendto(server, octets, client)
        assert (await ask).octets == response()
