"""A name server's connections: RFC 7766. On one any number of queries may come, each with its length before it (RFC
1035 section 4.2.2); they are answered in order."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from protocols import limits
from protocols.events import Closed, Opened, Side
from protocols.recorder import Address

if TYPE_CHECKING:
    from protocols.dns.server import Server

LENGTH = struct.Struct(">H")
_CLOSED_BY: dict[str, Side | None] = {"closed": "C", "lost": None}  # by why it closed; else the server did


class Connections:
    """The connections to `server`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listening: asyncio.Server | None = None
        self._open: dict[Connection, asyncio.Task[None]] = {}
        self._is_closing = False

    async def listen(self, listener: socket.socket) -> None:
        """Accept connections from `listener`, which is bound and listens already."""
        self._listening = await asyncio.start_server(self._serve, sock=listener, limit=2 * limits.DNS_MESSAGE)

    def close(self) -> None:
        """Accept no more, and end those there are."""
        self._is_closing = True
        if self._listening is not None:
            self._listening.close()
        for task in self._open.values():
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self._server, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._open[connection] = task
        why = "limit"
        try:
            if len(self._open) <= limits.CONNECTIONS:
                why = await connection.serve()
        except asyncio.CancelledError:
            why = "ended"
            if not self._is_closing:
                raise
        finally:
            del self._open[connection]
            connection.close(why)


class Connection:
    """A client's connection. It is recorded, and with it what is said on it, if there was room when it began."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._client: Address = (writer.get_extra_info("peername") or ("", 0))[:2]  # none if it left already
        self._heard = 0  # octets
        self._conn: str | None = None
        because = server.recorder.cause_of(self._client, 0)
        if server.keeper.takes():
            self._conn = server.recorder.new_conn()
            server.recorder.record(
                Opened,
                because=because,
                conn=self._conn,
                protocol="dns",
                client=server.tap.endpoint(self._client),
                server=server.tap.own,
            )

    async def serve(self) -> str:
        """Answer what is asked until nothing more comes; why the connection ends, as events.Closed has it."""
        try:
            while True:
                await self._server.recorder.room()  # a client is no faster than what records it
                async with asyncio.timeout(limits.IDLE_SECONDS_DNS):
                    octets = await self._read()
                await self._answer(octets)
                async with asyncio.timeout(limits.LINGER_SECONDS):
                    await self._writer.drain()
        except TimeoutError:
            return "idle"
        except asyncio.IncompleteReadError:
            return "closed"
        except ConnectionError:
            return "lost"

    def close(self, why: str) -> None:
        """End the connection for this reason."""
        recorder = self._server.recorder
        if self._conn is not None:
            recorder.record(Closed, conn=self._conn, side=_CLOSED_BY.get(why, "S"), why=why)
        recorder.ends(self._client)
        self._writer.close()
        asyncio.get_running_loop().call_later(limits.LINGER_SECONDS, self._writer.transport.abort)

    async def _read(self) -> bytes:
        length = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))[0]
        octets = await self._reader.readexactly(length)
        self._heard += LENGTH.size + length
        return octets

    async def _answer(self, octets: bytes) -> None:
        server = self._server
        because = server.recorder.cause_of(self._client, self._heard)
        is_kept = self._conn is not None and server.keeper.takes()
        exchange = server.tap.asked(octets, self._client, because, "tcp", self._conn) if is_kept else None
        query, response = server.answer_now(octets, "tcp")
        if response is None and query is not None:
            response = await server.answer_later(query, "tcp", exchange)
        if response is not None:
            whole = server.tell(octets, response, exchange)
            self._writer.write(LENGTH.pack(len(whole)) + whole)
