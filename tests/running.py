"""The portal as `make run` serves it, on a free port and a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.run import end_with_parent

ROOT = Path(__file__).resolve().parents[1]
OTHERS_SETTINGS = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL")  # of the process that the tests run in
SERVED_WITHIN = 60  # seconds
STOPPED_WITHIN = 40  # seconds


@dataclass
class Portal:
    """A running portal: its address, the folder of its state, its first process, and a look into its database."""

    url: str
    var: Path
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        """What `make run` has printed."""
        return (self.var / "run.txt").read_text()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the portal's database holds, read from outside."""
        with sqlite3.connect(f"file:{self.var / 'lentil.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
            return database.execute(sql, values).fetchall()

    def processes(self) -> dict[int, str]:
        """The processes that this portal's first process started, and theirs, with their command lines."""
        rows = [line.split(None, 2) for line in run_ps("pid=,ppid=,args=")]
        family = {self.process.pid}
        while found := {int(pid) for pid, parent, *_ in rows if int(parent) in family} - family:
            family |= found
        return {int(pid): args for pid, _, args in (row for row in rows if len(row) == 3) if int(pid) in family}

    def find(self, part: str) -> list[int]:
        """The process of a part: "redis-server", "uvicorn", "celery" or "protocols.sandbox.zygote"; more than one while
        it is replaced. Labs are forks of the zygote and look like it, so they are left out here."""
        found = [pid for pid, args in self.processes().items() if part in args and "supervisord" not in args]
        return [pid for pid in found if find_parent(pid) not in found]

    def find_labs(self) -> list[int]:
        """The processes of all its labs, one each."""
        return [pid for zygote in self.find("protocols.sandbox.zygote") for pid in find_children(zygote)]


def run_ps(columns: str) -> list[str]:
    return subprocess.run(["ps", "-ww", "-eo", columns], capture_output=True, text=True, check=True).stdout.splitlines()


def find_children(process: int) -> list[int]:
    return [int(pid) for pid, parent in map(str.split, run_ps("pid=,ppid=")) if int(parent) == process]


def find_parent(process: int) -> int | None:
    return next((int(parent) for pid, parent in map(str.split, run_ps("pid=,ppid=")) if int(pid) == process), None)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended, and that nobody has asked after, does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def start_portal(var: Path, **settings: str) -> Portal:
    """A portal that is being started on the state in `var`, with more settings than the two that it needs."""
    port = settings.pop("PORT", None) or str(find_free_port())
    environment = {key: value for key, value in os.environ.items() if key not in OTHERS_SETTINGS}
    environment |= {"LENTIL_VAR": str(var), "PORT": port, **settings}
    with (var / "run.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    return Portal(f"http://localhost:{port}", var, process)


@contextmanager
def running_portal(var: Path, **settings: str) -> Iterator[Portal]:
    """A portal that is served, and ended with Ctrl-C afterwards."""
    portal = start_portal(var, **settings)
    try:
        until = time.monotonic() + SERVED_WITHIN
        while "Ctrl-C" not in portal.said():
            assert portal.process.poll() is None, portal.said()
            assert time.monotonic() < until, portal.said()
            time.sleep(0.1)
        yield portal
    finally:
        portal.process.send_signal(signal.SIGINT)
        portal.process.wait(STOPPED_WITHIN)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
