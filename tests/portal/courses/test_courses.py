"""Courses, and what instructors write in them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from portal.courses.markdown import to_html
from portal.courses.models import Activity, Enrolment, Unit


def test_the_role_is_that_of_the_enrolment_that_lasts(course, alice):
    assert course.role_of(alice) == "student"
    Enrolment.objects.update(ended=timezone.now())
    assert course.role_of(alice) is None
    Enrolment.objects.create(user=alice, course=course, role="instructor")
    assert course.role_of(alice) == "instructor"


def test_nobody_is_in_a_course_twice_at_once(course, alice):
    with pytest.raises(IntegrityError):
        Enrolment.objects.create(user=alice, course=course, role="instructor")


def test_an_activitys_slug_is_once_in_a_course(course, activity):
    twin = Activity(unit=Unit.objects.create(course=course, title="More"), slug=activity.slug, title="Again")
    with pytest.raises(ValidationError, match="Another activity of this course"):
        twin.full_clean()


def test_markdown_becomes_html():
    assert to_html("# Mail\n\nSay `HELO`, *then* [read](https://example.org).\n\n3. three") == (
        "<h1>Mail</h1>\n<p>Say <code>HELO</code>, <em>then</em> "
        '<a href="https://example.org" rel="noopener noreferrer">read</a>.</p>\n<ol start="3">\n<li>three</li>\n</ol>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.org/x.png)",
        '<a href="https://x" style="position:fixed" onclick="alert(1)">x</a>',
    ],
)
def test_nothing_that_runs_or_loads_gets_through(text):
    html = to_html(text)
    for part in ("<script", "<img", 'href="javascript', 'href="data', '<a href="https://x" style'):
        assert part not in html
