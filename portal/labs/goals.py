"""The goals of a lab: for its owner, who judges its log by them, and for its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from portal.labs import feed, limits
from portal.labs.models import Event, Lab
from protocols.events import Event as LabEvent
from protocols.events import GoalJudged
from protocols.goals.fold import Fold, Verdict
from protocols.goals.judging import Judge
from protocols.goals.model import Goal, Question
from protocols.goals.reader import read_goals
from protocols.world import WorldError
from protocols.world.parts import Parts

log = structlog.get_logger("portal.labs")


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as the lab's page lists it. `status` is what the log says of it so far (`goals.fold.Status`); `met` of its
    `parts` are met, where it has several; `question` is what a student answers to it, "" where it is none."""

    key: str
    title: str
    status: str
    met: int
    parts: int
    question: str


def list_goals(lab: Lab) -> list[GoalRow]:
    """The goals of a lab, in their order, with what its log says of each."""
    goals = _read(lab)
    judged = _find_judged(lab) if goals else {}
    unjudged = Fold(goals).verdicts()
    return [_make_row(goal, judged.get(goal.key), start) for goal, start in zip(goals, unjudged, strict=True)]


def read_judge(lab_id: int) -> Judge | None:
    """Who judges a lab's log where it is to go on; None where the lab has no goals."""
    lab = Lab.objects.get(pk=lab_id)
    goals = _read(lab)
    return Judge(goals, _read_log(lab)) if goals else None


def _read(lab: Lab) -> tuple[Goal, ...]:
    if not lab.goals:
        return ()
    try:
        return read_goals(Parts({}, "an exercise"), lab.goals, ("goals",))
    except WorldError as error:  # they were read before they came here
        log.error("a lab's goals cannot be read", lab=lab.pk, error=str(error))
        return ()


def _read_log(lab: Lab) -> Iterator[LabEvent]:
    seq = 0
    while page := feed.after(lab.pk, seq, limits.LOG_PAGE):
        yield from page
        seq = page[-1].seq


def _find_judged(lab: Lab) -> dict[str, GoalJudged]:
    """The newest event of each goal in the lab's log, by its key."""
    rows = Event.objects.filter(lab=lab, kind=GoalJudged.kind).order_by("seq")
    events = (row.event() for row in rows)
    return {event.goal: event for event in events if isinstance(event, GoalJudged)}


def _make_row(goal: Goal, judged: GoalJudged | None, start: Verdict) -> GoalRow:
    question = goal.wish.ask if isinstance(goal.wish, Question) else ""
    if judged:
        return GoalRow(goal.key, goal.title, judged.status, judged.met, judged.parts, question)
    return GoalRow(goal.key, goal.title, start.status, *(start.steps or (0, 0)), question)
