"""A private PostgreSQL: Debian's, on a Unix socket in a folder of its own, ended with whoever started it.

It runs under an ordinary user, since it refuses root. The process that keeps it takes the orders "stop" and "start" on
its standard input. The end of that comes however its parent ends: then it stops the server and removes the folder.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARIES = Path("/usr/lib/postgresql")  # a folder for each version
ORDINARY_USER = "postgres"  # Debian's package makes this account
ANSWERS_WITHIN = 30  # seconds
# No TCP. What a test writes need not survive a machine that fails. Shared memory lies in the folder, and goes with it.
OPTIONS = ["listen_addresses=", "fsync=off", "full_page_writes=off", "dynamic_shared_memory_type=mmap"]
OPTIONS += ["wal_init_zero=off"]  # a server that has run for a while has no new files of its log to fill with zeros


@dataclass(frozen=True)
class Server:
    """A server: the address of its one, empty database, as DATABASE_URL has it, and the process that keeps it."""

    url: str
    keeper: subprocess.Popen[str]

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped, and started again afterwards."""
        self._order("stop")
        try:
            yield
        finally:
            self._order("start")

    def _order(self, order: str) -> None:
        assert self.keeper.stdin
        assert self.keeper.stdout
        print(order, file=self.keeper.stdin, flush=True)
        assert self.keeper.stdout.readline().strip() == order


@contextmanager
def private_postgresql() -> Iterator[Server]:
    """A server while this lasts."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgresql"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches whoever uses the server; they say when it may go
    )
    assert keeper.stdin
    assert keeper.stdout
    try:
        url = keeper.stdout.readline().strip()
        assert url, "PostgreSQL did not start; it says why above."
        yield Server(url, keeper)
    finally:
        keeper.stdin.close()
        keeper.wait()


def keep() -> None:
    """Start a server, print its address, follow orders, and end it when the standard input ends."""
    folder = Path(tempfile.mkdtemp(prefix="lentil-pg-", dir="/tmp"))  # a Unix socket's path is short
    user = ORDINARY_USER if os.geteuid() == 0 else getpass.getuser()
    try:
        shutil.chown(folder, user)
        run("initdb", "--auth=trust", "--username=lentil", "--encoding=UTF8", "--no-sync", folder=folder, user=user)
        with running_server(folder, user):
            wait_until_it_answers(folder, user)
            print(f"postgresql://lentil@/lentil?host={folder}", flush=True)
            order = sys.stdin.readline()
        while order:
            print("stop", flush=True)
            if not sys.stdin.readline():
                break
            with running_server(folder, user):
                print("start", flush=True)
                order = sys.stdin.readline()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_server(folder: Path, user: str) -> Iterator[None]:
    """The cluster in `folder`, served."""
    server = start("postgres", *(f"-c{option}" for option in OPTIONS), f"-k{folder}", folder=folder, user=user)
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown: it waits for nobody
        server.wait()


def start(program: str, *arguments: str, folder: Path, user: str) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs on the cluster in `folder`. It ends with us."""
    newest = max(BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name))
    as_user = ["--reuid", user, "--regid", user, "--clear-groups"] if os.geteuid() == 0 else []
    return subprocess.Popen(
        ["setpriv", *as_user, "--pdeathsig", "INT", newest / program, *arguments],
        cwd=folder,
        env={"PGDATA": str(folder / "data"), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "said.txt").open("ab"),
    )


def run(program: str, *arguments: str, folder: Path, user: str) -> None:
    """Run one of PostgreSQL's programs to its end; what it said is shown where it failed."""
    if start(program, *arguments, folder=folder, user=user).wait() != 0:
        sys.exit((folder / "said.txt").read_text())


def wait_until_it_answers(folder: Path, user: str) -> None:
    """Wait for the server, and make its database."""
    until = time.monotonic() + ANSWERS_WITHIN
    create = ["createdb", f"--host={folder}", "--username=lentil", "lentil"]
    while start(*create, folder=folder, user=user).wait() != 0:
        if time.monotonic() > until:
            sys.exit((folder / "said.txt").read_text())
        time.sleep(0.1)


if __name__ == "__main__":
    keep()
