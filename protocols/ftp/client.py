"""The student's FTP client: the user's half of a control connection, and of the data connections that it leads to.

What the student types goes out as `commands` reads it. Of the server's replies the client reads what a client must:
where to connect to, whether a transfer begins, and whether what was sent was done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from protocols import limits
from protocols.ftp import wire
from protocols.ftp.client_arranging import Arranging, Asked, NotSentError, Say
from protocols.ftp.client_data import DataConnection
from protocols.ftp.client_transfer import LocalFiles, Manner, carry_out
from protocols.ftp.commands import Became, Mode, Told, read, read_kind, split
from protocols.ftp.hearing import Reader, Reply
from protocols.ftp.store import Store
from protocols.world import Host

Send = Callable[[bytes, int], None]  # octets for the server, and the event that they come of

_AT_ONCE = ("ABOR", "STAT")  # what a server answers while a transfer runs: RFC 959 section 4.1.3
_CRLF = b"\r\n"


@dataclass(eq=False, slots=True)
class _Sent:
    """A command on its way: the event that it comes of, and whether it was done, once its last reply came. `is_typed`
    is false for what the client sends of its own accord before what the student asked for. `file` names a transfer's
    file on the student's machine, `octets` are its content if it is to be sent and there."""

    verb: str
    argument: bytes
    typed: int
    is_typed: bool
    file: bytes
    done: asyncio.Future[bool]
    asked: Asked | None = None
    octets: bytes | None = None
    is_begun: bool = False  # a preliminary reply came
    transfer: asyncio.Task[None] | None = None

    async def until_done(self) -> bool:
        """Whether it was done, when all of it is over."""
        await asyncio.wait([self.done])
        if self.transfer:
            await asyncio.wait([self.transfer])
        arranged = self.asked.data if self.asked else None
        return self.done.result() and (arranged is None or await arranged.is_open())


class Client:
    """A client on the host `student`, connected to the server at the address `server`. `send` takes what goes to the
    server, `say` what the student is told; the files of the student's machine are in `store`."""

    def __init__(self, student: Host, server: str, store: Store, send: Send, say: Say) -> None:
        self._send_octets = send
        self._say = say
        self._files = LocalFiles(student.name, store)
        self._arranging = Arranging(student.address, server, say)
        self._mode = Mode()
        self._restart = 0
        self._reader = Reader()
        self._is_greeted = False
        self._is_over = False
        self._sent: deque[_Sent] = deque()  # whose last reply is to come
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: set[asyncio.Task[None]] = set()  # those of the tasks that are typed lines

    # What the student does

    def typed(self, text: bytes, typed: int) -> asyncio.Task[None] | None:
        """The student typed `text`, which event `typed` holds. Returns at once: None where that is all, else what ends
        when all is done, within limits.COMMAND_SECONDS of its turn. A user's command takes time, and lines that are
        typed meanwhile wait for it, but for ABOR and STAT. It waits itself, as long at most, for the replies to what
        was typed before it."""
        meant = read(text, self._mode)
        goes_at_once = not self._lines or (meant is None and split(text)[0] in _AT_ONCE)
        if goes_at_once and not isinstance(meant, Became):
            self._obey(text, typed)
            return None
        line = self._start(self._take_turn(text, typed))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)
        return line

    def heard(self, octets: bytes) -> None:
        """Octets came on the control connection."""
        for reply in self._reader.hear(octets):
            if not self._is_greeted:
                self._is_greeted = not reply.is_preliminary  # the first reply answers nothing: RFC 959 section 5.4
            elif self._sent:
                self._take(self._find_asked(reply), reply)

    def ended(self) -> None:
        """The control connection is over, and with it all that waits for a reply."""
        self._is_over = True
        for sent in tuple(self._sent):
            self._finish(sent, None)
        self._arranging.give_up()

    async def close(self) -> None:
        """The lab ends: stop at once."""
        self.ended()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # Lines

    async def _take_turn(self, text: bytes, typed: int) -> None:
        async with self._turn:
            if self._sent and isinstance(read(text, self._mode), Became):
                await asyncio.wait([sent.done for sent in self._sent], timeout=limits.COMMAND_SECONDS)
            if self._is_over:
                self._say("not-connected", text, typed)
            elif became := self._obey(text, typed):
                await self._carry_out(became, typed)

    def _obey(self, text: bytes, typed: int) -> Became | None:
        """Do what the line says, or return the commands that it becomes."""
        meant = read(text, self._mode)
        if isinstance(meant, Told):
            self._mode = meant.mode
            self._say(meant.why, meant.about, typed)
            return None
        if meant is None:
            self._send(text, typed)
            return None
        if split(meant.commands[-1])[0] in wire.RECEIVING and not self._files.has(meant.local):
            self._say("no-local-file", meant.local, typed)
            return None
        self._say("became", text, typed)
        return meant

    async def _carry_out(self, became: Became, typed: int) -> None:
        """Send the commands, each when the one before it is done. After one that fails no other is sent."""
        try:
            async with asyncio.timeout(limits.COMMAND_SECONDS):
                for command in became.commands:
                    is_last = command is became.commands[-1]
                    sent = self._send(command, typed, is_typed=is_last, file=became.local if is_last else b"")
                    if sent is None or not await sent.until_done():
                        return
        except TimeoutError:
            self._say("took-too-long", became.commands[-1], typed)

    def _send(self, line: bytes, typed: int, *, is_typed: bool = True, file: bytes = b"") -> _Sent | None:
        """Send a line of the protocol. `file` is that of the student's machine, where the line names another. None: it
        was said why the line is not sent."""
        verb, argument = split(line)
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        sent = _Sent(verb, argument, typed, is_typed, file or argument, done)
        try:
            line = self._see_to_data(sent, line)
        except NotSentError as error:
            self._say(error.why, error.about, typed)
            return None
        self._sent.append(sent)
        self._send_octets(line + _CRLF, typed)
        return sent

    def _see_to_data(self, sent: _Sent, line: bytes) -> bytes:
        """Arrange what a command that is about to be sent asks for, or read what it sends; and return its line."""
        if sent.verb in wire.ARRANGING:
            sent.asked = self._arranging.ask(line, sent.typed)
            return sent.asked.line
        if sent.verb in wire.RECEIVING:
            sent.octets = self._files.read(sent.file)
            if sent.octets is None and self._arranging.stands():
                raise NotSentError("no-local-file", sent.file)
        return line

    # Replies

    def _find_asked(self, reply: Reply) -> _Sent:
        """The command that `reply` answers: the first one, but that STAT is answered while a transfer runs."""
        first = self._sent[0]
        if first.is_begun and reply.code.startswith("21"):
            return next((sent for sent in self._sent if sent.verb == "STAT"), first)
        return first

    def _take(self, sent: _Sent, reply: Reply) -> None:
        if not reply.is_preliminary:
            self._finish(sent, reply)
        elif sent.verb in wire.TRANSFERS and not sent.is_begun:
            self._begin(sent)

    def _begin(self, sent: _Sent) -> None:
        """The server is ready for the transfer."""
        sent.is_begun = True
        data = self._arranging.take()
        if data:
            how = Manner(self._mode.in_force, self._restart if sent.verb in ("RETR", "STOR") else 0)
            sent.transfer = self._start(self._transfer(sent, data, how))
            sent.transfer.add_done_callback(lambda _: data.close())

    def _finish(self, sent: _Sent, reply: Reply | None) -> None:
        """The last reply came to what was sent; None: none comes any more."""
        self._sent.remove(sent)
        is_done = reply is not None and reply.is_success
        sent.done.set_result(is_done)
        if sent.asked:
            self._arranging.settle(sent.asked, reply)
        # REST holds for the command right after it: RFC 3659 section 5.3.
        self._restart = int(sent.argument) if sent.verb == "REST" and is_done else 0
        if reply and reply.code == "425":
            self._arranging.give_up()
        if sent.transfer and not is_done:
            sent.transfer.cancel()
        if is_done:
            self._note(sent)

    def _note(self, sent: _Sent) -> None:
        """Keep in mind what a command changed that was done."""
        if sent.verb == "TYPE":
            kind = read_kind(sent.argument)
            self._mode = replace(self._mode, in_force=kind, wanted=kind if sent.is_typed else self._mode.wanted)
        elif sent.verb == "REIN":  # all is as it was at first: RFC 959 section 4.1.1
            self._mode = Mode(self._mode.is_passive)
        if sent.verb in ("REIN", "ABOR"):
            self._arranging.give_up()

    async def _transfer(self, sent: _Sent, data: DataConnection, how: Manner) -> None:
        with suppress(OSError):  # the server's reply says what became of the transfer
            room = self._files.room(sent.file) if sent.verb == "RETR" else 0
            octets = await carry_out(sent.verb, sent.octets or b"", data, how, room)
            await asyncio.wait([sent.done])
            if sent.verb == "RETR" and sent.done.result():
                await self._files.keep(
                    sent.file, octets, how, sent.typed, lambda why: self._say(why, sent.file, sent.typed)
                )

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
