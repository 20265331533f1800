"""The client's end of a data connection: RFC 959 sections 3.2 and 3.3."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from protocols import limits
from protocols.recorder import Address


class DataConnection:
    """One that is arranged, from the student's machine at the address `own`. `dial` or `listen` has it made; `send` or
    `receive`, once, is all that goes over it; and `close` must follow."""

    def __init__(self, own: str) -> None:
        self.address: Address | None = None  # where it listens, if it does
        self._own = own
        self._opening: asyncio.Task[socket.socket] | None = None

    def dial(self, server: Address, failed: Callable[[str], None]) -> None:
        """Connect to `server`. Where that fails `failed` is told why: "data-refused" or "data-unanswered"."""
        self._opening = asyncio.create_task(_dial(self._own, server))

        def tell(opening: asyncio.Task[socket.socket]) -> None:
            if not opening.cancelled() and (error := opening.exception()):
                failed("data-unanswered" if isinstance(error, TimeoutError) else "data-refused")

        self._opening.add_done_callback(tell)

    def listen(self, port: int, server: str) -> Address:
        """Listen on `port`, 0 for any that is free, for the server at the address `server` and nobody else. Raises
        OSError."""
        listener = socket.create_server((self._own, port))
        listener.setblocking(False)
        self._opening = asyncio.create_task(_accept(listener, server))
        self._opening.add_done_callback(lambda _: listener.close())  # it may be cancelled before it begins
        self.address = listener.getsockname()
        return self.address

    async def is_open(self) -> bool:
        """Whether it stands, after waiting for what was begun by `dial` (not by `listen`: it is the server's turn)."""
        if self._opening is None or self.address is not None:
            return True
        await asyncio.wait([self._opening])
        return not self._opening.cancelled() and self._opening.exception() is None

    async def send(self, octets: bytes) -> None:
        """Send `octets` and that this was all, which ends the file (RFC 959 section 3.4.1). Raises OSError where they
        are not taken, TimeoutError where none is for limits.DATA_IDLE_SECONDS."""
        connection, loop = await self._opened(), asyncio.get_running_loop()
        view = memoryview(octets)
        for start in range(0, len(view), limits.CHUNK):
            async with asyncio.timeout(limits.DATA_IDLE_SECONDS):
                await loop.sock_sendall(connection, view[start : start + limits.CHUNK])
        connection.shutdown(socket.SHUT_WR)

    async def receive(self, room: int) -> bytearray | None:
        """All octets that come until the server closes; None where they are more than `room`. Raises OSError where the
        connection breaks off, TimeoutError where nothing comes for limits.DATA_IDLE_SECONDS."""
        connection, loop = await self._opened(), asyncio.get_running_loop()
        octets: bytearray | None = bytearray()
        while True:
            async with asyncio.timeout(limits.DATA_IDLE_SECONDS):
                came = await loop.sock_recv(connection, limits.CHUNK)
            if not came:
                return octets
            if octets is not None and len(octets) + len(came) <= room:
                octets += came
            else:
                octets = None  # what comes now is read, since the server is in its right, and dropped

    def close(self) -> None:
        """Close it, or give it up before it stands. Not while something goes over it."""
        opening = self._opening
        if opening is None or opening.cancel():
            return
        if not opening.cancelled() and not opening.exception():
            opening.result().close()

    async def _opened(self) -> socket.socket:
        """The connection, when it stands. Who waits for it here gives up without it: it is closed by `close`."""
        if self._opening is None:
            raise ConnectionError("nothing was arranged")
        return await asyncio.shield(self._opening)


async def _dial(own: str, server: Address) -> socket.socket:
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.bind((own, 0))
        async with asyncio.timeout(limits.CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


async def _accept(listener: socket.socket, server: str) -> socket.socket:
    while True:
        await _until_readable(listener)
        with suppress(BlockingIOError, ConnectionAbortedError):  # it was gone before it was accepted
            connection, peer = listener.accept()
            connection.setblocking(False)
            if peer[0] == server:
                return connection
            connection.close()


async def _until_readable(listener: socket.socket) -> None:
    """As loop.sock_accept does, which fails where it is cancelled while somebody connects."""
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(listener, tell)
    try:
        await readable
    finally:
        loop.remove_reader(listener)
