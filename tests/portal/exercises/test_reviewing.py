"""Comments on a transcript's lines, and points that an instructor adjusts."""

import pytest

from portal.exercises import limits
from portal.exercises.attempts import submit
from portal.exercises.grading import find_result
from portal.exercises.reviewing import ReviewRefused, adjust, comment
from tests.portal.exercises.making import happen, make_small_activity, solve

pytestmark = pytest.mark.usefixtures("redis_server")


@pytest.fixture
def activity(course):
    return make_small_activity(course)


def test_a_comment_is_about_a_line_of_the_transcript(attempt, ivy):
    happen(attempt, *solve())
    comment(attempt, ivy, 5, "  Why VRFY?\n")
    comment(attempt, ivy, 2, "Good.")
    assert [(each.seq, each.text, each.author) for each in attempt.comments.all()] == [
        (2, "Good.", ivy),
        (5, "Why VRFY?", ivy),
    ]


@pytest.mark.parametrize(
    ("seq", "text", "sentence"),
    [
        (8, "Good.", "The transcript has no line 8; choose one that is there."),
        (1, " \0 ", "A comment has 1 to 2,000 characters, and yours has 0."),
        (1, "x" * (limits.COMMENT + 1), "A comment has 1 to 2,000 characters, and yours has 2,001."),
    ],
)
def test_a_comment_that_cannot_be_kept_says_why(attempt, ivy, seq, text, sentence):
    happen(attempt, *solve())
    with pytest.raises(ReviewRefused) as refused:
        comment(attempt, ivy, seq, text)
    assert str(refused.value) == sentence
    assert not attempt.comments.exists()


def test_adjusted_points_count_in_place_of_those_that_were_reached(exercise, attempt, alice, ivy):
    submit(attempt)
    adjust(attempt, ivy, 5, "The server was down.")
    found = find_result(exercise, alice)
    assert found
    assert (found.reached, found.points, found.reason, found.adjusted_by) == (5, 0, "The server was down.", ivy)


def test_to_adjust_to_nothing_lets_the_reached_points_count_again(attempt, ivy):
    adjust(attempt, ivy, 0, "Copied.")
    adjust(attempt, ivy, None, "")
    attempt.refresh_from_db()
    assert (attempt.adjusted, attempt.reason, attempt.adjusted_by, attempt.reached) == (None, "", None, attempt.points)


@pytest.mark.parametrize(
    ("points", "reason", "sentence"),
    [
        (5, " ", "Say why, in at most 500 characters: the student reads it."),
        (5, "x" * (limits.REASON + 1), "Say why, in at most 500 characters: the student reads it."),
        (-1, "Copied.", "Points are a number from 0 to 100,000."),
        (limits.POINTS + 1, "Copied.", "Points are a number from 0 to 100,000."),
    ],
)
def test_points_are_adjusted_for_a_reason(attempt, ivy, points, reason, sentence):
    with pytest.raises(ReviewRefused) as refused:
        adjust(attempt, ivy, points, reason)
    assert str(refused.value) == sentence
    attempt.refresh_from_db()
    assert attempt.adjusted is None
