"""Grading again: proposed first, applied on one confirmation, and delivered twice it does nothing twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.exercises import grading, limits, proposals, regrading
from portal.exercises.models import Attempt, Regrade, Regraded
from portal.exercises.tasks import go_on_regrading
from portal.labs.models import Lab
from portal.labs.opening import LimitReached
from tests.portal.exercises.making import MENDED, happen, make_attempt, make_published, make_small_activity, solve


@pytest.fixture
def activity(course):
    return make_small_activity(course)


@pytest.fixture
def submitted(exercise, alice, bob) -> list[Attempt]:
    """Three attempts that are graded by the first version, before a goal was mended."""
    found = []
    for person in (alice, bob, alice):
        attempt = make_attempt(exercise, person, submitted_at=timezone.now(), last_seq=len(solve()))
        happen(attempt, *solve())
        grading.settle(attempt)
        found.append(attempt)
    make_published(exercise, MENDED)
    return found


def points_of(submitted) -> list[tuple[int, int]]:
    found = Attempt.objects.in_bulk([each.pk for each in submitted])
    return [(found[each.pk].points, found[each.pk].total) for each in submitted]


def state_of(regrade) -> tuple[str, int, int]:
    regrade.refresh_from_db()
    return regrade.state, regrade.done, regrade.total


def test_what_would_change_is_proposed_and_nothing_has_changed(exercise, submitted, ivy):
    regrade = regrading.ask(exercise, ivy)
    assert state_of(regrade) == ("working", 0, 3)
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("proposed", 3, 3)
    assert points_of(submitted) == [(4, 6)] * 3
    changes = list(regrading.list_changes(regrade))
    assert [each.attempt.person.username for each in changes] == ["alice", "alice", "bob"]
    for each in changes:
        assert [each.before["total"], each.after["total"]] == [6, 7]
        assert [verdict["met"] for verdict in each.before["verdicts"]] == [True, True, False]
        assert [verdict["met"] for verdict in each.after["verdicts"]] == [False, True, False]


def test_one_confirmation_applies_it(exercise, submitted, ivy):
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    assert regrading.confirm(regrade)
    assert not regrading.confirm(regrade)
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("applied", 3, 3)
    assert points_of(submitted) == [(4, 7)] * 3
    submitted[0].refresh_from_db()
    assert submitted[0].version.number == 1  # which it keeps
    assert submitted[0].verdicts[0]["met"] is False


def test_an_adjustment_stays(exercise, submitted, ivy):
    Attempt.objects.filter(pk=submitted[0].pk).update(adjusted=6, reason="Copied.")
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    regrading.confirm(regrade)
    go_on_regrading(regrade.pk)
    submitted[0].refresh_from_db()
    assert (submitted[0].points, submitted[0].reached) == (4, 6)


def test_delivered_twice_it_does_nothing_twice(exercise, submitted, ivy, monkeypatch):
    graded, grade = [], grading.grade

    def note(*given):
        graded.append(given)
        return grade(*given)

    monkeypatch.setattr(grading, "grade", note)
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    go_on_regrading(regrade.pk)
    assert (len(graded), Regraded.objects.count()) == (3, 3)
    regrading.confirm(regrade)
    go_on_regrading(regrade.pk)
    Attempt.objects.update(points=99)
    go_on_regrading(regrade.pk)
    assert {points for points, _ in points_of(submitted)} == {99}


def test_two_workers_at_once_propose_once(exercise, submitted, ivy, monkeypatch):
    """The second has the same attempts in hand, and comes later."""
    regrade = regrading.ask(exercise, ivy)
    grade = grading.grade

    def grade_slowly(*given):
        monkeypatch.setattr(grading, "grade", grade)
        go_on_regrading(regrade.pk)
        return grade(*given)

    monkeypatch.setattr(grading, "grade", grade_slowly)
    proposals.go_on(regrade)
    assert Regraded.objects.count() == 3
    assert state_of(regrade) == ("proposed", 3, 3)


def test_a_worker_that_is_lost_loses_nothing(exercise, submitted, ivy, monkeypatch):
    monkeypatch.setattr(limits, "REGRADED_AT_ONCE", 1)
    regrade = regrading.ask(exercise, ivy)
    done, grade = [], grading.grade

    def die_at_the_third(*given):
        done.append(given)
        return 1 / 0 if len(done) == 3 else grade(*given)

    monkeypatch.setattr(grading, "grade", die_at_the_third)
    with pytest.raises(ZeroDivisionError):
        go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("working", 2, 3)
    assert not regrade.is_stuck(timezone.now())
    assert regrade.is_stuck(timezone.now() + timedelta(seconds=limits.REGRADE_STUCK + 1))
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("proposed", 3, 3)
    assert len(done) == 4


def test_only_a_grading_that_is_stuck_is_asked_for_again(exercise, submitted, ivy, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(regrading, "_enqueue", lambda regrade: asked.append(regrade.pk))
    regrade = regrading.ask(exercise, ivy)
    regrading.wake(regrade)
    regrade.moved_at -= timedelta(seconds=limits.REGRADE_STUCK + 1)
    regrading.wake(regrade)
    assert asked == [regrade.pk] * 2


def test_an_exercise_is_graded_once_at_a_time(exercise, submitted, ivy):
    regrade = regrading.ask(exercise, ivy)
    assert regrading.ask(exercise, ivy) == regrade
    assert regrading.drop(regrade)
    assert regrading.ask(exercise, ivy) != regrade


def test_what_is_dropped_changes_nothing(exercise, submitted, ivy):
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    assert regrading.drop(regrade)
    assert not regrading.confirm(regrade)
    go_on_regrading(regrade.pk)
    assert points_of(submitted) == [(4, 6)] * 3


def test_a_grading_that_is_dropped_while_it_works_stops(exercise, submitted, ivy, monkeypatch):
    regrade = regrading.ask(exercise, ivy)
    grade = grading.grade

    def grade_dropped(*given):
        regrading.drop(Regrade.objects.get(pk=regrade.pk))
        return grade(*given)

    monkeypatch.setattr(grading, "grade", grade_dropped)
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("dropped", 0, 3)
    assert not Regraded.objects.exists()


def test_what_is_confirmed_cannot_be_dropped(exercise, submitted, ivy):
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    regrading.confirm(regrade)
    assert not regrading.drop(regrade)


def test_attempts_that_are_up_are_not_graded(exercise, submitted, bob, ivy):
    up = make_attempt(exercise, bob)
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    assert not Regraded.objects.filter(attempt=up).exists()


def test_an_attempt_whose_log_is_gone_keeps_its_points(exercise, submitted, ivy):
    Lab.objects.filter(attempt=submitted[0]).delete()
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("proposed", 2, 2)
    regrading.confirm(regrade)
    go_on_regrading(regrade.pk)
    assert points_of(submitted) == [(4, 6), (4, 7), (4, 7)]


def test_a_grading_that_changes_nothing_proposes_no_change(exercise, submitted, ivy):
    exercise.versions.filter(number=2).delete()
    regrade = regrading.ask(exercise, ivy)
    go_on_regrading(regrade.pk)
    assert state_of(regrade) == ("proposed", 3, 3)
    assert not regrading.list_changes(regrade).exists()


def test_without_a_published_version_there_is_nothing_to_grade_by(exercise, ivy):
    exercise.versions.update(published_at=None)
    with pytest.raises(LimitReached, match="no goals to grade by"):
        regrading.ask(exercise, ivy)


def test_a_grading_that_is_gone_is_no_error(db):
    go_on_regrading(10**6)
