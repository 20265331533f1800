"""A running lab, seen from its supervisor: what is said to it, and its events on their way to the log."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from protocols import limits
from protocols.events import Event, Lab
from protocols.sandbox.control import ControlError, Frames, encode
from protocols.sandbox.log import Log, StaleOwner, commit, cut_batches
from protocols.sandbox.messages import (
    FROM_LAB,
    EditZone,
    HangUp,
    Happened,
    Input,
    Obeyed,
    Packets,
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

# Why a lab failed or ended, where its supervisor knows. One that is closed ends for the reason of who closed it.
REFUSED = "refused"  # the sandbox or the world cannot be made here
DIED = "died"  # the lab's process is gone
SANDBOX_LOST = "sandbox-lost"  # the zygote is gone, and with it all its labs
BROKE_PROTOCOL = "broke-the-control-protocol"
LOG_FULL = "log-full"  # the log holds as much as a log may
PROCESSOR_TIME = "processor-time"  # it used more of the processor than a lab may
UNRESPONSIVE = "unresponsive"  # it was not ready in time, or takes nothing any more
STOPPED = "stopped"  # the supervisor stops
OWNED_ELSEWHERE = "owned-elsewhere"  # never in a log: it belongs to another supervisor now

_SENTENCES = {
    DIED: "The lab's process ended before it was ready; open it again.",
    SANDBOX_LOST: "The process that makes labs ended; open the lab again.",
    BROKE_PROTOCOL: "The lab said what no lab says before it was ready, and was ended.",
    UNRESPONSIVE: f"The lab was not ready within {limits.READY_SECONDS} seconds; open it again.",
    STOPPED: "This machine stops running labs; open it again in a moment.",
    OWNED_ELSEWHERE: "Another machine runs this lab now.",
}

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
        self._pool = pool
        self._numbering = Numbering(opening.start.start, opening.last_seq, opening.octets)
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
            raise StaleOwner(_SENTENCES[why])
        raise LabRefused(self._refusal.why if self._refusal else _SENTENCES.get(why, _SENTENCES[DIED]))

    async def send(self, message: Input | HangUp | EditZone) -> None:
        """Pass on what a page sent, once for each client_id. Raises LabEnded."""
        if self._life.done() or self._fate:
            raise LabEnded("The lab has ended; open it again.")
        if message.client_id not in self._seen:
            self._seen.add(message.client_id)
            self._numbering.expect(message.client_id)
            # Half a frame would be the end of the lab: whoever gives up waiting does not stop this.
            await asyncio.shield(self._loop.create_task(self._say(message)))

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
                await self._say(Stop())
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

    async def _live(self) -> str:
        """Carry the lab's events to its log until it ends, say there why it ended, and return that."""
        try:
            why = await self._follow()
            if why != OWNED_ELSEWHERE:
                await self._commit([self._last_word(why)])
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
            await self._say(self._opening.start)
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
            events: list[Event] = []
            try:
                for message in self._frames.feed(data):
                    self._note(message, events)
            finally:  # what a lab said before it broke the protocol did happen
                for batch in cut_batches(events):
                    await self._commit(batch)
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
        """What has arrived, no more than other labs can wait for; nothing at the end. While a batch is committed
        nothing is read: then the channel fills, and the lab holds its peers."""
        try:
            # recv and never recvmsg: a descriptor that a lab sends is not taken.
            return await self._loop.sock_recv(self._control, limits.CHUNK)
        except OSError:
            return b""

    def _note(self, message: Any, events: list[Event]) -> None:
        """Take one message of the lab; what belongs into the log is added to `events`. Raises ControlError and
        LogFull."""
        if self._has_stopped or self._refusal or isinstance(message, Ready | Refused) == self._is_ready:
            raise ControlError(f"A {message.name} message came when none can come.")
        if isinstance(message, Ready):
            self._is_ready = True
            self.layers, self.absent = tuple(message.layers), tuple(message.absent)
            events.append(self._own_event("started"))
        elif isinstance(message, Refused):
            self._refusal = message
        elif isinstance(message, Happened):
            events.append(self._numbering.admit(message.event))
        elif isinstance(message, Obeyed):
            if message.client_id in self._underway:
                self._underway.pop(message.client_id).set_result(None)
        elif isinstance(message, Packets) and self._opening.capture:
            self._opening.capture(message.records)
        elif isinstance(message, Stopped):
            self._has_stopped, self.dropped = True, message.dropped
        else:
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

    async def _commit(self, batch: Sequence[Event]) -> None:
        await commit(self._opening.log, batch, self._pool)

    async def _say(self, message: ToLab) -> None:
        async with self._saying:
            try:
                await asyncio.wait_for(self._loop.sock_sendall(self._control, encode(message)), limits.ANSWER_SECONDS)
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
