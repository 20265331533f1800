"""What a tap at a server's connection is made of, whatever the protocol: octets cut into lines, and a record of which
event holds which octet of what the client said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from protocols import limits


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a stream: a line up to and including its LF, or a run of octets too long to wait for one. The last
    line of a connection may have no LF."""

    raw: bytes
    is_line: bool


class LineCutter:
    """Cuts a stream of octets into pieces. Joined, the pieces are the stream."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._in_run = False  # the rest of an overlong line is to come

    def cut(self, data: bytes) -> Iterator[Piece]:
        """The pieces that `data` completes, in order. What one iteration leaves is there for the next call."""
        self._rest += data
        while True:
            end = self._rest.find(b"\n", 0, limits.LINE_WITHOUT_END)
            if end >= 0:
                yield self._take(end + 1)
            elif len(self._rest) >= limits.LINE_WITHOUT_END:
                yield Piece(self._take(limits.LINE_WITHOUT_END).raw, is_line=False)
                self._in_run = True
            else:
                return

    def take(self) -> bytes:
        """All that waits for its end, which then counts as said."""
        return self._take(len(self._rest)).raw

    def leftover(self) -> Piece | None:
        """What the connection's end left without an LF, if anything."""
        return self._take(len(self._rest)) if self._rest else None

    def _take(self, length: int) -> Piece:
        raw = bytes(self._rest[:length])
        del self._rest[:length]
        piece = Piece(raw, is_line=not self._in_run)
        self._in_run = False
        return piece


class Heard:
    """Which event holds which octet of what a client said. Octets are counted from 1, and asked for in order."""

    def __init__(self) -> None:
        self.length = 0
        self._events: deque[tuple[int, int]] = deque()

    def add(self, length: int, seq: int) -> None:
        """Event `seq` holds the next `length` octets."""
        self.length += length
        self._events.append((self.length, seq))

    def event_of(self, octet: int) -> int | None:
        """The event that holds that octet; None for one that was not recorded yet."""
        while self._events and self._events[0][0] < octet:
            self._events.popleft()
        return self._events[0][1] if self._events else None
