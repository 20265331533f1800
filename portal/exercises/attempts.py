"""A person's way through an exercise: begin, leave and go on, answer questions, submit."""

from __future__ import annotations

import time
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.accounts.models import User
from portal.exercises import grading, limits
from portal.exercises.models import Attempt, Exercise
from portal.labs.models import Lab
from portal.labs.opening import LimitReached, close, open_activity, open_again
from protocols.goals.model import Question
from protocols.goals.questions import is_right

LAB_LOOK = 0.05  # seconds between two looks whether a lab has ended

_ENDING = "Your lab of before is still ending. Begin again in a moment."


def begin(exercise: Exercise, person: User) -> Attempt:
    """The person's attempt that is up, in its lab, which is started again where it had ended; else a new one on the
    version that is published, in a new lab. Raises LimitReached."""
    _refuse_out_of_time(exercise, timezone.now())
    attempt = find_up(exercise, person)
    _end_other_lab(exercise, person, attempt)
    if attempt is None:
        return _begin_next(exercise, person)
    if attempt.lab is None:
        raise LimitReached("The lab of this attempt is gone. Submit the attempt, then begin another.")
    if attempt.lab.state not in Lab.UP:
        _go_on(attempt.lab)
    return attempt


def find_up(exercise: Exercise, person: User) -> Attempt | None:
    """The person's attempt that is not submitted yet."""
    return Attempt.up().filter(exercise=exercise, person=person).select_related("lab").first()


def count_left(exercise: Exercise, person: User) -> int | None:
    """How many attempts the person can still begin; None for any number."""
    if not exercise.allowed:
        return None
    return max(0, exercise.allowed - Attempt.objects.filter(exercise=exercise, person=person).count())


def submit(attempt: Attempt) -> Attempt:
    """The attempt, submitted and graded. Submitted before, it stays as it is. Raises LimitReached once the exercise is
    closed."""
    now = timezone.now()
    is_open = Exercise.objects.filter(pk=OuterRef("exercise_id")).filter(Q(closes_at=None) | Q(closes_at__gt=now))
    end = Subquery(Lab.objects.filter(pk=OuterRef("lab_id")).values("last_seq"))
    # One statement, whose conditions are of the row itself: of two that come at once the second finds it submitted.
    waiting = Attempt.up().filter(Exists(is_open), pk=attempt.pk)
    is_first = waiting.update(submitted_at=now, last_seq=Coalesce(end, 0))
    found = Attempt.find(attempt.pk)
    if found.is_up:
        _refuse_out_of_time(found.exercise, now)
    grading.settle(found)
    if is_first and found.lab and found.lab.state in Lab.UP:
        close(found.lab)  # where the queue is away it ends when nobody looks at it any more
    return found


def answer(attempt: Attempt, key: str, text: str) -> bool:
    """Keep what the person answers to the goal `key`, which is a question; whether their transcript shows that this is
    right by now. Raises LimitReached where the attempt is submitted, or there is no such question."""
    text = text.replace("\0", "").strip()[: limits.ANSWER]
    goal = next((each for each in grading.goals_of(attempt.version) if each.key == key), None)
    if goal is None or not isinstance(goal.wish, Question):
        raise LimitReached("This exercise has no such question; reload the page.")
    right = is_right(goal.wish, text, chain.from_iterable(grading.read_log(attempt)))
    with transaction.atomic():
        held = Attempt.up().select_for_update().filter(pk=attempt.pk).first()
        if held is None:
            raise LimitReached("This attempt is submitted, and takes no more answers.")
        held.answers[key] = {"text": text, "right": right}
        held.save(update_fields=["answers"])
    attempt.answers = held.answers
    return right


def _refuse_out_of_time(exercise: Exercise, now: datetime) -> None:
    if exercise.opens_at and now < exercise.opens_at:
        raise LimitReached(f"This exercise opens on {say_time(exercise, exercise.opens_at)}. Come back then.")
    if exercise.closes_at and now >= exercise.closes_at:
        closed = say_time(exercise, exercise.closes_at)
        raise LimitReached(f"This exercise closed on {closed}. Ask your instructor if you need more time.")


def say_time(exercise: Exercise, at: datetime) -> str:
    """A time as it is said in the exercise's course."""
    return f"{at.astimezone(exercise.course.zone):%-d %B %Y at %H:%M} ({exercise.course.time_zone})"


def _begin_next(exercise: Exercise, person: User) -> Attempt:
    with transaction.atomic():
        # Until the end nobody publishes another version, whose goals and world belong together, and nobody else opens
        # a lab for this person.
        exercise = Exercise.objects.select_for_update().get(pk=exercise.pk)
        User.objects.select_for_update().get(pk=person.pk)
        attempt = find_up(exercise, person)
        if attempt:
            return attempt
        version = exercise.current
        if version is None:
            raise LimitReached("This exercise is not published yet. Come back later.")
        if count_left(exercise, person) == 0:
            times = "once" if exercise.allowed == 1 else f"{exercise.allowed} times"
            raise LimitReached(f"This exercise can be attempted {times}, and you have done so.")
        if Lab.up().filter(activity=exercise.activity, person=person).exists():
            raise LimitReached(_ENDING)
        last = Attempt.objects.filter(exercise=exercise, person=person).order_by("-number").first()
        lab = open_activity(exercise.activity, person, goals=version.goals)
        return Attempt.objects.create(
            exercise=exercise, version=version, person=person, number=last.number + 1 if last else 1, lab=lab
        )


def _end_other_lab(exercise: Exercise, person: User, attempt: Attempt | None) -> None:
    """End a lab of the person at this activity that is not the attempt's: of an attempt that was submitted, or of
    none."""
    up = Lab.up().filter(activity=exercise.activity, person=person)
    others = up.exclude(pk=attempt.lab_id) if attempt and attempt.lab_id else up
    until = time.monotonic() + limits.ENDED_WITHIN
    for lab in others:
        close(lab)
        while others.filter(pk=lab.pk).exists():
            if time.monotonic() > until:
                raise LimitReached(_ENDING)
            time.sleep(LAB_LOOK)


def _go_on(lab: Lab) -> None:
    if not lab.goes_on:
        raise LimitReached("The log of this attempt's lab is full. Submit the attempt with what is in it.")
    open_again(lab)
