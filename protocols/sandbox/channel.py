"""The lab's end of its control channel, as an asyncio protocol."""

from __future__ import annotations

import asyncio
import os
import threading

from protocols import limits
from protocols.events import Closed, Event, Opened
from protocols.recorder import Recorder
from protocols.sandbox.control import Frames, encode
from protocols.sandbox.handover import Handover
from protocols.sandbox.messages import (
    Chunk,
    Content,
    EditZone,
    FromLab,
    HangUp,
    Happened,
    Input,
    Kept,
    Packets,
    PlaceFile,
    Stop,
)


class Channel(asyncio.Protocol):
    """Takes what the lab has to say, and gives out what it is told.

    `frames` holds what was read of it before. While the supervisor takes no more, `recorder` is held.
    """

    recorder: Recorder

    def __init__(self, frames: Frames) -> None:
        self.inputs: asyncio.Queue[Input | HangUp] = asyncio.Queue()
        self.edits: asyncio.Queue[EditZone] = asyncio.Queue()
        self.placed: asyncio.Queue[tuple[PlaceFile, bytes]] = asyncio.Queue()
        self.contents = Handover(self._send_chunk)
        self.stopping = asyncio.Event()
        self._frames = frames
        self._connections: set[str] = set()
        self._quiet = asyncio.Event()  # no connection is open
        self._quiet.set()
        self._loop = asyncio.get_running_loop()
        self._unsent = bytearray()
        self._flushed_at = self._loop.time() - limits.GATHER_SECONDS  # long enough ago
        self._closed = asyncio.Event()
        self._room = threading.Event()  # what the capture's thread waits for
        self._room.set()

    def send(self, message: FromLab) -> None:
        """Send a message. What is said shortly after another waits a moment, so that what belongs together goes out
        together and is committed together; but not when that becomes much: else the wire would be held too late."""
        if not self._unsent:
            self._loop.call_at(self._flushed_at + limits.GATHER_SECONDS, self.flush)
        self._unsent += encode(message)
        if len(self._unsent) > limits.CHUNK:
            self.flush()

    def flush(self) -> None:
        """Send now what there is."""
        if self._unsent:
            self._flushed_at = self._loop.time()
            unsent, self._unsent = self._unsent, bytearray()
            self._transport.write(unsent)

    def _send_chunk(self, chunk: Chunk) -> None:
        self.send(chunk)
        self.flush()  # its answer is waited for

    def send_event(self, event: Event) -> None:
        """Send the next event, and keep count of the open connections."""
        if isinstance(event, Opened):
            self._connections.add(event.conn)
            self._quiet.clear()
        elif isinstance(event, Closed):
            self._connections.discard(event.conn)
            if not self._connections:
                self._quiet.set()
        self.send(Happened(event))

    async def connections_ended(self) -> None:
        """Wait until no connection is open."""
        await self._quiet.wait()

    def send_records(self, records: bytes) -> None:
        """Send captured packets; called by the capture's thread, which waits while there is no room."""
        self._room.wait()
        self._loop.call_soon_threadsafe(self.send, Packets(records))

    async def close(self) -> None:
        """Send what there is, and wait until the supervisor has it."""
        self.flush()
        self._transport.close()
        await self._closed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(limits.CHANNEL_HIGH, limits.CHANNEL_LOW)
        self.data_received(b"")  # more than the start may have been read before

    def data_received(self, data: bytes) -> None:
        for message in self._frames.feed(data):
            if isinstance(message, Stop):
                self.stopping.set()
            elif isinstance(message, EditZone):
                self.edits.put_nowait(message)
            elif isinstance(message, Kept):
                self.contents.hear(message)
            elif isinstance(message, Content):
                self.contents.receive(message)
            elif isinstance(message, PlaceFile):
                self.placed.put_nowait((message, self.contents.take(message.sha256)))
            elif isinstance(message, Input | HangUp):
                self.inputs.put_nowait(message)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.stopping.is_set():
            os._exit(1)  # nobody is there to take an event: there is no lab any more
        self._closed.set()

    def pause_writing(self) -> None:
        self._room.clear()
        self.recorder.hold()

    def resume_writing(self) -> None:
        self._room.set()
        self.recorder.release()
