"""The pages of versions. Who gets them stands in tests/portal/test_roles.py."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.exercises import limits, tasks, trial
from portal.exercises.document import read_exercise
from portal.exercises.drafts import Evidence, list_verdicts
from portal.exercises.models import Exercise, Version
from protocols.codec import to_json
from tests.portal.exercises.making import MENDED, SOURCE, make_exercise, make_published, solve

pytestmark = pytest.mark.usefixtures("redis_server")

PLACE = "/courses/nwen243/by-hand/versions/"


@pytest.fixture
def exercise(activity) -> Exercise:
    return make_exercise(activity)


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """The versions whose publication the queue was asked for."""
    found: list[int] = []
    monkeypatch.setattr(tasks.publish_version, "delay", found.append)
    return found


@pytest.fixture
def author(ivy, client):
    """Ivy's client."""
    client.force_login(ivy)
    return client


def make_draft(exercise: Exercise, source: str = MENDED) -> Version:
    version = make_published(exercise, source)
    Version.objects.filter(pk=version.pk).update(published_at=None)
    version.refresh_from_db()
    return version


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_versions_are_listed_with_what_became_of_them(author, exercise):
    make_draft(exercise)
    refused = make_draft(exercise)
    Version.objects.filter(pk=refused.pk).update(run={"problems": ["Alas."], "verdicts": [], "met_by_nothing": []})
    text = text_of(author.get(PLACE))
    for words in ("What students work on.", "A draft.", "Refused: its solution does not hold."):
        assert words in text
    rows = author.get("/courses/nwen243/exercises/").context["rows"]
    assert [(newest.number, current.number) for _, newest, current in rows] == [(3, 1)]


def test_the_newest_versions_are_listed(author, exercise, monkeypatch):
    monkeypatch.setattr(limits, "VERSIONS_SHOWN", 1)
    make_draft(exercise)
    assert [version.number for version in author.get(PLACE).context["versions"]] == [2]


def test_a_version_says_what_is_new_in_it(author, exercise):
    make_draft(exercise)
    changed = [(each.kind, each.text.strip()) for each in author.get(f"{PLACE}2/").context["difference"]]
    assert ("removed", "points: 3") in changed
    assert ("added", "points: 4") in changed
    assert author.get(f"{PLACE}1/").context["difference"] is None


def test_its_file_is_downloaded_as_it_was_saved(author, exercise):
    answer = author.get(f"{PLACE}1/file")
    assert text_of(answer) == SOURCE
    assert answer["Content-Disposition"] == 'attachment; filename="by-hand-1.yaml"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_publishing_is_asked_for_once_and_waited_for(author, exercise, asked, django_capture_on_commit_callbacks):
    version = make_draft(exercise)
    with django_capture_on_commit_callbacks(execute=True):
        assert author.post(f"{PLACE}2/publish")["Location"] == f"{PLACE}2/"
    assert asked == [version.pk]
    text = text_of(author.get(f"{PLACE}2/"))
    assert "data-waiting" in text
    assert "being played in a lab" in text
    assert ">Publish" not in text
    Version.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    lost = text_of(author.get(f"{PLACE}2/"))
    assert "data-waiting" not in lost
    assert "Publish again" in lost


def test_save_and_publish_does_both(author, exercise, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = author.post(
            "/courses/nwen243/by-hand/edit", {"source": MENDED, "do": "publish", "number": "1"}, follow=True
        )
    assert answer.context["version"].state == "waiting"
    assert asked == [exercise.versions.get(number=2).pk]


def test_a_refused_version_names_the_goal_and_shows_the_run_with_its_evidence(author, exercise):
    version = make_draft(exercise)
    events = solve()
    run = trial.judge_run(read_exercise(MENDED), events)
    transcript = "".join(json.dumps(to_json(event)) + "\n" for event in events)
    Version.objects.filter(pk=version.pk).update(run=run, transcript=transcript)
    answer = author.get(f"{PLACE}2/")
    text = text_of(answer)
    assert "The solution does not meet the goal “Greet the server”." in text
    assert [row.is_met for row in answer.context["goals"]] == [False, True, False]
    (evidence,) = answer.context["goals"][1].evidence
    assert f'<a href="#event-{evidence.seq}">line {evidence.line}</a>' in text
    assert f'<li id="event-{evidence.seq}"' in text
    line = next(line for line in answer.context["lines"] if line.seq == evidence.seq)
    assert (line.number, line.side) == (evidence.line, "S")


def test_an_older_version_comes_back_as_the_newest(author, exercise, asked, django_capture_on_commit_callbacks):
    make_published(exercise, MENDED)
    assert "Go back to this version" in text_of(author.get(f"{PLACE}1/"))
    with django_capture_on_commit_callbacks(execute=True):
        assert author.post(f"{PLACE}1/restore")["Location"] == f"{PLACE}3/"
    again = exercise.versions.get(number=3)
    assert (again.source, asked) == (SOURCE, [again.pk])


def test_a_version_that_is_not_there_is_not_found(author, exercise):
    for path in ("9/", "9/file"):
        assert author.get(PLACE + path).status_code == 404


def test_evidence_that_is_no_line_stands_after_the_line_before_it():
    verdict = {"key": "a", "title": "A", "worth": 1, "met": True, "status": "met", "evidence": [1, 4], "steps": None}
    cited = list_verdicts([], [verdict], {2: 1, 3: 2})[0].evidence
    assert cited == (Evidence(1, None, is_line=False), Evidence(4, 2, is_line=False))
