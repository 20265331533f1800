"""The taps without a socket: what is kept of a data connection, and which command an answer cites."""

import hashlib

import pytest

from protocols import limits
from protocols.events import Block, Closed, Endpoint, Event, Line, Opened, Transferred
from protocols.ftp.answers import Answer, Transfer
from protocols.ftp.tap import DataTap, Tap
from protocols.recorder import Recorder

KEPT = limits.DATA_KEPT
CLIENT, SERVER = Endpoint("mx.halva.fr", "10.0.0.1", 1025), Endpoint("ftp.halva.fr", "10.0.0.21", 20)


def tapped(octets: bytes, size: int) -> list[Event]:
    """The events of a connection over which `octets` went in chunks of that size."""
    events: list[Event] = []
    tap = DataTap(Recorder(1, lambda: 0, events.append), CLIENT, SERVER, "S", 7)
    tap.begins("RETR", "S", "/file", 9)
    for start in range(0, len(octets), size):
        tap.took(memoryview(octets)[start : start + size])
    tap.ends(memoryview(octets), whole=True)
    tap.closed("S", "end-of-file")
    return events


@pytest.mark.parametrize("length", [0, 1, KEPT - 1, KEPT, KEPT + 1, 2 * KEPT - 1, 2 * KEPT, 2 * KEPT + 1, 5 * KEPT])
@pytest.mark.parametrize("size", [1_000, KEPT, 3 * KEPT])
def test_the_first_and_the_last_octets_are_kept_each_once(length, size):
    octets = (b"0123456789abcde" * (length // 15 + 1))[:length]
    opened, *blocks, transferred, closed = tapped(octets, size)
    assert isinstance(opened, Opened)
    assert isinstance(transferred, Transferred)
    assert isinstance(closed, Closed)
    kept = b"".join(block.raw for block in blocks if isinstance(block, Block))
    assert kept == (octets if length <= 2 * KEPT else octets[:KEPT] + octets[-KEPT:])
    assert (transferred.length, transferred.kept) == (length, len(kept))
    assert transferred.sha256 == hashlib.sha256(octets).hexdigest()
    assert (opened.because, transferred.because) == (7, 9)
    assert all(isinstance(block, Block) and 0 < len(block.raw) <= limits.CHUNK for block in blocks)


def answer(why: str, end: int, state: str = "ready", begins: Transfer | None = None) -> Answer:
    return Answer((b"200 words\r\n",), state, "X", why, state, end=end, begins=begins)


def test_the_end_of_a_transfer_answers_its_command_whatever_was_answered_meanwhile():
    events: list[Event] = []
    tap = Tap(Recorder(1, lambda: 0, events.append), "1.1", ("10.0.0.1", 1024))
    tap.received(b"NOOP\r\nRETR /file\r\nSTAT\r\n")
    said = {event.raw: event.seq for event in events if isinstance(event, Line)}
    transfer = Transfer("RETR", sends=True, path="/file", octets=b"", limit=0, address=None)
    assert tap.answered(answer("nothing-done", 6)) == said[b"NOOP\r\n"]
    assert tap.answered(answer("opening", 18, "passive", transfer)) == said[b"RETR /file\r\n"]
    assert tap.answered(answer("status-of-transfer", 24, "transfer")) == said[b"STAT\r\n"]
    assert tap.answered(answer("transfer-complete", 18, "transfer")) == said[b"RETR /file\r\n"]


def test_a_line_has_the_state_that_its_client_counted_on():
    events: list[Event] = []
    tap = Tap(Recorder(1, lambda: 0, events.append), "1.1", ("10.0.0.1", 1024))
    tap.received(b"USER ecki\r\nPASS secret\r\nPASV\r\nRNFR /a\r\nQU")
    tap.ended()
    states = [(event.raw[:4], event.state) for event in events if isinstance(event, Line)]
    assert states == [
        (b"USER", "connected"),
        (b"PASS", "named"),
        (b"PASV", "ready"),
        (b"RNFR", "passive"),
        (b"QU", "passive"),
    ]
