"""What pages show of attempts: how far they are, what their goals came to, their questions, their hints, their
comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.utils.safestring import SafeString

from portal.courses.markdown import to_html
from portal.exercises import grading, hints
from portal.exercises.models import Attempt
from portal.labs.models import Event
from portal.labs.numbering import WireLine, find_lines
from protocols.events import GoalJudged
from protocols.goals.model import Question


@dataclass(frozen=True, slots=True)
class Points:
    """`reached` of `total` points."""

    reached: int
    total: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A goal that is a question, by its key: what is asked, what was answered last ("": nothing yet), and whether the
    transcript showed then that this is right."""

    key: str
    title: str
    ask: str
    text: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What an attempt's goal came to: `verdict` is as `Attempt.verdicts` has it, `lines` are its evidence."""

    verdict: dict[str, Any]
    lines: list[WireLine]
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class OpenHint:
    """A hint that is open, by its number."""

    number: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class Hints:
    """The hints that are open; `coming` says when the next one opens, "" where none is left, and `wait` after how many
    seconds it does at the latest, None for never by itself."""

    open: list[OpenHint]
    coming: str
    wait: int | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, with the line that it is about."""

    text: str
    author: str
    at: datetime
    seq: int
    line: WireLine | None


def count_points(attempts: Sequence[Attempt]) -> dict[int, Points]:
    """By each attempt's pk the points that count; for those that are up what they come to so far, by what their labs'
    logs say of their goals."""
    up = [each for each in attempts if each.is_up]
    rows = Event.objects.filter(lab__in=[each.lab_id for each in up if each.lab_id], kind=GoalJudged.kind)
    met: dict[int, dict[str, bool]] = {}
    for row in rows.order_by("lab", "seq"):
        event = row.event()
        if isinstance(event, GoalJudged):
            met.setdefault(row.lab_id, {})[event.goal] = event.status in ("met", "kept")
    return {each.pk: _count_points(each, met.get(each.lab_id or 0, {})) for each in attempts}


def _count_points(attempt: Attempt, met: dict[str, bool]) -> Points:
    if not attempt.is_up:
        return Points(attempt.reached, attempt.total)
    goals = grading.goals_of(attempt.version)
    right = {key for key, answer in attempt.answers.items() if answer["right"]}
    reached = sum(goal.points for goal in goals if met.get(goal.key) or goal.key in right)
    return Points(reached, sum(goal.points for goal in goals))


def list_questions(attempt: Attempt) -> list[Asked]:
    """The attempt's goals that are questions, with what was answered to them."""
    questions = [(goal, goal.wish) for goal in grading.goals_of(attempt.version) if isinstance(goal.wish, Question)]
    found = []
    for goal, wish in questions:
        answer = attempt.answers.get(goal.key, {})
        found.append(Asked(goal.key, goal.title, wish.ask, answer.get("text", ""), answer.get("right", False)))
    return found


def list_results(attempt: Attempt) -> list[GoalResult]:
    """What each goal of the attempt came to; while it is up, what it would come to if it were submitted now."""
    verdicts = grading.grade(attempt).verdicts if attempt.verdicts is None else attempt.verdicts
    questions = {each.key: each for each in list_questions(attempt)}
    lines = find_lines(attempt.lab_id, {seq for each in verdicts for seq in each["evidence"]})
    results = []
    for verdict in verdicts:
        shown = {lines[seq].number: lines[seq] for seq in verdict["evidence"] if seq in lines}
        results.append(GoalResult(verdict, list(shown.values()), questions.get(verdict["key"])))
    return results


def list_hints(attempt: Attempt, now: datetime) -> Hints:
    """The attempt's hints."""
    steps = hints.list_steps(attempt, now)
    opened = [OpenHint(step.number, to_html(step.text)) for step in steps if step.is_open]
    closed = [step for step in steps if not step.is_open]
    if not closed:
        return Hints(opened, "", None)
    tries, age = hints.count_tries(attempt), (now - attempt.started_at).total_seconds()
    waits = [ceil(step.minutes * 60 - age) for step in closed if step.minutes is not None]
    return Hints(opened, _say_coming(closed[0], tries, age, bool(opened)), min(waits, default=None))


def _say_coming(step: hints.Step, tries: int, age: float, is_next: bool) -> str:
    ways = []
    if step.tries is not None:
        ways.append(f"after {_count(step.tries - tries, 'more failed try', 'more failed tries')}")
    if step.minutes is not None:
        ways.append(f"in {_count(ceil(step.minutes - age / 60), 'minute', 'minutes')}")
    return f"{'The next' if is_next else 'A'} hint opens {', or '.join(ways)}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def list_remarks(attempt: Attempt) -> list[Remark]:
    """The comments on the attempt, in the order of its lines."""
    comments = list(attempt.comments.select_related("author"))
    lines = find_lines(attempt.lab_id, {each.seq for each in comments})
    return [
        Remark(
            each.text,
            (each.author.get_full_name() or each.author.get_username()) if each.author else "",
            each.at,
            each.seq,
            lines.get(each.seq),
        )
        for each in comments
    ]
