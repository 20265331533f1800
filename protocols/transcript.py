"""A lab's log outside the portal: written to a file as JSON lines, shown on a terminal, or both."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import TextIO

from protocols.codec import to_json
from protocols.description import Description
from protocols.events import Event
from protocols.explain import describe


class Transcript:
    """A log for a supervisor. Where `file` or `screen` takes nothing any more, `failure` is its error and both are left
    alone: the lab goes on."""

    def __init__(self, file: TextIO | None, screen: TextIO | None) -> None:
        self.failure: OSError | None = None
        self._file = file
        self._screen = screen
        self._events: dict[int, Event] = {}
        self._changed_at = time.monotonic()

    def commit(self, events: Sequence[Event]) -> None:
        """Write and show the next events."""
        try:
            if self._file:
                self._file.writelines(json.dumps(to_json(event)) + "\n" for event in events)
                self._file.flush()
            if self._screen:
                self._screen.writelines(self._shown(events))
                self._screen.flush()
        except OSError as error:
            self.failure = error
            self._file = self._screen = None
        self._changed_at = time.monotonic()

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        """The transcript names contents, and has none of them."""

    def wait_until_quiet(self, seconds: float) -> None:
        """Wait until nothing is added for so long."""
        since = time.monotonic()
        while (left := max(since, self._changed_at) + seconds - time.monotonic()) > 0:
            time.sleep(left)

    def _shown(self, events: Sequence[Event]) -> Iterator[str]:
        for event in events:
            self._events[event.seq] = event
            cause = self._events.get(event.because) if event.because else None
            for line in show(describe(event, cause)):
                yield line + "\n"


def show(event: Description) -> Iterator[str]:
    """The lines that a reader sees of an event on a terminal: its number, who said it, what was said, and below it the
    sentence that helps. Of a message also who sent it to whom; what a program printed stands there as it was."""
    if event.heading:
        yield ""
        yield f"      {'  '.join(event.heading)}"
    if event.parts:
        text = "".join(text for _, text in event.parts).replace("\n", "\n         ")  # a block has many lines
        yield f"{event.seq:4}  {event.side}  {text}{_way(event)}" if event.side else f"         {text}"
    for sentence in (event.note, event.help):
        if sentence:
            yield f"         {sentence}"


def _way(event: Description) -> str:
    """What is left to be said of a message: its way, and its aside."""
    if event.kind != "message" or event.route is None:
        return ""
    sender, receiver = (end.host or end.address for end in event.route)
    return f"   [{sender} → {receiver}{'; ' + event.aside if event.aside else ''}]"
