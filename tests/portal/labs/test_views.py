"""Every page: what it shows and does. Who gets it stands in tests/portal/test_roles.py."""

import re

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from portal.courses.models import Enrolment
from portal.labs import feed, limits
from portal.labs.models import Lab, Visit
from portal.worlds.models import Message
from tests.portal.conftest import make_activity, make_delivered
from tests.portal.exercises.making import make_exercise
from tests.portal.test_roles import ROUTES

pytestmark = pytest.mark.usefixtures("redis_server")

METHODS = [(route, method.lower()) for route, row in ROUTES.items() for method in row] + [("home", "get")]
SECRET = b"Subject: beluga\r\n\r\nThe black ones.\r\n"


@pytest.fixture
def mail(lab) -> Message:
    feed.append(lab.pk, 1, [make_delivered(1, raw=SECRET)])
    return Message.objects.get()


@pytest.fixture
def paths(lab, mail) -> dict[str, str]:
    """Each route's address for Alice's lab, which is of an attempt, and the message in it."""
    exercise = make_exercise(lab.activity)
    version = exercise.versions.get()
    attempt = exercise.attempts.create(version=version, person=lab.person, number=1, lab=lab)
    values = {"course": "nwen243", "activity": "by-hand", "lab": lab.pk, "message": mail.pk, "zone": "vuw.ac.nz"}
    values |= {"version": 1, "attempt": attempt.pk, "regrade": exercise.regrades.create(version=version).pk}
    values["file"] = lab.world.files.get(path="/home/ecki/notes.txt").pk
    return {
        route.name: "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), str(route.pattern))
        for route in get_resolver().url_patterns
        if isinstance(route, URLPattern) and route.name in dict(METHODS)
    }


@pytest.mark.parametrize("route", [route for route, method in METHODS if method == "post"])
def test_what_changes_something_needs_the_pages_token(route, paths, alice):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(paths[route]).status_code == 403


def test_who_has_left_the_course_gets_nothing_of_it(paths, alice, client):
    client.force_login(alice)
    Enrolment.objects.filter(user=alice).update(ended=timezone.now())
    for route, method in METHODS[:-1]:
        assert getattr(client, method)(paths[route]).status_code == 404
    assert b"NWEN" not in client.get("/").content


def test_a_message_of_another_lab_is_not_found_in_ones_own(lab, mail, bob, activity, client):
    own = Lab.objects.create(activity=activity, person=bob, world=activity.world.copy_for_lab())
    client.force_login(bob)
    assert client.get(f"/labs/{own.pk}/messages/{mail.pk}/").status_code == 404
    assert client.get(f"/labs/{own.pk}/messages/{mail.pk}/source").status_code == 404


def test_the_instructors_look_is_recorded_and_the_owners_is_not(paths, alice, ivy, bob, lab, client):
    for user in (alice, ivy, bob, ivy):
        client.force_login(user)
        client.get(paths["lab"])
    assert list(Visit.objects.values_list("user__username", "lab")) == [("ivy", lab.pk)]


def test_the_course_shows_ones_own_labs_only(paths, lab, alice, bob, client):
    for user, expected in ((alice, lab), (bob, None)):
        client.force_login(user)
        (unit,) = client.get(paths["course"]).context["units"]
        assert [activity.lab for activity, _ in unit.rows] == [expected]


def test_opening_makes_a_lab_that_asks_for_its_start(activity, bob, client):
    client.force_login(bob)
    answer = client.post("/courses/nwen243/by-hand/open")
    lab = Lab.objects.get(person=bob)
    assert answer["Location"] == f"/labs/{lab.pk}/"
    assert (lab.state, lab.owner) == ("starting", "")
    assert lab.world.copied_from == activity.world


def test_opening_an_activity_without_a_world_is_not_found(activity, bob, client):
    activity.world.delete()
    client.force_login(bob)
    assert client.post("/courses/nwen243/by-hand/open").status_code == 404


def test_one_lab_too_many_is_said_in_a_sentence(course, bob, client):
    client.force_login(bob)
    for number in range(limits.LABS_A_PERSON + 1):
        make_activity(course, f"activity-{number}")
        answer = client.post(f"/courses/nwen243/activity-{number}/open")
    assert answer["Location"] == "/courses/nwen243/"
    assert f"You have {limits.LABS_A_PERSON} labs running" in client.get("/courses/nwen243/").content.decode()
    assert Lab.objects.count() == limits.LABS_A_PERSON


def test_the_lab_page_knows_its_hosts_and_who_types(paths, alice, ivy, client):
    for user, may_type in ((alice, True), (ivy, False)):
        client.force_login(user)
        context = client.get(paths["lab"]).context
        assert context["may_type"] is may_type
        assert context["student"] == "mx.halva.fr"
        assert [(host.name, host.role, host.connects) for host in context["hosts"].first] == [
            ("mx.halva.fr", "your machine", ()),
            ("vuwwincodc00001.vuw.ac.nz", "your resolver", ()),
            ("mx.lentil.edu", "", (("smtp", 25),)),
            ("ftp.lentil.edu", "", (("ftp", 21),)),
            ("ftp.eckenfels.net", "", (("ftp", 21),)),
        ]
        assert context["hosts"].groups[0].title == "Root servers"
        assert list(context["lessons"]["protocols"]) == ["smtp", "ftp", "dns"]


def test_a_message_is_shown_with_its_header_and_its_body(paths, alice, client):
    client.force_login(alice)
    context = client.get(paths["message"]).context
    assert (context["headers"], context["body"]) == ([("Subject", "beluga")], "The black ones.\n")
    assert context["parts"] == []


def test_the_source_is_the_messages_octets_and_no_browser_runs_them(paths, mail, alice, client):
    Message.objects.filter(pk=mail.pk).update(raw=b"Subject: x\r\n\r\n<script>alert(1)</script>\x00\xff\r\n")
    client.force_login(alice)
    answer = client.get(paths["message-source"])
    assert answer.content == b"Subject: x\r\n\r\n<script>alert(1)</script>\x00\xff\r\n"
    assert answer["Content-Type"] == "text/plain; charset=us-ascii"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_what_students_send_is_text_in_every_page(paths, mail, lab, alice, ivy, client):
    payload = "<script>alert(1)</script>"
    Message.objects.filter(pk=mail.pk).update(
        raw=f"Subject: {payload}\r\nX-{payload}: {payload}\r\n\r\n{payload}\r\n".encode(),
        subject=payload,
        sender=payload,
    )
    alice.first_name = alice.username = payload
    alice.save()
    client.force_login(ivy)
    for route in ("course", "class-labs", "lab", "mailboxes", "message"):
        content = client.get(paths[route]).content.decode()
        assert payload not in content
    assert "&lt;script&gt;" in content


def test_the_class_page_shows_who_runs_what_and_what_has_ended(paths, lab, bob, activity, ivy, client):
    ended = Lab.objects.create(
        activity=activity, person=bob, world=activity.world.copy_for_lab(), state="ended", ended_at=timezone.now()
    )
    client.force_login(ivy)
    context = client.get(paths["class-labs"]).context
    assert (list(context["running"]), list(context["ended"])) == ([lab], [ended])


@pytest.mark.parametrize("route", [route for route, method in METHODS if method == "get"])
def test_every_page_has_a_strict_policy(route, paths, ivy, client):
    client.force_login(ivy)
    policy = client.get(paths[route])["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_ending_a_lab_while_the_queue_is_away_is_said_in_a_sentence(paths, alice, client, redis_server):
    client.force_login(alice)
    with redis_server.away():
        assert client.post(paths["end-lab"]).status_code == 302
    assert "cannot be reached for the moment" in client.get(paths["lab"]).content.decode()


def test_the_class_page_says_why_a_lab_ended_in_words(paths, lab, ivy, client):
    Lab.objects.filter(pk=lab.pk).update(state="ended", owner="", why="owner-lost")
    client.force_login(ivy)
    content = client.get(paths["class-labs"]).content.decode()
    assert "does not answer any more" in content
    assert "owner-lost" not in content
