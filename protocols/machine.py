"""A tiny table-driven state machine. Given what both sides said, it looks up where that leads; it decides nothing.

A protocol's `states.py` is one `Machine`: the servers ask it what is allowed, the taps follow a session with it, the
explanations read it, and the lesson's diagram is drawn from it.
"""

from __future__ import annotations

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
    """What may happen in a state: the client says `verb` ("" where the server speaks unasked), the server answers
    `code` for the reason `why`, and the session is in `then` (None: where it was)."""

    state: str
    verb: str
    code: str
    why: str
    then: str | None = None


@dataclass(frozen=True)
class Machine:
    """The states and rows of one protocol's session, and the state that it begins in. A code of success begins with one
    of `successes`."""

    protocol: str
    initial: str
    states: tuple[State, ...]
    rows: tuple[Row, ...]
    successes: tuple[str, ...] = ("2", "3")

    def __post_init__(self) -> None:
        object.__setattr__(self, "_then", {(r.state, r.verb, r.code, r.why): r.then or r.state for r in self.rows})
        object.__setattr__(self, "_states", {state.name: state for state in self.states})
        by_verb: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            by_verb.setdefault((row.state, row.verb), []).append(row)
        object.__setattr__(self, "_replies", by_verb)

    def step(self, state: str, verb: str, code: str, why: str) -> str | None:
        """The state after `verb` was answered so in `state`; None where the table has no such row."""
        return self._then.get((state, verb, code, why))  # type: ignore[attr-defined, no-any-return]

    def expect(self, state: str, verb: str) -> str:
        """The state that a client counts on which goes on without waiting for the answer to `verb`."""
        return next((r.then or state for r in self.replies(state, verb) if self._succeeds(r)), state)

    def forbids(self, state: str, verb: str) -> str | None:
        """The cause for which the server refuses `verb` in `state` whatever its argument (a bad sequence of commands,
        503); None where the state allows it."""
        return next((r.why for r in self.replies(state, verb) if r.code == "503"), None)

    def allowed(self, state: str) -> list[str]:
        """The verbs that can succeed in `state`, in the order of the table."""
        return list(dict.fromkeys(r.verb for r in self.rows if r.state == state and r.verb and self._succeeds(r)))

    def replies(self, state: str, verb: str) -> list[Row]:
        """Every answer that the table knows to `verb` in `state`."""
        return self._replies.get((state, verb), [])  # type: ignore[attr-defined, no-any-return]

    def state(self, name: str) -> State:
        """The state of that name. Raises KeyError."""
        return self._states[name]  # type: ignore[attr-defined, no-any-return]

    def arrows(self) -> list[tuple[str, str, str]]:
        """(from, verb, to) of every row in which the server does as it was asked and the session moves on, once each:
        the arrows of the diagram."""
        moves = (r for r in self.rows if r.then and r.then != r.state and r.verb and self._succeeds(r))
        return list(dict.fromkeys((r.state, r.verb, r.then or "") for r in moves))

    def _succeeds(self, row: Row) -> bool:
        return row.code.startswith(self.successes)
