"""The demo course."""

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import User
from portal.courses.demo import ACCOUNTS, COURSE, FETCH_A_FILE, FOLLOW_A_NAME, PASSWORD, SEND_A_FILE, SEND_A_MAIL
from portal.courses.models import Activity, Course, Enrolment
from portal.worlds.management.commands.load_demo import LECTURE
from portal.worlds.models import World
from protocols.dns.generate import whole_zones
from protocols.world import read_world
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


@pytest.mark.parametrize(
    ("activity", "host"),
    [
        (SEND_A_MAIL, "mx.halva.fr"),
        (FOLLOW_A_NAME, "vuwwincodc00001.vuw.ac.nz"),
        (FETCH_A_FILE, "ftp.eckenfels.net"),
        (SEND_A_FILE, "ftp.lentil.edu"),
    ],
)
def test_each_activity_has_a_world_that_can_be_used(activity, host, demo):
    found = Activity.objects.get(unit__course=demo, slug=activity.slug)
    document = found.world.document()
    assert document.hosts == with_hashes(read_world(LECTURE).hosts)
    assert whole_zones(document) == whole_zones(read_world(LECTURE))
    assert host in found.html
    assert document.host(host)


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
    assert (User.objects.count(), Enrolment.objects.count(), Activity.objects.count()) == (4, 3, 4)


def test_run_again_it_makes_what_was_not_there_before_there_were_files(demo):
    world = find_world()
    world.files.all().delete()
    world.accounts.all().delete()
    Activity.objects.filter(slug=FETCH_A_FILE.slug).delete()
    call_command("load_demo", verbosity=0)
    assert world.document().hosts == with_hashes(read_world(LECTURE).hosts)
    assert find_world(FETCH_A_FILE.slug).files.count() == world.files.count() > 10


def test_it_takes_over_no_account_that_is_a_persons_own(db, settings):
    settings.DEMO = True
    User.objects.create_user("alice", password="her own")
    with pytest.raises(CommandError, match="no demo account"):
        call_command("load_demo")
    assert not Course.objects.exists()
