"""Who gets what: every address by method, object and account, and every message on a lab's websocket.

The tables are compared with the URL resolver, the websocket's routes and the message registry: a new one without a row
fails. Where somebody is refused, the answer holds nothing of the course or the lab.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http.cookies import SimpleCookie
from itertools import product

import pytest
from allauth.account.models import EmailAddress
from channels.routing import URLRouter
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from portal.accounts.models import User
from portal.asgi import application
from portal.courses.models import Course, Enrolment
from portal.exercises.models import Attempt, Regrade
from portal.labs import feed
from portal.labs.bus import get_bus, inputs_of
from portal.labs.messages import FROM_PAGE
from portal.labs.models import Lab
from portal.worlds.models import Message
from tests.portal.conftest import make_activity, make_delivered
from tests.portal.exercises.making import make_exercise
from tests.portal.labs.test_consumer import Page, make_cookie

pytestmark = pytest.mark.usefixtures("redis_server")

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
SIGN_IN = "/accounts/login/?next="

# What each account is to the labs of Alice and Bob, who are in one course, and of Mallory, who is in another.
ACCOUNTS = {
    "mallory": ("outsider", "outsider", "owner"),
    "oscar": ("outsider", "outsider", "instructor"),  # who teaches the other course
    "root": ("outsider", "outsider", "outsider"),  # a superuser, in no course
    "gone": ("outsider", "outsider", "outsider"),  # was Alice's instructor until a moment ago
    "nobody": ("nobody", "nobody", "nobody"),
    "bob": ("classmate", "owner", "outsider"),
    "ivy": ("instructor", "instructor", "outsider"),
    "alice": ("owner", "classmate", "outsider"),
}
OWNERS = ("alice", "bob", "mallory")

# Route -> method -> the status for the owner of the lab, a classmate, an instructor, an outsider. HEAD is like GET; any
# other method is 405 for everybody. Nobody is sent to the sign-in page, whatever they ask.
ROUTES = {
    "course": {"GET": (200, 200, 200, 404)},
    "class-labs": {"GET": (404, 404, 200, 404)},
    "open-lab": {"POST": (302, 302, 302, 404)},
    "lab": {"GET": (200, 404, 200, 404)},
    "open-again": {"POST": (302, 404, 404, 404)},
    "end-lab": {"POST": (302, 404, 404, 404)},
    "mailboxes": {"GET": (200, 404, 200, 404)},
    "message": {"GET": (200, 404, 200, 404)},
    "message-source": {"GET": (200, 404, 200, 404)},
    "wire": {"GET": (200, 404, 200, 404)},
    "lab-files": {"GET": (200, 404, 200, 404), "POST": (302, 404, 404, 404)},
    "lab-file": {"GET": (200, 404, 200, 404)},
    "lab-file-content": {"GET": (200, 404, 200, 404)},
    "zones": {"GET": (200, 404, 200, 404)},
    "zone": {"GET": (200, 404, 200, 404), "POST": (200, 404, 200, 404)},
    "attempts": {"GET": (404, 404, 200, 404)},
    "grade-again": {"POST": (404, 404, 302, 404)},
    "attempt": {"GET": (200, 404, 200, 404)},
    "attempt-progress": {"GET": (200, 404, 200, 404)},
    "answer": {"POST": (302, 404, 404, 404)},
    "submit-attempt": {"GET": (200, 404, 404, 404), "POST": (302, 404, 404, 404)},
    "comment": {"POST": (404, 404, 200, 404)},  # without a text: it is asked for again
    "adjust-points": {"POST": (404, 404, 200, 404)},  # likewise
    "regrade": {"GET": (404, 404, 200, 404)},
    "confirm-regrade": {"POST": (404, 404, 302, 404)},
    "drop-regrade": {"POST": (404, 404, 302, 404)},
    "activity-files": {"GET": (404, 404, 200, 404), "POST": (404, 404, 302, 404)},
    "activity-file": {"GET": (404, 404, 200, 404)},
    "activity-file-content": {"GET": (404, 404, 200, 404)},
    "activity-zones": {"GET": (404, 404, 200, 404)},
    "activity-zone": {"GET": (404, 404, 200, 404), "POST": (404, 404, 200, 404)},
    "exercises": {"GET": (404, 404, 200, 404)},
    "new-exercise": {"GET": (404, 404, 200, 404), "POST": (404, 404, 200, 404)},
    "preview-exercise": {"POST": (404, 404, 200, 404)},
    "edit-exercise": {"GET": (404, 404, 200, 404), "POST": (404, 404, 200, 404)},
    "terms": {"GET": (404, 404, 200, 404), "POST": (404, 404, 200, 404)},
    "duplicate-exercise": {"POST": (404, 404, 302, 404)},
    "versions": {"GET": (404, 404, 200, 404)},
    "version": {"GET": (404, 404, 200, 404)},
    "version-file": {"GET": (404, 404, 200, 404)},
    "publish-version": {"POST": (404, 404, 302, 404)},
    "go-back": {"POST": (404, 404, 302, 404)},
}
RELATIONS = ("owner", "classmate", "instructor", "outsider")
SHOWS_MESSAGES = {"lab", "mailboxes", "message", "message-source", "attempt"}
OF_THE_COURSE = {"course", "class-labs", "open-lab", "activity-zones", "activity-zone"}
OF_THE_COURSE |= {"activity-files", "activity-file", "activity-file-content"}
OF_THE_COURSE |= {"exercises", "new-exercise", "preview-exercise", "edit-exercise", "duplicate-exercise", "terms"}
OF_THE_COURSE |= {"attempts", "grade-again", "versions", "version", "version-file", "publish-version", "go-back"}
ZONE = "vuw.ac.nz"
FILE = "/home/ecki/notes.txt"

# Routes about nothing but oneself: method -> the status for nobody, and for who is signed in. Other methods: 405.
OWN = {
    "home": {"GET": (302, 200), "POST": (302, 405), "PUT": (302, 405), "DELETE": (302, 405)},
    "help": {"GET": (200, 200)},
    "health": {"GET": (503, 503)},  # without a worker
    "account_login": {"GET": (200, 302), "POST": (200, 302), "PUT": (200, 302), "DELETE": (405, 302)},
    "account_logout": {"GET": (302, 200), "POST": (302, 302)},
    "account_inactive": {"GET": (200, 200)},
    "account_change_password": {"GET": (302, 200), "POST": (302, 200), "PUT": (302, 200), "DELETE": (302, 405)},
}

# Django's admin: everybody but staff is sent away. For a superuser: page -> its status; "" of a model is its list.
ADMIN = {
    "index": 200,
    "app_list": 200,
    "login": 302,
    "logout": 405,
    "password_change": 200,
    "password_change_done": 200,
}
ADMIN |= {"autocomplete": 403, "jsi18n": 200, "view_on_site": 404, "(?P<url>.*)$": 404}
EDITED = {"changelist": 200, "add": 200, "change": 200, "delete": 200, "history": 200}
READ = EDITED | {"add": 403, "delete": 403}
ADMIN_MODELS = {
    "auth_group": EDITED,
    "account_emailaddress": EDITED,
    "accounts_user": EDITED,
    "courses_course": EDITED,
    "courses_enrolment": EDITED,
    "courses_unit": EDITED,
    "courses_activity": EDITED,
    "worlds_world": EDITED,
    "worlds_zone": EDITED | {"add": 403},
    "worlds_ftpaccount": READ,
    "worlds_virtualfile": EDITED | {"add": 403},
    "labs_lab": READ,
    "labs_event": READ,
    "labs_visit": READ,
    "exercises_exercise": READ,
    "exercises_version": READ,
    "exercises_attempt": READ,
}


@dataclass(frozen=True)
class Thing:
    """A person's lab, of an attempt, with a message in it, and words that only those see who may: of the message, of
    the course, and such as the help has too."""

    lab: Lab
    attempt: Attempt
    mail: Message
    secrets: tuple[str, ...]


@pytest.fixture
def things(course, activity, alice, bob) -> dict[str, Thing]:
    """The labs of Alice, Bob and Mallory."""
    other = Course.objects.create(slug="other", code="OTHER 101", title="Another course")
    mallory = User.objects.create_user("mallory", password="pease-porridge")
    Enrolment.objects.create(user=mallory, course=other, role="student")
    elsewhere = make_activity(other, "elsewhere")
    labs = [make_lab(alice, activity), make_lab(bob, activity), make_lab(mallory, elsewhere)]
    for each in (activity, elsewhere):
        make_exercise(each)
    here = ("NWEN", "Computer networks")
    return {
        name: make_thing(lab, f"{name}s-beluga", *words, "Send a mail by hand", "lentil.edu")
        for name, lab, words in zip(OWNERS, labs, (here, here, ("OTHER", "Another course")), strict=True)
    }


def make_lab(person: User, activity) -> Lab:
    world = activity.world.copy_for_lab()
    return Lab.objects.create(
        activity=activity, person=person, world=world, state="running", owner="worker", epoch=1, starts=1
    )


def make_thing(lab: Lab, secret: str, *words: str) -> Thing:
    feed.append(lab.pk, 1, [make_delivered(1, raw=f"Subject: {secret}\r\n\r\n{secret}\r\n".encode())])
    return Thing(lab, make_attempt_in(lab), Message.objects.get(mailbox__world=lab.world), (secret, *words))


def make_attempt_in(lab: Lab) -> Attempt:
    """An attempt whose lab this is, with what nobody else reads in it; and the exercise's attempts graded again."""
    exercise = lab.activity.exercise
    answers = {"port": {"text": f"{lab.person.username}s-beluga", "right": False}}
    version = exercise.versions.get()
    Regrade.objects.get_or_create(exercise=exercise, version=version, state=Regrade.State.PROPOSED)
    return exercise.attempts.create(version=version, person=lab.person, number=1, lab=lab, answers=answers)


@pytest.fixture
def accounts(things, ivy) -> dict[str, str]:
    """The cookies of each account."""
    oscar = User.objects.create_user("oscar", password="pease-porridge")
    Enrolment.objects.create(user=oscar, course=things["mallory"].lab.course, role="instructor")
    gone = User.objects.create_user("gone", password="pease-porridge")
    Enrolment.objects.create(user=gone, course=things["alice"].lab.course, role="instructor", ended=timezone.now())
    User.objects.create_superuser("root", password="pease-porridge")
    return {"nobody": ""} | {user.username: make_cookie(user) for user in User.objects.all()}


@cache
def list_routes() -> dict[str, str]:
    """The pattern of every address, by its name; by the pattern itself where it has none."""
    return dict(walk(get_resolver()))


def walk(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from walk(each, prefix + str(each.pattern), f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield space + (each.name or str(each.pattern)), prefix + str(each.pattern)


def find_path(route: str, values: dict[str, object]) -> str:
    pattern = list_routes()[route].replace("^(?P<app_label>auth|account|", "<app_label>|")
    pattern = re.sub(r"<app_label>.*", "labs/", pattern).replace("(?P<url>.*)$", "nonsense")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), pattern)


def path_at(route: str, thing: Thing) -> str:
    lab = thing.lab
    values = {"course": lab.course.slug, "activity": lab.activity.slug, "lab": lab.pk, "message": thing.mail.pk}
    values |= {"version": 1, "attempt": thing.attempt.pk, "regrade": thing.attempt.exercise.regrades.get().pk}
    world = lab.activity.world if route.startswith("activity-") else lab.world
    values |= {"zone": ZONE, "file": world.files.get(path=FILE).pk}
    return find_path(route, values)


def ask(cookie: str, method: str, path: str):
    """The answer, and nothing left of what it changed."""
    client = make_client()
    client.cookies = SimpleCookie(cookie)
    with transaction.atomic():
        answer = client.generic(method, path)
        transaction.set_rollback(True)
    return answer


@cache
def make_client() -> Client:
    return Client()  # one for all: each loads the middleware anew, which takes longer than most requests


def said(answer) -> str:
    """What an answer says, without the form's token: NWEN stands in one of some 250,000 by chance."""
    content = re.sub(r'value="\w{64}"', "", answer.content.decode(errors="replace"))
    return content + answer.get("Location", "")


# Every route has a row


def test_every_route_has_a_row():
    routes = list_routes().keys()
    assert {route for route in routes if not route.startswith("admin:")} == ROUTES.keys() | OWN.keys()


def test_every_route_of_the_admin_has_a_row():
    rows = {f"admin:{page}" for page in ADMIN}
    rows |= {f"admin:{model}_{page}" for model in ADMIN_MODELS for page in EDITED}
    rows |= {"admin:<path:object_id>/", "admin:auth_user_password_change"}  # an older address of each; the user's own
    assert {route for route in list_routes() if route.startswith("admin:")} == rows


def test_every_message_and_every_websocket_has_a_row():
    assert MESSAGES.keys() == FROM_PAGE.keys()
    assert [str(route.pattern) for route in find_router(application).routes] == ["ws/labs/<int:lab>/"]


def find_router(inner) -> URLRouter:
    inner = inner.application_mapping["websocket"]
    while not isinstance(inner, URLRouter):
        inner = inner.application if hasattr(inner, "application") else inner.inner
    return inner


# Pages


@pytest.mark.parametrize("account", ACCOUNTS)
def test_who_gets_a_page(account, accounts, things):
    places = zip(OWNERS, ACCOUNTS[account], strict=True)
    for (owner, relation), route, method in product(places, ROUTES, METHODS):
        answer = ask(accounts[account], method, path_at(route, things[owner]))
        what = f"{account}: {method} {route} of {owner}"
        assert answer.status_code == expect(route, method, relation), what
        if relation == "nobody":
            assert answer["Location"].startswith(SIGN_IN), what
        if answer.status_code == 200 and method == "GET" and route in SHOWS_MESSAGES:
            assert things[owner].secrets[0] in said(answer), what
        if answer.status_code != 200:
            assert not [secret for secret in things[owner].secrets if secret in said(answer)], what


def expect(route: str, method: str, relation: str) -> int:
    if relation == "nobody":
        return 302
    row = ROUTES[route].get("GET" if method == "HEAD" else method)
    return row[RELATIONS.index(relation)] if row else 405


@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_is_about_oneself_shows_nothing_of_others(account, accounts, things, monkeypatch):
    monkeypatch.setattr("portal.health.find_workers", list)  # there is none
    for route, rows in OWN.items():
        for method in METHODS:
            answer = ask(accounts[account], method, find_path(route, {}))
            expected = rows.get("GET" if method == "HEAD" else method, (405, 405))[account != "nobody"]
            assert answer.status_code == expected, f"{account}: {method} {route}"
            for owner, relation in zip(OWNERS, ACCOUNTS[account], strict=True):
                hidden = things[owner].secrets[: 3 if relation in ("outsider", "nobody") else 1]
                assert not [secret for secret in hidden if secret in said(answer)], f"{account}: {method} {route}"


def test_what_is_not_there_is_refused_like_what_is_others(accounts, things):
    for route, method in [(each, method) for each in ROUTES.keys() - OF_THE_COURSE for method in ROUTES[each]]:
        thing = things["alice"]
        missing = find_path(
            route, {"lab": 10**6, "message": 10**6, "file": 10**6, "zone": ZONE, "attempt": 10**6, "regrade": 10**6}
        )
        answers = [ask(accounts["bob"], method, path) for path in (missing, path_at(route, thing))]
        bodies = [re.sub(r"[0-9a-f]{12}", "", said(answer)) for answer in answers]
        assert bodies[0] == bodies[1], route


# Django's admin


@pytest.fixture
def admin_paths(things) -> dict[str, str]:
    """Each route's address in the admin, of what belongs to Alice where it is about one object."""
    lab = things["alice"].lab
    keys = {
        "auth_group": Group.objects.create(name="some").pk,
        "account_emailaddress": EmailAddress.objects.create(user=lab.person, email="alice@halva.fr").pk,
        "accounts_user": lab.person_id,
        "courses_course": lab.course.pk,
        "courses_enrolment": Enrolment.objects.filter(user=lab.person)[0].pk,
        "courses_unit": lab.activity.unit_id,
        "courses_activity": lab.activity_id,
        "worlds_world": lab.activity.world.pk,
        "worlds_zone": lab.activity.world.zones.get(name=ZONE).pk,
        "worlds_ftpaccount": lab.activity.world.accounts.all()[0].pk,
        "worlds_virtualfile": lab.activity.world.files.filter(is_directory=False)[0].pk,
        "labs_lab": lab.pk,
        "labs_event": lab.events.all()[0].pk,
        "labs_visit": lab.visits.create(user=lab.person).pk,
    }
    attempt = things["alice"].attempt
    keys |= {
        "exercises_exercise": attempt.exercise_id,
        "exercises_version": attempt.version_id,
        "exercises_attempt": attempt.pk,
    }
    assert keys.keys() == ADMIN_MODELS.keys()
    pages = {route.removeprefix("admin:"): route for route in list_routes() if route.startswith("admin:")}
    values = {
        page: {"object_id": keys.get(page.rpartition("_")[0], 1), "id": 1, "content_type_id": 1} for page in pages
    }
    return {page: find_path(route, values[page]) for page, route in pages.items()}


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if account != "root"])
def test_the_admin_is_for_staff_alone(account, accounts, things, admin_paths):
    for page, path in admin_paths.items():
        for method in ("GET", "POST") if account == "ivy" else ("GET",):
            answer = ask(accounts[account], method, path)
            assert answer.status_code in (302, 403), f"{account}: {method} {page}"
            for thing in things.values():
                assert not [secret for secret in thing.secrets if secret in said(answer)], page


def test_the_admin_shows_a_superuser_no_word_of_what_was_said(accounts, things, admin_paths):
    for page, path in admin_paths.items():
        answer = ask(accounts["root"], "GET", path)
        model, _, action = page.rpartition("_")
        expected = ADMIN_MODELS[model][action] if model in ADMIN_MODELS else ADMIN.get(page, answer.status_code)
        assert answer.status_code == expected, page
        for thing in things.values():
            assert thing.secrets[0] not in said(answer), page


def test_a_labs_world_and_its_zones_are_not_the_admins(accounts, things):
    for thing in things.values():
        zone = thing.lab.world.zones.get(name=ZONE)
        for path in (f"/admin/worlds/world/{thing.lab.world_id}/change/", f"/admin/worlds/zone/{zone.pk}/change/"):
            assert ask(accounts["root"], "GET", path).status_code == 302


# The websocket

# What becomes of each message: it is answered with the log, passed on to the lab, or refused; None where it cannot even
# be said, since the socket is closed before.
PASSED, SHOWN, ONLY_THE_OWNER = "passed on", "events", "Only the owner of this lab types in it."
MESSAGES = {
    "since": {"owner": SHOWN, "instructor": SHOWN},
    "input": {"owner": PASSED, "instructor": ONLY_THE_OWNER},
    "hang-up": {"owner": PASSED, "instructor": ONLY_THE_OWNER},
}
BODIES: dict[str, dict] = {
    "since": {"seq": 0},
    "input": {"client_id": "a-1", "console": 1, "text": "NOOP"},
    "hang-up": {"client_id": "a-1", "console": 1},
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("account", ACCOUNTS)
async def test_who_is_heard_on_a_websocket(account, accounts, things):
    for owner, relation in zip(OWNERS, ACCOUNTS[account], strict=True):
        for kind, rows in MESSAGES.items():
            found = await tell(accounts[account], things[owner].lab.pk, {"type": kind, **BODIES[kind]})
            assert found == rows.get(relation), f"{account}: {kind} to {owner}"
    await get_bus().close()


async def tell(cookie: str, lab: int, message: dict) -> str | None:
    """What becomes of a message."""
    page = Page(lab, cookie)
    async with get_bus().follow(inputs_of(lab), 9) as follower:
        assert await follower.get() is None
        if await page.is_refused():
            return None
        await page.say(**message)
        if message["type"] != "since" and not await page.is_silent():
            return (await page.hear())["sentence"]
        answer = "passed on" if follower._waiting else (await page.hear())["type"]
        await page.close()
    return answer
