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
