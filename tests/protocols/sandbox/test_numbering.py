"""How much a log holds, over all the starts of its lab."""

import pytest

from protocols import limits
from protocols.events import Endpoint, Fault, Line, Opened
from protocols.sandbox.numbering import LogFull, Numbering


def fault(seq: int) -> Fault:
    return Fault(seq=seq, at=1, why="x")


def line(seq: int, octets: int) -> Line:
    return Line(seq=seq, at=1, conn="1.1", protocol="smtp", side="C", raw=bytes(octets), state="connected")


def test_a_log_has_a_number_of_events_the_last_of_which_is_its_owners():
    numbering = Numbering(1, limits.LOG_EVENTS - 3)
    assert [numbering.admit(fault(seq)).seq for seq in (1, 2)] == [limits.LOG_EVENTS - 2, limits.LOG_EVENTS - 1]
    with pytest.raises(LogFull):
        numbering.admit(fault(3))
    assert numbering.take_next() == limits.LOG_EVENTS


def test_a_log_has_a_number_of_octets():
    numbering = Numbering(1, 0, limits.LOG - 2_000)
    numbering.admit(line(1, 1_000))
    with pytest.raises(LogFull):
        numbering.admit(line(2, 1_000))


def test_texts_count_like_raw_octets():
    numbering = Numbering(1, 0, limits.LOG - 2_000)
    end = Endpoint("x" * limits.EVENT_TEXT, "y" * limits.EVENT_TEXT, 25)
    with pytest.raises(LogFull):
        numbering.admit(Opened(seq=1, at=1, conn="1.1", protocol="smtp", client=end, server=end))


def test_a_log_holds_what_it_is_told():
    assert (limits.LOG_EVENTS, limits.LOG) == (50_000, 50 * 2**20)
