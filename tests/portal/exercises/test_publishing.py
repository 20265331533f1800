"""Versions of an exercise: kept as they were written, and published after a trial by a worker."""

from textwrap import indent

import pytest
from django.db import IntegrityError

from portal.courses.models import Activity
from portal.exercises import limits, publishing, trial
from portal.exercises.document import READY
from portal.exercises.models import Exercise, Version
from portal.exercises.tasks import publish_version
from portal.exercises.trial import read_transcript
from portal.labs.bootstep import NoOwner
from portal.labs.opening import open_activity
from portal.worlds.models import World
from protocols.dns.generate import whole_zones
from protocols.playing import NotPlayed
from protocols.world import WorldError
from tests.portal.conftest import edit_zone, find_zone
from tests.portal.exercises.making import MENDED, SMALL, SOURCE, make_published, solve
from tests.portal.labs.test_owner import worker  # noqa: F401 - a fixture

GOOD = SOURCE + "answers: {port: 1379}\n"
OTHER_WORLD = "world:\n" + indent(SMALL, "  ")


@pytest.fixture
def played(monkeypatch) -> list:
    """What is played shows that a solution meets the goals; what was played."""
    worlds: list = []

    def play(world, lines):
        worlds.append((world.title, lines))
        return solve()

    monkeypatch.setattr(trial, "play_here", play)
    return worlds


@pytest.fixture
def draft(activity, ivy) -> Version:
    return publishing.create(activity.unit, GOOD, ivy)


def work(version: Version) -> Version:
    """Ask for the version's publication, and have a worker do it."""
    publishing.publish(version)
    publish_version(version.pk)
    version.refresh_from_db()
    return version


# Writing


def test_a_new_exercise_is_a_draft_that_nobody_can_open(draft, ivy):
    exercise = draft.exercise
    assert (draft.number, draft.state, draft.author, exercise.current) == (1, "draft", ivy, None)
    assert (exercise.activity.title, exercise.activity.slug) == ("Send a mail by hand", "send-a-mail-by-hand")
    assert not World.objects.filter(activity=exercise.activity).exists()


def test_a_version_keeps_what_was_written_and_the_goals_and_hints_in_it(draft):
    draft.refresh_from_db()
    assert draft.source == GOOD
    assert [goal["key"] for goal in draft.goals] == ["greet", "rcpt", "port"]
    assert draft.hints[1] == {"text": "Then MAIL.", "tries": None, "minutes": 20}


def test_exercises_of_one_title_have_slugs_of_their_own(draft, ivy):
    again = publishing.create(draft.exercise.activity.unit, GOOD, ivy)
    assert again.exercise.activity.slug == "send-a-mail-by-hand-2"


@pytest.mark.parametrize("title", ["'…'", "x" * 200])
def test_any_title_makes_a_slug(activity, ivy, title):
    source = GOOD.replace("Send a mail by hand", title)
    slugs = {publishing.create(activity.unit, source, ivy).exercise.activity.slug for _ in range(2)}
    assert len(slugs) == 2
    assert max(map(len, slugs)) <= 50


def test_what_cannot_be_read_is_refused_and_nothing_changes(draft, ivy):
    with pytest.raises(WorldError, match="Line 2"):
        publishing.make_version(draft.exercise, GOOD.replace("title:", "titel:", 1), ivy)
    with pytest.raises(WorldError, match="Line 2"):
        publishing.create(draft.exercise.activity.unit, GOOD.replace("title:", "titel:", 1), ivy)
    assert (Version.objects.count(), Exercise.objects.count()) == (1, 1)


def test_versions_are_numbered(draft, ivy):
    assert publishing.make_version(draft.exercise, MENDED, ivy).number == 2
    with pytest.raises(IntegrityError):
        draft.exercise.versions.create(number=2, source=GOOD, goals=[])


def test_a_duplicate_is_an_exercise_of_its_own(draft, ivy):
    publishing.make_version(draft.exercise, MENDED, ivy)
    copy = publishing.duplicate(draft.exercise, ivy)
    assert copy.exercise != draft.exercise
    assert (copy.number, copy.source, copy.exercise.activity.unit) == (1, MENDED, draft.exercise.activity.unit)


# Publishing


def test_a_version_whose_solution_meets_every_goal_is_published(draft, played):
    assert work(draft).state == "published"
    assert played == [("The lecture's Internet", ("connect mx.lentil.edu 25", "HELO mx.halva.fr", "QUIT"))]
    assert draft.exercise.current == draft
    assert [each["met"] for each in draft.run["verdicts"]] == [True, True, True]
    assert draft.run["problems"] == draft.run["met_by_nothing"] == []
    assert read_transcript(draft) == solve()


def test_whoever_asks_waits_for_the_worker(draft):
    publishing.publish(draft)
    assert (draft.state, draft.exercise.current) == ("waiting", None)


def test_the_activity_and_its_world_follow(exercise, ivy, played):
    activity = exercise.activity
    edit_zone(activity.world, "lentil.edu", "chutney A 10.2.0.99")
    source = GOOD.replace("title: Send a mail by hand", "title: Send it").replace("text: Speak", "text: Say")
    work(publishing.make_version(exercise, source, ivy))
    activity = Activity.objects.get(pk=activity.pk)
    assert (activity.title, activity.summary, activity.text) == ("Send it", "Speak SMTP yourself.", "Say *SMTP*.")
    assert "chutney" not in find_zone(activity.world).source


def test_a_world_is_made_as_its_document_says(draft, played):
    work(draft)
    world = World.objects.get(activity=draft.exercise.activity)
    assert world.zones.count() == len(whole_zones(world.document()))
    assert world.zones.count() > 1
    assert world.accounts.exists()
    assert world.files.exists()


def test_of_a_long_run_the_first_events_are_kept(draft, played, monkeypatch):
    monkeypatch.setattr(limits, "RUN_EVENTS", 3)
    assert read_transcript(work(draft)) == solve()[:3]


def test_a_world_that_has_other_hosts_takes_the_place_of_the_old_one(exercise, alice, ivy, played):
    old = exercise.activity.world
    lab = open_activity(exercise.activity, alice)
    work(publishing.make_version(exercise, GOOD.replace("world: lecture\n", OTHER_WORLD), ivy))
    world = World.objects.get(activity=exercise.activity)
    assert [mailbox.address for mailbox in world.mailboxes.all()] == ["you@example"]
    assert not world.accounts.exists()
    assert not World.objects.filter(pk=old.pk).exists()
    lab.world.refresh_from_db()
    assert lab.world.mailboxes.count() > 1  # what is open stays as it was
    assert World.objects.count() == 2


def test_a_solution_that_misses_a_goal_is_refused_with_the_goal_named(exercise, ivy, played):
    current = exercise.current
    draft = work(publishing.make_version(exercise, MENDED, ivy))
    assert draft.state == "refused"
    assert draft.run["problems"] == [
        "The solution does not meet the goal “Greet the server”.",
        "The solution does not meet the goal “Which port was it?”.",
    ]
    assert [each["met"] for each in draft.run["verdicts"]] == [False, True, False]
    assert read_transcript(draft) == solve()
    assert exercise.current == current
    assert World.objects.count() == 1


def test_a_goal_that_an_empty_transcript_meets_is_refused(draft, ivy, played):
    source = GOOD.replace("{command: {verb: [HELO, EHLO]}}", "{never: {command: {verb: NOOP}}}")
    refused = work(publishing.make_version(draft.exercise, source, ivy))
    assert refused.run["met_by_nothing"] == ["greet"]
    assert refused.run["problems"] == [
        "Whoever does nothing meets the goal “Greet the server”. Have it need something as well that is to be done."
    ]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NotPlayed("The lab ended before the solution did."), "The lab ended before the solution did."),
        (NoOwner(), trial.NO_LABS),
        (TimeoutError(), trial.NO_LABS),
    ],
)
def test_a_solution_that_cannot_be_played_says_why(draft, monkeypatch, error, sentence):
    def fail(*values):
        raise error

    monkeypatch.setattr(trial, "play_here", fail)
    assert work(draft).state == "refused"
    assert draft.run["problems"] == [sentence]


def test_what_was_refused_can_be_tried_again(draft, monkeypatch, played):
    with monkeypatch.context() as patch:
        patch.setattr(trial, "play_here", lambda *values: [])
        assert work(draft).state == "refused"
    assert work(draft).state == "published"


def test_a_version_is_published_once(draft, played):
    work(draft)
    at = draft.published_at
    work(draft)
    publish_version(draft.pk)
    draft.refresh_from_db()
    assert (draft.published_at, len(played), World.objects.filter(activity__isnull=False).count()) == (at, 1, 2)


def test_the_same_task_twice_at_once_publishes_once(draft, monkeypatch):
    def play(*values):
        monkeypatch.setattr(trial, "play_here", lambda *values: solve())
        publish_version(draft.pk)
        return solve()

    monkeypatch.setattr(trial, "play_here", play)
    worlds = World.objects.count()
    assert work(draft).state == "published"
    assert World.objects.count() == worlds + 1


def test_a_version_that_a_newer_one_overtakes_is_not_published(exercise, ivy, monkeypatch):
    draft = publishing.make_version(exercise, GOOD, ivy)

    def play(*values):
        make_published(exercise)
        return solve()

    monkeypatch.setattr(trial, "play_here", play)
    assert work(draft).state == "refused"
    assert draft.run["problems"] == [trial.OVERTAKEN]
    assert World.objects.count() == 1


def test_to_go_back_is_to_publish_an_older_version_as_a_new_one(exercise, ivy, played):
    first = work(publishing.make_version(exercise, GOOD, ivy))
    work(publishing.make_version(exercise, GOOD.replace("title: Send a mail by hand", "title: Send it"), ivy))
    again = publishing.go_back_to(first, ivy)
    assert (again.number, again.source, again.state) == (4, first.source, "waiting")
    publish_version(again.pk)
    assert exercise.current == again
    assert Activity.objects.get(pk=exercise.activity_id).title == "Send a mail by hand"


def test_a_version_that_is_gone_is_no_error(db):
    publish_version(10**6)


@pytest.mark.django_db(transaction=True)
def test_a_worker_plays_the_solution_in_a_lab_and_publishes(activity, ivy, worker):  # noqa: F811
    draft = work(publishing.create(activity.unit, read_ready_source("mail-by-hand"), ivy))
    assert (draft.state, draft.run["problems"]) == ("published", [])
    source = draft.source.replace("RCPT TO: <bob@lentil.edu>\n", "RCPT TO: <alice@lentil.edu>\n")
    refused = work(publishing.make_version(draft.exercise, source, ivy))
    assert (
        "The solution does not meet the goal “Have Alice's two lines arrive in Bob's mailbox”."
        in (refused.run["problems"])
    )


def read_ready_source(name: str) -> str:
    return (READY / f"{name}.yaml").read_text()
