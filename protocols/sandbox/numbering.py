"""From the sandbox's numbering to the log's, and the refusal of what a lab that keeps to the protocol never says.

What passes here can be stored: every text is short, can be encoded and has no NUL (which PostgreSQL refuses), every
number fits 63 bits, and the id of a page's line is used once.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from protocols import limits
from protocols.codec import Words, kept, words_of
from protocols.events import OWNERS_KINDS, Endpoint, Event
from protocols.sandbox.control import ControlError


class LogFull(Exception):
    """The log holds no more of the lab's events, or of the contents that they name."""


class Numbering:
    """The numbers of one start of a lab: its events follow `last_seq` in the log, which holds `octets` so far; its
    connections are named after `start`."""

    def __init__(self, start: int, last_seq: int, octets: int = 0) -> None:
        self._last_seq = last_seq
        self._octets = octets
        self._prefix = f"{start}."
        self._seqs = array("q")  # the log's seq of each of the lab's events
        self._client_ids: set[str] = set()  # of lines that the lab was given and has not recorded
        self._reserved = 1  # places at the log's end that are its owner's

    def take_next(self) -> int:
        """The seq of the log's next event."""
        self._last_seq += 1
        return self._last_seq

    def reserve(self, events: int) -> None:
        """Keep so many more of the log's last places for its owner, beside that for the last word."""
        self._reserved += events

    def count_own(self, events: Sequence[Event]) -> None:
        """The log's owner adds these events, which have their numbers: there is always room for them."""
        self._octets += sum(_measure(words_of(event)) for event in events)

    def expect(self, client_id: str) -> None:
        """The lab was given the page's line with this id, so it may record it."""
        self._client_ids.add(client_id)

    def count(self, octets: int) -> None:
        """So many octets of contents are to be kept beside the log. Raises LogFull where there is no room for them."""
        self._octets += octets
        if self._octets > limits.LOG:
            raise LogFull

    def admit(self, event: Event) -> Event:
        """The lab's next event, given its numbers in the log. Raises ControlError, and LogFull where there is no room
        for it: the log's last places are its owner's."""
        if event.kind in OWNERS_KINDS:
            raise ControlError(f"A lab cannot write an event of kind {event.kind}.")
        if event.seq != len(self._seqs) + 1:
            raise ControlError(f"Event {event.seq} came after event {len(self._seqs)}.")
        if event.because is not None and not 0 < event.because < event.seq:
            raise ControlError(f"Event {event.seq} cites event {event.because}, which is not before it.")
        if not 0 <= event.at < 2**63:
            raise ControlError(f"An event's time cannot be {event.at}.")
        conn: str | None = getattr(event, "conn", None)
        if conn is not None and not conn.startswith(self._prefix):
            raise ControlError(f"Connection {conn!r} is not of this start.")
        self._octets += len(getattr(event, "raw", b"")) + _measure(words_of(event))
        if self._last_seq + self._reserved >= limits.LOG_EVENTS or self._octets > limits.LOG:
            raise LogFull
        client_id: str | None = getattr(event, "client_id", None)
        if client_id is not None:
            self._use(client_id)
        because = None if event.because is None else self._seqs[event.because - 1]
        self._seqs.append(self.take_next())
        # It was read a moment ago, and nobody else has it: to make another would cost as much as all of the above.
        object.__setattr__(event, "seq", self._seqs[-1])
        object.__setattr__(event, "because", because)
        return event

    def _use(self, client_id: str) -> None:
        if client_id not in self._client_ids:
            raise ControlError(f"No line {client_id!r} was typed that is not recorded yet.")
        self._client_ids.remove(client_id)


@kept
def _measure(words: Words) -> int:
    """What the words add to the log, in octets. Raises ControlError for those that no log holds."""
    return sum(_measure_one(word) for word in words)


def _measure_one(word: Any) -> int:
    if isinstance(word, Endpoint):
        return sum(_measure_one(part) for part in (word.host, word.address, word.port))
    if isinstance(word, tuple):
        if len(word) > limits.EVENT_TEXTS:
            raise ControlError(f"A list of an event has at most {limits.EVENT_TEXTS} texts.")
        return sum(_measure_one(part) for part in word)
    if isinstance(word, int) and not 0 <= word < 2**63:
        raise ControlError(f"A number of an event cannot be {word}.")
    if isinstance(word, str) and (len(word) > limits.EVENT_TEXT or "\0" in word or not _can_be_encoded(word)):
        raise ControlError(f"A text of an event is at most {limits.EVENT_TEXT} characters, with no NUL.")
    return len(word) if isinstance(word, str) else 0


def _can_be_encoded(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
