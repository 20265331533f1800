"""The owner of this host's labs: it claims them, runs them in its Supervisor, writes their logs, and buries those whose
owner died. It lives in the event loop that the worker's bootstep runs.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db.utils import Error as DatabaseError

from portal.labs import leases, limits
from portal.labs.bus import Bus, BusError, Follower, bells_of, inputs_of, orders_of
from portal.labs.contents import sweep
from portal.labs.goals import read_judge
from portal.labs.log import Log, ring_for, use_database
from portal.labs.messages import EditZone, End, HangUp, Input, Paused, PlaceFile
from portal.labs.workers import Worker, announce, take_leave
from portal.worlds.contents import read_content
from protocols import events
from protocols.playing import play
from protocols.sandbox import messages
from protocols.sandbox.supervisor import LabEnded, LabRefused, RunningLab, StaleOwner, Supervisor
from protocols.world import World, WorldError

SUBSCRIBED_WITHIN = 1  # seconds to wait for the bus before a lab starts without it

log = structlog.get_logger("portal.owner")


async def repeat(step: Callable[[], Awaitable[None]], pause: float) -> None:
    """Do a step again and again, with `pause` seconds between."""
    while True:
        await step()
        await asyncio.sleep(pause)


@dataclass(frozen=True, slots=True)
class Served:
    """A lab that is ours from its claim to its end. `running` is set when it runs, and cancelled if it never does."""

    task: asyncio.Task[None]
    running: asyncio.Future[RunningLab]
    log: Log


class Owner:
    """Owns labs under `name`, which no other worker ever had."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._labs: dict[int, Served] = {}
        self._begun: set[asyncio.Task[None]] = set()
        self._well_since: float | None = None  # since when the database answers in time, on the loop's clock
        # Of their own: whatever else waits for the database, leases are renewed in time.
        self._renewing = ThreadPoolExecutor(1, "leases")

    async def run(self, ready: Callable[[], None]) -> None:
        """Own labs until this is cancelled; then end them in order. Calls `ready` once labs can be opened."""
        self._bus = Bus(settings.REDIS_URL)
        self._supervisor = Supervisor(switched_off=settings.SANDBOX_OFF)
        await self._supervisor.start()
        try:
            async with asyncio.TaskGroup() as work:
                work.create_task(self._take_orders())
                work.create_task(repeat(self._renew, limits.RENEWAL))
                work.create_task(repeat(self._look_for_others, limits.RENEWAL))
                work.create_task(repeat(self._end_unwatched, limits.RENEWAL))
                work.create_task(repeat(self._announce, limits.RENEWAL))
                work.create_task(repeat(self._sweep, limits.CONTENTS_SWEPT))
                work.create_task(repeat(self._say_pauses, limits.ASKED_AGAIN))
                ready()
        finally:
            await self._supervisor.stop()
            await asyncio.gather(*(served.task for served in self._labs.values()), return_exceptions=True)
            with suppress(BusError):
                await asyncio.to_thread(take_leave, self._worker())
            await self._bus.close()
            self._renewing.shutdown(wait=False)

    # One lab

    async def open(self, lab_id: int) -> None:
        """Start a lab, if it waits for that and nobody else has claimed it. Returns when it runs, or has failed."""
        claim = await asyncio.to_thread(use_database, leases.claim, lab_id, self.name)
        if claim is None:
            return
        running: asyncio.Future[RunningLab] = asyncio.get_running_loop().create_future()
        lab_log = Log(claim.lab, claim.epoch)
        served = Served(asyncio.create_task(self._serve(claim, lab_log, running)), running, lab_log)
        self._labs[lab_id] = served
        served.task.add_done_callback(lambda _: self._forget(lab_id, served))
        await asyncio.wait([running])

    def _forget(self, lab_id: int, served: Served) -> None:
        """Let a lab go that ended, or failed."""
        served.running.cancel()
        if not served.task.cancelled() and (error := served.task.exception()):
            log.error("a lab failed", lab=lab_id, exc_info=error)  # its lease runs out, then it is buried
        if self._labs.get(lab_id) is served:  # it may have been opened again already
            del self._labs[lab_id]

    async def _serve(self, claim: leases.Claim, lab_log: Log, opened: asyncio.Future[RunningLab]) -> None:
        """Run a lab from its claim to its end."""
        async with self._bus.follow(inputs_of(claim.lab), limits.INPUTS_WAITING) as follower:
            with suppress(TimeoutError):
                async with asyncio.timeout(SUBSCRIBED_WITHIN):
                    await follower.get()
            running = await self._start(claim, lab_log)
            if running is None:
                return
            opened.set_result(running)
            passing = asyncio.create_task(self._pass_on(follower, running))
            try:
                why = await running.wait()
                log.info("lab ended", lab=claim.lab, why=why)
            finally:
                passing.cancel()

    async def _start(self, claim: leases.Claim, lab_log: Log) -> RunningLab | None:
        """The lab in its sandbox; None where it cannot start, which its log then says."""
        try:
            if not await asyncio.to_thread(use_database, leases.has_room, self.name):
                why = "no-room"
            else:
                world, contents = await asyncio.to_thread(use_database, leases.read_world, claim.lab)
                judge = await asyncio.to_thread(use_database, read_judge, claim.lab)
                return await self._supervisor.open(
                    world,
                    lab_log,
                    start=claim.start,
                    last_seq=claim.last_seq,
                    octets=claim.octets,
                    seen=claim.client_ids,
                    contents=contents,
                    judge=judge,
                )
        except StaleOwner:
            return None
        except WorldError as error:
            why = "bad-world"
            log.error("a world cannot be used", lab=claim.lab, error=str(error))
        except LabRefused as refusal:
            why = "refused"
            log.error("a lab was refused", lab=claim.lab, error=str(refusal))
        if lab_log.is_untouched:
            failure = events.Lab(
                seq=claim.last_seq + 1, at=time.time_ns() // 1000, change="failed", start=claim.start, why=why
            )
            await asyncio.to_thread(lab_log.commit, [failure])
        return None

    async def play(self, world: World, lines: Sequence[str]) -> list[events.Event]:
        """Play a solution in a lab of nobody's; its events. Raises NotPlayed, LabRefused."""
        return await play(self._supervisor, world, lines)

    async def _pass_on(self, follower: Follower, running: RunningLab) -> None:
        """Give the lab what its pages send."""
        with suppress(LabEnded):
            while True:
                message = await follower.get()
                if isinstance(message, Input):
                    octets = message.text.encode("utf-8", "replace").decode("latin-1")  # one character an octet
                    await running.send(messages.Input(message.console, message.client_id, octets))
                elif isinstance(message, HangUp):
                    await running.send(messages.HangUp(message.console, message.client_id))
                elif isinstance(message, EditZone):
                    await running.send(messages.EditZone(message.client_id, message.zone, message.serial, message.text))
                elif isinstance(message, PlaceFile):
                    await self._place(message, running)

    async def _place(self, asked: PlaceFile, running: RunningLab) -> None:
        """Give the lab a file that somebody puts there. Without its content nobody waits for it any more."""
        with suppress(DatabaseError):
            octets = await asyncio.to_thread(use_database, read_content, asked.sha256)
            if octets is not None:
                await running.place(messages.PlaceFile(**asdict(asked)), octets)

    async def _take_orders(self) -> None:
        async with self._bus.follow(orders_of(self.name), limits.INPUTS_WAITING) as follower:
            while True:
                order = await follower.get()
                if isinstance(order, End) and order.lab in self._labs:
                    self._begin(self._end(self._labs[order.lab], "asked"))

    async def _end(self, served: Served, why: str) -> None:
        await asyncio.wait([served.running])
        if not served.running.cancelled():
            await served.running.result().close(why)

    # All labs

    async def _renew(self) -> None:
        """Renew our leases, and let go what another worker has taken over."""
        loop = asyncio.get_running_loop()
        began, held = loop.time(), dict(self._labs)
        epochs = {lab: served.log.epoch for lab, served in held.items()}
        try:
            lost = await loop.run_in_executor(self._renewing, use_database, leases.renew, self.name, epochs)
        except DatabaseError as error:
            self._well_since = None
            log.warning("the database is away", error=type(error).__name__)
            return
        if loop.time() - began > limits.RENEWAL:  # so others may have been too late, like us
            self._well_since = None
        self._well_since = self._well_since or loop.time()
        for lab in lost:
            if self._labs.get(lab) is held[lab]:
                log.warning("another worker took a lab over", lab=lab)
                self._begin(self._end(held[lab], "owner-lost"))

    async def _look_for_others(self) -> None:
        """Take up labs that wait too long for their start, and bury those whose owner is lost."""
        with suppress(DatabaseError):  # which the next renewal says
            for lab in await asyncio.to_thread(use_database, leases.find_waiting):
                self._begin(self.open(lab))
            # While the database was away nobody could renew: every owner gets its time to do so first.
            if self._well_since and asyncio.get_running_loop().time() - self._well_since > limits.LEASE:
                await self._bury()

    async def _bury(self) -> None:
        for lab in await asyncio.to_thread(use_database, leases.find_abandoned):
            if lab in self._labs:
                continue  # ours, and renewed late
            written = await asyncio.to_thread(use_database, leases.bury, lab, self.name)
            if written:
                log.warning("a lab's owner was lost", lab=lab)
                await asyncio.to_thread(ring_for, lab, written)

    async def _end_unwatched(self) -> None:
        """End our labs that nobody looks at. While the database was away no page could say that it shows one: each gets
        its time to do so first."""
        if not self._well_since or asyncio.get_running_loop().time() - self._well_since < 2 * limits.LOOK:
            return
        with suppress(DatabaseError):  # which the next renewal says
            for lab in await asyncio.to_thread(use_database, leases.find_unwatched, self.name):
                if lab in self._labs:
                    self._begin(self._end(self._labs[lab], "unwatched"))

    async def _say_pauses(self) -> None:
        """Tell the pages of every lab whose events wait too long to be committed."""
        late = time.monotonic() - limits.PAUSED
        for lab, served in dict(self._labs).items():
            if served.log.waiting_since and served.log.waiting_since < late:
                with suppress(BusError):
                    await self._bus.send(bells_of(lab), Paused())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done beside the rest."""
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._begun.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work beside the rest failed", exc_info=error)

    async def _sweep(self) -> None:
        with suppress(DatabaseError):  # which the next renewal says
            await asyncio.to_thread(use_database, sweep)

    async def _announce(self) -> None:
        with suppress(BusError):
            await asyncio.to_thread(announce, self._worker())

    def _worker(self) -> Worker:
        return Worker(self.name, self._supervisor.complete)
