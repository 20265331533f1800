"""A control connection of an FTP server: `session.Session` decides what is said on it, `tap.Tap` records it, and
`data.Data` has its data connection."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from pyftpdlib.handlers.ftp.control import FTPHandler
from pyftpdlib.ioloop import AsyncChat

from protocols import limits
from protocols.events import Closed, Fault, Opened, Side
from protocols.ftp.answers import Answer, Listen
from protocols.ftp.data import Data
from protocols.ftp.filesystem import Put
from protocols.ftp.session import Session
from protocols.ftp.tap import Tap
from protocols.recorder import Address

if TYPE_CHECKING:
    from protocols.ftp.server import Server

_CLOSED_BY: dict[str, Side | None] = {"closed": "C", "lost": None}  # by why it closed; else the server did
_ARRANGED = ("passive", "extended-passive", "port-ok", "eprt-ok")  # the answers that arrange a data connection


class Connection(FTPHandler):
    """A client's control connection."""

    server: Server
    timeout = 0  # the session has its own

    def __init__(self, sock: socket.socket, client: Address, server: Server) -> None:
        loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._recorder = server.recorder
        self._client = client
        self._more = asyncio.Event()  # something is to be looked at
        self._sent = asyncio.Event()  # the client has taken all that was said
        self._shut = asyncio.Event()  # the socket is closed
        self._said = 0  # octets of the client
        self._answered = 0
        self._ended = False  # the client sends no more
        self._why: str | None = None  # it is over, and why
        self._lingers = False  # the last words are said, and what the client still sends is dropped
        self._dropped = 0  # octets
        self._outcome: tuple[str, bytes, str] | None = None  # of a transfer
        self._conn = self._recorder.new_conn()
        self._tap = Tap(self._recorder, self._conn, client)
        self._recorder.record(
            Opened,
            because=self._recorder.cause_of(client, 0),
            conn=self._conn,
            protocol="ftp",
            client=server.endpoint(client),
            server=server.endpoint(sock.getsockname()),
        )
        self._talk = Session(
            server.host, server.store.of(server.host.name), client[0], lambda: self._recorder.now() // 1_000_000
        )
        self._data = Data(self, client, self._transferred)
        server.connections.add(self)
        super().__init__(sock, server, ioloop=server.ioloop)
        self._heard_at = loop.time()
        if not self._closed:
            self.call_later(limits.IDLE_SECONDS, self._look)
        self._task = loop.create_task(self._converse())

    # What pyftpdlib calls

    def handle_read(self) -> None:
        try:
            data = self.socket.recv(limits.CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if not data:
            self._hear_end()
        elif self._is_over():
            self._drop(data)
        else:
            self._hear(data)

    def initiate_send(self) -> None:
        super(AsyncChat, self).initiate_send()  # AsyncChat's own would read again
        self._watch()
        if not self.producer_fifo:
            self._sent.set()
            self._shut_down()

    def handle_close(self) -> None:
        """The connection broke, or the last words went out."""
        self._why = self._why or "lost"
        self.close()

    def handle_error(self) -> None:
        """Something here failed."""
        self._fail()

    def close(self) -> None:
        self._why = self._why or "lost"
        super().close()
        for event in (self._shut, self._sent, self._more):
            event.set()

    def log(self, *_: object, **__: object) -> None:
        """Nothing: what happens is an event."""

    # Hearing

    def _hear(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._said += len(data)
        self._tap.received(data)
        self._talk.receive(data)
        self._watch()
        self._more.set()

    def _hear_end(self) -> None:
        # A client may end its side and still wait for the answers to what it sent.
        self._ended = True
        if self._is_over():
            self.close()
            return
        self._tap.ended()
        self._watch()
        self._more.set()

    def _drop(self, data: bytes) -> None:
        self._dropped += len(data)
        if self._dropped > limits.LINGER:
            self.close()

    def _watch(self) -> None:
        """Wait for what may come next. No more is read until most of what came is answered: a client is no faster than
        what records it."""
        behind = self._said - self._answered
        hears = not self._ended and (self._lingers or behind <= limits.CHUNK)
        events = (self.ioloop.READ if hears else 0) | (self.ioloop.WRITE if self.producer_fifo else 0)
        self.modify_ioloop_events(events)

    def _look(self) -> None:
        """End the session of a client that says nothing, unless a transfer runs, or the log holds it."""
        if self._data.transfer is not None or not self._recorder.has_room():
            self._heard_at = self._loop.time()
        left = self._heard_at + limits.IDLE_SECONDS - self._loop.time()
        if left > 0:
            self.call_later(left, self._look)
        else:
            self.end("idle")

    # The session

    async def _converse(self) -> None:
        try:
            if len(self.server.connections) > limits.CONNECTIONS:
                self.end("too-many-connections")
            else:
                await self._answer_all()
        except Exception:
            self._fail()
        await self._shut.wait()
        if self._outcome is not None and self._talk.state == "transfer":
            await self._next()  # what came whole is stored, though nobody is told
        self._data.break_off()
        self._tap.ended()
        self._recorder.record(Closed, conn=self._conn, side=_CLOSED_BY.get(self._why or "", "S"), why=self._why)
        self._recorder.ends(self._client)
        self.server.connections.discard(self)
        self.gone.set_result(None)

    async def _answer_all(self) -> None:
        await self._say(self._talk.open())
        while not self._is_over():
            await self._recorder.room()  # before each answer: a thousand commands may have come at once
            self._more.clear()
            answer = await self._next()
            if answer is not None:
                await self._say(answer)
            elif self._ended:
                # The end of the control connection ends a transfer as ABOR does: RFC 959 section 4.1.1, QUIT.
                self._close("closed")
            else:
                await self._more.wait()

    async def _next(self) -> Answer | None:
        """The next answer; what it changes in the files is in the log. A failure of the server's own becomes a Fault
        and a 451 (RFC 959 section 5.4), and the session goes on."""
        try:
            answer = self._decide()
            if answer is not None and answer.changes:
                because = self._tap.command_of(answer)
                await self.server.store.tell(self.server.host.name, answer.changes, because=because, conn=self._conn)
        except Exception:
            self._recorder.record(Fault, why="server-error", conn=self._conn)
            self._data.break_off()
            return self._talk.fail()
        return answer

    def _decide(self) -> Answer | None:
        if self._outcome is not None:
            (why, received, sha256), self._outcome = self._outcome, None
            finished = self._talk.finish(why, received)
            for change in finished.changes:
                if isinstance(change, Put):
                    change.entry.know(received, sha256)
            return finished
        if self._data.transfer is None and self._data.is_open():
            self._talk.opened()
        answer = self._talk.next()
        return self._talk.listening(self._data.listen()) if isinstance(answer, Listen) else answer

    async def _say(self, answer: Answer) -> None:
        if answer.aborts:
            self._data.break_off()
        if answer.drops:
            self._data.drop()
        because = self._write(answer)
        if answer.begins is not None and not self._is_over():
            self._data.begin(answer.begins, because)
        elif answer.why in _ARRANGED:
            self._data.arrange(because)
        if answer.closes == "quit":
            self._close("quit")
        elif answer.closes is not None:
            self._linger(answer.closes)
        else:
            while self.producer_fifo and not self._is_over():
                self._sent.clear()
                await self._sent.wait()

    def _write(self, answer: Answer) -> int | None:
        """The only place that writes to the client. Returns the event that it answers."""
        if self._is_over():
            return None
        because = self._tap.answered(answer)
        self._answered = max(self._answered, answer.end or 0)
        super(FTPHandler, self).push(b"".join(answer.lines))  # FTPHandler's own takes text
        return because

    def _transferred(self, outcome: str, received: bytes, sha256: str) -> None:
        self._outcome = outcome, received, sha256
        self._more.set()

    # Its end

    def end(self, why: str) -> None:
        """Close the connection with a 421, for the cause `why`: RFC 959 section 5.4."""
        if not self._is_over():
            self._data.break_off()
            answer = self._talk.refuse(why)
            self._write(answer)
            self._close(answer.closes or why)

    def _fail(self) -> None:
        self._recorder.record(Fault, why="server-error", conn=self._conn)
        self._why = self._why or "fault"
        self.close()

    def _is_over(self) -> bool:
        return self._why is not None

    def _close(self, why: str) -> None:
        """Close the connection, for a reason as `events.Closed` names it. Who does not read the last words in time does
        not get them."""
        if not self._is_over():
            self._why = why
            self._recorder.ends(self._client)
            self.call_later(limits.LINGER_SECONDS, self.close)
            self.close_when_done()

    def _linger(self, why: str) -> None:
        """Close the connection of a client that may be in the middle of sending. A socket that is closed with unread
        octets in it resets the connection, and the last words would be lost with it."""
        if self._ended:
            self._close(why)
        elif not self._is_over():
            self._why = why
            self._lingers = True
            self._recorder.ends(self._client)
            self.call_later(limits.LINGER_SECONDS, self.close)
            self._watch()
            self._shut_down()

    def _shut_down(self) -> None:
        if self._lingers and not self.producer_fifo and not self._shut.is_set():
            with suppress(OSError):  # the client is gone already
                self.socket.shutdown(socket.SHUT_WR)
