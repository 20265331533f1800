"""Hints open in steps, after failed tries of the student's own, or after minutes."""

from datetime import timedelta

import pytest

from portal.exercises.hints import count_tries, list_steps, open_hints
from tests.portal.exercises.making import Session, happen, make_small_activity

NXDOMAIN, NOERROR = b"\0\1\x81\x83" + bytes(8), b"\0\1\x81\x80" + bytes(8)


@pytest.fixture
def activity(course):
    return make_small_activity(course)


def fail(session: Session, times: int) -> None:
    for _ in range(times):
        session.say(b"RCPT\r\n", b"503 MAIL first\r\n")


def test_replies_of_4xx_and_5xx_to_what_the_student_said_are_failed_tries(attempt):
    session = Session()
    for reply in (b"250 OK\r\n", b"354 go on\r\n", b"450 later\r\n", b"550-no\r\n", b"221 bye\r\n"):
        session.say(b"NOOP\r\n", reply)
    happen(attempt, *session.events)
    assert count_tries(attempt) == 2


def test_a_reply_of_several_lines_is_one_failed_try(attempt):
    session = Session()
    session.say(b"RCPT\r\n", b"550-no\r\n")
    command = session.events[-2].seq
    session.events.append(session._line("S", b"550 never\r\n", command, "1.1"))
    happen(attempt, *session.events)
    assert count_tries(attempt) == 1


def test_what_one_server_says_to_another_is_no_try_of_the_students(attempt):
    session = Session()
    typed = session.say(b".\r\n", b"250 queued\r\n")
    session.say(b"RCPT TO:<x@y>\r\n", b"550 no\r\n", because=typed, conn="1.2")
    question = session.ask(b"?", NOERROR)
    session.ask(b"?", NXDOMAIN, because=question)
    happen(attempt, *session.events)
    assert count_tries(attempt) == 0


def test_a_negative_code_to_what_the_student_asked_is_a_failed_try(attempt):
    session = Session()
    session.ask(b"?", NXDOMAIN)
    session.ask(b"?", NOERROR)
    happen(attempt, *session.events)
    assert count_tries(attempt) == 1


def test_a_line_that_looks_like_a_reply_is_none(attempt):
    session = Session()
    session.say(b"550 no\r\n", b"250 OK\r\n")
    happen(attempt, *session.events)
    assert count_tries(attempt) == 0


@pytest.mark.parametrize(
    ("tries", "minutes", "open_ones"),
    [(0, 0, []), (1, 9, []), (2, 0, [1]), (0, 10, [1]), (3, 0, [1, 3]), (0, 20, [1, 2]), (3, 20, [1, 2, 3])],
)
def test_a_hint_opens_after_tries_or_minutes_whichever_comes_first(attempt, tries, minutes, open_ones):
    session = Session()
    fail(session, tries)
    if session.events:
        happen(attempt, *session.events)
    now = attempt.started_at + timedelta(minutes=minutes)
    assert [step.number for step in open_hints(attempt, now)] == open_ones


def test_a_hint_that_is_not_open_says_nothing_but_when_it_opens(attempt):
    steps = list_steps(attempt, attempt.started_at)
    assert [step.text for step in steps] == ["", "", ""]
    assert [(step.tries, step.minutes) for step in steps] == [(2, 10), (None, 20), (3, None)]
    steps = list_steps(attempt, attempt.started_at + timedelta(minutes=10))
    assert [step.text for step in steps] == ["Say *HELO* first.", "", ""]
