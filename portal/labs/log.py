"""The log of one start of a lab, as its owner writes it, and the bell after that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.utils import Error as DatabaseError

from portal.labs import feed, limits
from portal.labs.bus import ring
from portal.labs.messages import Bell
from protocols import events

Result = TypeVar("Result")


@dataclass(slots=True)
class Log:
    """The log of one start of a lab, for the Supervisor that runs it: commits, then rings the bell."""

    lab: int
    epoch: int
    is_untouched: bool = True
    is_heard: bool = True  # whether anybody heard the last bell
    waiting_since: float | None = None  # since when events wait to be committed, as time.monotonic() has it

    def commit(self, batch: Sequence[events.Event]) -> None:
        """Append the events. Blocks. Raises StaleOwner, and the database's errors."""
        self.waiting_since = self.waiting_since or time.monotonic()
        use_database(feed.append, self.lab, self.epoch, batch)
        self.waiting_since = None
        self.is_untouched = False
        self.is_heard = ring_for(self.lab, batch, self.is_heard)

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        """Keep the next octets of a content. Blocks. Raises StaleOwner, and the database's errors."""
        self.waiting_since = self.waiting_since or time.monotonic()
        use_database(feed.keep, self.lab, self.epoch, sha256, size, offset, octets)
        self.waiting_since = None


def ring_for(lab: int, batch: Sequence[events.Event], with_copy: bool = True) -> bool:
    """Ring the bell for committed events, `with_copy` with what readers are shown of them; says whether anybody heard
    it. Never fails: they are committed. Many come while a program floods the log: who looks then reads them there."""
    descriptions = None
    if with_copy and len(batch) <= limits.BELL_EVENTS:
        with suppress(DatabaseError):
            descriptions = use_database(feed.describe, lab, batch)
    return ring(Bell(lab, batch[0].seq, batch[-1].seq, descriptions))


def use_database(function: Callable[..., Result], *values: Any) -> Result:
    """Call a function that uses the database in a thread of ours. The connection is kept, and made anew after an error:
    opening one for every batch would cost more than the batch."""
    try:
        return function(*values)
    except DatabaseError:
        connection.close()
        raise
