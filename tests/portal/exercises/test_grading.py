"""The same log gives the same verdicts, and of several attempts the one counts that is to."""

import pytest
from django.utils import timezone

from portal.exercises import grading, limits
from portal.exercises.grading import find_result, goals_of, grade
from tests.portal.exercises.making import (
    MENDED,
    Session,
    happen,
    make_attempt,
    make_published,
    make_small_activity,
    solve,
)


@pytest.fixture
def activity(course):
    return make_small_activity(course)


def submit_as(attempt, points: int, adjusted: int | None = None):
    attempt.submitted_at, attempt.verdicts = timezone.now(), []
    attempt.points, attempt.adjusted = points, adjusted
    attempt.save()
    return attempt


def test_a_log_that_is_graded_again_has_the_same_verdicts(attempt):
    happen(attempt, *solve())
    assert grade(attempt) == grade(attempt)


def test_a_log_is_read_in_pages_without_a_change_of_the_verdicts(attempt, monkeypatch):
    happen(attempt, *solve())
    attempt.answers = {"port": {"text": "1379", "right": False}}
    whole = grade(attempt)
    assert whole.points == 6
    for events in (1, 2, 3):
        monkeypatch.setattr(limits, "LOG_PAGE", events)
        assert max(len(page) for page in grading.read_log(attempt)) == events
        assert grade(attempt) == whole


def test_a_verdict_says_what_shows_it_and_what_it_is_worth(attempt):
    happen(attempt, *solve())
    assert grade(attempt).verdicts[1] == {
        "key": "rcpt",
        "title": "Name the recipient, and no wrong one",
        "worth": 3,
        "met": True,
        "status": "kept",
        "evidence": [6],
        "steps": None,
    }


def test_what_must_never_happen_costs_the_points_once_it_has(attempt):
    session = Session()
    session.say(b"RCPT TO:<bob@lentil.edu>\r\n", b"250 OK\r\n")
    session.say(b"VRFY bob\r\n", b"252 maybe\r\n")
    happen(attempt, *session.events)
    assert [each["status"] for each in grade(attempt).verdicts] == ["open", "broken", "open"]
    assert grade(attempt).points == 0


def test_an_attempt_is_graded_by_its_own_version_or_by_another(exercise, attempt):
    mended = make_published(exercise, MENDED)
    happen(attempt, *solve())
    assert (grade(attempt).points, grade(attempt).total) == (4, 6)
    assert (grade(attempt, goals_of(mended)).points, grade(attempt, goals_of(mended)).total) == (4, 7)


@pytest.mark.parametrize(
    ("counts", "attempts", "counted"),
    [
        ("best", [], None),
        ("best", [(2, None), (5, None), (3, None)], 2),
        ("best", [(5, None), (5, None)], 1),
        ("best", [(5, 1), (2, None)], 2),
        ("best", [(5, None), (2, 6)], 2),
        ("last", [(5, None), (2, None)], 2),
        ("last", [(5, None), (2, 0)], 2),
    ],
)
def test_the_best_attempt_counts_or_the_last_with_its_points_as_adjusted(exercise, alice, counts, attempts, counted):
    exercise.counts = counts
    for points, adjusted in attempts:
        submit_as(make_attempt(exercise, alice, submitted_at=timezone.now()), points, adjusted)
    make_attempt(exercise, alice)  # which is up, and counts not yet
    found = find_result(exercise, alice)
    assert (found.number if found else None) == counted


def test_a_result_is_of_one_person(exercise, alice, bob):
    submit_as(make_attempt(exercise, bob, submitted_at=timezone.now()), 6)
    assert find_result(exercise, alice) is None
