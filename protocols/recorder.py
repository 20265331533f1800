"""What numbers and times the events of a running lab, and knows which event the octets on a connection came from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocols.events import Event

Address = tuple[str, int]


@dataclass(slots=True)
class _Sent:
    """What a client says it sends: how many octets so far, and of those not heard yet the end's offset, the octets and
    the event because of which they are sent."""

    length: int = 0
    waiting: deque[tuple[int, bytes, int]] = field(default_factory=deque)
    is_over: bool = False
    question: int | None = None  # the newest message that came from it
    answer: int | None = None  # the newest message to it


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
        self._sent: dict[Address, _Sent] = {}
        self.announced = self._sent.keys()  # the clients that said what they send
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

    def sends(self, client: Address, octets: bytes, because: int) -> None:
        """A client of this lab, bound to `client`, says that it sends `octets` (none: the opening itself) because of
        event `because`. Called before they go out: the server's tap finds it when they come."""
        sent = self._sent.setdefault(client, _Sent())
        sent.length += len(octets)
        sent.waiting.append((sent.length, octets, because))

    def cause_of(self, client: Address, octet: int) -> int | None:
        """The event because of which the octet at offset `octet` (0: the opening, else counted from 1) was sent by
        `client`; None for a client that does not say, such as an outside program. Each offset is asked once, in order:
        it counts as heard then, and so do those before it."""
        sent = self._sent.get(client)
        while sent is not None and sent.waiting:
            end, _, because = sent.waiting[0]
            if end <= octet:
                sent.waiting.popleft()
            if end >= octet:
                return because
        return None

    def hears(self, client: Address, seq: int) -> None:
        """A server says that its message `seq` came from `client`."""
        if client in self._sent:
            self._sent[client].question = seq

    def question_of(self, client: Address) -> int | None:
        """The newest message that a server heard from `client`; None where none was recorded."""
        return self._sent[client].question if client in self._sent else None

    def answers(self, client: Address, seq: int) -> None:
        """A server says that its message `seq` goes to `client`. Called before it goes out."""
        if client in self._sent:
            self._sent[client].answer = seq

    def answer_to(self, client: Address) -> int | None:
        """The newest message that a server sent to `client`; None where none was recorded."""
        return self._sent[client].answer if client in self._sent else None

    def is_heard(self, client: Address) -> bool:
        """Whether a server still hears what `client` says it sends."""
        return client in self._sent and not self._sent[client].is_over

    def ends(self, client: Address) -> None:
        """A server says that it hears no more of `client`."""
        if client in self._sent:
            self._sent[client].is_over = True

    def take_unheard(self, client: Address) -> list[tuple[bytes, int]]:
        """What `client`, whose connection is over, sent in vain: the octets that no server heard to their end, and the
        event because of which they were sent. With this the client is forgotten."""
        sent = self._sent.pop(client, _Sent())
        return [(octets, because) for _, octets, because in sent.waiting if octets]

    def has_room(self) -> bool:
        """Whether events are taken now. A server whose peers cannot be slowed down records nothing while they are
        not."""
        return self._room.is_set()

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
