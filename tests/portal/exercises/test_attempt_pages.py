"""What the pages of attempts say. Who gets them stands in tests/portal/test_roles.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal.exercises import attempts
from portal.exercises.models import Attempt, Exercise
from portal.exercises.progress import Points, count_points, list_hints, list_results
from portal.labs.models import Lab
from portal.labs.numbering import WireLine, find_lines
from tests.portal.exercises.making import MENDED, Session, happen, make_attempt, make_published, solve

pytestmark = pytest.mark.usefixtures("redis_server")

COURSE = "/courses/nwen243/"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOSTILE = "</script><script>hacked()</script><img src=x onerror=hacked()>"
ESCAPED = "&lt;img src=x onerror=hacked()&gt;"


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def as_ivy(client, ivy):
    client.force_login(ivy)
    return client


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def finish(exercise: Exercise, person, **values) -> Attempt:
    """An attempt that meets the first two goals, submitted and graded, its lab ended."""
    attempt = make_attempt(exercise, person, **values)
    happen(attempt, *solve())
    attempts.submit(attempt)
    Lab.objects.filter(attempt=attempt).update(state="ended")
    return Attempt.find(attempt.pk)


# The course's page


def test_the_course_says_what_an_exercise_is_worth_and_offers_to_begin(exercise, as_alice):
    page = read(as_alice, COURSE)
    assert "6 points" in page
    assert "Begin<span" in page
    assert "See your attempt" not in page


def test_the_course_says_the_best_so_far_and_the_attempts_left(exercise, alice, as_alice):
    Exercise.objects.update(allowed=3)
    finish(exercise, alice)
    attempts.submit(make_attempt(exercise, alice))
    page = read(as_alice, COURSE)
    assert "<strong>4 of 6</strong>" in page
    assert "1 attempt left" in page
    assert "Begin<span" in page


def test_an_attempt_that_is_up_is_gone_on_with(attempt, as_alice):
    page = read(as_alice, COURSE)
    assert "attempt 1 is not submitted" in page
    assert "Go on<span" in page


@pytest.mark.parametrize("values", [{"allowed": 1}, {"closes_at": NOON}])
def test_where_nothing_can_be_begun_any_more_the_attempt_can_be_seen(exercise, alice, as_alice, values):
    done = finish(exercise, alice)
    Exercise.objects.update(**values)
    page = read(as_alice, COURSE)
    assert f'href="/attempts/{done.pk}/">See your attempt' in page
    assert "Begin<span" not in page


def test_times_are_said_in_the_courses_zone(exercise, course, as_alice):
    course.time_zone = "Pacific/Auckland"
    course.save()
    soon = datetime(2126, 11, 24, 12, 0, tzinfo=UTC)
    Exercise.objects.update(opens_at=soon, due_at=soon + timedelta(hours=1), closes_at=soon + timedelta(hours=2))
    page = read(as_alice, COURSE)
    assert "Opens on 25 November 2126 at 01:00 (Pacific/Auckland)" in page
    assert "Due on 25 November 2126 at 02:00" in page
    assert "Closes on 25 November 2126 at 03:00" in page
    assert "Begin<span" not in page


def test_an_exercise_that_is_not_published_is_the_instructors_alone(exercise, alice, ivy, client):
    exercise.versions.all().delete()
    client.force_login(alice)
    assert "Send a mail by hand" not in read(client, COURSE)
    client.force_login(ivy)
    assert "Not published yet" in read(client, COURSE)


def test_to_open_an_exercise_is_to_begin_an_attempt(exercise, alice, as_alice):
    answer = as_alice.post(f"{COURSE}by-hand/open")
    attempt = Attempt.objects.get(person=alice)
    assert answer["Location"] == f"/labs/{attempt.lab_id}/"
    assert Lab.objects.get().goals == exercise.current.goals


def test_an_exercise_that_cannot_be_begun_says_why(exercise, as_alice):
    Exercise.objects.update(closes_at=NOON)
    answer = as_alice.post(f"{COURSE}by-hand/open", follow=True)
    assert "closed on 24 November 2026" in answer.content.decode()
    assert not Lab.objects.exists()


# The lab's page


def test_the_labs_page_says_how_far_the_attempt_is(attempt, as_alice):
    page = read(as_alice, f"/labs/{attempt.lab_id}/")
    assert "Attempt 1 · <strong>0 of 6 points</strong> so far" in page
    assert f"/attempts/{attempt.pk}/submit" in page


def test_the_page_of_a_lab_without_an_attempt_stays_as_it_is(lab, as_alice):
    page = read(as_alice, f"/labs/{lab.pk}/")
    assert "attempt" not in page.lower()


def test_hints_say_when_the_next_one_opens(attempt, as_alice):
    page = read(as_alice, f"/attempts/{attempt.pk}/progress/")
    assert "A hint opens after 2 more failed tries, or in 10 minutes." in page
    assert "HELO" not in page
    session = Session()
    session.say(b"MAIL\r\n", b"503 no\r\n")
    session.say(b"MAIL\r\n", b"503 no\r\n")
    happen(attempt, *session.events)
    page = read(as_alice, f"/attempts/{attempt.pk}/progress/")
    assert "Say <em>HELO</em> first." in page
    assert "The next hint opens in 20 minutes." in page


def test_the_page_knows_when_time_opens_the_next_hint(attempt):
    assert list_hints(attempt, attempt.started_at + timedelta(minutes=9)).wait == 60
    assert list_hints(attempt, attempt.started_at + timedelta(minutes=21)).wait is None


def test_an_answer_is_kept_and_said_to_be_right_or_not(attempt, as_alice):
    happen(attempt, *solve())
    for text, is_right in (("21", False), ("1379", True)):
        answer = as_alice.post(f"/attempts/{attempt.pk}/answers", {"key": "port", "text": text}, headers=AS_SCRIPT)
        assert (answer.json()["right"], answer.json()["kept"]) == (is_right, True)
        page = read(as_alice, f"/labs/{attempt.lab_id}/")
        assert f'value="{text}"' in page
        assert ("That is right" in page) == is_right
        assert ('data-goal="port" data-status="met"' in page) == is_right


AS_SCRIPT = {"Accept": "application/json"}


def test_right_answers_count_among_the_points_so_far(attempt):
    attempt.answers = {"port": {"text": "1379", "right": True}}
    assert count_points([attempt]) == {attempt.pk: Points(2, 6)}


def test_without_a_script_an_answer_leads_back_to_the_lab(attempt, as_alice):
    answer = as_alice.post(f"/attempts/{attempt.pk}/answers", {"key": "port", "text": "21"}, follow=True)
    assert answer.request["PATH_INFO"] == f"/labs/{attempt.lab_id}/"
    assert "Your answer is kept" in answer.content.decode()


def test_the_instructor_sees_no_hints_and_no_form_to_answer_or_submit(attempt, as_ivy):
    page = read(as_ivy, f"/labs/{attempt.lab_id}/")
    assert "Attempt 1 of <bdi>alice</bdi>" in page
    assert "/answers" not in page
    assert "/submit" not in page
    assert "hint opens" not in page


# Submitting


def test_before_submission_the_page_says_what_is_met_and_changes_nothing(attempt, as_alice):
    happen(attempt, *solve())
    page = read(as_alice, f"/attempts/{attempt.pk}/submit")
    assert "<strong>4 of 6 points</strong>" in page
    assert "1 of 3 goals is not met" in page
    attempt.refresh_from_db()
    assert attempt.is_up


def test_after_submission_each_goal_leads_to_the_lines_that_show_it(attempt, as_alice):
    happen(attempt, *solve())
    answer = as_alice.post(f"/attempts/{attempt.pk}/submit")
    assert answer["Location"] == f"/attempts/{attempt.pk}/"
    page = read(as_alice, answer["Location"])
    assert "<strong>4 of 6 points</strong>" in page
    assert f'<a href="/labs/{attempt.lab_id}/#event-2">line 1</a>' in page
    assert "The lab goes on as practice" in page


def test_an_attempt_that_closed_before_it_was_submitted_says_so(attempt, as_alice):
    Exercise.objects.update(closes_at=NOON)
    answer = as_alice.post(f"/attempts/{attempt.pk}/submit", follow=True)
    assert "closed on 24 November 2026" in answer.content.decode()


def test_a_late_attempt_is_called_late(exercise, alice, as_alice):
    Exercise.objects.update(due_at=NOON)
    done = finish(Exercise.objects.get(), alice)
    assert "after it was due on 24 November 2026 at 12:00 (UTC)" in read(as_alice, f"/attempts/{done.pk}/")


def test_lines_are_numbered_as_the_labs_page_does(attempt):
    happen(attempt, *solve())  # typed, said, replied; typed, said, replied; opened
    lines = find_lines(attempt.lab_id, [1, 2, 3, 6, 7])
    assert lines == {2: WireLine(1, 2), 3: WireLine(2, 3), 6: WireLine(4, 6), 7: WireLine(4, 6)}


def test_an_attempt_whose_lab_is_gone_can_be_read(exercise, alice, as_alice):
    done = finish(exercise, alice)
    Attempt.objects.update(lab=None)
    page = read(as_alice, f"/attempts/{done.pk}/")
    assert "Its lab is gone" in page
    assert "Greet the server" in page


# What the instructor adds


def test_the_list_says_who_is_where(exercise, alice, bob, as_ivy):
    done = finish(exercise, alice)
    Attempt.objects.filter(pk=done.pk).update(adjusted=5, reason="kind")
    make_attempt(exercise, bob)
    page = read(as_ivy, f"{COURSE}by-hand/attempts/")
    assert "<bdi>alice</bdi>" in page
    assert "5 of 6, adjusted from 4" in page
    assert "0 of 6 so far" in page
    assert "Grade again on version 1" in page


def test_a_comment_stands_on_the_page_of_the_lab_and_of_the_attempt(exercise, alice, ivy, client):
    done = finish(exercise, alice)
    client.force_login(ivy)
    answer = client.post(f"/attempts/{done.pk}/comments", {"seq": "2", "text": f"Well said.\r\n{HOSTILE}"})
    assert answer["Location"] == f"/labs/{done.lab_id}/#event-2"
    client.force_login(alice)
    page = read(client, f"/attempts/{done.pk}/")
    assert f'<a href="/labs/{done.lab_id}/#event-2">Line 1</a>' in page
    assert ESCAPED in page
    lab = read(client, f"/labs/{done.lab_id}/")
    assert "Well said.\\n" in lab
    assert "<script>hacked" not in page + lab
    assert "<img" not in page + lab


@pytest.mark.parametrize(("seq", "text"), [("99", "kept words"), ("", "kept words"), ("2", "kept words" * 300)])
def test_a_comment_that_is_refused_is_not_lost(exercise, alice, as_ivy, seq, text):
    done = finish(exercise, alice)
    page = as_ivy.post(f"/attempts/{done.pk}/comments", {"seq": seq, "text": text}).content.decode()
    assert text in page
    assert 'role="alert"' in page
    assert not done.comments.exists()


def test_adjusted_points_stand_there_with_their_reason_for_both(exercise, alice, ivy, client):
    done = finish(exercise, alice)
    client.force_login(ivy)
    client.post(f"/attempts/{done.pk}/points", {"points": "5", "reason": HOSTILE})
    client.force_login(alice)
    page = read(client, f"/attempts/{done.pk}/")
    assert "<strong>5 of 6 points</strong>" in page
    assert "<bdi>ivy</bdi> gave it 5 points in place of the 4" in page
    assert ESCAPED in page
    client.force_login(ivy)
    client.post(f"/attempts/{done.pk}/points", {"undo": "1"})
    assert "<strong>4 of 6 points</strong>" in read(client, f"/attempts/{done.pk}/")


@pytest.mark.parametrize("points", ["-1", "many", "1" * 20, "²"])
def test_points_that_are_no_number_are_refused_and_what_was_typed_stays(exercise, alice, as_ivy, points):
    done = finish(exercise, alice)
    page = as_ivy.post(f"/attempts/{done.pk}/points", {"points": points, "reason": "so"}).content.decode()
    assert "Points are a number from 0 to 100,000." in page
    assert f'value="{points}"' in page
    done.refresh_from_db()
    assert done.adjusted is None


def test_a_hostile_answer_is_text_on_every_page(attempt, alice, ivy, client):
    attempts.answer(attempt, "port", HOSTILE)
    paths = [f"/labs/{attempt.lab_id}/", f"/attempts/{attempt.pk}/", f"/attempts/{attempt.pk}/submit"]
    client.force_login(alice)
    for path in paths:
        page = read(client, path)
        assert ESCAPED in page
        assert "<img src=x" not in page


# Grading again


@pytest.fixture
def regrade(exercise, alice, as_ivy, monkeypatch):
    """Alice's attempt, graded again on goals that were mended; its work is done at once."""
    monkeypatch.setattr("portal.exercises.regrading._put_into_queue", work)
    finish(exercise, alice)
    make_published(exercise, MENDED)


def work(pk: int) -> None:
    from portal.exercises.tasks import go_on_regrading

    go_on_regrading(pk)


@pytest.mark.django_db(transaction=True)
def test_grading_again_shows_before_and_after_and_counts_once_confirmed(regrade, as_ivy):
    path = as_ivy.post(f"{COURSE}by-hand/grade-again")["Location"]
    page = read(as_ivy, path)
    assert "This would change 1 of 1 attempt." in page
    assert "4 of 6" in page
    assert "<strong>4 of 7</strong>" in page
    assert "<bdi>Greet the server</bdi>: met → not met" in page
    assert Attempt.objects.get().total == 6
    as_ivy.post(f"{path}confirm")
    assert "The new grades count" in read(as_ivy, path)
    assert (Attempt.objects.get().points, Attempt.objects.get().total) == (4, 7)


@pytest.mark.django_db(transaction=True)
def test_a_grading_that_is_dropped_changes_nothing(regrade, as_ivy):
    path = as_ivy.post(f"{COURSE}by-hand/grade-again")["Location"]
    as_ivy.post(f"{path}drop")
    assert "changed nothing" in read(as_ivy, path)
    as_ivy.post(f"{path}confirm")
    assert Attempt.objects.get().total == 6


def test_a_grading_under_way_says_how_far_it_is(exercise, as_ivy):
    regrade = exercise.regrades.create(version=exercise.current, done=3, total=9, moved_at=timezone.now())
    page = read(as_ivy, f"/regrades/{regrade.pk}/")
    assert "3 of 9 are" in page
    assert '<progress max="9" value="3"' in page
    assert "Confirm</button>" not in page


def test_results_of_an_attempt_that_is_up_are_what_its_log_shows_now(attempt):
    happen(attempt, *solve())
    assert [each.verdict["met"] for each in list_results(attempt)] == [True, True, False]
