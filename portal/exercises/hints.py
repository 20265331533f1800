"""Hints, in steps: each opens after so many failed tries, or so many minutes, whichever comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.exercises.models import Attempt
from portal.labs.models import Event


@dataclass(frozen=True, slots=True)
class Step:
    """A hint of an attempt's, by its `number` from 1. `text` is Markdown, "" while it is not open; `tries` and
    `minutes` are after how many it opens, None for never by that."""

    number: int
    is_open: bool
    text: str
    tries: int | None
    minutes: int | None


def list_steps(attempt: Attempt, now: datetime) -> list[Step]:
    """All hints of the attempt's version, open or not, in their order."""
    tries, minutes = count_tries(attempt), (now - attempt.started_at).total_seconds() / 60
    steps = []
    for number, hint in enumerate(attempt.version.hints, start=1):
        after, later = hint.get("tries"), hint.get("minutes")
        is_open = (after is not None and tries >= after) or (later is not None and minutes >= later)
        steps.append(Step(number, is_open, hint["text"] if is_open else "", after, later))
    return steps


def open_hints(attempt: Attempt, now: datetime) -> list[Step]:
    """The hints that are open by now."""
    return [step for step in list_steps(attempt, now) if step.is_open]


def count_tries(attempt: Attempt) -> int:
    """How many of the student's own commands and questions failed: replies of 4xx and 5xx to what they said, and
    responses with a negative code to what they asked."""
    return Event.objects.filter(lab=attempt.lab_id, kind="line", raw__gte=b"4", raw__lt=b"6", data__side="S").count()
