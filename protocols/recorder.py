"""What numbers and times the events of a running lab, and knows which event the octets on a connection came from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from protocols.events import Event

Address = tuple[str, int]


class Recorder:
    """The one place in a sandbox where events are made.

    `start` is the number of this start of the lab, `clock` gives the lab's time in microseconds since the Unix epoch,
    `sink` takes every event in order.
    """

    def __init__(self, start: int, clock: Callable[[], int], sink: Callable[[Event], None]) -> None:
        self._start = start
        self._clock = clock
        self._sink = sink
        self._seq = 0
        self._conns = 0
        self._sent: dict[Address, deque[tuple[int, int]]] = {}
        self._room = asyncio.Event()
        self._room.set()

    def record(self, kind: type[Event], *, because: int | None = None, **values: Any) -> int:
        """Make the next event, hand it on, and return its number."""
        self._seq += 1
        self._sink(kind(seq=self._seq, at=self._clock(), because=because, **values))
        return self._seq

    def now(self) -> int:
        """The lab's time, in microseconds since the Unix epoch."""
        return self._clock()

    def new_conn(self) -> str:
        """A name for a connection that no other connection of this lab ever had."""
        self._conns += 1
        return f"{self._start}.{self._conns}"

    def sends(self, client: Address, end: int, because: int) -> None:
        """A client of this lab, bound to `client`, says that all it sends up to octet `end` (0: the opening itself) is
        because of event `because`. Called before the octets go out: the server's tap finds it when they come."""
        self._sent.setdefault(client, deque()).append((end, because))

    def cause_of(self, client: Address, octet: int) -> int | None:
        """The event because of which the octet at offset `octet` (0: the opening, else counted from 1) was sent by
        `client`; None for a client that does not say, such as an outside program. Offsets are asked in order."""
        causes = self._sent.get(client)
        if not causes:
            return None
        while causes[0][0] < octet and len(causes) > 1:
            causes.popleft()
        return causes[0][1] if causes[0][0] >= octet else None

    def is_heard(self, client: Address) -> bool:
        """Whether what `client` says it sends is still of interest: until its connection is over."""
        return client in self._sent

    def forget(self, client: Address) -> None:
        """The connection of `client` is over."""
        self._sent.pop(client, None)

    async def room(self) -> None:
        """Wait until events are taken again. A server calls this before it reads more of what a peer sends, so that
        a log that cannot keep up slows the wire down, and loses nothing."""
        await self._room.wait()

    def hold(self) -> None:
        """The way to the log is full."""
        self._room.clear()

    def release(self) -> None:
        """Events are taken again."""
        self._room.set()
