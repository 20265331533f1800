"""The log's write transactions, the largest that a supervisor gives, on SQLite and on PostgreSQL: for how long one
keeps other writers waiting, on SQLite all of them."""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from protocols import limits
from protocols.events import Delivered, Event, Line
from tests.benchmarks.table import Row, at_percent
from tests.postgresql import private_postgresql

RUNS = 100
MOST = 50  # milliseconds
SHARE = limits.BATCH // limits.BATCH_EVENTS  # octets of an event in a batch that is full in both ways
OCTETS = random.Random(0)  # not all the same: PostgreSQL compresses what it keeps


def measure() -> Iterator[Row]:
    yield from _measure_on("SQLite", f"sqlite:///{os.environ['LENTIL_VAR']}/bench.sqlite3")
    with private_postgresql() as server:
        yield from _measure_on("PostgreSQL", server.url)


def _measure_on(name: str, url: str) -> Iterator[Row]:
    program = [sys.executable, "-m", "tests.benchmarks.transactions"]
    ran = subprocess.run(program, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, check=True)
    for what, times in json.loads(ran.stdout).items():
        for percent, how in ((50, "median"), (99, "p99"), (100, "longest")):
            bar = MOST if percent == 100 else None
            yield Row(f"{name}: {what}, {how}", at_percent(times, percent), "ms", bar=bar)


def main() -> None:
    """Print the milliseconds of each transaction as JSON, measured on the database at DATABASE_URL."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    lab = make_lab()
    gc.freeze()  # as a worker does
    batches: dict[str, Callable[[int], list[Event]]] = {
        f"{limits.BATCH_EVENTS} lines": lambda seq: [make_line(seq + more) for more in range(limits.BATCH_EVENTS)],
        f"{limits.BATCH_EVENTS} messages": lambda seq: [
            make_message(seq + more, SHARE) for more in range(limits.BATCH_EVENTS)
        ],
        "a message of 1 MB": lambda seq: [make_message(seq, limits.MESSAGE)],
    }
    print(json.dumps({what: [time_append(lab, make) for _ in range(RUNS)] for what, make in batches.items()}))


def make_lab() -> Any:
    """A lab that runs, with nothing in its log."""
    from portal.accounts.models import User
    from portal.courses.demo import SEND_A_MAIL
    from portal.courses.models import Activity
    from portal.labs.models import Lab

    activity, alice = Activity.objects.get(slug=SEND_A_MAIL.slug), User.objects.get(username="alice")
    world = activity.world.copy_for_lab()
    return Lab.objects.create(activity=activity, person=alice, world=world, state=Lab.State.RUNNING, epoch=1)


def make_line(seq: int) -> Line:
    """A line of a client's."""
    values: dict[str, Any] = {"conn": "1.1", "protocol": "smtp", "side": "C", "state": "data", "because": seq - 1}
    return Line(seq=seq, at=seq, raw=OCTETS.randbytes(SHARE), **values)


def make_message(seq: int, size: int) -> Delivered:
    """A message for Bob's mailbox, of so many octets."""
    raw = b"Subject: dahl\r\n\r\n" + OCTETS.randbytes(size)
    return Delivered(seq=seq, at=seq, conn="1.1", mailbox="bob@lentil.edu", sender="alice@halva.fr", raw=raw)


def time_append(lab: Any, make: Callable[[int], list[Event]]) -> float:
    """The milliseconds from the transaction's first statement to its end."""
    from django.db import connection

    from portal.labs import feed

    lab.refresh_from_db(fields=["last_seq"])
    batch = make(lab.last_seq + 1)
    began: list[float] = []

    def note(execute: Callable[..., Any], *values: Any) -> Any:
        began.append(time.perf_counter())
        return execute(*values)

    with connection.execute_wrapper(note):
        feed.append(lab.pk, 1, batch)
    return (time.perf_counter() - began[0]) * 1000


if __name__ == "__main__":
    main()
