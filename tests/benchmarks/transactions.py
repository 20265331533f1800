"""The log's write transactions, the largest that a supervisor gives, and those that keep and remove what is in files,
on SQLite and on PostgreSQL: for how long one keeps other writers waiting, on SQLite all of them."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

from protocols import limits
from protocols.events import Delivered, Event, Lab, Line, Stored, TreeChanged
from tests.benchmarks.table import Row, at_percent
from tests.postgresql import private_postgresql

RUNS = 100
CONTENTS = 3  # of the largest size
FILE_SIZE = 1_000  # octets of each of many files
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
    times = {what: [time_append(lab, make) for _ in range(RUNS)] for what, make in batches.items()}
    times |= time_files(lab)
    print(json.dumps(times))


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


def time_files(lab: Any) -> dict[str, list[float]]:
    """The milliseconds of the transactions that keep the contents of files, that change a full tree, and that remove
    the contents which nobody refers to any more."""
    from portal.labs.contents import sweep

    kept = [time for _ in range(CONTENTS) for time in time_transactions(partial(hand_over, lab, limits.FILES))]
    sha256 = hand_over(lab, FILE_SIZE)
    paths = [f"/tmp/{number}" for number in range(limits.BATCH_EVENTS)]
    stored = [
        time_append(lab, lambda seq: [make_stored(seq + more, path, sha256) for more, path in enumerate(paths)])
        for _ in range(RUNS)
    ]
    names = cycle([("/tmp", "/temporary"), ("/temporary", "/tmp")])
    renamed = [time_append(lab, lambda seq: [make_renamed(seq, *next(names))]) for _ in range(RUNS)]
    end(lab)
    return {
        f"{limits.FILES // 1024**2} MB of a file, by the chunk": kept,
        f"{limits.BATCH_EVENTS} files stored": stored,
        f"a directory of {limits.BATCH_EVENTS} files renamed": renamed,
        f"{CONTENTS * limits.FILES // 1024**2} MB removed": time_transactions(sweep),
    }


def hand_over(lab: Any, size: int) -> str:
    """Have the lab hand over a content of so many octets; its SHA-256."""
    from portal.labs import feed

    octets = OCTETS.randbytes(size)
    sha256 = hashlib.sha256(octets).hexdigest()
    for offset in range(0, size, limits.FILE_CHUNK):
        feed.keep(lab.pk, 1, sha256, size, offset, octets[offset : offset + limits.FILE_CHUNK])
    return sha256


def make_stored(seq: int, path: str, sha256: str) -> Stored:
    """A file of that content on the file server, at another time than the one before."""
    values: dict[str, Any] = {"owner": "ecki", "mode": 0o644, "modified": seq, "size": FILE_SIZE, "sha256": sha256}
    return Stored(seq=seq, at=seq, host="ftp.eckenfels.net", path=path, **values)


def make_renamed(seq: int, path: str, to: str) -> TreeChanged:
    """Another name for a directory of the file server."""
    return TreeChanged(seq=seq, at=seq, host="ftp.eckenfels.net", change="renamed", path=path, to=to)


def end(lab: Any) -> None:
    """End the lab, and what only it knew."""
    time_append(lab, lambda seq: [Lab(seq=seq, at=seq, change="ended", start=1, why="asked")])


def time_transactions(work: Callable[[], object]) -> list[float]:
    """The milliseconds of each transaction that `work` makes, and of each statement that writes outside of one."""
    from django.db import connection, transaction

    times: list[float] = []
    held: list[float] = []  # since when a transaction is open, if one is

    def note(execute: Callable[..., Any], sql: str, *values: Any) -> Any:
        began = time.perf_counter()
        if connection.in_atomic_block and not held:
            held.append(began)
            transaction.on_commit(lambda: times.append((time.perf_counter() - held.pop()) * 1000))
        result = execute(sql, *values)
        if not connection.in_atomic_block and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            times.append((time.perf_counter() - began) * 1000)
        return result

    with connection.execute_wrapper(note):
        work()
    return times


def time_append(lab: Any, make: Callable[[int], list[Event]]) -> float:
    """The milliseconds from the transaction's first statement to its end."""
    from django.db import connection

    from portal.labs import feed

    lab.refresh_from_db(fields=["last_seq"])
    batch = make(lab.last_seq + 1)
    began: list[float] = []

    def note(execute: Callable[..., Any], *values: Any) -> Any:
        if connection.in_atomic_block:
            began.append(time.perf_counter())
        return execute(*values)

    with connection.execute_wrapper(note):
        feed.append(lab.pk, 1, batch)
    return (time.perf_counter() - began[0]) * 1000


if __name__ == "__main__":
    main()
