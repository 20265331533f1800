"""The part of a Celery worker that owns this host's labs: a thread with an event loop, from the worker's start to its
end."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from celery import bootsteps

from portal.labs.owner import Owner
from protocols import limits
from protocols.events import Event
from protocols.world import World

STARTED_WITHIN = 20  # seconds
OPENED_WITHIN = 30  # seconds
PLAYED_WITHIN = limits.PLAY_SECONDS + OPENED_WITHIN  # seconds
STOPPED_WITHIN = 12  # seconds, which is less than the process manager waits

log = structlog.get_logger("portal.owner")


class NoOwner(Exception):
    """No labs can be opened in this process now."""


class LabHost(bootsteps.StartStopStep):
    """Runs an Owner. The tasks of the same process reach it by `open_here`."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Start the thread, and wait until labs can be opened."""
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="labs")
        self._thread.start()
        if not self._up.wait(STARTED_WITHIN):
            log.error("the labs' supervisor did not start in time", seconds=STARTED_WITHIN)

    def stop(self, worker: Any) -> None:
        """End all labs in order, then the thread."""
        if _here:
            _here.loop.call_soon_threadsafe(_here.main.cancel)
        self._thread.join(STOPPED_WITHIN)

    def terminate(self, worker: Any) -> None:
        """End in the same order when there is little time."""
        self.stop(worker)

    def _run(self) -> None:
        # What is imported stays: to look through it for garbage, again and again, would hold transactions up for 30 ms.
        gc.freeze()
        try:
            asyncio.run(own_labs(self._up.set))
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("the labs' owner failed")
            os.kill(os.getpid(), signal.SIGTERM)  # a worker without it is of no use; the process manager starts another
        finally:
            self._up.set()


@dataclass(frozen=True, slots=True)
class Here:
    """The owner of this process, and where it runs."""

    owner: Owner
    loop: asyncio.AbstractEventLoop
    main: asyncio.Task[Any]


_here: Here | None = None


async def own_labs(ready: Callable[[], None]) -> None:
    """Run an owner in this event loop until this is cancelled. Calls `ready` once `open_here` can reach it."""
    global _here
    main = asyncio.current_task()
    assert main is not None
    owner = Owner()
    _here = Here(owner, asyncio.get_running_loop(), main)
    try:
        await owner.run(ready)
    finally:
        _here = None


def open_here(lab_id: int) -> None:
    """Have this process's owner open a lab; returns when it runs, or has failed. Raises NoOwner."""
    here = _here
    if here is None:
        raise NoOwner
    asyncio.run_coroutine_threadsafe(here.owner.open(lab_id), here.loop).result(OPENED_WITHIN)


def play_here(world: World, lines: Sequence[str]) -> list[Event]:
    """Have this process's supervisor play a solution in a lab that has no log; its events. Raises NoOwner, NotPlayed,
    LabRefused, TimeoutError."""
    here = _here
    if here is None:
        raise NoOwner
    played = asyncio.run_coroutine_threadsafe(here.owner.play(world, lines), here.loop)
    try:
        return played.result(PLAYED_WITHIN)
    finally:
        played.cancel()  # where it takes too long
