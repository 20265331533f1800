"""What an attempt is worth: its lab's log read once more, and judged by the goals. The same log, the same verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from portal.accounts.models import User
from portal.exercises import limits
from portal.exercises.models import Attempt, Exercise, Version
from portal.labs import feed
from protocols.events import Event
from protocols.goals.fold import Fold, Verdict
from protocols.goals.model import Goal, Question
from protocols.goals.questions import is_right
from protocols.goals.reader import read_goals
from protocols.world.parts import Parts

LAST = 2**63  # no log has this seq
Verdicts = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Graded:
    """The verdicts as `Attempt.verdicts` has them, the points of the goals that are met, and those of all."""

    verdicts: Verdicts
    points: int
    total: int

    def to_values(self) -> dict[str, Any]:
        """As plain values."""
        return {"verdicts": self.verdicts, "points": self.points, "total": self.total}


def goals_of(version: Version) -> tuple[Goal, ...]:
    """The goals of a version."""
    return read_goals(Parts({}, "an exercise"), version.goals, ("goals",))


def grade(attempt: Attempt, goals: Sequence[Goal] | None = None) -> Graded:
    """Judge what the attempt's log shows up to its submission, and its answers, by `goals`; without them by those of
    the version that it was made on. Changes nothing."""
    goals = goals_of(attempt.version) if goals is None else goals
    return judge(goals, lambda: read_log(attempt), {key: each["text"] for key, each in attempt.answers.items()})


def judge(goals: Sequence[Goal], read: Callable[[], Iterable[Sequence[Event]]], answers: dict[str, str]) -> Graded:
    """Judge a transcript, which `read` gives from its beginning in pages, and what was answered to goals that are
    questions, by their keys."""
    fold = Fold(goals)
    for page in read():
        fold.feed(page)
    asked = {goal.key: goal.wish for goal in goals if isinstance(goal.wish, Question) and goal.key in answers}
    right = {key for key, each in asked.items() if is_right(each, answers[key], chain.from_iterable(read()))}
    return _count(goals, fold.verdicts(), right)


def _count(goals: Sequence[Goal], judged: Sequence[Verdict], right: set[str]) -> Graded:
    verdicts: Verdicts = []
    for goal, verdict in zip(goals, judged, strict=True):
        is_met = goal.key in right or verdict.status in ("met", "kept")
        verdicts.append(
            {
                "key": goal.key,
                "title": goal.title,
                "worth": goal.points,
                "met": is_met,
                "status": "met" if goal.key in right else verdict.status,
                "evidence": list(verdict.evidence),
                "steps": list(verdict.steps) if verdict.steps else None,
            }
        )
    points = sum(each["worth"] for each in verdicts if each["met"])
    return Graded(verdicts, points, sum(each["worth"] for each in verdicts))


def read_log(attempt: Attempt) -> Iterator[Sequence[Event]]:
    """The log of the attempt's lab, a page at a time: up to its submission, or as it is while it is up."""
    seq, last = 0, LAST if attempt.is_up else attempt.last_seq
    while attempt.lab_id and seq < last:
        page = feed.after(attempt.lab_id, seq, min(limits.LOG_PAGE, last - seq))
        if not page:
            return
        yield page
        seq = page[-1].seq


def settle(attempt: Attempt) -> None:
    """Grade a submitted attempt that is not graded yet."""
    if attempt.is_up or attempt.verdicts is not None:
        return
    graded = grade(attempt)
    Attempt.objects.filter(pk=attempt.pk, verdicts__isnull=True).update(**graded.to_values())
    attempt.refresh_from_db(fields=["verdicts", "points", "total"])


def find_result(exercise: Exercise, person: User) -> Attempt | None:
    """The attempt that counts for a person: the best of what they submitted, or the last; None where there is none."""
    submitted = list(exercise.attempts.filter(person=person, submitted_at__isnull=False))
    return choose_result(exercise, submitted)


def choose_result(exercise: Exercise, submitted: Sequence[Attempt]) -> Attempt | None:
    """Which of a person's submitted attempts counts; of two that are as good, the earlier."""
    for attempt in submitted:
        settle(attempt)
    if exercise.counts == Exercise.Counts.LAST:
        return max(submitted, key=lambda each: each.number, default=None)
    return max(submitted, key=lambda each: (each.reached, -each.number), default=None)
