"""The student's client, connected to an FTP server that is not ours: pyftpdlib as it comes, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from protocols.events import Event, Stored
from protocols.ftp.client import Client
from protocols.ftp.store import Store
from protocols.printed import PRINTED
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import File
from tests.protocols.stores import make_store

STUDENT, SERVER = "127.0.0.9", "127.0.0.21"
TYPED = 7  # the event that every typed line is
TEXT = "one\ntwo\n"
FILES = (File("/tmp/test.txt", text=TEXT), File("/zero.txt", text=""))


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, int]]:
    """The address of a server whose user "ecki" has the password "secret" and the directory `home`."""
    authorizer = DummyAuthorizer()
    authorizer.add_user("ecki", "secret", str(home), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer, "use_sendfile": False})
    loop = IOLoop()
    server = FTPServer((SERVER, 0), handler, ioloop=loop)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            loop.loop(timeout=0.02, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.address
    finally:
        ended.set()
        thread.join()
        server.close_all()


@dataclass
class Typing:
    """A client, what its server said, what the student was told, after how many replies, and what was sent."""

    store: Store
    events: list[Event]
    heard: bytearray = field(default_factory=bytearray)
    sent: list[bytes] = field(default_factory=list)
    told: list[tuple[str, bytes]] = field(default_factory=list)
    told_after: list[int] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    client: Client = field(init=False)

    async def type(self, line: bytes) -> None:
        """Type a line, and wait until it is done."""
        task = self.client.typed(line, TYPED)
        if task:
            async with asyncio.timeout(20):
                await task

    async def says(self, line: bytes, code: str) -> None:
        """Type a line of the protocol, and wait for the reply with that code."""
        place = len(self.heard)
        await self.type(line)
        await self.until(lambda: f"\r\n{code} " in "\r\n" + self.heard[place:].decode())

    async def until(self, is_so: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self.changed.clear()
                await self.changed.wait()

    def codes(self) -> list[str]:
        return [line[:3] for line in self.heard.decode().splitlines() if line[3:4] == " "]

    def kept(self) -> dict[str, bytes]:
        """The files of the student's machine."""
        files = self.store.of("student.test")
        return {entry.path: entry.octets for entry in files.entries() if not entry.is_directory}

    def stored(self) -> list[Stored]:
        return [event for event in self.events if isinstance(event, Stored)]


@asynccontextmanager
async def connected(address: tuple[str, int], files: tuple[File, ...] = FILES) -> AsyncIterator[Typing]:
    """A client that has logged in."""
    events: list[Event] = []
    student = Host("student.test", STUDENT, files=files)
    world = World("A test's", "student.test", (student, Host("ftp.test", SERVER)))

    def take(event: Event) -> None:
        events.append(event)
        typing.changed.set()

    recorder = Recorder(1, lambda: 1_795_406_400_000_000, take)
    typing = Typing(make_store(world, recorder), events)
    reader, writer = await asyncio.open_connection(*address, local_addr=(STUDENT, 0))

    def send(octets: bytes, because: int) -> None:
        assert because == TYPED
        typing.sent.append(octets.removesuffix(b"\r\n"))
        writer.write(octets)

    def say(why: str, about: bytes, because: int) -> None:
        assert because == TYPED
        assert why in PRINTED
        typing.told.append((why, about))
        typing.told_after.append(len(typing.codes()))
        typing.changed.set()

    async def hear() -> None:
        with suppress(ConnectionResetError):  # the server closed it, and what came after that is unread
            while octets := await reader.read(65536):
                typing.heard += octets
                typing.client.heard(octets)
                typing.changed.set()
        typing.client.ended()

    typing.client = Client(student, SERVER, typing.store, send, say)
    hearing = asyncio.create_task(hear())
    try:
        await typing.until(lambda: "220" in typing.codes())
        await typing.says(b"USER ecki", "331")
        await typing.says(b"PASS secret", "230")
        typing.sent.clear()
        yield typing
    finally:
        await typing.client.close()
        writer.close()
        await hearing
