"""The one place where permission questions are asked."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portal.accounts.may import ENOUGH, may
from portal.courses.models import Enrolment

# What Alice's classmate Bob, the instructor, and Alice herself may do; Mallory and nobody may do nothing.
COURSE = {"see course": {"alice", "bob", "ivy"}, "see class": {"ivy"}}
ACTIVITY = {"open lab": {"alice", "bob", "ivy"}, "see zones": {"ivy"}, "edit zone": {"ivy"}, "edit template": {"ivy"}}
LAB = {
    "see lab": {"alice", "ivy"},
    "type": {"alice"},
    "open lab again": {"alice"},
    "end lab": {"alice"},
    "see zones": {"alice", "ivy"},
    "edit zone": {"alice", "ivy"},
    "place file": {"alice"},
}
EXERCISE = {
    "begin attempt": {"alice", "bob", "ivy"},
    "see attempts": {"ivy"},
    "regrade": {"ivy"},
    "author exercise": {"ivy"},
}
ATTEMPT = {"see attempt": {"alice", "ivy"}, "submit attempt": {"alice"}, "comment": {"ivy"}, "adjust points": {"ivy"}}
TABLES = {"course": COURSE, "activity": ACTIVITY, "lab": LAB, "exercise": EXERCISE, "attempt": ATTEMPT}
ROWS = [(thing, action) for thing, table in TABLES.items() for action in table]
WHO = ["mallory", "nobody", "bob", "ivy", "alice"]


@pytest.fixture
def nobody() -> AnonymousUser:
    return AnonymousUser()


def test_every_action_has_a_row():
    assert {action for _, action in ROWS} == ENOUGH.keys()


@pytest.mark.parametrize(("who", "row"), list(itertools.product(WHO, ROWS)))
def test_who_may_do_what(who, row, request):
    thing, action = row
    found = may(request.getfixturevalue(who), action, request.getfixturevalue(thing))
    assert found == (who in TABLES[thing][action])


def test_being_superuser_opens_nothing(lab, course, bob):
    bob.is_staff = bob.is_superuser = True
    bob.save()
    assert not may(bob, "see lab", lab)
    assert not may(bob, "see class", course)


def test_an_instructor_owns_a_lab_of_their_own(lab, ivy):
    lab.person = ivy
    assert may(ivy, "type", lab)


@pytest.mark.parametrize("who", ["alice", "ivy"])
def test_an_ended_enrolment_ends_everything(who, lab, course, request):
    user = request.getfixturevalue(who)
    Enrolment.objects.filter(user=user).update(ended=timezone.now())
    assert not may(user, "see lab", lab)
    assert not may(user, "type", lab)
    assert not may(user, "see course", course)


def test_a_deactivated_account_may_do_nothing(lab, alice):
    alice.is_active = False
    assert not may(alice, "see lab", lab)


def test_an_unknown_action_is_a_mistake_in_the_code(lab, alice):
    with pytest.raises(KeyError):
        may(alice, "look at", lab)  # type: ignore[arg-type]
