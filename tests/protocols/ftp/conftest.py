import asyncio
import os
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from protocols.events import Block, Closed, Event, Line
from protocols.ftp import opening
from protocols.ftp.server import Server, serve
from protocols.ftp.store import Lab, Store
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp

AT = 1_795_406_400_000_000  # 23 November 2026, 04:00 UTC, in microseconds
PORTS = 20_000 + os.getpid() % 1_000 * 10  # of this process
PATIENCE = 5  # seconds
BIG = bytes(range(256)) * 4096 * 5  # 5 MB, which no socket's buffers hold
LOGIN = b"USER ecki\r\nPASS secret\r\nTYPE I\r\n"


def make_host(octets: dict[str, bytes]) -> tuple[Host, dict[str, bytes]]:
    """A host with these files, and their contents by the names that stand for their SHA-256."""
    files = (
        File("/", "ecki", 0o755),
        *(File(path, "ecki", size=len(each), sha256=path) for path, each in octets.items()),
    )
    ftp = Ftp((Account("ecki", "secret", home="/"),), (PORTS, PORTS + 3))
    return Host("ftp.halva.fr", "127.0.0.1", ftp=ftp, files=(File("/", "ecki", 0o755), *files)), octets


@dataclass
class Serving:
    """A server that runs on loopback, and all that was recorded of it. `keep` is set while contents are kept."""

    server: Server
    recorder: Recorder
    store: Store
    address: tuple[str, int]
    events: list[Event]
    changed: asyncio.Event
    keeps: asyncio.Event
    talks: list["Talk"] = field(default_factory=list)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def octets(self, side: str, conn: str) -> bytes:
        said = [event for event in self.events if isinstance(event, Line | Block)]
        return b"".join(event.raw for event in said if event.side == side and event.conn == conn)

    def content(self, path: str) -> bytes:
        return self.store.of("ftp.halva.fr").read(None, path)

    async def until(self, kind: type[Event], count: int = 1) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.of(kind)) < count:
                self.changed.clear()
                await self.changed.wait()

    async def connect(self) -> "Talk":
        """A client that has read the greeting."""
        talk = Talk(*await asyncio.open_connection(*self.address))
        self.talks.append(talk)
        assert await talk.heard() == "220"
        return talk

    async def log_in(self) -> "Talk":
        """A client that is logged in, and transfers images."""
        talk = await self.connect()
        talk.writer.write(LOGIN)
        assert [await talk.heard() for _ in range(3)] == ["331", "230", "200"]
        return talk


@dataclass
class Talk:
    """A client's control connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    last: str = ""

    async def heard(self) -> str:
        """The code of the next reply, read to its last line."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.last = (await self.reader.readline()).decode()
                if self.last[3:4] != "-" and self.last[:3].isdigit():
                    return self.last[:3]
                assert self.last, "the connection is closed"

    async def say(self, line: str) -> str:
        """The code of the reply to a line."""
        self.writer.write(line.encode() + b"\r\n")
        return await self.heard()

    async def dial(self) -> "Wire":
        """The data connection to the port that EPSV brings."""
        assert await self.say("EPSV") == "229"
        return Wire(*await asyncio.open_connection("127.0.0.1", int(self.last.split("|")[3])))

    async def is_over(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read() == b""


@dataclass
class Wire:
    """A client's end of a data connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def take(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            octets = await self.reader.read()
        self.writer.close()
        return octets

    async def give(self, octets: bytes) -> None:
        self.writer.write(octets)
        async with asyncio.timeout(PATIENCE):
            await self.writer.drain()
        self.writer.close()


@pytest.fixture
async def ftp(monkeypatch):
    if os.geteuid():
        monkeypatch.setattr(opening, "PORT", 0)  # 20 is root's, outside of a lab
    host, contents = make_host({"/big": BIG, "/short": b"two\nlines\n", "/log": b"old\n"})
    world = World("A server", host.name, (host, Host("mx.halva.fr", "127.0.0.2")))
    events: list[Event] = []
    changed, keeps = asyncio.Event(), asyncio.Event()
    keeps.set()

    def take(event: Event) -> None:
        events.append(event)
        changed.set()

    async def keep(sha256: str, octets: bytes) -> None:
        await keeps.wait()

    recorder = Recorder(1, lambda: AT, take)
    store = Store(world, recorder, keep, contents)
    listener = socket.create_server((host.address, 0))
    listener.setblocking(False)
    server = await serve(host, listener, Lab(world, recorder, store))
    serving = Serving(server, recorder, store, listener.getsockname(), events, changed, keeps)
    yield serving
    recorder.release()
    keeps.set()
    server.close()
    for talk in serving.talks:
        talk.writer.close()
    async with asyncio.timeout(PATIENCE):
        await server.wait_closed()
    assert sorted(each.conn for each in serving.of(Closed)) == sorted(
        {each.conn for each in serving.of(Line)} | {each.conn for each in serving.of(Closed)}
    )
