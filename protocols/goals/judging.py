"""Goals judged as a log grows: what is written of them beside the events that changed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from protocols import limits
from protocols.events import Event, GoalJudged
from protocols.goals.fold import Fold, Status, Verdict
from protocols.goals.model import Goal

_Shown = tuple[Status, tuple[str, ...], int, int]  # what an event of a goal says


class Judge:
    """Says what the events of a log make of `goals`. `past` is the log so far, which is read once: what that showed is
    written already, or is written with the next events. `goals` is how many events it says at once, at most."""

    def __init__(self, goals: Sequence[Goal], past: Iterable[Event] = ()) -> None:
        self.goals = len(goals)
        self._titles = {goal.key: goal.title for goal in goals}
        self._written: dict[str, _Shown] = {}
        self._fold = Fold(goals)
        self._fold.feed(self._note_written(past))
        self._due = self._fold.verdicts()

    def judge(self, events: Sequence[Event], take_seq: Callable[[], int]) -> list[GoalJudged]:
        """What is to be written after `events`, which have their seqs; `take_seq` gives the next ones."""
        changed = {verdict.key: verdict for verdict in (*self._due, *self._fold.feed(events))}
        self._due = []
        return [
            self._write(verdict, events[-1].at, take_seq()) for verdict in changed.values() if self._is_news(verdict)
        ]

    def _note_written(self, past: Iterable[Event]) -> Iterator[Event]:
        for event in past:
            if isinstance(event, GoalJudged):
                self._written[event.goal] = (event.status, event.evidence, event.met, event.parts)
            yield event

    def _is_news(self, verdict: Verdict) -> bool:
        written = self._written.get(verdict.key)
        if written is None and not verdict.evidence:
            return verdict.status != "open"
        return written != _show(verdict)

    def _write(self, verdict: Verdict, at: int, seq: int) -> GoalJudged:
        status, evidence, met, parts = self._written[verdict.key] = _show(verdict)
        return GoalJudged(
            seq=seq,
            at=at,
            goal=verdict.key,
            title=self._titles[verdict.key],
            status=status,
            evidence=evidence,
            met=met,
            parts=parts,
        )


def _show(verdict: Verdict) -> _Shown:
    evidence = tuple(str(each) for each in verdict.evidence[-limits.EVIDENCE :])
    return (verdict.status, evidence, *(verdict.steps or (0, 0)))
