"""What an author has typed of an exercise, read: the exercise as students will see it, or the mistake; and what its
goals make of a transcript that somebody has recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db.models import QuerySet

from portal.courses.models import Course
from portal.exercises import document, limits
from portal.exercises.document import Exercise
from portal.exercises.grading import judge
from portal.labs import feed
from portal.labs.models import Lab
from portal.labs.numbering import ON_THE_WIRE
from protocols.events import Event
from protocols.goals.model import Goal, Question
from protocols.world import WorldError

NOT_TEXT = "This file is no UTF-8 text. Save it as UTF-8, then upload it again."

STATUS_WORDS = {"open": "not met", "met": "met", "kept": "kept", "broken": "missed"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed. Where it is no exercise, `problem` is the sentence and `line` where the mistake is, if it is in
    one line."""

    typed: str
    exercise: Exercise | None
    problem: str = ""
    line: int | None = None

    @property
    def line_text(self) -> str:
        """The line that the mistake is in; "" where there is none."""
        lines = self.typed.split("\n")
        return lines[self.line - 1] if self.line and self.line <= len(lines) else ""


def read_draft(typed: str) -> Draft:
    """What was typed, read."""
    typed = typed.replace("\r\n", "\n")
    try:
        return Draft(typed, document.read_exercise(typed))
    except WorldError as error:
        return Draft(typed, None, str(error), error.line)


def read_file(octets: bytes) -> str:
    """The text of an uploaded file. Raises WorldError."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorldError(NOT_TEXT) from error


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that shows something of a goal: its seq, and the number of the line that it is or comes after, None
    before the first. `is_line`: it is that line."""

    seq: int
    line: int | None
    is_line: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A goal as a list shows it; `ask` is the question of one that is a question. `status` and the rest are what a
    transcript says of it; None without one."""

    number: int
    title: str
    worth: int
    ask: str = ""
    status: str | None = None
    is_met: bool = False
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """Its status in words."""
        return "waits for an answer" if self.ask and not self.is_met else STATUS_WORDS.get(self.status or "", "")


def list_goals(goals: Sequence[Goal]) -> list[Row]:
    """The goals without a transcript."""
    return [Row(number, goal.title, goal.points, _ask_of(goal)) for number, goal in enumerate(goals, start=1)]


def list_verdicts(goals: Sequence[Goal], verdicts: Sequence[dict[str, Any]], lines: dict[int, int]) -> list[Row]:
    """What a grading by `goals` said, with the numbers of the lines by their seqs."""
    asks = {goal.key: _ask_of(goal) for goal in goals}
    return [
        Row(
            number,
            each["title"],
            each["worth"],
            asks.get(each["key"], ""),
            each["status"],
            each["met"],
            tuple(_cite(seq, lines) for seq in each["evidence"][: limits.EVIDENCE_SHOWN]),
            tuple(each["steps"]) if each["steps"] else None,
        )
        for number, each in enumerate(verdicts, start=1)
    ]


def _cite(seq: int, lines: dict[int, int]) -> Evidence:
    line = max((number for at, number in lines.items() if at <= seq), default=None)
    return Evidence(seq, line, seq in lines)


def _ask_of(goal: Goal) -> str:
    return goal.wish.ask if isinstance(goal.wish, Question) else ""


def number_lines(events: Iterable[Event]) -> dict[int, int]:
    """The numbers of a transcript's lines by the seqs of their events, as the lab's page gives them."""
    numbers = count(1)
    return {event.seq: next(numbers) for event in events if isinstance(event, ON_THE_WIRE)}


@dataclass(frozen=True, slots=True)
class Tried:
    """What the goals make of a lab's transcript. `is_cut`: only its first limits.TRIED_EVENTS were read."""

    lab: Lab
    goals: list[Row]
    is_cut: bool


def list_transcripts(course: Course) -> QuerySet[Lab]:
    """The newest labs of a course in which something has happened, which its instructors may all see."""
    labs = Lab.objects.filter(activity__unit__course=course, last_seq__gt=0)
    return labs.select_related("person", "activity").order_by("-pk")[: limits.TRANSCRIPTS]


def try_goals(exercise: Exercise, lab: Lab) -> Tried:
    """What the goals of `exercise` make of the transcript of `lab`."""
    events = feed.after(lab.pk, 0, limits.TRIED_EVENTS)
    verdicts = judge(exercise.goals, lambda: [events], {}).verdicts
    return Tried(
        lab, list_verdicts(exercise.goals, verdicts, number_lines(events)), is_cut=lab.last_seq > limits.TRIED_EVENTS
    )
