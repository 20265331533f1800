import random
from typing import Any

import pytest

from protocols import limits
from protocols.events import Block, Line
from protocols.recorder import Recorder
from protocols.smtp.tap import Tap
from tests.protocols.smtp.dialogues import DATA, EHLO, MAIL, RCPT

ENVELOPE = EHLO + MAIL + RCPT + DATA


def record(stream: bytes, cuts: list[int]) -> list[Any]:
    """The events of a client that says `stream` in pieces and is never answered."""
    events: list[Any] = []
    tap = Tap(Recorder(1, lambda: 0, events.append), "1.1", ("10.0.0.1", 49152))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        tap.received(stream[start:end])
    tap.ended()
    return events


@pytest.mark.parametrize("seed", range(40))
def test_joined_the_events_are_the_octets_however_they_come(seed):
    chance = random.Random(seed)
    pieces = [b"\r\n", b"\n", b"\r", b".", b"x", b".\r\n", b"\r\n.\r\n", b"NOOP\r\n", DATA, b"y" * 70_000]
    weights = [9, 9, 3, 9, 9, 2, 1, 3, 3, 1]
    stream = ENVELOPE + b"".join(chance.choices(pieces, weights, k=2_000))
    cuts = sorted(chance.choices(range(len(stream)), k=chance.randrange(200)))
    events = record(stream, cuts)
    assert b"".join(event.raw for event in events) == stream
    assert all(event.raw.count(b"\n") <= 1 for event in events if isinstance(event, Line))
    assert max(len(event.raw) for event in events) <= limits.CHUNK


def test_the_end_of_a_long_message_is_a_line_of_its_own_wherever_it_is_split():
    text = b"line\r\n" * (limits.LINES_SHOWN + 3)
    tail = b"a\n.\r\n..\r\n.x\r\n.\r\nQUIT\r\n"
    stream = ENVELOPE + text + tail
    for back in range(1, len(tail) + 12):
        for further in range(0, back, 3):
            events = record(stream, [len(stream) - back, len(stream) - further])
            assert [event.raw for event in events[-2:]] == [b".\r\n", b"QUIT\r\n"]
            assert isinstance(events[-2], Line)
            assert [event.state for event in events[-2:]] == ["data", "greeted"]
            assert b"".join(event.raw for event in events) == stream


def test_two_hundred_lines_of_each_message_are_lines():
    message = b"line\r\n" * 500 + b".\r\n"
    events = record(ENVELOPE + message + MAIL + RCPT + DATA + message, [])
    lines = [event for event in events if isinstance(event, Line) and event.state == "data"]
    assert len(lines) == 2 * (limits.LINES_SHOWN + 1)
    assert [len(event.raw) for event in events if isinstance(event, Block)] == [1_800, 1_800]


def test_one_block_at_most_comes_of_one_chunk():
    text = b"x" * 998 + b"\r\n"
    stream = ENVELOPE + text * 600
    cuts = list(range(len(ENVELOPE) + len(text) * 201, len(stream), 10_000))
    events = record(stream, cuts)
    assert len([event for event in events if isinstance(event, Block)]) <= len(cuts) + 1
