import asyncio
import json
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from protocols.codec import from_json
from protocols.events import Block, Closed, Delivered, Event, Line
from protocols.recorder import Recorder
from protocols.smtp.server import Server, serve
from tests.protocols.runs import LECTURE, Ran, protocols
from tests.protocols.smtp.dialogues import MX, WORLD

AT = 1_795_406_400_000_000  # 23 November 2026, 04:00 UTC, in microseconds


@dataclass
class Running:
    """A server that runs on loopback, and all that was recorded of it."""

    server: Server
    recorder: Recorder
    address: tuple[str, int]
    events: list[Event] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def octets(self, side: str, conn: str = "1.1") -> bytes:
        """All that a side said on a connection, by the events."""
        said = [event for event in self.events if isinstance(event, Line | Block)]
        return b"".join(event.raw for event in said if event.side == side and event.conn == conn)

    def whys(self) -> list[str]:
        """The cause of each reply, once a reply."""
        lines = [event for event in self.of(Line) if event.side == "S"]
        return [line.why for line in lines if line.raw[3:4] == b" "]

    def messages(self) -> list[bytes]:
        return [event.raw for event in self.of(Delivered)]

    async def until_closed(self, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while len(self.of(Closed)) < count:
                self.changed.clear()
                await self.changed.wait()

    async def exchange(self, octets: bytes, *, ends: bool = True) -> bytes:
        """Everything that the server says to a client that says `octets` at once, and then ends its side."""
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(octets)
        if ends:
            writer.write_eof()
        try:
            async with asyncio.timeout(20):
                return await reader.read()
        finally:
            writer.close()


@pytest.fixture
async def mx():
    listener = socket.create_server((MX.address, 0))
    events: list[Event] = []
    changed = asyncio.Event()

    def take(event: Event) -> None:
        events.append(event)
        changed.set()

    recorder = Recorder(1, lambda: AT, take)
    server = await serve(MX, listener, recorder, WORLD)
    yield Running(server, recorder, listener.getsockname(), events, changed)
    server.close()
    async with asyncio.timeout(10):
        await server.wait_closed()


@dataclass
class Relay:
    """Stands between a client and a server, and keeps what it hands on each way: what was on the wire, seen by
    somebody who is not the tap."""

    address: tuple[str, int]
    said: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)


@pytest.fixture
async def relay(mx):
    passed = Relay(("127.0.0.1", 0))

    async def hand_on(reader, writer, kept: bytearray) -> None:
        while data := await reader.read(65536):
            kept += data
            writer.write(data)
        writer.write_eof()

    async def accept(reader, writer) -> None:
        to_server = await asyncio.open_connection(*mx.address)
        await asyncio.gather(hand_on(reader, to_server[1], passed.said), hand_on(to_server[0], writer, passed.heard))
        to_server[1].close()
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    passed.address = server.sockets[0].getsockname()
    yield passed
    server.close()


@pytest.fixture
def ran(tmp_path):
    """A program that ran in a lab of the lecture's world, which had nothing to complain of."""

    def run_it(*command: str, options: tuple[str, ...] = ()) -> Ran:
        transcript, pcap = tmp_path / "events.jsonl", tmp_path / "packets.pcap"
        files = ("--transcript", str(transcript), "--pcap", str(pcap))
        done = protocols("run", LECTURE, *files, *options, "--", *command)
        assert done.stderr == ""
        said = [from_json(json.loads(line)) for line in transcript.read_text().splitlines()]
        return Ran(done.returncode, done.stdout, said, pcap)

    return run_it
