"""A course's page, with its exercises, and how one begins an activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.may import may
from portal.accounts.models import User
from portal.courses.models import Activity, Course
from portal.courses.views import find_course
from portal.exercises import grading
from portal.exercises.attempts import begin, count_left, say_time
from portal.exercises.models import Attempt, Exercise, Version
from portal.labs.models import Lab
from portal.labs.opening import LimitReached, open_activity
from portal.labs.views import ActivityRow, list_units
from portal.requests import Request


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """An exercise as the course's page lists it for a person. `version` is the current one, None before the first, and
    `total` what it is worth; `up` is the attempt that is not submitted, `result` the one that counts; `left` are the
    attempts that can still be begun, None for any number. `do` is what its one button does, "" where there is none."""

    exercise: Exercise
    version: Version | None
    total: int
    up: Attempt | None
    result: Attempt | None
    left: int | None
    opens: str
    due: str
    closes: str
    is_closed: bool
    do: Literal["begin", "go on", "see", ""]

    @property
    def shown(self) -> Attempt | None:
        """The attempt that can be seen."""
        return self.result or self.up


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the course's page lists it."""

    title: str
    rows: list[tuple[ActivityRow, ExerciseRow | None]]


@login_required
@require_safe
def show_course(request: Request, course: str) -> HttpResponse:
    """A course's units and activities, each with the user's latest lab of it or their attempts at it."""
    found = find_course(request, course, "see course")
    role = found.role_of(request.user)
    exercises = _list_exercises(found, request.user)
    units = []
    for unit in list_units(found, request.user):
        rows = [(each, exercises.get(each.slug)) for each in unit.activities]
        units.append(UnitRow(unit.title, [row for row in rows if role == "instructor" or _is_shown(row[1])]))
    return render(request, "courses/course.html", {"course": found, "role": role, "units": units})


@login_required
@require_POST
def open_lab(request: Request, course: str, activity: str) -> HttpResponse:
    """Open a lab of an activity: of an exercise the user's attempt, else the lab that is up, or a new one."""
    found = get_object_or_404(
        Activity.objects.select_related("unit__course", "world"),
        unit__course__slug=course,
        slug=activity,
        world__isnull=False,
    )
    if not may(request.user, "open lab", found):
        raise Http404
    try:
        lab = _open(found, request.user)
    except LimitReached as limit:
        messages.error(request, str(limit))
        return redirect("course", course)
    return redirect("lab", lab.pk)


def _open(activity: Activity, person: User) -> Lab:
    exercise = Exercise.objects.filter(activity=activity).first()
    if exercise is None:
        return open_activity(activity, person)
    lab = begin(exercise, person).lab
    assert lab  # or it says that the lab is gone
    return lab


def _is_shown(row: ExerciseRow | None) -> bool:
    """Whether students see an activity: one that is no exercise, or one that is published."""
    return row is None or row.version is not None


def _list_exercises(course: Course, person: User) -> dict[str, ExerciseRow]:
    """A course's exercises, by the slugs of their activities."""
    exercises = Exercise.objects.filter(activity__unit__course=course).select_related("activity__unit__course")
    published = Version.objects.filter(exercise__in=exercises, published_at__isnull=False).order_by("number")
    current = {each.exercise_id: each for each in published.defer("source", "transcript", "run")}
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(exercise__in=exercises, person=person).select_related("version"):
        attempts.setdefault(attempt.exercise_id, []).append(attempt)
    return {
        each.activity.slug: _write_row(each, current.get(each.pk), person, attempts.get(each.pk, []))
        for each in exercises
    }


def _write_row(exercise: Exercise, version: Version | None, person: User, made: Iterable[Attempt]) -> ExerciseRow:
    now = timezone.now()
    up = next((each for each in made if each.is_up), None)
    result = grading.choose_result(exercise, [each for each in made if not each.is_up])
    left = count_left(exercise, person)
    is_early = bool(exercise.opens_at and now < exercise.opens_at)
    is_closed = bool(exercise.closes_at and now >= exercise.closes_at)
    can_begin = bool(version) and not is_early and left != 0
    do: Literal["begin", "go on", "see", ""] = "see" if up or result else ""
    if not is_closed and (up or can_begin):
        do = "go on" if up else "begin"
    return ExerciseRow(
        exercise=exercise,
        version=version,
        total=sum(goal.points for goal in grading.goals_of(version)) if version else 0,
        up=up,
        result=result,
        left=left,
        opens=say_time(exercise, exercise.opens_at) if exercise.opens_at and is_early else "",
        due=say_time(exercise, exercise.due_at) if exercise.due_at else "",
        closes=say_time(exercise, exercise.closes_at) if exercise.closes_at else "",
        is_closed=is_closed,
        do=do,
    )
