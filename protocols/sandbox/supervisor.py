"""The supervisor of a host's labs: it keeps a zygote, has labs made, and is the only writer of their logs."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from protocols import limits
from protocols.events import Event
from protocols.goals.judging import Judge
from protocols.sandbox.contents import ContentMissing, Contents, choose_contents
from protocols.sandbox.ends import STOPPED
from protocols.sandbox.layers import OPTIONAL, check_switched_off
from protocols.sandbox.log import Log, StaleOwner
from protocols.sandbox.messages import Start
from protocols.sandbox.running import LabEnded, LabRefused, Opening, PacketSink, RunningLab
from protocols.sandbox.zygote_process import ZygoteProcess
from protocols.world import Host, World

__all__ = ["LabEnded", "LabRefused", "Log", "PacketSink", "RunningLab", "StaleOwner", "Supervisor"]

logger = logging.getLogger(__name__)

_TRIAL = World("A trial", "trial.invalid", (Host("trial.invalid", "10.0.0.1"),))
_COMMITTING_THREADS = 8
_PATIENCE = 5.0  # seconds that a zygote lives, or the next one is started later
_LONGEST_PAUSE = 10.0


class Supervisor:
    """Runs labs on this host, in the asyncio loop that called `start`.

    `switched_off` names the sandbox layers that the operator does without. `zygote` is the module of the process that
    forks the labs: what runs in them is fixed by it.
    """

    def __init__(self, *, switched_off: frozenset[str] = frozenset(), zygote: str = "protocols.sandbox.zygote") -> None:
        check_switched_off(switched_off)
        self._switched_off = switched_off
        self._module = zygote
        self._labs: set[RunningLab] = set()
        self._incomplete: str | None = "The sandbox was not tried yet."
        self._pool = ThreadPoolExecutor(_COMMITTING_THREADS, "commit")

    @property
    def complete(self) -> bool:
        """Whether a sandbox with all its layers could be made when this supervisor started."""
        return self._incomplete is None

    @property
    def incomplete_because(self) -> str | None:
        """The sentence that says why the sandbox is not complete."""
        return self._incomplete

    @property
    def zygote_pid(self) -> int | None:
        """The process that forks the labs, while there is one."""
        return self._zygote.result().pid if self._zygote.done() else None

    async def start(self) -> None:
        """Start the zygote, and try the sandbox once."""
        self._zygote: asyncio.Future[ZygoteProcess] = asyncio.get_running_loop().create_future()
        self._keeping = asyncio.create_task(self._keep_zygote())
        try:
            lab = await self.open(_TRIAL, _NoLog())
        except LabRefused as refusal:
            self._incomplete = str(refusal)
            logger.error("This host cannot run labs: %s", refusal)
            return
        await lab.close(STOPPED)
        missing = sorted(set(lab.absent) - OPTIONAL)
        self._incomplete = f"These layers of the sandbox are switched off: {', '.join(missing)}." if missing else None

    async def stop(self) -> None:
        """End every lab, and the zygote. A lab whose log takes nothing is ended without a last word."""
        if self._labs:
            closing = [asyncio.create_task(lab.close(STOPPED)) for lab in self._labs]
            await asyncio.wait(closing, timeout=limits.STOP_SECONDS + 1)
            for lab in tuple(self._labs):
                lab.abandon()
            await asyncio.wait(closing)
        self._keeping.cancel()
        await asyncio.wait({self._keeping})
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def open(
        self,
        world: World,
        log: Log,
        *,
        start: int = 1,
        last_seq: int = 0,
        octets: int = 0,
        offset: int = 0,
        seen: Collection[str] = (),
        contents: Contents = (),
        judge: Judge | None = None,
        capture: PacketSink | None = None,
        namespaces: bool = False,
    ) -> RunningLab:
        """Run `world`, and return when its servers listen.

        Its events go to `log`, after seq `last_seq` and the `octets` that it holds; `start` is the number of this start
        of the lab, from 1, `offset` what its clock is ahead, in microseconds, `seen` the client_ids that its log holds,
        `contents` those of the world's files that are no text in it, with their SHA-256. `judge` says what its events
        make of goals, which is written after them.
        `capture` takes its packets. With `namespaces`, `child.namespaces` are descriptors, the caller's to close.
        Raises LabRefused, StaleOwner.
        """
        try:
            wanted = choose_contents(world, contents)
        except ContentMissing as error:
            raise LabRefused(str(error)) from error
        zygote = await self._warm_zygote()
        control, theirs = socket.socketpair()
        control.setblocking(False)
        with theirs:
            child = await zygote.fork(theirs, namespaces)
        message = Start(world.to_values(), start, offset, capture is not None)
        # An iterator, which holds nothing when all is handed over: a lab may run for hours.
        opening = Opening(message, log, last_seq, octets, seen, iter(wanted.items()), judge, capture)
        lab = RunningLab(opening, zygote, child, control, self._pool)
        self._labs.add(lab)
        lab.when_over(self._labs.discard)
        try:
            await lab.wait_until_ready()
        except asyncio.CancelledError:
            lab.abandon()
            raise
        return lab

    async def _warm_zygote(self) -> ZygoteProcess:
        try:
            return await asyncio.wait_for(asyncio.shield(self._zygote), limits.READY_SECONDS)
        except TimeoutError:
            raise LabRefused(
                "The process that makes labs does not start on this machine; its operator finds why in the log."
            ) from None

    async def _keep_zygote(self) -> None:
        """Have a zygote, and another one when it is gone."""
        loop = asyncio.get_running_loop()
        pause = 0.0
        while True:
            started = loop.time()
            try:
                await self._keep(ZygoteProcess(self._module, self._switched_off))
                logger.error("The zygote ended, and its labs with it; another one is started.")
            except OSError as error:
                logger.error("No zygote could be started: %s", error.strerror)
            pause = 0.0 if loop.time() - started > _PATIENCE else min(2 * pause + 0.1, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _keep(self, zygote: ZygoteProcess) -> None:
        """Give labs this zygote until it is gone."""
        try:
            await asyncio.wait({zygote.warm, zygote.lost}, return_when=asyncio.FIRST_COMPLETED)
            if not zygote.lost.done():
                self._zygote.set_result(zygote)
                await asyncio.wait({zygote.lost})
                self._zygote = asyncio.get_running_loop().create_future()
        finally:
            zygote.end()


class _NoLog:
    """The log of a lab that is only tried."""

    def commit(self, events: Sequence[Event]) -> None:
        pass

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        pass
