"""What a lab says for its log, on its way there: checked, numbered, events in batches and contents in chunks."""

from __future__ import annotations

import asyncio
import logging
import traceback
from concurrent.futures import Executor

from protocols.events import Event, GoalJudged, Lab, Stored
from protocols.goals.judging import Judge
from protocols.sandbox.contents import HandedOver
from protocols.sandbox.log import Log, commit, cut_batches, keep
from protocols.sandbox.messages import Chunk, Kept
from protocols.sandbox.numbering import Numbering

logger = logging.getLogger(__name__)


class Intake:
    """Takes what comes of one start of a lab, and writes it to `log` in threads of `pool`, with what `judge` says of
    it."""

    def __init__(self, log: Log, pool: Executor, numbering: Numbering, judge: Judge | None) -> None:
        self._log = log
        self._pool = pool
        self._numbering = numbering
        self._judge = judge
        if judge:
            numbering.reserve(judge.goals)
        self._handed_over = HandedOver()
        self._events: list[Event] = []  # that are to be committed

    def admit(self, event: Event) -> None:
        """Take the lab's next event. Raises ControlError and LogFull."""
        if isinstance(event, Stored):
            self._handed_over.check_event(event)
        self._events.append(self._numbering.admit(event))

    def add(self, event: Event) -> None:
        """Take an event of the lab's owner, which has its number."""
        self._events.append(event)

    async def keep(self, chunk: Chunk) -> Kept:
        """Take the next octets of a content, and all before them; return what the lab is told when they are kept.
        Raises ControlError, LogFull and StaleOwner."""
        self._handed_over.check_chunk(chunk)
        self._numbering.count(len(chunk.octets))
        await self.commit()
        await keep(self._log, chunk, self._pool)
        return Kept(chunk.sha256, chunk.offset + len(chunk.octets))

    async def commit(self) -> None:
        """Write the events that were taken, and after them what they make of the goals. Raises StaleOwner."""
        self._events += await self._judge_taken()
        await self._write()

    async def finish(self, last_word: Lab) -> None:
        """Write `last_word`, after which this start says nothing. Raises StaleOwner."""
        self._events.append(last_word)
        await self._write()

    async def _judge_taken(self) -> list[GoalJudged]:
        if not (self._judge and self._events):
            return []
        try:
            # In a thread: a lab may say what takes long to read, and others wait for this loop.
            judged = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._judge.judge, self._events, self._numbering.take_next
            )
        except Exception as error:
            # The lab goes on, and whoever grades it reads its log again. Not the error's text, which may quote it.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error(
                "Goals could not be judged (%s), and are not any more in this start of the lab\n%s",
                type(error).__name__,
                where,
            )
            self._judge = None
            return []
        self._numbering.count_own(judged)
        return judged

    async def _write(self) -> None:
        events, self._events = self._events, []
        for batch in cut_batches(events):
            await commit(self._log, batch, self._pool)
