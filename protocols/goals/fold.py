"""The fold of goals over a transcript's events: the same events, the same verdicts. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from protocols.events import Event
from protocols.goals import model
from protocols.goals.context import Context
from protocols.goals.sights import keys_of, shows

Status = Literal["open", "met", "kept", "broken"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a transcript says of a goal so far: "open" (not met yet), "met", "kept" (met, unless what must never happen
    still does) or "broken" (it has happened). When an attempt is submitted, "kept" counts as met. `evidence` are the
    seqs of the events that show it, in order; `steps` is how many of its parts are met and how many it has, where it
    has several to be done: what must never happen is none."""

    key: str
    status: Status
    evidence: tuple[int, ...] = ()
    steps: tuple[int, int] | None = None


class Fold:
    """The verdicts on `goals` over the events that were fed."""

    def __init__(self, goals: Sequence[model.Goal]) -> None:
        self._context = Context()
        self._nodes = {goal.key: _grow(goal.wish) for goal in goals}
        self._unsettled: dict[str, list[tuple[str, _Node]]] = {}  # by the keys of the events that may change them
        for key, node in self._nodes.items():
            for each in node.keys:
                self._unsettled.setdefault(each, []).append((key, node))

    def feed(self, events: Iterable[Event]) -> list[Verdict]:
        """The next events of the transcript. Returns the verdicts that they change, as they are after the last."""
        touched: dict[str, None] = {}
        for event in events:
            key = self._context.note(event)
            is_settled = False
            for name, node in self._unsettled.get(key, ()):
                if node.feed(event, key, self._context):
                    touched[name] = None
                    is_settled = is_settled or node.is_settled
            if is_settled:
                self._drop_settled()
        return [self._verdict(key) for key in touched]

    def verdicts(self) -> list[Verdict]:
        """The verdict on each goal, in the goals' order."""
        return [self._verdict(key) for key in self._nodes]

    def _drop_settled(self) -> None:
        self._unsettled = {
            key: [each for each in nodes if not each[1].is_settled] for key, nodes in self._unsettled.items()
        }

    def _verdict(self, key: str) -> Verdict:
        node = self._nodes[key]
        return Verdict(key, node.status, node.evidence, node.steps)


class _Node(ABC):
    """A wish, and how far it is met. It is fed the events that have one of its `keys`, until it is settled."""

    keys: frozenset[str]
    status: Status = "open"
    evidence: tuple[int, ...] = ()
    steps: tuple[int, int] | None = None

    @property
    def is_settled(self) -> bool:
        return self.status in ("met", "broken")

    @abstractmethod
    def feed(self, event: Event, key: str, context: Context) -> bool:
        """The next event. Says whether it changed how far the wish is met."""


class _Once(_Node):
    """One event shows it."""

    def __init__(self, wish: model.Sight) -> None:
        self._wish = wish
        self.keys = keys_of(wish)

    def feed(self, event: Event, key: str, context: Context) -> bool:
        if not shows(self._wish, event, context):
            return False
        self.status, self.evidence = "met", (event.seq,)
        return True


class _Several(_Node):
    """What is met by its parts."""

    def __init__(self, wish: model.All | model.AnyOf | model.InOrder) -> None:
        self._parts = [_grow(part) for part in wish.of]
        self._to_do = [part for part in self._parts if part.status == "open"]
        self.keys = frozenset[str]().union(*(part.keys for part in self._parts))
        self._settle()

    def feed(self, event: Event, key: str, context: Context) -> bool:
        changed = False
        for part in self._waiting:  # every one sees the event, whatever the others make of it
            if key in part.keys and part.feed(event, key, context):
                changed = True
        if changed:
            self._settle()
        return changed

    def _settle(self) -> None:
        self._waiting = self._find_waiting()
        self.status = _find_first(_WORST_FIRST, self._parts)
        if len(self._to_do) > 1:
            self.steps = (sum(part.status in ("met", "kept") for part in self._to_do), len(self._to_do))
        self.evidence = _collect(self._parts)

    def _find_waiting(self) -> list[_Node]:
        return [part for part in self._parts if not part.is_settled]


class _InOrder(_Several):
    """Its parts, each after the one before."""

    def _find_waiting(self) -> list[_Node]:
        return super()._find_waiting()[:1]


class _AnyOf(_Several):
    """One of its parts."""

    def _settle(self) -> None:
        self._waiting = self._find_waiting()
        self.status = _find_first(_BEST_FIRST, self._parts)
        self.evidence = _collect([part for part in self._parts if part.status == self.status][:1])


class _OnOneConnection(_Node):
    """Its part, by the events of one connection."""

    def __init__(self, wish: model.OnOneConnection) -> None:
        self._wish = wish.of
        self._sessions: dict[str, _Node] = {}
        self._best: _Node | None = None
        self.keys = _grow(wish.of).keys

    def feed(self, event: Event, key: str, context: Context) -> bool:
        session = context.session_of(event)
        if session is None:
            return False
        if session not in self._sessions:
            self._sessions[session] = _grow(self._wish)
        node = self._sessions[session]
        if node.is_settled or not node.feed(event, key, context):
            return False
        if self._best is node and node.status == "broken":
            self._best = min(self._sessions.values(), key=_rank)
        elif self._best is None or _rank(node) <= _rank(self._best):
            self._best = node
        # A connection on which it is broken says nothing of those to come.
        self.status = "open" if self._best.status == "broken" else self._best.status
        self.evidence, self.steps = self._best.evidence, self._best.steps
        return True


class _Never(_Node):
    """Its part, which must not be met."""

    status: Status = "kept"

    def __init__(self, wish: model.Never) -> None:
        self._part = _grow(wish.of)
        self.keys = self._part.keys

    def feed(self, event: Event, key: str, context: Context) -> bool:
        self._part.feed(event, key, context)
        if self._part.status == "met":
            self.status, self.evidence = "broken", self._part.evidence
        return self.is_settled


_BEST_FIRST: tuple[Status, ...] = ("met", "kept", "open", "broken")
_WORST_FIRST: tuple[Status, ...] = ("broken", "open", "kept", "met")


def _find_first(order: tuple[Status, ...], parts: Sequence[_Node]) -> Status:
    """The first status in this order that a part has."""
    statuses = {part.status for part in parts}
    return next(status for status in order if status in statuses)


def _rank(node: _Node) -> tuple[int, int]:
    """How near it is to being met: the less, the nearer."""
    return _BEST_FIRST.index(node.status), -(node.steps or (0, 0))[0]


def _collect(parts: Sequence[_Node]) -> tuple[int, ...]:
    return tuple(sorted({seq for part in parts for seq in part.evidence}))


def _grow(wish: model.Wish) -> _Node:
    return _NODES.get(type(wish), _Once)(wish)


_NODES: dict[type[Any], Callable[[Any], _Node]] = {
    model.All: _Several,
    model.AnyOf: _AnyOf,
    model.InOrder: _InOrder,
    model.OnOneConnection: _OnOneConnection,
    model.Never: _Never,
}
