"""Goals judged as a log grows: what is written of them beside the events that changed them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from protocols import limits
from protocols.events import Event, GoalJudged
from protocols.goals.fold import Fold, Verdict
from protocols.goals.model import Goal


class Judge:
    """Says what the events of a log make of `goals`. `past` is the log so far: what that showed is written already, or
    is written with the next events."""

    def __init__(self, goals: Sequence[Goal], past: Sequence[Event] = ()) -> None:
        self._titles = {goal.key: goal.title for goal in goals}
        self._fold = Fold(goals)
        self._fold.feed(past)
        self._written = {each.goal: each.status for each in past if isinstance(each, GoalJudged)}
        self._due = [verdict for verdict in self._fold.verdicts() if self._is_news(verdict)]

    def judge(self, events: Sequence[Event], take_seq: Callable[[], int]) -> list[GoalJudged]:
        """What is to be written after `events`, which have their seqs; `take_seq` gives the next ones."""
        changed = {verdict.key: verdict for verdict in (*self._due, *self._fold.feed(events))}
        self._due = []
        return [self._write(verdict, events[-1].at, take_seq()) for verdict in changed.values()]

    def _is_news(self, verdict: Verdict) -> bool:
        return verdict.status != self._written.get(verdict.key, "open")

    def _write(self, verdict: Verdict, at: int, seq: int) -> GoalJudged:
        met, parts = verdict.steps or (0, 0)
        return GoalJudged(
            seq=seq,
            at=at,
            goal=verdict.key,
            title=self._titles[verdict.key],
            status=verdict.status,
            evidence=tuple(str(each) for each in verdict.evidence[: limits.EVIDENCE]),
            met=met,
            parts=parts,
        )
