"""Attempts: begun, left and gone on with, submitted; by the server's clock, one at a time."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone

from portal.accounts.models import User
from portal.courses.models import Enrolment
from portal.exercises import attempts, grading, limits
from portal.exercises.attempts import answer, begin, count_left, submit
from portal.exercises.models import Attempt, Exercise
from portal.labs.models import Lab
from portal.labs.opening import LimitReached, open_activity
from portal.worlds.models import World
from tests.portal.exercises.making import SMALL, happen, make_attempt, make_published, make_small_activity, solve

pytestmark = pytest.mark.usefixtures("redis_server")

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def activity(course):
    return make_small_activity(course)


def end(lab: Lab | None, why: str = "asked") -> None:
    assert lab
    Lab.objects.filter(pk=lab.pk).update(state="ended", owner="", lease_until=None, why=why)


@pytest.fixture
def labs_end_at_once(monkeypatch) -> list[int]:
    """What is closed has ended; the labs that were."""
    closed = []

    def close(lab: Lab) -> bool:
        closed.append(lab.pk)
        end(lab)
        return True

    monkeypatch.setattr(attempts, "close", close)
    return closed


@pytest.fixture
def set_clock(monkeypatch):
    """Have the server's clock stand at a time."""

    def stand(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    return stand


# Begin, leave, go on


def test_an_attempt_begins_in_a_lab_of_its_own_with_the_goals_of_the_version(exercise, alice):
    attempt = begin(exercise, alice)
    assert (attempt.number, attempt.is_up, attempt.version) == (1, True, exercise.current)
    lab = Lab.objects.get(attempt=attempt)
    assert (lab.state, lab.goals) == ("starting", exercise.current.goals)


def test_to_begin_again_is_to_go_on(exercise, alice):
    assert begin(exercise, alice) == begin(exercise, alice)
    assert Lab.objects.count() == 1


def test_an_attempt_goes_on_in_its_lab_after_that_ended(exercise, alice):
    attempt = begin(exercise, alice)
    end(attempt.lab, "owner-lost")
    again = begin(exercise, alice)
    assert again == attempt
    lab = Lab.objects.get(attempt=attempt)
    assert (lab, lab.state) == (attempt.lab, "starting")


def test_an_attempt_keeps_the_version_that_it_was_begun_on(exercise, alice):
    attempt = begin(exercise, alice)
    newer = make_published(exercise)
    assert begin(exercise, alice).version == attempt.version != newer


def test_an_attempt_whose_log_is_full_can_only_be_submitted(exercise, alice):
    attempt = begin(exercise, alice)
    end(attempt.lab, "log-full")
    with pytest.raises(LimitReached, match="Submit the attempt with what is in it"):
        begin(exercise, alice)
    assert submit(attempt).submitted_at


def test_the_lab_of_a_submitted_attempt_ends_and_the_next_has_another(exercise, alice, labs_end_at_once):
    first = submit(begin(exercise, alice))
    assert labs_end_at_once == [first.lab_id]
    second = begin(exercise, alice)
    assert second.number == 2
    assert second.lab != first.lab


def test_a_lab_has_the_world_that_its_version_was_published_with(exercise, alice):
    """Also where whoever asks has read the activity before that was published."""
    assert exercise.activity.world.mailboxes.count() == 1
    World.objects.filter(activity=exercise.activity).update(activity=None)
    world = World.objects.create(source=SMALL, activity=exercise.activity)
    assert Lab.objects.get(attempt=begin(exercise, alice)).world.copied_from == world


def test_a_lab_that_is_of_no_attempt_gives_way(exercise, alice, labs_end_at_once):
    other = open_activity(exercise.activity, alice)
    attempt = begin(exercise, alice)
    assert labs_end_at_once == [other.pk]
    assert attempt.lab != other


def test_whoever_begins_while_a_lab_of_before_does_not_end_is_told_so(exercise, alice, monkeypatch):
    monkeypatch.setattr(limits, "ENDED_WITHIN", 0)
    open_activity(exercise.activity, alice)
    with pytest.raises(LimitReached, match="still ending"):
        begin(exercise, alice)


def test_classmates_have_attempts_of_their_own(exercise, alice, bob):
    assert begin(exercise, alice).number == begin(exercise, bob).number == 1


def test_what_is_not_published_cannot_be_begun(exercise, alice):
    exercise.versions.update(published_at=None)
    with pytest.raises(LimitReached, match="not published yet"):
        begin(exercise, alice)


def test_there_are_as_many_attempts_as_are_allowed(exercise, alice, labs_end_at_once):
    exercise.allowed = 2
    exercise.save()
    assert count_left(exercise, alice) == 2
    submit(begin(exercise, alice))
    submit(begin(exercise, alice))
    assert count_left(exercise, alice) == 0
    with pytest.raises(LimitReached, match="attempted 2 times, and you have done so"):
        begin(exercise, alice)


def test_any_number_of_attempts_is_no_number(exercise, alice):
    assert count_left(exercise, alice) is None


def test_there_is_a_limit_to_what_can_be_allowed(exercise):
    exercise.allowed = limits.ATTEMPTS + 1
    with pytest.raises(ValidationError, match="less than or equal to 1000"):
        exercise.full_clean()


def test_two_attempts_of_a_person_cannot_be_up(exercise, attempt, alice):
    with pytest.raises(IntegrityError):
        exercise.attempts.create(version=attempt.version, person=alice, number=2)


# The clock


def test_an_exercise_that_opens_later_says_when_in_the_courses_time(exercise, alice, set_clock):
    exercise.course.time_zone = "Pacific/Auckland"
    exercise.opens_at = NOON
    set_clock(NOON - timedelta(seconds=1))
    with pytest.raises(LimitReached) as refused:
        begin(exercise, alice)
    assert str(refused.value) == (
        "This exercise opens on 25 November 2026 at 01:00 (Pacific/Auckland). Come back then."
    )
    set_clock(NOON)
    assert begin(exercise, alice).is_up


def test_what_is_closed_is_neither_begun_nor_submitted(exercise, attempt, alice, bob, set_clock):
    Exercise.objects.update(closes_at=NOON)
    exercise.refresh_from_db()
    set_clock(NOON)
    with pytest.raises(LimitReached, match="closed on 24 November 2026 at 12:00"):
        begin(exercise, bob)
    with pytest.raises(LimitReached, match="closed on 24 November 2026 at 12:00"):
        submit(attempt)
    attempt.refresh_from_db()
    assert attempt.is_up


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, False), (1, True)])
def test_what_is_submitted_after_it_was_due_is_late_and_counts(exercise, attempt, set_clock, seconds, is_late):
    Exercise.objects.update(due_at=NOON)
    set_clock(NOON + timedelta(seconds=seconds))
    assert submit(attempt).is_late == is_late


def test_times_have_an_order(exercise):
    exercise.opens_at, exercise.closes_at = NOON, NOON - timedelta(days=1)
    with pytest.raises(ValidationError, match="opens first"):
        exercise.clean()


# Submit


def test_what_is_submitted_is_graded_by_what_its_log_held_then(attempt):
    happen(attempt, *solve())
    submitted = submit(attempt)
    assert (submitted.last_seq, submitted.points, submitted.total) == (len(solve()), 4, 6)
    assert [each["met"] for each in submitted.verdicts or []] == [True, True, False]


def test_what_happens_after_the_submission_does_not_count(attempt):
    before = submit(attempt)
    happen(attempt, *solve())
    after = submit(attempt)
    assert (after.points, after.submitted_at, after.last_seq) == (0, before.submitted_at, 0)


def test_an_attempt_whose_lab_is_gone_can_be_submitted(attempt):
    Lab.objects.filter(pk=attempt.lab_id).delete()
    assert submit(attempt).points == 0


def test_the_end_of_a_lab_loses_nothing(attempt):
    happen(attempt, *solve())
    end(attempt.lab, "died")
    assert submit(attempt).points == 4


def test_a_submission_that_was_not_graded_is_graded_when_somebody_looks(attempt, monkeypatch):
    happen(attempt, *solve())
    with monkeypatch.context() as patch:
        patch.setattr(grading, "grade", lambda attempt: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            submit(attempt)
    attempt.refresh_from_db()
    assert (attempt.is_up, attempt.verdicts) == (False, None)
    assert submit(attempt).points == 4


# Questions


def test_an_answer_is_right_by_what_the_transcript_shows_and_counts(attempt):
    assert not answer(attempt, "port", "1379")
    happen(attempt, *solve())
    assert not answer(attempt, "port", "21")
    assert answer(attempt, "port", " 1379 ")
    assert attempt.answers == {"port": {"text": "1379", "right": True}}
    assert submit(attempt).points == 6


def test_an_answer_that_became_right_later_counts(attempt):
    answer(attempt, "port", "1379")
    happen(attempt, *solve())
    assert submit(attempt).points == 6


@pytest.mark.parametrize("key", ["greet", "nonsense"])
def test_only_a_question_can_be_answered(attempt, key):
    with pytest.raises(LimitReached, match="no such question"):
        answer(attempt, key, "1379")


def test_a_submitted_attempt_takes_no_more_answers(attempt):
    submit(attempt)
    with pytest.raises(LimitReached, match="takes no more answers"):
        answer(attempt, "port", "1379")
    attempt.refresh_from_db()
    assert attempt.answers == {}


def test_an_answer_holds_no_octet_that_a_database_refuses(attempt):
    answer(attempt, "port", "13\x0079" + "9" * 1000)
    attempt.refresh_from_db()
    assert attempt.answers["port"]["text"] == "1379" + "9" * (limits.ANSWER - 4)


# Many at once


def at_once(*work) -> list:
    """What each piece of work gave or raised, all begun at the same moment."""
    barrier, given = threading.Barrier(len(work)), []

    def do(each) -> None:
        barrier.wait()
        try:
            given.append(each())
        except Exception as error:
            given.append(error)
        connection.close()

    threads = [threading.Thread(target=do, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.mark.django_db(transaction=True)
def test_whoever_begins_many_times_at_once_has_one_attempt(exercise, alice):
    found = at_once(*[lambda: begin(exercise, alice).pk] * 4)
    assert len(set(found)) == 1
    assert Attempt.objects.count() == Lab.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_submissions_at_the_closing_second_are_one_each(exercise, course, set_clock, monkeypatch):
    """Of 25 students, each of whom asks twice: whoever asks before the second is over is taken, once."""
    closed = []
    monkeypatch.setattr(attempts, "close", lambda lab: closed.append(lab.pk))
    Exercise.objects.update(closes_at=NOON)
    set_clock(NOON - timedelta(microseconds=1))
    up = [make_attempt(exercise, person) for person in make_students(course, 25)]
    for attempt in up:
        happen(attempt, *solve())
    found = at_once(*[lambda attempt=attempt: submit(attempt) for attempt in up] * 2)
    assert not [each for each in found if isinstance(each, Exception)]
    assert Counter(closed) == Counter(attempt.lab_id for attempt in up)  # which only the first does
    kept = Attempt.objects.values_list("number", "points", "submitted_at", "last_seq")
    assert set(kept) == {(1, 4, NOON - timedelta(microseconds=1), len(solve()))}
    assert len(kept) == 25


@pytest.mark.django_db(transaction=True)
def test_of_submissions_after_the_closing_second_none_is_taken(exercise, course, set_clock):
    Exercise.objects.update(closes_at=NOON)
    set_clock(NOON)
    up = [make_attempt(exercise, person) for person in make_students(course, 10)]
    found = at_once(*[lambda attempt=attempt: submit(attempt) for attempt in up])
    assert {type(each) for each in found} == {LimitReached}
    assert Attempt.up().count() == 10


def make_students(course, count: int) -> list[User]:
    students = [User.objects.create_user(f"student-{number}") for number in range(count)]
    Enrolment.objects.bulk_create(Enrolment(user=user, course=course, role="student") for user in students)
    return students
