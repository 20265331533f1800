"""Exercises in Django's admin: times are in the course's time zone there too."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def form(exercise, mallory, client):
    exercise.course.time_zone = "Pacific/Auckland"
    exercise.course.save()
    exercise.due_at = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    exercise.save()
    client.force_login(mallory)
    return f"/admin/exercises/exercise/{exercise.pk}/change/"


def test_times_are_shown_in_the_courses_time_zone(client, form):
    page = client.get(form).content.decode()
    assert 'value="00:30:00"' in page
    assert "Pacific/Auckland" in page


def test_times_are_read_in_the_courses_time_zone(client, form, exercise):
    times = {"opens_at_0": "2026-11-24", "opens_at_1": "13:00", "due_at_0": "2026-11-25", "due_at_1": "00:30"}
    times |= {"closes_at_0": "2026-11-26", "closes_at_1": "00:00"}
    answer = client.post(form, {"allowed": "3", "counts": "last", **times})
    assert answer.status_code == 302
    exercise.refresh_from_db()
    assert exercise.opens_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert exercise.due_at == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def test_a_course_has_a_time_zone_that_there_is(client, form, course):
    values = {"slug": course.slug, "code": course.code, "title": course.title, "time_zone": "Pacific/Wellington"}
    page = client.post(f"/admin/courses/course/{course.pk}/change/", values).content.decode()
    assert "There is no time zone Pacific/Wellington" in page
