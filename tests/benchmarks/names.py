"""DNS answers a second, by UDP to what was asked before: a tapped server in a lab, and Knot with the same zone."""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from protocols.dns.generate import whole_zones
from protocols.dns.zone import parse_zone
from protocols.events import Event, Message, Unkept
from protocols.sandbox.supervisor import Supervisor
from protocols.world import World, read_world
from tests.benchmarks.knot import running_knot
from tests.benchmarks.table import Row

WORLD = Path("protocols/worlds/lecture.yaml")
ZONE, SERVER = "vuw.ac.nz", ("130.195.85.10", 53)
RUNS = 5
SECONDS = 2  # of a run
WAITING = 100  # queries at once
KEPT = 10_000  # queries where every exchange is kept
TYPES = ("A", "CNAME", "MX", "SRV", "TXT")


class CountingLog:
    """A log that counts exchanges."""

    def __init__(self) -> None:
        self.kept = self.counted = 0

    def commit(self, events: Sequence[Event]) -> None:
        self.kept += sum(isinstance(event, Message) and event.side == "S" for event in events)
        self.counted += sum(event.count for event in events if isinstance(event, Unkept))

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        raise AssertionError("no file is stored here")


def measure() -> Iterator[Row]:
    world = read_world(WORLD)
    text = whole_zones(world)[ZONE]
    with tempfile.TemporaryDirectory(prefix="lentil-bench-names-") as folder:
        queries = Path(folder, "queries")
        write_queries(queries, text)
        with running_knot(Path(folder), ZONE, text) as knot:
            here, bare = asyncio.run(_measure_beside(world, queries, knot))
        everything = asyncio.run(_measure_keeping_all(world, queries))
    yield Row("DNS answers a second, tapped, 200 kept", median(here), "/s", bare=median(bare))
    ratio = median([one / other for one, other in zip(here, bare, strict=True)])
    yield Row("that, of what Knot does with one worker", ratio, "", bar=0.4, at_least=True, bare=1)
    yield Row("DNS answers a second, every exchange kept", everything, "/s")


def write_queries(path: Path, text: str) -> None:
    """What dnsperf asks: the zone's records one by one, and some names that are not there."""
    records = [f"{each.name} {each.type}" for each in parse_zone(ZONE, text).records() if each.type in TYPES]
    asked = [*records, *(f"nobody{number}.{ZONE}. A" for number in range(5))]
    path.write_text("\n".join(asked[number % len(asked)] for number in range(KEPT)) + "\n")


async def _measure_beside(world: World, queries: Path, knot: tuple[str, int]) -> tuple[list[float], list[float]]:
    """The rates here and of Knot, in turn."""
    supervisor = Supervisor()
    await supervisor.start()
    try:
        log = CountingLog()
        process = await _open(supervisor, world, log)
        here, bare = [], []
        for _ in range(RUNS):
            bare.append(await asyncio.to_thread(run_dnsperf, knot, queries, ["-l", str(SECONDS)]))
            here.append(await asyncio.to_thread(run_dnsperf, SERVER, queries, ["-l", str(SECONDS)], process))
        assert log.kept, "the lab's server is tapped"
        return here, bare
    finally:
        await supervisor.stop()


async def _measure_keeping_all(world: World, queries: Path) -> float:
    supervisor = Supervisor(zygote="tests.benchmarks.keeping_all")
    await supervisor.start()
    try:
        log = CountingLog()
        lab = await supervisor.open(world, log)
        process = lab.child.born.result()
        rate = await asyncio.to_thread(run_dnsperf, SERVER, queries, ["-n", "1"], process)
        await lab.close("closed")
        await lab.wait()
        assert (log.kept, log.counted) == (KEPT, 0), f"{log.kept} exchanges are kept, and {log.counted} counted"
        return rate
    finally:
        await supervisor.stop()


async def _open(supervisor: Supervisor, world: World, log: CountingLog) -> int:
    """The process of a lab that runs."""
    return (await supervisor.open(world, log)).child.born.result()


def run_dnsperf(server: tuple[str, int], queries: Path, amount: list[str], in_network_of: int | None = None) -> float:
    """Answers a second."""
    place = ["nsenter", f"--net=/proc/{in_network_of}/ns/net"] if in_network_of else []
    client = ["dnsperf", "-s", server[0], "-p", str(server[1]), "-d", str(queries), "-q", str(WAITING), *amount]
    shown = subprocess.run([*place, *client], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Queries lost: +0 ", shown), shown
    found = re.search(r"Queries per second: +([\d.]+)", shown)
    assert found, shown
    return float(found[1])
