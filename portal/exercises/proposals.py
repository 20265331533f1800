"""Grading again, as a worker does it: what each attempt would get is proposed, and applied when that is confirmed. Each
batch is one short write transaction; whatever was done is not done again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.exercises import grading, limits
from portal.exercises.models import Attempt, Regrade, Regraded

State = Regrade.State


def go_on(regrade: Regrade) -> None:
    """Do what is left to do. Done twice at once, nothing happens twice."""
    if regrade.state == State.WORKING:
        _propose(regrade)
    elif regrade.state == State.APPLYING:
        _apply(regrade)


def _propose(regrade: Regrade) -> None:
    goals = grading.goals_of(regrade.version)
    proposed = Regraded.objects.filter(regrade=regrade, attempt=OuterRef("pk"))
    left = regrade.exercise.gradable.filter(~Exists(proposed))
    while batch := list(left.order_by("pk")[: limits.REGRADED_AT_ONCE]):
        # Outside of the transaction: logs are long to read.
        rows = [_propose_one(regrade, attempt, grading.grade(attempt, goals)) for attempt in batch]
        with transaction.atomic():
            if not _move(regrade, State.WORKING):
                return  # dropped
            Regraded.objects.bulk_create(rows, ignore_conflicts=True)
            _count(regrade, regrade.proposals.count())
    Regrade.objects.filter(pk=regrade.pk, state=State.WORKING).update(state=State.PROPOSED)


def _propose_one(regrade: Regrade, attempt: Attempt, after: grading.Graded) -> Regraded:
    before = grading.Graded(attempt.verdicts or [], attempt.points, attempt.total)
    return Regraded(regrade=regrade, attempt=attempt, before=before.to_values(), after=after.to_values())


def _apply(regrade: Regrade) -> None:
    left = Regraded.objects.filter(regrade=regrade, is_applied=False).order_by("pk")
    while batch := list(left[: limits.REGRADED_AT_ONCE]):
        attempts = [Attempt(pk=each.attempt_id, **each.after) for each in batch]
        with transaction.atomic():
            if not _move(regrade, State.APPLYING):
                return  # applied, by another worker
            Attempt.objects.bulk_update(attempts, ["verdicts", "points", "total"])
            Regraded.objects.filter(pk__in=[each.pk for each in batch]).update(is_applied=True)
            _count(regrade, regrade.proposals.filter(is_applied=True).count())
    Regrade.objects.filter(pk=regrade.pk, state=State.APPLYING).update(state=State.APPLIED)


def _move(regrade: Regrade, state: Regrade.State) -> bool:
    """Note that the work goes on; says whether the grading is still in this state. Until the transaction's end nobody
    else changes it."""
    return Regrade.objects.filter(pk=regrade.pk, state=state).update(moved_at=timezone.now()) == 1


def _count(regrade: Regrade, done: int) -> None:
    Regrade.objects.filter(pk=regrade.pk).update(done=done)
