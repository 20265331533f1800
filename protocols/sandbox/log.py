"""Where a lab's events and the contents of its files go, and how they get there: in batches and in chunks, in order,
again and again if it must be."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, Protocol

from protocols import limits
from protocols.events import Event
from protocols.sandbox.messages import Chunk

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds before what was not taken comes again


class StaleOwner(Exception):
    """Another supervisor owns this lab now: raised by a log whose epoch was passed."""


class Log(Protocol):
    """Where a lab's events go, and the contents that they name."""

    def commit(self, events: Sequence[Event]) -> None:
        """Write the next events of the log, all or none. Called in a thread, one batch at a time, in order. Raises
        StaleOwner where the log belongs to another owner now; whatever else it raises, the same batch comes again."""

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        """Keep the octets from `offset` on of the content of `size` octets that has this SHA-256, all of them or none.
        A content comes in order and whole before the events that name it, and once in a start of the lab; one that was
        broken off comes again from 0 on, at another start. Called as `commit` is, between two calls of that; raises
        what that raises, and then the same octets come again."""


async def commit(log: Log, batch: Sequence[Event], pool: Executor) -> None:
    """Commit a batch in a thread of `pool`, however often that takes. Raises StaleOwner."""
    await _write(pool, log.commit, batch)


async def keep(log: Log, chunk: Chunk, pool: Executor) -> None:
    """Keep a chunk of a content in a thread of `pool`, however often that takes. Raises StaleOwner."""
    await _write(pool, log.keep, chunk.sha256, chunk.size, chunk.offset, chunk.octets)


async def _write(pool: Executor, write: Callable[..., None], *values: Any) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(pool, write, *values)
            return
        except StaleOwner:
            raise
        except Exception as error:
            # Not the error's text, which may quote what students said.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("A log took nothing (%s); trying again in %.1f s\n%s", type(error).__name__, pause, where)
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
