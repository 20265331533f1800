"""The page of an exercise's times and attempts: in the time zone of its course."""

from datetime import UTC, datetime

import pytest

from portal.exercises import limits
from tests.portal.exercises.making import make_small_activity

GIVEN = {
    "opens_at": "2026-11-24T13:00",
    "due_at": "",
    "closes_at": "2026-12-01T00:00",
    "allowed": "3",
    "counts": "last",
}


@pytest.fixture
def activity(course):
    course.time_zone = "Pacific/Auckland"
    course.save()
    return make_small_activity(course)


@pytest.fixture
def page(exercise, ivy, client) -> str:
    client.force_login(ivy)
    return f"/courses/{exercise.course.slug}/{exercise.activity.slug}/terms"


def test_times_are_typed_and_shown_in_the_courses_time_zone(client, page, exercise):
    answer = client.post(page, GIVEN, follow=True)
    assert "That holds from now on" in answer.content.decode()
    exercise.refresh_from_db()
    assert exercise.opens_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert (exercise.due_at, exercise.allowed, exercise.counts) == (None, 3, "last")
    shown = client.get(page).content.decode()
    assert 'value="2026-11-24T13:00"' in shown
    assert "Pacific/Auckland" in shown


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"opens_at": "soon"}, "Give a day and a time, as 2026-11-24 13:00, or nothing."),
        ({"due_at": "2026-11-23T13:00"}, "An exercise opens first, is due then, and closes last"),
        ({"allowed": str(limits.ATTEMPTS + 1)}, "Attempts are a number from 0 to 1,000; 0 is any number."),
        ({"allowed": "-1"}, "Attempts are a number from 0 to 1,000; 0 is any number."),
        ({"allowed": ""}, "Attempts are a number from 0 to 1,000; 0 is any number."),
        ({"opens_at": "2026-09-27T02:30"}, "it may be ambiguous or it may not exist"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(client, page, exercise, given, sentence):
    answer = client.post(page, GIVEN | given)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    exercise.refresh_from_db()
    assert (exercise.opens_at, exercise.closes_at, exercise.allowed) == (None, None, 0)
