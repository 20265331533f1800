"""The demo course."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.accounts.models import User
from portal.courses.demo import ACCOUNTS, ACTIVITIES, COURSE, PASSWORD, SEND_A_MAIL
from portal.courses.models import Activity, Course, Enrolment, Unit
from portal.exercises.document import READY, read_exercise, read_source
from portal.exercises.models import Exercise, Version
from portal.worlds.models import World
from protocols.dns.generate import whole_zones
from tests.portal.conftest import deliver, edit_zone, find_zone, with_hashes


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    call_command("load_demo", verbosity=0)
    return Course.objects.get(slug=COURSE)


def test_it_refuses_outside_of_demo_mode(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="LENTIL_DEMO=1"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_accounts_sign_in_with_the_one_password(demo, client):
    for name in ACCOUNTS:
        assert client.login(username=name, password=PASSWORD)


def test_mallory_is_in_no_course(demo):
    roles = {name: demo.role_of(User.objects.get(username=name)) for name in ACCOUNTS}
    assert roles == {"alice": "student", "bob": "student", "ivy": "instructor", "mallory": None}


def test_each_activity_is_an_exercise_with_a_world_that_can_be_used(demo):
    for each in ACTIVITIES:
        found = read_exercise(read_source(each.exercise))
        activity = Activity.objects.get(unit__course=demo, slug=each.slug)
        assert (activity.title, activity.summary, activity.text) == (found.title, found.summary, found.text)
        current = find_current(each.slug)
        assert (current.number, current.goals, len(current.hints)) == (1, found.goal_values, len(found.hints))
        document = activity.world.document()
        assert document.hosts == with_hashes(found.world.hosts)
        assert whole_zones(document) == whole_zones(found.world)


def test_every_ready_exercise_is_in_the_course(demo):
    assert {each.exercise for each in ACTIVITIES} == {path.stem for path in READY.glob("*.yaml")}
    units = [(unit.title, unit.activities.count()) for unit in Unit.objects.filter(course=demo)]
    assert units == [("Mail", 2), ("Names", 2), ("Files", 2)]


def find_current(slug: str = SEND_A_MAIL.slug) -> Version:
    current = Exercise.objects.get(activity__slug=slug).current
    assert current
    return current


def find_world(slug: str = SEND_A_MAIL.slug) -> World:
    return World.objects.get(activity__slug=slug)


def test_run_again_it_keeps_what_people_made(demo):
    alice = User.objects.get(username="alice")
    alice.set_password("another-soup")
    alice.save()
    deliver(find_world(), b"kept")
    source = edit_zone(find_world(), "lentil.edu", "kept A 10.2.0.77")
    call_command("load_demo", verbosity=0)
    alice.refresh_from_db()
    assert alice.check_password("another-soup")
    assert find_world().mailboxes.get(address="bob@lentil.edu").messages.count() == 1
    assert find_zone(find_world()).source == source
    assert (User.objects.count(), Enrolment.objects.count(), Activity.objects.count()) == (4, 3, 6)
    assert Version.objects.count() == 6


def rewrite(author: User | None) -> None:
    """Make another version of the mail by hand the current one, as if Lentil (None) or a person had written it."""
    old = find_current()
    source = old.source.replace("title: Send a mail by hand", "title: Another title")
    values = {"goals": old.goals, "author": author, "published_at": timezone.now()}
    Version.objects.create(exercise=old.exercise, number=2, source=source, **values)
    Activity.objects.filter(exercise=old.exercise).update(title="Another title")


def test_an_exercise_of_another_release_becomes_the_new_one(demo):
    rewrite(None)
    call_command("load_demo", verbosity=0)
    current = find_current()
    assert (current.number, current.source) == (3, read_source("mail-by-hand"))
    assert current.exercise.activity.title == "Send a mail by hand"


def test_an_exercise_that_a_person_published_stays_theirs(demo):
    rewrite(User.objects.get(username="ivy"))
    call_command("load_demo", verbosity=0)
    assert (find_current().number, find_current().exercise.activity.title) == (2, "Another title")


def test_it_takes_over_no_account_that_is_a_persons_own(db, settings):
    settings.DEMO = True
    User.objects.create_user("alice", password="her own")
    with pytest.raises(CommandError, match="no demo account"):
        call_command("load_demo")
    assert not Course.objects.exists()
