import asyncio
from typing import Any

import pytest

from protocols.events import Fault
from protocols.recorder import Recorder

CLIENT = ("10.0.0.1", 49152)


@pytest.fixture
def events() -> list[Any]:
    return []


@pytest.fixture
def recorder(events):
    times = iter(range(100, 200))
    return Recorder(3, lambda: next(times), events.append)


def test_events_are_numbered_from_one_and_timed(recorder, events):
    assert [recorder.record(Fault, why="a"), recorder.record(Fault, why="b", because=1)] == [1, 2]
    assert events == [Fault(seq=1, at=100, why="a"), Fault(seq=2, at=101, why="b", because=1)]


def test_connections_bear_the_number_of_the_start(recorder):
    assert [recorder.new_conn(), recorder.new_conn()] == ["3.1", "3.2"]


def test_an_octet_is_caused_by_what_its_client_said_it_sends_it_for(recorder):
    recorder.sends(CLIENT, b"", 11)
    assert recorder.cause_of(CLIENT, 0) == 11
    recorder.sends(CLIENT, b"NOOP\r\n", 12)
    recorder.sends(CLIENT, b"QUIT\r\n", 13)
    assert [recorder.cause_of(CLIENT, octet) for octet in (1, 6, 7, 12)] == [12, 12, 13, 13]
    assert recorder.cause_of(CLIENT, 13) is None


def test_a_client_that_says_nothing_has_no_causes(recorder):
    assert recorder.cause_of(CLIENT, 0) is None
    assert not recorder.is_heard(CLIENT)


def test_what_a_server_did_not_hear_to_its_end_was_sent_in_vain(recorder):
    recorder.sends(CLIENT, b"", 11)
    for because in (12, 13, 14):
        recorder.sends(CLIENT, b"NOOP\r\n", because)
    assert [recorder.cause_of(CLIENT, octet) for octet in (6, 10)] == [12, 13]
    assert recorder.is_heard(CLIENT)
    recorder.ends(CLIENT)
    assert not recorder.is_heard(CLIENT)
    assert recorder.take_unheard(CLIENT) == [(b"NOOP\r\n", 13), (b"NOOP\r\n", 14)]
    assert recorder.take_unheard(CLIENT) == []
    assert recorder.cause_of(CLIENT, 12) is None


def test_the_end_of_a_client_that_says_nothing_leaves_nothing(recorder):
    recorder.ends(CLIENT)
    assert recorder.take_unheard(CLIENT) == []


async def test_a_full_log_makes_servers_wait(recorder):
    await asyncio.wait_for(recorder.room(), 1)
    recorder.hold()
    waiting = asyncio.create_task(recorder.room())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    recorder.release()
    await asyncio.wait_for(waiting, 1)


def test_a_client_learns_the_events_of_what_it_asked_and_was_told(recorder):
    recorder.sends(CLIENT, b"query", 11)
    assert (recorder.question_of(CLIENT), recorder.answer_to(CLIENT)) == (None, None)
    recorder.hears(CLIENT, 12)
    recorder.answers(CLIENT, 13)
    assert (recorder.question_of(CLIENT), recorder.answer_to(CLIENT)) == (12, 13)
    recorder.take_unheard(CLIENT)
    recorder.hears(CLIENT, 14)
    assert (recorder.question_of(CLIENT), recorder.answer_to(CLIENT)) == (None, None)
