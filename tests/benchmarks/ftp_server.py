"""Lentil's FTP server with its limits raised, outside of a lab: tapped, with its files in memory, and a log that keeps
every event there. Run as a program it serves the inherited socket that it is given the number of, with a file "octets"
of so many octets; with "undigested" after these it computes no SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sys
import time

from protocols import limits
from protocols.events import Event
from protocols.ftp.entries import Room
from protocols.ftp.server import serve
from protocols.ftp.store import Lab, Store
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp

NAME = "octets"


class NoDigest:
    """In the place of a SHA-256."""

    def update(self, octets: bytes) -> None:
        """Nothing."""

    def hexdigest(self) -> str:
        return ""


async def be_server(listener: socket.socket, size: int) -> None:
    room = limits.TRANSFERS = 4 * size
    Room.__init__.__defaults__ = (room, *Room.__init__.__defaults__[1:])  # type: ignore
    address = listener.getsockname()[0]
    account = Account("anonymous", quota=room)
    files = (File("/", "anonymous", 0o755), File(f"/{NAME}", "anonymous", size=size, sha256=NAME))
    host = Host("bare", address, ftp=Ftp((account,)), files=files)
    world = World("A benchmark", host.name, (host,))
    events: list[Event] = []
    recorder = Recorder(1, lambda: time.time_ns() // 1_000, events.append)

    async def keep(sha256: str, octets: bytes) -> None:
        """The log is not measured here."""

    files_of_all = Store(world, recorder, keep, {NAME: bytes(size)})
    listener.setblocking(False)
    await serve(host, listener, Lab(world, recorder, files_of_all))
    await asyncio.Event().wait()


if __name__ == "__main__":
    if "undigested" in sys.argv:
        hashlib.sha256 = lambda octets=b"": NoDigest()  # type: ignore[assignment, misc]
    asyncio.run(be_server(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])))
