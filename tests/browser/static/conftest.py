"""The lab's page alone in Chromium: its own template and modules, and a log that the test plays, without a portal."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, WebSocketRoute

from portal.labs.goals import GoalRow
from portal.labs.hosts import group_hosts
from protocols.explain import lessons
from protocols.world import Host, Mail, World

ROOT = Path(__file__).resolve().parents[3]
ORIGIN = "http://localhost:1"  # never reached: every request is answered here
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
ROUTE = [
    {"host": "mx.halva.fr", "address": "10.1.0.25", "port": 49152},
    {"host": "mx.lentil.edu", "address": "10.2.0.25", "port": 25},
]
WORLD = World(
    title="Mail",
    student="mx.halva.fr",
    hosts=(
        Host("mx.halva.fr", "10.0.0.1"),
        Host("mx.lentil.edu", "10.2.0.25", smtp=Mail(("lentil.edu",), ("bob@lentil.edu",))),
    ),
)


class Log:
    """A lab's log, as the websocket shows it. `received` is what the page sent on all its sockets; what happens to a
    message that is typed is `answer`."""

    def __init__(self) -> None:
        self.descriptions: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], None] = self.say
        self.sockets: list[WebSocketRoute] = []

    def add(self, kind: str, **fields: Any) -> int:
        """Add an event without showing it, and return its seq."""
        seq = len(self.descriptions) + 1
        self.descriptions.append({"seq": seq, "at": seq * 1000, "kind": kind, **fields})
        return seq

    def add_line(self, text: str, side: str = "S", **fields: Any) -> int:
        """Add a line on the wire of connection 1.1."""
        explanation = {"title": f"{text[:10]}, from the {side}", "says": ["It says so."]}
        return self.add("line", conn="1.1", side=side, parts=[["text", text]], explanation=explanation, **fields)

    def start(self) -> None:
        """The lab runs, and a connection to the server is open."""
        self.add("lab", note="The lab is running.", facts={"change": "started", "absent": [], "start": 1})
        self.add("opened", conn="1.1", heading=["mx.halva.fr → mx.lentil.edu:25", "TCP"], route=ROUTE)

    def say(self, message: dict[str, Any]) -> None:
        """What is typed goes onto the wire, once."""
        known = {description.get("client_id") for description in self.descriptions}
        if message["client_id"] not in known:
            typed = self.add("console", client_id=message["client_id"])
            self.add_line(message["text"], "C", client_id=message["client_id"], because=typed)
        self.show(len(self.descriptions) - 2)

    def show(self, after: int) -> None:
        """Send the page what the log has after `after`."""
        self.send("events", last=len(self.descriptions), whole=True, descriptions=self.descriptions[after:])

    def send(self, kind: str, **fields: Any) -> None:
        """Send any message on the newest socket."""
        self.sockets[-1].send(json.dumps({"type": kind, **fields}))

    def serve(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(self._take)

    def _take(self, text: str | bytes) -> None:
        message = json.loads(text)
        self.received.append(message)
        if message["type"] == "since":
            self.show(message["seq"])
        elif message["type"] == "input":
            self.answer(message)

    def typed(self) -> list[str]:
        """The texts that the page has sent, in order."""
        return [message["text"] for message in self.received if message["type"] == "input"]


@pytest.fixture
def log() -> Log:
    log = Log()
    log.start()
    return log


@pytest.fixture
def world() -> World:
    """The world of the lab; a module may have another."""
    return WORLD


@pytest.fixture
def goals() -> list[GoalRow]:
    """The goals of the lab; a module may have some."""
    return []


@pytest.fixture
def page(chromium: Browser, log: Log, world: World, goals: list[GoalRow]) -> Iterator[Page]:
    """A page of Chromium, in which `open_lab` opens the lab."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(5_000)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", answer_in(world, goals))
    page.route_web_socket("**/ws/labs/7/", log.serve)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def open_lab(page: Page) -> Callable[[], Page]:
    def open_page() -> Page:
        page.goto(f"{ORIGIN}/labs/7/")
        page.get_by_role("status").filter(has_text="Lab").wait_for()
        return page

    return open_page


def answer_in(world: World, goals: Sequence[GoalRow] = ()) -> Callable[[Route], None]:
    """What answers every request of the page of a lab in `world` that has these goals."""
    return lambda route: _answer(route, world, goals)


answer = answer_in(WORLD)


def _answer(route: Route, world: World, goals: Sequence[GoalRow]) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    headers = {"Content-Security-Policy": POLICY}
    if path.startswith(settings.STATIC_URL):
        file = ROOT / "static" / path.removeprefix(settings.STATIC_URL)
        kind = mimetypes.guess_type(file)[0] or "text/plain"
        route.fulfill(body=file.read_bytes(), content_type=kind, headers=headers)
    else:
        route.fulfill(body=draw_lab(world, goals), content_type="text/html", headers=headers)


def draw_lab(world: World, goals: Sequence[GoalRow]) -> str:
    names = SimpleNamespace(code="NWEN 243", slug="nwen243", title="Mail", html="<p>Bring Bob his mail.</p>")
    lab = SimpleNamespace(id=7, state="running", person="alice")
    context = {"lab": lab, "course": names, "unit": names, "activity": names, "student": world.student}
    context |= {"hosts": group_hosts(world), "lessons": lessons(world), "goals": goals}
    return render_to_string("labs/lab.html", context | {"may_type": True, "mailboxes": [], "user": None})
