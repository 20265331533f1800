"""The supervisor's look at what a process uses of the processor."""

import os
import subprocess
import sys

import pytest

from protocols import limits
from protocols.sandbox.processor import ProcessorMeter
from tests.protocols.sandbox.labs import until


@pytest.fixture
def spinning():
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield process
    process.kill()
    process.wait()


async def test_it_sees_a_process_that_spins(spinning, monkeypatch):
    monkeypatch.setattr(limits, "PROCESSOR_SECONDS", 0.2)
    meter = ProcessorMeter(spinning.pid)
    await until(lambda: meter.is_over(1))


def test_a_process_may_use_that_much_in_every_minute(monkeypatch):
    used = iter([0, 15, 30, 45, 65.5])
    monkeypatch.setattr("time.clock_gettime", lambda clock: next(used))
    meter = ProcessorMeter(os.getpid())
    assert [meter.is_over(now) for now in (0, 60, 120, 180, 240)] == [False, False, False, False, True]


def test_looks_within_a_minute_add_up(monkeypatch):
    used = iter([0, 7, 14, 20, 20.5])
    monkeypatch.setattr("time.clock_gettime", lambda clock: next(used))
    meter = ProcessorMeter(os.getpid())
    assert [meter.is_over(now) for now in (0, 10, 20, 30, 59)] == [False, False, False, False, True]


def test_a_process_that_is_gone_is_no_number(spinning):
    meter = ProcessorMeter(spinning.pid)
    spinning.kill()
    spinning.wait()
    with pytest.raises(ProcessLookupError):
        meter.is_over(1)


def test_a_lab_may_use_20_seconds_in_a_minute():
    assert (limits.PROCESSOR_SECONDS, limits.PROCESSOR_WINDOW) == (20, 60)
