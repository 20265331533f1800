"""A running lab, seen from its supervisor: what is said to it, and its events on their way to the log."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from protocols import limits
from protocols.events import Lab
from protocols.goals.judging import Judge
from protocols.sandbox.contents import Contents, cut_contents
from protocols.sandbox.control import ControlError, Frames, encode
from protocols.sandbox.ends import (
    BROKE_PROTOCOL,
    DIED,
    LOG_FULL,
    NEVER_READY,
    OWNED_ELSEWHERE,
    PROCESSOR_TIME,
    REFUSED,
    SANDBOX_LOST,
    STOPPED,
    UNRESPONSIVE,
)
from protocols.sandbox.intake import Intake
from protocols.sandbox.log import Log, StaleOwner
from protocols.sandbox.messages import (
    FROM_LAB,
    Chunk,
    EditZone,
    HangUp,
    Happened,
    Input,
    Obeyed,
    Packets,
    PlaceFile,
    Ready,
    Refused,
    Start,
    Stop,
    Stopped,
    ToLab,
)
from protocols.sandbox.numbering import LogFull, Numbering
from protocols.sandbox.processor import ProcessorMeter
from protocols.sandbox.zygote_process import Child, ZygoteProcess

logger = logging.getLogger(__name__)

PacketSink = Callable[[bytes], None]  # takes records of a pcap file


class LabRefused(Exception):
    """The lab does not start. The text is one sentence for the learner and the operator."""


class LabEnded(Exception):
    """The lab has ended: nothing can be said to it any more."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What `Supervisor.open` was asked for, checked and named there."""

    start: Start
    log: Log
    last_seq: int
    octets: int
    seen: Collection[str]
    contents: Contents
    judge: Judge | None
    capture: PacketSink | None


class RunningLab:
    """A lab in its sandbox, made by `Supervisor.open`. `layers` and `absent` are the sandbox's layers; `dropped` counts
    the packets that its capture lost, known when it has ended."""

    def __init__(
        self, opening: Opening, zygote: ZygoteProcess, child: Child, control: socket.socket, pool: Executor
    ) -> None:
        self.child = child
        self.layers: tuple[str, ...] = ()
        self.absent: tuple[str, ...] = ()
        self.dropped = 0
        self._loop = asyncio.get_running_loop()
        self._opening = opening
        self._zygote = zygote
        self._control = control
        self._numbering = Numbering(opening.start.start, opening.last_seq, opening.octets)
        self._intake = Intake(opening.log, pool, self._numbering, opening.judge)
        self._seen = set(opening.seen)
        self._frames = Frames(FROM_LAB)
        self._saying = asyncio.Lock()
        self._underway: dict[str, asyncio.Future[None]] = {}  # by the ids of lines that somebody waits for
        self._is_ready = False
        self._refusal: Refused | None = None
        self._has_stopped = False
        self._fate: str | None = None  # why it ends, once that was decided here
        self._killing: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._life = self._loop.create_task(self._live())

    async def wait_until_ready(self) -> None:
        """Wait until the servers listen and the log says so. Raises LabRefused, or StaleOwner."""
        both: set[asyncio.Future[Any]] = {self._ready, self._life}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if self._ready.done():
            return
        why = await self.wait()
        if why == OWNED_ELSEWHERE:
            raise StaleOwner(NEVER_READY[why])
        raise LabRefused(self._refusal.why if self._refusal else NEVER_READY.get(why, NEVER_READY[DIED]))

    async def send(self, message: Input | HangUp | EditZone) -> None:
        """Pass on what a page sent, once for each client_id. Raises LabEnded."""
        await self._pass_on(message.client_id, [message])

    async def place(self, message: PlaceFile, octets: bytes) -> None:
        """Have a file put there that has the content `octets`, once for each client_id. Raises LabEnded."""
        await self._pass_on(message.client_id, chain(cut_contents([(message.sha256, octets)]), [message]))

    async def carry_out(self, message: Input) -> None:
        """Pass on a line, and wait until the console has done with it or the lab has ended. Raises LabEnded."""
        obeyed = self._underway[message.client_id] = self._loop.create_future()
        await self.send(message)
        await asyncio.wait({obeyed, self._life}, return_when=asyncio.FIRST_COMPLETED)

    async def close(self, why: str) -> None:
        """End the lab for the reason `why`: its connections are closed, all its events committed."""
        if not self._fate:
            self._fate = why
            try:
                await self._say([Stop()])
                await asyncio.wait({self._life}, timeout=limits.STOP_SECONDS)
            finally:
                self._doom(why)
        await asyncio.wait({self._life})

    async def wait(self) -> str:
        """Wait until the lab has ended and the log says so; return why it ended."""
        return await asyncio.shield(self._life)

    def when_over(self, call: Callable[[RunningLab], object]) -> None:
        """Have `call` called when the lab has ended."""
        self._life.add_done_callback(lambda _: call(self))

    def abandon(self) -> None:
        """End the lab at once, without another word to its log."""
        self._life.cancel()

    async def _pass_on(self, client_id: str, messages: Iterable[ToLab]) -> None:
        if self._life.done() or self._fate:
            raise LabEnded("The lab has ended; open it again.")
        if client_id not in self._seen:
            self._seen.add(client_id)
            self._numbering.expect(client_id)
            # Half a frame would be the end of the lab: whoever gives up waiting does not stop this.
            await asyncio.shield(self._loop.create_task(self._say(messages)))

    async def _live(self) -> str:
        """Carry the lab's events to its log until it ends, say there why it ended, and return that."""
        try:
            why = await self._follow()
            if why != OWNED_ELSEWHERE:
                await self._intake.finish(self._last_word(why))
            return why
        except StaleOwner:
            return OWNED_ELSEWHERE
        except asyncio.CancelledError:
            return STOPPED  # abandoned

    async def _follow(self) -> str:
        """Carry the lab's events to its log until it ends; return why it did, with its process gone."""
        deadline = self._loop.call_later(limits.READY_SECONDS, self._doom_unready)
        watching = self._loop.create_task(self._watch_processor())
        try:
            await self._say(chain([self._opening.start], cut_contents(self._opening.contents)))
            return await self._pump()
        except ControlError as error:
            logger.warning("A lab broke the control protocol, and was ended.")
            logger.debug("It broke the control protocol so: %.200s", error)  # may quote what students said
            return BROKE_PROTOCOL
        except LogFull:
            return LOG_FULL
        except StaleOwner:
            return OWNED_ELSEWHERE
        finally:
            deadline.cancel()
            watching.cancel()
            self._control.close()
            await self._zygote.kill(self.child)

    async def _pump(self) -> str:
        """Commit what comes until nothing comes any more; return why. Raises ControlError, LogFull and StaleOwner."""
        while data := await self._receive():
            try:
                for message in self._frames.feed(data):
                    self._note(message)
                    if isinstance(message, Chunk):
                        await self._say([await self._intake.keep(message)])
            finally:  # what a lab said before it broke the protocol did happen
                await self._intake.commit()
                if self._is_ready and not self._ready.done():
                    self._ready.set_result(None)
        if self._refusal:
            return REFUSED
        if self._fate:
            return self._fate
        # It is gone: alone, or all the zygote's labs at once?
        await asyncio.wait({self.child.gone, self._zygote.lost}, return_when=asyncio.FIRST_COMPLETED)
        return SANDBOX_LOST if self._zygote.lost.done() else DIED

    async def _receive(self) -> bytes:
        """What has arrived, no more than other labs can wait for; nothing at the end. While something is written to the
        log nothing is read: then the channel fills, and the lab holds its peers."""
        try:
            # recv and never recvmsg: a descriptor that a lab sends is not taken.
            return await self._loop.sock_recv(self._control, limits.CHUNK)
        except OSError:
            return b""

    def _note(self, message: Any) -> None:
        """Take one message of the lab, a chunk excepted. Raises ControlError and LogFull."""
        if self._has_stopped or self._refusal or isinstance(message, Ready | Refused) == self._is_ready:
            raise ControlError(f"A {message.name} message came when none can come.")
        if isinstance(message, Ready):
            self._is_ready = True
            self.layers, self.absent = tuple(message.layers), tuple(message.absent)
            self._intake.add(self._own_event("started"))
        elif isinstance(message, Refused):
            self._refusal = message
        elif isinstance(message, Happened):
            self._intake.admit(message.event)
        elif isinstance(message, Obeyed):
            if message.client_id in self._underway:
                self._underway.pop(message.client_id).set_result(None)
        elif isinstance(message, Packets) and self._opening.capture:
            self._opening.capture(message.records)
        elif isinstance(message, Stopped):
            self._has_stopped, self.dropped = True, message.dropped
        elif not isinstance(message, Chunk):
            raise ControlError("Packets came that nobody asked for.")

    def _own_event(self, change: Any, why: str | None = None) -> Lab:
        start = self._opening.start
        at = time.time_ns() // 1_000 + start.offset
        return Lab(
            seq=self._numbering.take_next(),
            at=at,
            change=change,
            start=start.start,
            why=why,
            layers=self.layers if change == "started" else (),
            absent=self.absent if change == "started" else tuple(self._refusal.absent) if self._refusal else (),
        )

    def _last_word(self, why: str) -> Lab:
        return self._own_event("ended" if self._is_ready else "failed", why)

    async def _say(self, messages: Iterable[ToLab]) -> None:
        """Say these, with nothing between them."""
        async with self._saying:
            try:
                for message in messages:
                    octets = encode(message)
                    await asyncio.wait_for(self._loop.sock_sendall(self._control, octets), limits.ANSWER_SECONDS)
            except TimeoutError:
                self._doom(UNRESPONSIVE)
            except OSError:
                pass  # it is gone, which the end of what it says will tell

    async def _watch_processor(self) -> None:
        """Have the lab ended if it uses more of the processor than a lab may."""
        meter = ProcessorMeter(await asyncio.shield(self.child.born))
        with suppress(ProcessLookupError):  # which the end of what it says tells
            while True:
                if meter.is_over(self._loop.time()):
                    self._doom(PROCESSOR_TIME)
                    return
                await asyncio.sleep(limits.PROCESSOR_LOOK)

    def _doom_unready(self) -> None:
        if not self._is_ready:  # where it is, it may still wait for its log
            self._doom(UNRESPONSIVE)

    def _doom(self, why: str) -> None:
        """Have the process killed; then what it said ends, and so does its life here."""
        self._fate = self._fate or why
        self._killing = self._killing or self._loop.create_task(self._zygote.kill(self.child))
