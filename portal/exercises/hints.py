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
    """How many of the student's own commands and questions failed: those that got a reply of 4xx or 5xx (RFC 5321 and
    RFC 959, section 4.2 of both), or a response with a code that is not 0 (RFC 1035 section 4.1.1)."""
    log = Event.objects.filter(lab=attempt.lab_id)
    own = log.filter(because__in=log.filter(kind="console").values("seq"))
    replies = log.filter(because__in=own.filter(kind="line").values("seq"), raw__gte=b"4", raw__lt=b"6")
    responses = log.filter(kind="message", because__in=own.filter(kind="message").values("seq"))
    negative = {because for because, raw in responses.values_list("because", "raw") if _code_of(bytes(raw))}
    return replies.values("because").distinct().count() + len(negative)


def _code_of(response: bytes) -> int:
    """The RCODE in a response's header."""
    return response[3] & 0xF if len(response) > 3 else 0
