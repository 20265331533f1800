"""A lab's sandbox while 50 labs are open: how soon its server greets, and the memory that it takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from protocols.events import Event, Line
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import RunningLab, Supervisor
from protocols.world import World, read_world
from tests.benchmarks import bare_smtp
from tests.benchmarks.table import Row

RUNS = 21
OTHERS = 50  # labs that are open meanwhile
WORLD = Path("protocols/worlds/lecture.yaml")


class GreetingLog:
    """A log in memory that says when the greeting is in it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.greeted = asyncio.Event()

    def commit(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, Line) and event.raw.startswith(b"220") for event in events):
            self._loop.call_soon_threadsafe(self.greeted.set)

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        raise AssertionError("no file is stored here")


def measure() -> Iterator[Row]:
    forks = [bare_smtp.time_fork() for _ in range(RUNS)]
    with bare_smtp.running_server() as (process, _):
        bare_memory = read_pss(process)
    starts, memory = asyncio.run(_measure_labs(read_world(WORLD)))
    what = f"a lab is asked for -> its SMTP greeting, {OTHERS} open"
    yield Row(what, median(starts) * 1000, "ms", bar=40, bare=median(forks) * 1000)
    yield Row(f"memory of a lab, {OTHERS} open (PSS)", median(memory), "MB", bar=8, bare=bare_memory)


async def _measure_labs(world: World) -> tuple[list[float], list[float]]:
    """The seconds of each start, and the megabytes of each lab."""
    supervisor = Supervisor()
    await supervisor.start()
    try:
        others = [await _open_and_connect(supervisor, world) for _ in range(OTHERS)]
        starts = [await _time_start(supervisor, world) for _ in range(RUNS)]
        return starts, [read_pss(lab.child.born.result()) for lab in others]
    finally:
        await supervisor.stop()


async def _time_start(supervisor: Supervisor, world: World) -> float:
    began = time.perf_counter()
    lab = await _open_and_connect(supervisor, world)
    seconds = time.perf_counter() - began
    await lab.close("closed")
    return seconds


async def _open_and_connect(supervisor: Supervisor, world: World) -> RunningLab:
    """A lab in which the console has been greeted."""
    log = GreetingLog()
    lab = await supervisor.open(world, log)
    await lab.send(Input(1, "a-1", "connect mx.lentil.edu 25"))
    await log.greeted.wait()
    return lab


def read_pss(process: int) -> float:
    """The memory of a process in megabytes, what it shares counted in parts. Only root may read that of others."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
