"""From the sandbox's numbering to the log's, and the refusal of what a lab that keeps to the protocol never says.

What passes here can be stored: every text is short, can be encoded and has no NUL (which PostgreSQL refuses), every
number fits 63 bits, and the id of a page's line is used once.
"""

from __future__ import annotations

from array import array
from dataclasses import fields, replace
from typing import Any

from protocols import limits
from protocols.events import OWNERS_KINDS, Console, Endpoint, Event
from protocols.sandbox.control import ControlError


class LogFull(Exception):
    """The log holds no more of the lab's events."""


class Numbering:
    """The numbers of one start of a lab: its events follow `last_seq` in the log, which holds `octets` so far; its
    connections are named after `start`."""

    def __init__(self, start: int, last_seq: int, octets: int = 0) -> None:
        self._last_seq = last_seq
        self._octets = octets
        self._prefix = f"{start}."
        self._seqs = array("q")  # the log's seq of each of the lab's events
        self._client_ids: set[str] = set()  # of lines that the lab was given and has not recorded

    def take_next(self) -> int:
        """The seq of the log's next event."""
        self._last_seq += 1
        return self._last_seq

    def expect(self, client_id: str) -> None:
        """The lab was given the page's line with this id, so it may record it."""
        self._client_ids.add(client_id)

    def admit(self, event: Event) -> Event:
        """The lab's next event as the log has it. Raises ControlError, and LogFull where there is no room for it: the
        log's last place is for its owner's last word."""
        if event.kind in OWNERS_KINDS:
            raise ControlError(f"A lab cannot write an event of kind {event.kind}.")
        if event.seq != len(self._seqs) + 1:
            raise ControlError(f"Event {event.seq} came after event {len(self._seqs)}.")
        if event.because is not None and not 0 < event.because < event.seq:
            raise ControlError(f"Event {event.seq} cites event {event.because}, which is not before it.")
        self._octets += sum(self._check(field.name, getattr(event, field.name)) for field in fields(event))
        if self._last_seq + 1 >= limits.LOG_EVENTS or self._octets > limits.LOG:
            raise LogFull
        if isinstance(event, Console) and event.client_id is not None:
            self._use(event.client_id)
        because = None if event.because is None else self._seqs[event.because - 1]
        self._seqs.append(self.take_next())
        return replace(event, seq=self._seqs[-1], because=because)

    def _check(self, name: str, value: Any) -> int:
        """What a value adds to the log, in octets. Raises ControlError for one that no log holds."""
        if isinstance(value, int) and not 0 <= value < 2**63:
            raise ControlError(f"An event's {name} cannot be {value}.")
        if isinstance(value, str) and (len(value) > limits.EVENT_TEXT or "\0" in value or not _can_be_encoded(value)):
            raise ControlError(f"An event's {name} is at most {limits.EVENT_TEXT} characters, with no NUL.")
        if isinstance(value, Endpoint):
            return sum(self._check(name, part) for part in (value.host, value.address, value.port))
        if name == "conn" and value is not None and not value.startswith(self._prefix):
            raise ControlError(f"Connection {value!r} is not of this start.")
        return len(value) if isinstance(value, str | bytes) else 0

    def _use(self, client_id: str) -> None:
        if client_id not in self._client_ids:
            raise ControlError(f"No line {client_id!r} was typed that is not recorded yet.")
        self._client_ids.remove(client_id)


def _can_be_encoded(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
