"""A tiny table-driven state machine. Given what both sides said, it looks up where that leads; it decides nothing.

A protocol's `states.py` is one `Machine`: the servers ask it what is allowed, the taps follow a session with it, the
explanations read it, and the lesson's diagram is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """A state of a session. `phase` is the part of the session that it belongs to; `place` is the column and row at
    which the diagram draws it; `meaning` says in one sentence what the session waits for in it."""

    name: str
    phase: str
    place: tuple[int, int]
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """What may happen in a state: the client says `verb`, the server answers `code` for the reason `why`, and the
    session is in `then` (None: where it was)."""

    state: str
    verb: str
    code: str
    why: str
    then: str | None = None


@dataclass(frozen=True)
class Machine:
    """The states and rows of one protocol's session, and the state that it begins in."""

    protocol: str
    initial: str
    states: tuple[State, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_then", {(r.state, r.verb, r.code, r.why): r.then or r.state for r in self.rows})

    def step(self, state: str, verb: str, code: str, why: str) -> str | None:
        """The state after `verb` was answered so in `state`; None where the table has no such row."""
        return self._then.get((state, verb, code, why))  # type: ignore[attr-defined, no-any-return]

    def replies(self, state: str, verb: str) -> Iterator[Row]:
        """Every answer that the table knows to `verb` in `state`."""
        return (row for row in self.rows if row.state == state and row.verb == verb)

    def arrows(self) -> list[tuple[str, str, str]]:
        """(from, verb, to) of every row that leads elsewhere, once each: the arrows of the diagram."""
        return list(dict.fromkeys((r.state, r.verb, r.then) for r in self.rows if r.then and r.then != r.state))
