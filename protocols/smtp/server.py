"""The SMTP server of a host, on aiosmtpd.

aiosmtpd gives the connection, its time-out and its flow control, and will give TLS and authentication. What is said
on the connection is ours: `session.Session` decides it, `tap.Tap` records it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

from aiosmtpd.smtp import SMTP

from protocols import limits
from protocols.events import Closed, Delivered, Endpoint, Fault, Opened, Side
from protocols.recorder import Recorder
from protocols.smtp import wire
from protocols.smtp.session import Answer, Message, Session
from protocols.smtp.tap import Tap
from protocols.world import Host, World

_CLOSED_BY: dict[str, Side | None] = {"closed": "C", "lost": None}  # by why it closed; else the server did


class Server:
    """A listening SMTP server. `close` and `wait_closed` are those of an asyncio.Server."""

    def __init__(self, host: Host, recorder: Recorder, names: dict[str, str]) -> None:
        self.host = host
        self.recorder = recorder
        self.connections: set[Connection] = set()
        self._names = names
        self._listening: asyncio.Server | None = None

    async def listen(self, listener: socket.socket) -> None:
        """Accept connections from `listener`, which is bound and listens already."""
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: Connection(self), sock=listener)

    def close(self) -> None:
        """Accept no more connections, and end those there are, each with a 421: RFC 5321 section 3.8."""
        if self._listening is not None:
            self._listening.close()
        for connection in tuple(self.connections):
            connection.end("lab-ends")

    async def wait_closed(self) -> None:
        """Wait until the last connection is gone."""
        while self.connections:
            await asyncio.wait([connection.gone for connection in self.connections])

    def endpoint(self, address: tuple[str, int]) -> Endpoint:
        """The end of a connection that has that address and port."""
        return Endpoint(self._names.get(address[0], ""), address[0], address[1])


async def serve(host: Host, listener: socket.socket, recorder: Recorder, world: World) -> Server:
    """Serve SMTP for `host` on `listener`, which is bound and listens; every event goes to `recorder`. The hosts'
    names in the events are those of `world`."""
    server = Server(host, recorder, {known.address: known.name for known in world.hosts})
    await server.listen(listener)
    return server


class Connection(SMTP):
    """A client's connection."""

    def __init__(self, server: Server) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(handler=None, hostname=server.host.name, timeout=limits.IDLE_SECONDS, loop=loop)
        self.gone: asyncio.Future[None] = loop.create_future()
        self._server = server
        self._recorder = server.recorder
        self._talk = Session(server.host)
        self._more = asyncio.Event()
        self._listens = False  # all that came is answered
        self._unheard = b""  # what came when not all was
        self._ended = False  # the client sends no more
        self._why = "closed"
        self._heard_at = 0.0
        self._lingers = False  # the last words are said, and what the client still sends is dropped
        self._dropped = 0  # octets

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.max_size = limits.CHUNK  # type: ignore[attr-defined]  # octets that asyncio reads at once
        self._wire = transport
        client: tuple[str, int] = (transport.get_extra_info("peername") or ("", 0))[:2]  # none if it left already
        self._client = client
        self._conn = self._recorder.new_conn()
        self._tap = Tap(self._recorder, self._conn, client)
        self._recorder.record(
            Opened,
            because=self._recorder.cause_of(client, 0),
            conn=self._conn,
            protocol="smtp",
            client=self._server.endpoint(client),
            server=self._server.endpoint(transport.get_extra_info("sockname")[:2]),
        )
        self._server.connections.add(self)
        self._heard_at = self.loop.time()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._is_over():
            self._dropped += len(data)
            if self._dropped > limits.LINGER:
                self._wire.abort()
            return
        self._heard_at = self.loop.time()
        if self._listens:
            self._take(data)
        else:
            # No more is read until all before it is answered: a client is no faster than what records it. Most wait
            # for each answer, and need not be held at every line.
            self._wire.pause_reading()
            self._unheard = data

    def eof_received(self) -> bool:
        # A client may end its side and still wait for the answers to what it sent.
        if self._lingers:
            self._wire.close()
        self._tap.ended()
        self._ended = True
        self._more.set()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None and self._why == "closed":
            self._why = "lost"
        self._tap.ended()
        side = _CLOSED_BY.get(self._why, "S")
        self._recorder.record(Closed, conn=self._conn, side=side, why=self._why)
        self._recorder.ends(self._client)
        self._server.connections.discard(self)
        self.gone.set_result(None)
        super().connection_lost(error)

    def _timeout_cb(self) -> None:
        left = self._heard_at + limits.IDLE_SECONDS - self.loop.time()
        if left > 0:
            self._reset_timeout(left)
        else:
            self.end("idle")

    # The session

    async def _handle_client(self) -> None:
        try:
            if len(self._server.connections) > limits.CONNECTIONS:
                self.end("too-many-connections")
                return
            await self._say(self._talk.open())
            while not self._is_over():
                await self._room()  # before each answer: a thousand commands may have come at once
                answer = await self._next()
                if answer is not None:
                    await self._say(answer)
                elif self._ended:
                    self._close("closed")
                else:
                    await self._hear()
        except ConnectionError:
            self._close("lost")
        except Exception:
            self._recorder.record(Fault, why="server-error", conn=self._conn)
            self._close("fault")

    async def _room(self) -> None:
        """Wait until the log has room. Meanwhile nothing of the client is noted, not even that it is gone."""
        if not self._recorder.has_room():
            self._wire.pause_reading()
            await self._recorder.room()

    async def _next(self) -> Answer | None:
        """The next answer, its message delivered. A failure of the server's own becomes a Fault and a 451 (RFC 5321
        section 4.2.2), and the session goes on."""
        try:
            answer = self._talk.next()
            if answer is not None and answer.message is not None:
                await self._deliver(answer.message, self._tap.end_of_data(answer.end or 0))
        except Exception:
            self._recorder.record(Fault, why="server-error", conn=self._conn)
            return self._talk.fail()
        return answer

    async def _hear(self) -> None:
        if self._unheard:
            unheard, self._unheard = self._unheard, b""
            self._take(unheard)
            return
        self._more.clear()
        self._listens = True
        self._wire.resume_reading()
        await self._more.wait()

    def _take(self, data: bytes) -> None:
        self._listens = False
        self._tap.received(data)
        self._talk.receive(data)
        self._more.set()

    async def _say(self, answer: Answer) -> None:
        self._write(answer)
        if answer.closes == "quit":
            self._close("quit")
        elif answer.closes is not None:
            self._linger(answer.closes)
        else:
            await self._writer.drain()

    def _write(self, answer: Answer) -> None:
        """The only place that writes to the client."""
        if not self._is_over():
            self._tap.answered(answer)
            self._wire.write(b"".join(answer.lines))

    def end(self, why: str) -> None:
        """Close the connection with a 421, for the cause `why`: RFC 5321 section 3.8."""
        if not self._is_over():
            answer = self._talk.refuse(why)
            self._write(answer)
            self._close(answer.closes or why)

    def _linger(self, why: str) -> None:
        """Close the connection of a client that may be in the middle of sending. A socket that is closed with unread
        octets in it resets the connection, and the last words would be lost with it."""
        if self._ended:
            self._close(why)
        elif not self._is_over():
            self._why = why
            self._lingers = True
            self._recorder.ends(self._client)
            with suppress(OSError):  # the client is gone already
                self._wire.write_eof()
            self._wire.resume_reading()
            self.loop.call_later(limits.LINGER_SECONDS, self._wire.abort)

    def _is_over(self) -> bool:
        return self._lingers or self._wire.is_closing()

    def _close(self, why: str) -> None:
        """Close the connection, for a reason as `events.Closed` names them. Who does not read the last words in time
        does not get them."""
        if not self._is_over():
            self._why = why
            self._recorder.ends(self._client)
            self._wire.close()
            self.loop.call_later(limits.LINGER_SECONDS, self._wire.abort)

    async def _deliver(self, message: Message, because: int | None) -> None:
        at = datetime.fromtimestamp(self._recorder.now() / 1_000_000, UTC)
        for mailbox in message.mailboxes:
            await self._room()
            raw = trace(message, mailbox, self._server.host, self._client[0], self._conn, at) + message.content
            self._recorder.record(
                Delivered, because=because, conn=self._conn, mailbox=mailbox, sender=message.sender, raw=raw
            )


def trace(message: Message, mailbox: str, host: Host, client: str, conn: str, at: datetime) -> bytes:
    """What the message's final delivery puts before its content, the trace fields: RFC 5321 section 4.4."""
    lines = (
        f"Return-Path: <{message.sender}>",
        f"Received: from {message.client} ([{client}])",
        f"\tby {host.name} with {message.protocol} id {conn.replace('.', '-')}",  # an atom has no dot
        f"\tfor <{mailbox}>; {format_datetime(at)}",
    )
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")
    # Text without a header of its own would be read as part of this one: an empty line parts the two.
    return head if wire.begins_with_field(message.content) else head + b"\r\n"
