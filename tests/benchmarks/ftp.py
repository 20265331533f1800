"""A file of 100 MB fetched and stored by FTP, tapped, against pyftpdlib as it comes, without sendfile."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ftplib import FTP
from pathlib import Path
from statistics import median

from tests.benchmarks.ftp_server import NAME
from tests.benchmarks.table import Row

SIZE = 100_000_000  # octets
RUNS = 15
VERBS = ("RETR", "STOR")
SERVERS = {"pyftpdlib": "bare_ftp", "undigested": "ftp_server", "digested": "ftp_server"}


def measure() -> Iterator[Row]:
    rates = measure_rates()
    for verb in VERBS:
        bare = rates["pyftpdlib", verb]
        for kind, bar, what in (("undigested", 0.9, "without SHA-256"), ("digested", 0.45, "with SHA-256")):
            here = rates[kind, verb]
            yield Row(f"{verb} of 100 MB, tapped, {what}", median(here), "MB/s", bare=median(bare))
            ratio = median([one / other for one, other in zip(here, bare, strict=True)])
            yield Row("that, of what bare pyftpdlib does", ratio, "", bar=bar, at_least=True, bare=1)


def measure_rates() -> dict[tuple[str, str], list[float]]:
    """Megabytes a second by server and verb, of runs that take turns."""
    rates: dict[tuple[str, str], list[float]] = {(kind, verb): [] for kind in SERVERS for verb in VERBS}
    octets = bytes(SIZE)
    with ExitStack() as stack:
        clients = {kind: stack.enter_context(running_client(kind)) for kind in SERVERS}
        for run in range(RUNS + 1):
            for verb in VERBS:
                for kind, client in clients.items():
                    seconds = retrieve(client) if verb == "RETR" else store(client, octets)
                    if run:  # the first one warms
                        rates[kind, verb].append(SIZE / seconds / 1e6)
    return rates


@contextmanager
def running_client(kind: str) -> Iterator[FTP]:
    """A client of a server of that kind, logged in, for images."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, NAME).write_bytes(bytes(SIZE if kind == "pyftpdlib" else 0))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            arguments = [directory] if kind == "pyftpdlib" else [str(SIZE), kind]
            command = [sys.executable, "-m", f"tests.benchmarks.{SERVERS[kind]}", str(listener.fileno()), *arguments]
            process = subprocess.Popen(command, pass_fds=[listener.fileno()])
            try:
                with FTP(timeout=60) as client:
                    client.connect(*listener.getsockname())
                    client.login()
                    client.voidcmd("TYPE I")
                    yield client
            finally:
                process.kill()
                process.wait()


def retrieve(client: FTP) -> float:
    """Seconds from RETR to its second reply."""
    room = bytearray(1024 * 1024)
    began, length = time.perf_counter(), 0
    with client.transfercmd(f"RETR {NAME}") as data:
        while count := data.recv_into(room):
            length += count
    client.voidresp()
    assert length == SIZE
    return time.perf_counter() - began


def store(client: FTP, octets: bytes) -> float:
    """Seconds from STOR to its second reply."""
    began = time.perf_counter()
    with client.transfercmd("STOR stored") as data:
        data.sendall(octets)
    client.voidresp()
    return time.perf_counter() - began
