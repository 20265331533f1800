"""Grading attempts again, after a goal was mended: a worker proposes, the instructor sees what would change, and
confirms it once."""

from __future__ import annotations

from functools import partial

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.accounts.models import User
from portal.exercises.models import Exercise, Regrade, Regraded
from portal.exercises.tasks import go_on_regrading
from portal.labs.opening import LimitReached

log = structlog.get_logger("portal.exercises")


def ask(exercise: Exercise, person: User) -> Regrade:
    """Have all submitted attempts graded by the goals of the version that is published now; the one grading of the
    exercise that is under way, where there is one. Raises LimitReached where nothing is published."""
    version = exercise.current
    if version is None:
        raise LimitReached("This exercise is not published, so there are no goals to grade by.")
    total = exercise.gradable.count()
    try:
        with transaction.atomic():
            regrade = Regrade.objects.create(exercise=exercise, version=version, asked_by=person, total=total)
    except IntegrityError:
        return exercise.regrades.get(state__in=Regrade.OPEN)
    _enqueue(regrade)
    return regrade


def confirm(regrade: Regrade) -> bool:
    """Have what is proposed applied; says whether this was the one confirmation that counts."""
    proposed = Regrade.objects.filter(pk=regrade.pk, state=Regrade.State.PROPOSED)
    is_first = proposed.update(state=Regrade.State.APPLYING, done=0, moved_at=timezone.now()) == 1
    if is_first:
        _enqueue(regrade)
    regrade.refresh_from_db()
    return is_first


def drop(regrade: Regrade) -> bool:
    """Leave all attempts as they are; says whether that could still be done."""
    undecided = Regrade.objects.filter(pk=regrade.pk, state__in=[Regrade.State.WORKING, Regrade.State.PROPOSED])
    is_dropped = undecided.update(state=Regrade.State.DROPPED) == 1
    regrade.refresh_from_db()
    return is_dropped


def wake(regrade: Regrade) -> None:
    """Ask once more for its work, where whoever did it seems to be lost."""
    if regrade.is_stuck(timezone.now()):
        _enqueue(regrade)


def list_changes(regrade: Regrade) -> QuerySet[Regraded]:
    """The proposals that change an attempt, by person."""
    changed = regrade.proposals.exclude(before=F("after")).select_related("attempt__person")
    return changed.order_by("attempt__person__username", "attempt__number")


def _enqueue(regrade: Regrade) -> None:
    transaction.on_commit(partial(_put_into_queue, regrade.pk))


def _put_into_queue(pk: int) -> None:
    try:
        go_on_regrading.delay(pk)
    except OperationalError:
        log.warning("the queue cannot be reached; the grading waits to be asked for again", regrade=pk)
