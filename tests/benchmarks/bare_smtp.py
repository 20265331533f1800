"""The baseline of SMTP: aiosmtpd as it comes, which keeps nothing. Run as a program it serves the inherited socket
whose number it is given."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from aiosmtpd.smtp import SMTP


class Sink:
    """Takes every message and keeps none."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 OK"


async def serve(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="bare", loop=loop), sock=listener)
    await server.serve_forever()


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def read_banner(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        assert connection.recv(1000).startswith(b"220")


def time_fork() -> float:
    """Seconds from a fork of this warm process to the banner of a server in it. This process has one thread."""
    with listen() as listener:
        began = time.perf_counter()
        child = os.fork()
        if not child:
            _be_server(listener)
        read_banner(listener.getsockname())
        seconds = time.perf_counter() - began
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return seconds


def _be_server(listener: socket.socket) -> NoReturn:
    asyncio.run(serve(listener))
    os._exit(0)


@contextmanager
def running_server() -> Iterator[tuple[int, tuple[str, int]]]:
    """A server in a fresh interpreter: its process, and its address and port."""
    with listen() as listener:
        number = listener.fileno()
        command = [sys.executable, "-m", "tests.benchmarks.bare_smtp", str(number)]
        process = subprocess.Popen(command, pass_fds=[number])
        try:
            read_banner(listener.getsockname())
            yield process.pid, listener.getsockname()
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
