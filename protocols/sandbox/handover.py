"""The contents of files between a lab and its supervisor, seen from the lab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from protocols.sandbox.contents import cut_chunks
from protocols.sandbox.messages import Chunk, Content, Kept
from protocols.world import World


class Handover:
    """What is handed to a lab, and what it hands over with `send`."""

    def __init__(self, send: Callable[[Chunk], None]) -> None:
        self._send = send
        self._arrived: dict[str, bytearray] = {}  # by their SHA-256, as far as they are here
        self._more = asyncio.Event()
        self._sent: Chunk | None = None
        self._kept = asyncio.Event()

    async def keep(self, sha256: str, octets: bytes) -> None:
        """Hand a content over; return when all of it is kept. One at a time."""
        for chunk in cut_chunks(sha256, octets):
            self._sent = chunk
            self._kept.clear()
            self._send(chunk)
            await self._kept.wait()

    def hear(self, message: Kept) -> None:
        """The supervisor says how far it is. What was not sent cannot be kept."""
        sent = self._sent
        if sent and (message.sha256, message.length) == (sent.sha256, sent.offset + len(sent.octets)):
            self._kept.set()

    def receive(self, message: Content) -> None:
        """The next octets of a content."""
        self._arrived.setdefault(message.sha256, bytearray()).extend(message.octets)
        self._more.set()

    async def receive_all(self, world: World) -> dict[str, bytes]:
        """The contents that the world's files name, by their SHA-256, when they are all here."""
        files = [file for host in world.hosts for file in host.files if file.text is None and not file.is_directory]
        while any(len(self._arrived.get(file.sha256, b"")) < file.size for file in files):
            self._more.clear()
            await self._more.wait()
        return {sha256: self.take(sha256) for sha256 in {file.sha256 for file in files}}

    def take(self, sha256: str) -> bytes:
        """The content that was handed over whole, which then is not kept here any more."""
        return bytes(self._arrived.pop(sha256, b""))
