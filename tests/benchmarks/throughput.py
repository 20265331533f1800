"""SMTP messages a second, from four connections that do not pause, until their events are committed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks import bare_smtp
from tests.benchmarks.school import School, running_school
from tests.benchmarks.smtp_client import CONNECTIONS
from tests.benchmarks.table import Row

if TYPE_CHECKING:
    from portal.labs.models import Lab

RUNS = 5
MESSAGES = 150  # on each connection
OTHERS = 50  # labs that are open meanwhile
COMMITTED_WITHIN = 60  # seconds


def measure() -> Iterator[Row]:
    with bare_smtp.running_server() as (_, address), running_school(OTHERS + RUNS) as school:
        for number in range(OTHERS):
            school.open_lab(number)
        bare, here = [], []
        for run in range(RUNS):
            bare.append(count(run_client(address)))
            here.append(count(time_lab(school, OTHERS + run)))
    yield Row(f"SMTP messages a second, committed, {OTHERS} open", median(here), "/s", bare=median(bare))
    ratio = median([one / other for one, other in zip(here, bare, strict=True)])
    yield Row("that, of what bare aiosmtpd does", ratio, "", bar=0.6, at_least=True, bare=1)


def count(seconds: float) -> float:
    """Messages a second."""
    return CONNECTIONS * MESSAGES / seconds


def time_lab(school: School, student: int) -> float:
    """Seconds from the client's first octet until the last message's event is in the log."""
    before = set(school.portal.find_labs())
    lab = school.open_lab(student)
    (process,) = set(school.portal.find_labs()) - before
    seconds = run_client(("10.2.0.25", 25), in_network_of=process)
    ended = time.perf_counter()
    wait_until_committed(lab, CONNECTIONS * MESSAGES)
    seconds += time.perf_counter() - ended
    school.end_lab(lab)
    return seconds


def run_client(address: tuple[str, int], in_network_of: int | None = None) -> float:
    """The seconds that the client needed."""
    place: Sequence[str] = ["nsenter", f"--net=/proc/{in_network_of}/ns/net"] if in_network_of else []
    client = [sys.executable, "-m", "tests.benchmarks.smtp_client", address[0], str(address[1]), str(MESSAGES)]
    return float(subprocess.run([*place, *client], capture_output=True, text=True, check=True).stdout)


def wait_until_committed(lab: Lab, messages: int) -> None:
    until = time.monotonic() + COMMITTED_WITHIN
    while lab.events.filter(kind="delivered").count() < messages:
        assert time.monotonic() < until, f"the messages of {lab} are not in its log"
        time.sleep(0.005)
