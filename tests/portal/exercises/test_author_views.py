"""The pages on which exercises are written. Who gets them stands in tests/portal/test_roles.py."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.exercises import document, limits
from portal.exercises.completing import describe_places
from portal.exercises.models import Exercise, Version
from portal.labs.models import Lab
from protocols.goals.reader import VOCABULARY
from tests.portal.exercises.making import SOURCE, happen, make_attempt, make_exercise, solve

pytestmark = pytest.mark.usefixtures("redis_server")

NEW = "/courses/nwen243/exercises/new"
EDIT = "/courses/nwen243/by-hand/edit"
WRONG = SOURCE.replace("verb: [HELO, EHLO]", "verbs: [HELO, EHLO]")


@pytest.fixture
def exercise(activity) -> Exercise:
    return make_exercise(activity)


@pytest.fixture
def author(ivy, client):
    """Ivy's client."""
    client.force_login(ivy)
    return client


def send(client, address: str, source: str, do: str = "save", **values):
    return client.post(address, {"source": source.replace("\n", "\r\n"), "do": do, **values})


def text_of(answer) -> str:
    return answer.content.decode()


# Saving


def test_a_new_exercise_is_saved_as_a_draft_in_its_unit(author, course, ivy):
    unit = course.units.create(title="Names", position=3)
    answer = send(author, NEW, SOURCE, unit=str(unit.pk))
    exercise = Exercise.objects.get(activity__unit=unit)
    (version,) = exercise.versions.all()
    assert (version.source, version.state, version.author) == (SOURCE, "draft", ivy)
    assert answer["Location"] == f"/courses/nwen243/{exercise.activity.slug}/versions/1/"


@pytest.mark.parametrize("unit", ["", "0", "x", "9" * 30, "another course's"])
def test_a_new_exercise_needs_a_unit_of_its_course(unit, author, course, mallory):
    if unit.startswith("another"):
        unit = str(mallory.enrolments.get().course.units.create(title="Elsewhere").pk)
    answer = send(author, NEW, SOURCE, unit=unit)
    assert "Choose the unit of the course" in text_of(answer)
    assert answer.context["draft"].typed == SOURCE
    assert not Version.objects.exists()


def test_what_is_saved_is_the_next_version(author, exercise):
    answer = send(author, EDIT, SOURCE + "# more\n", number="1")
    assert answer["Location"] == "/courses/nwen243/by-hand/versions/2/"
    assert exercise.versions.get(number=2).source == SOURCE + "# more\n"
    assert exercise.current.number == 1


def test_a_mistake_is_refused_with_line_and_reason_and_nothing_changes(author, exercise):
    answer = send(author, EDIT, WRONG, number="1")
    line = 1 + WRONG[: WRONG.index("verbs")].count("\n")
    assert (answer.context["draft"].line, answer.context["draft"].typed) == (line, WRONG)
    assert f"Line {line}: command has no key" in text_of(answer)
    assert "Nothing was saved, and what you wrote is below." in text_of(answer)
    assert exercise.versions.count() == 1


def test_what_is_sent_twice_is_saved_once(author, exercise):
    for _ in range(2):
        assert send(author, EDIT, SOURCE + "# more\n", number="1").status_code == 302
    assert exercise.versions.count() == 2


def test_who_began_before_another_saved_sees_the_difference_first(author, exercise):
    send(author, EDIT, SOURCE + "# theirs\n", number="1")
    answer = send(author, EDIT, SOURCE + "# mine\n", number="1")
    assert "saved version 2 since you opened this page" in text_of(answer)
    assert [(each.kind, each.text) for each in answer.context["difference"] if each.kind in ("added", "removed")] == [
        ("removed", "# theirs"),
        ("added", "# mine"),
    ]
    assert exercise.versions.count() == 2
    assert send(author, EDIT, SOURCE + "# mine\n", number="2").status_code == 302
    assert exercise.versions.count() == 3


def test_an_exercise_is_duplicated_as_a_draft_of_its_own(author, exercise):
    answer = author.post("/courses/nwen243/by-hand/duplicate")
    copy = Exercise.objects.exclude(pk=exercise.pk).get()
    assert answer["Location"] == f"/courses/nwen243/{copy.activity.slug}/edit"
    assert [version.state for version in copy.versions.all()] == ["draft"]


def test_what_is_too_long_is_refused_and_not_lost(author, exercise):
    long = SOURCE + "#" * (document.DOCUMENT_LIMIT - len(SOURCE) + 1)
    answer = send(author, EDIT, long, number="1")
    assert "Line 1: an exercise is at most 1,000,000 characters long." in text_of(answer)
    assert answer.context["draft"].typed == long


# The preview


def preview(client, source: str, **values):
    return client.post("/courses/nwen243/exercises/preview", {"source": source, **values})


def test_the_preview_is_the_exercise_as_students_see_it(author, course):
    text = text_of(preview(author, SOURCE))
    for part in ("<em>SMTP</em>", "Greet the server", "3 points", "Which?", "Opens after 2 failed tries or 10 minutes"):
        assert part in text
    assert "mx.lentil.edu" in text


def test_the_preview_of_a_mistake_is_its_sentence_with_the_line(author, course):
    answer = preview(author, "exercise: 1\ntitle: [")
    assert 'data-line="3"' in text_of(answer) or 'data-line="2"' in text_of(answer)
    assert "this is not YAML" in text_of(answer)


def test_without_a_script_a_button_makes_the_preview(author, exercise):
    answer = send(author, EDIT, SOURCE.replace("Speak *SMTP*", "Speak *up*"), do="preview")
    assert "<em>up</em>" in text_of(answer)
    assert exercise.versions.count() == 1


def test_goals_are_tried_on_a_transcript_with_the_lines_that_show_them(author, exercise, alice):
    attempt = make_attempt(exercise, alice)
    happen(attempt, *solve())
    text = text_of(preview(author, SOURCE, lab=str(attempt.lab_id)))
    assert re.search(r"Greet the server.*?<strong>Met</strong>: <a href=\"/labs/\d+/#event-2\">line 1</a>", text, re.S)
    assert "Waits for an answer" in text
    changed = SOURCE.replace("verb: [HELO, EHLO]", "verb: NOOP")
    assert "<strong>Not met</strong>" in text_of(preview(author, changed, lab=str(attempt.lab_id)))


def test_no_transcript_of_another_course_is_read(author, exercise, lab, mallory):
    other = mallory.enrolments.get().course
    Lab.objects.filter(pk=lab.pk).update(last_seq=1)
    lab.activity.unit.course = other
    lab.activity.unit.save()
    assert "is-met" not in text_of(preview(author, SOURCE, lab=str(lab.pk)))
    assert preview(author, SOURCE, lab=str(lab.pk)).context.get("tried") is None


def test_only_the_first_events_of_a_long_transcript_are_read(author, exercise, alice, monkeypatch):
    monkeypatch.setattr(limits, "TRIED_EVENTS", 2)
    attempt = make_attempt(exercise, alice)
    happen(attempt, *solve())
    tried = preview(author, SOURCE, lab=str(attempt.lab_id)).context["tried"]
    assert tried.is_cut
    assert [row.is_met for row in tried.goals] == [True, False, False]


def test_one_of_the_newest_transcripts_is_chosen_and_few_lines_of_it_are_shown(author, exercise, alice, monkeypatch):
    old, new = make_attempt(exercise, alice, submitted_at=timezone.now()), make_attempt(exercise, alice)
    for attempt in (old, new):
        happen(attempt, *solve())
    monkeypatch.setattr(limits, "TRANSCRIPTS", 1)
    assert [lab.pk for lab in author.get(EDIT).context["transcripts"]] == [new.lab_id]
    assert preview(author, SOURCE, lab=str(old.lab_id)).context["tried"] is None
    monkeypatch.setattr(limits, "EVIDENCE_SHOWN", 1)
    several = "{all: [{command: {verb: HELO}}, {command: {verb: RCPT}}]}"
    both = SOURCE.replace("{command: {verb: [HELO, EHLO]}}", several)
    row = preview(author, both, lab=str(new.lab_id)).context["goals"][0]
    assert row.is_met
    assert len(row.evidence) == 1


# Files


def upload(client, octets: bytes):
    return client.post(EDIT, {"source": "typed", "do": "upload", "file": SimpleUploadedFile("mine.yaml", octets)})


def test_an_uploaded_file_stands_in_the_editor_and_is_not_saved_yet(author, exercise):
    answer = upload(author, b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode())
    assert answer.context["draft"].typed == SOURCE
    assert exercise.versions.count() == 1


@pytest.mark.parametrize(
    ("octets", "sentence", "typed"),
    [
        (b"\xff\xfe", "no UTF-8 text", "typed"),
        (b"x" * (document.DOCUMENT_LIMIT + 1), "at most 1,000,000 octets; this one has 1,000,001", "typed"),
        (b"exercise: 2\n", "Line 1: ", "exercise: 2\n"),
        (b"", "No file was chosen", "typed"),
    ],
    ids=["no text", "too long", "no exercise", "nothing"],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(octets, sentence, typed, author, exercise):
    answer = upload(author, octets) if octets else send(author, EDIT, "typed", do="upload")
    assert sentence in text_of(answer)
    assert answer.context["draft"].typed == typed
    assert exercise.versions.count() == 1


# The page


def test_the_editor_begins_with_an_exercise_that_can_be_saved(author, course, activity):
    draft = author.get(NEW).context["draft"]
    assert draft.exercise
    assert author.get(NEW).context["is_saved"]
    assert "nonce-" in author.get(NEW)["Content-Security-Policy"]
    assert "nonce-" not in author.get("/help/")["Content-Security-Policy"]


def test_the_page_tells_the_whole_vocabulary(author, course):
    text = text_of(author.get(NEW))
    for key in VOCABULARY:
        assert f"<dt><code>{key}</code></dt>" in text
    (places,) = re.findall(r'<script id="places" type="application/json">(.*?)</script>', text)
    assert json.loads(places) == describe_places()


def test_what_leads_on_from_a_place_is_a_place():
    places = describe_places()
    assert {each["key"] for each in places["wish"]} == set(VOCABULARY)
    for entries in places.values():
        for each in entries:
            assert each["words"]
            assert each["to"] is None or each["to"] in places


def test_hostile_text_is_text(author, exercise):
    hostile = "</textarea><script>hacked()</script><!--"
    source = SOURCE.replace("title: Send", f"title: '{hostile}' #").replace("Speak *SMTP*.", hostile)
    for answer in (send(author, EDIT, source, do="preview"), preview(author, source), send(author, EDIT, hostile)):
        assert "<script>hacked" not in text_of(answer)
        assert "<!--" not in text_of(answer)
