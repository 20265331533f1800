"""What a lab says for its log, on its way there: checked, numbered, events in batches and contents in chunks."""

from __future__ import annotations

from concurrent.futures import Executor

from protocols.events import Event, Stored
from protocols.sandbox.contents import HandedOver
from protocols.sandbox.log import Log, commit, cut_batches, keep
from protocols.sandbox.messages import Chunk, Kept
from protocols.sandbox.numbering import Numbering


class Intake:
    """Takes what comes of one start of a lab, and writes it to `log` in threads of `pool`."""

    def __init__(self, log: Log, pool: Executor, numbering: Numbering) -> None:
        self._log = log
        self._pool = pool
        self._numbering = numbering
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
        """Write the events that were taken. Raises StaleOwner."""
        events, self._events = self._events, []
        for batch in cut_batches(events):
            await commit(self._log, batch, self._pool)
