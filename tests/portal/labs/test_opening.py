"""Opening labs: which lab it is, and whether there may be one more."""

import threading

import pytest
from django.db import IntegrityError, connection

from portal.labs import limits
from portal.labs.models import Lab
from portal.labs.opening import LimitReached, open_activity, open_again
from tests.portal.conftest import make_activity

pytestmark = pytest.mark.usefixtures("redis_server")


def end(lab: Lab) -> Lab:
    Lab.objects.filter(pk=lab.pk).update(state="ended", owner="", lease_until=None, why="asked")
    return Lab.find(lab.pk)


def test_opening_the_same_activity_leads_to_the_lab_that_is_up(activity, alice):
    assert open_activity(activity, alice) == open_activity(activity, alice)


def test_classmates_have_labs_of_their_own(activity, alice, bob):
    assert open_activity(activity, alice).world != open_activity(activity, bob).world


def test_a_lab_keeps_the_goals_that_it_was_opened_with(activity, alice):
    goals = [{"title": "Greet", "needs": {"command": {"verb": "HELO"}}}]
    lab = open_activity(activity, alice, goals)
    open_activity(activity, alice, [])
    assert open_again(end(lab)).goals == goals
    assert Lab.objects.get(pk=lab.pk).goals == goals


def test_an_ordinary_lab_has_no_goals(activity, alice):
    assert Lab.objects.get(pk=open_activity(activity, alice).pk).goals == []


def test_opening_after_the_end_makes_a_new_lab(activity, alice):
    first = end(open_activity(activity, alice))
    assert open_activity(activity, alice) != first


def test_a_lab_opened_again_keeps_its_log_and_its_world(activity, alice):
    lab = end(open_activity(activity, alice))
    Lab.objects.filter(pk=lab.pk).update(last_seq=7, starts=1)
    again = open_again(Lab.find(lab.pk))
    assert again == lab
    again.refresh_from_db()
    assert (again.state, again.why, again.last_seq, again.world) == ("starting", "", 7, lab.world)


def test_opening_a_running_lab_again_changes_nothing(lab):
    assert open_again(Lab.find(lab.pk)) == lab
    lab.refresh_from_db()
    assert (lab.state, lab.owner) == ("running", "worker")


def test_opening_an_old_lab_again_leads_to_the_newer_one_that_is_up(activity, alice):
    old = end(open_activity(activity, alice))
    new = open_activity(activity, alice)
    assert open_again(old) == new


def test_a_lab_whose_log_is_full_is_begun_anew_and_not_opened_again(activity, alice):
    lab = end(open_activity(activity, alice))
    Lab.objects.filter(pk=lab.pk).update(why="log-full")
    with pytest.raises(LimitReached, match="log of this lab is full"):
        open_again(Lab.find(lab.pk))
    new = open_activity(activity, alice)
    assert (new.last_seq, new.goes_on) == (0, True)
    assert open_again(Lab.find(lab.pk)) == new


def test_a_person_has_only_so_many_labs_up(course, alice, bob):
    activities = [make_activity(course, f"activity-{number}") for number in range(limits.LABS_A_PERSON + 1)]
    labs = [open_activity(activity, alice) for activity in activities[:-1]]
    with pytest.raises(LimitReached, match=f"You have {limits.LABS_A_PERSON} labs running"):
        open_activity(activities[-1], alice)
    open_activity(activities[-1], bob)
    ended = end(labs[0])
    open_activity(activities[-1], alice)
    with pytest.raises(LimitReached):
        open_again(ended)


def test_a_second_lab_of_an_activity_cannot_be_up(lab, activity, alice):
    with pytest.raises(IntegrityError):
        Lab.objects.create(activity=activity, person=alice, world=activity.world.copy_for_lab())


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_get_the_same_lab(activity, alice):
    found = []

    def open_it():
        found.append(open_activity(activity, alice).pk)
        connection.close()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_away_loses_nothing(activity, alice, redis_server):
    with redis_server.away():
        lab = open_activity(activity, alice)
    lab.refresh_from_db()
    assert lab.state == "starting"
    assert lab.lease_until  # whoever looks after that takes it up
