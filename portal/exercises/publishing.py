"""What an author does with an exercise: it is made, written anew as the next version, published, duplicated. A version
is published by a worker, after a trial."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from kombu.exceptions import OperationalError

from portal.accounts.models import User
from portal.courses.models import Activity, Course, Unit
from portal.exercises import document
from portal.exercises.models import Exercise, Version
from portal.exercises.tasks import publish_version
from portal.exercises.trial import shown_of

log = structlog.get_logger("portal.exercises")


def create(unit: Unit, source: str, author: User) -> Version:
    """A new exercise in a unit, with its first version, a draft. Raises WorldError with the first mistake's line."""
    found = document.read_exercise(source)
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=unit.course_id)  # until the end nobody else takes the slug
        activity = Activity.objects.create(
            unit=unit, slug=_find_slug(unit.course, found.title), position=unit.activities.count(), **shown_of(found)
        )
        exercise = Exercise.objects.create(activity=activity)
        return _add_version(exercise, source, found, author)


def make_version(exercise: Exercise, source: str, author: User) -> Version:
    """The exercise's next version, a draft. Raises WorldError with the first mistake's line."""
    found = document.read_exercise(source)
    with transaction.atomic():
        Exercise.objects.select_for_update().get(pk=exercise.pk)
        return _add_version(exercise, source, found, author)


def go_back_to(version: Version, author: User) -> Version:
    """An older version once more, as a new one whose publication is asked for. Raises WorldError where it cannot be
    read any more."""
    again = make_version(version.exercise, version.source, author)
    publish(again)
    return again


def duplicate(exercise: Exercise, author: User) -> Version:
    """A copy of the exercise in the same unit: the first version, a draft, of what its newest version says. Raises
    WorldError where that cannot be read any more."""
    newest = exercise.versions.order_by("-number")[0]
    return create(exercise.activity.unit, newest.source, author)


def publish(version: Version) -> None:
    """Ask for a version's publication: a worker plays its solution, and publishes it or keeps with it why not. Nothing
    happens to one that is published."""
    asked = Version.objects.filter(pk=version.pk, published_at=None)
    if asked.update(asked_at=timezone.now(), run={}, transcript=""):
        transaction.on_commit(partial(_enqueue, version.pk))
    version.refresh_from_db()


def _enqueue(pk: int) -> None:
    try:
        publish_version.delay(pk)
    except OperationalError:
        log.warning("the queue cannot be reached; the publication has to be asked for again", version=pk)


def _find_slug(course: Course, title: str) -> str:
    """A slug for the title that no activity of the course has."""
    taken = set(Activity.objects.filter(unit__course=course).values_list("slug", flat=True))
    stem = slugify(title)[:40].strip("-") or "exercise"
    return next(slug for n in range(1, len(taken) + 2) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken)


def _add_version(exercise: Exercise, source: str, found: document.Exercise, author: User) -> Version:
    last = exercise.versions.order_by("-number").first()
    return Version.objects.create(
        exercise=exercise,
        number=last.number + 1 if last else 1,
        source=source,
        goals=found.goal_values,
        hints=[asdict(hint) for hint in found.hints],
        author=author,
    )
