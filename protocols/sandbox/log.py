"""Where a lab's events go, and how they get there: in batches, in order, again and again if it must be."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Protocol

from protocols import limits
from protocols.events import Event

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds before a batch that was not taken comes again


class StaleOwner(Exception):
    """Another supervisor owns this lab now: raised by a log whose epoch was passed."""


class Log(Protocol):
    """Where a lab's events go."""

    def commit(self, events: Sequence[Event]) -> None:
        """Write the next events of the log, all or none. Called in a thread, one batch at a time, in order. Raises
        StaleOwner where the log belongs to another owner now; whatever else it raises, the same batch comes again."""


async def commit(log: Log, batch: Sequence[Event], pool: Executor) -> None:
    """Commit a batch in a thread of `pool`, however often that takes. Raises StaleOwner."""
    pause = FIRST_PAUSE
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(pool, log.commit, batch)
            return
        except StaleOwner:
            raise
        except Exception as error:
            # Not the error's text, which may quote what students said.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("A log took no events (%s); trying again in %.1f s\n%s", type(error).__name__, pause, where)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def cut_batches(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """The events in batches of `limits.BATCH_EVENTS` and `limits.BATCH` raw octets; a larger event goes alone."""
    batch: list[Event] = []
    octets = 0
    for event in events:
        size = len(getattr(event, "raw", b""))
        if batch and (len(batch) == limits.BATCH_EVENTS or octets + size > limits.BATCH):
            yield batch
            batch, octets = [], 0
        batch.append(event)
        octets += size
    if batch:
        yield batch
