"""A student at a running portal, without a browser: pages over HTTP, a lab over its websocket, as its page does it."""

from __future__ import annotations

import http.cookiejar
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from portal.courses.demo import PASSWORD
from tests.running import Portal

ANSWERED_WITHIN = 40  # seconds
AGAIN = 1.5  # seconds after which a line that was not answered is sent again, under the same id
OPEN = "/courses/nwen243/send-a-mail-by-hand/open"


class LabOver(Exception):
    """The lab ended while something was said to it. The text is the sentence that the page shows."""


class Student:
    """Somebody who has signed in. Every request gives the status, the address where it ended, and the page."""

    def __init__(self, portal: Portal, name: str) -> None:
        self.portal = portal
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self.get("/accounts/login/")
        _, address, _ = self.post("/accounts/login/", login=name, password=PASSWORD)
        assert "login" not in address

    def get(self, path: str) -> tuple[int, str, str]:
        return self._ask(urllib.request.Request(self.portal.url + path))

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        fields["csrfmiddlewaretoken"] = next(each.value or "" for each in self._cookies if each.name == "csrftoken")
        return self._ask(urllib.request.Request(self.portal.url + path, urllib.parse.urlencode(fields).encode()))

    def open_lab(self, path: str = OPEN) -> LabPage:
        """A lab, running, and its page; `path` opens it."""
        _, address, _ = self.post(path)
        lab = int(address.rstrip("/").rpartition("/")[2])
        page = LabPage(self, lab)
        page.hear_change("started")
        return page

    def cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self._cookies)

    def _ask(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._browser.open(request, timeout=ANSWERED_WITHIN) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.url or "", error.read().decode()


class LabPage:
    """The page of a lab. It connects again by itself, and asks for what it lacks; `shown` is every description that
    came, `messages` everything else that it was told."""

    def __init__(self, student: Student, lab: int) -> None:
        self.student = student
        self.lab = lab
        self.shown: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.connections = 0  # that it has made
        self._socket: ClientConnection | None = None
        self._connected = ExitStack()

    @property
    def last(self) -> int:
        return self.shown[-1]["seq"] if self.shown else 0

    def say(self, text: str, code: str | None = None) -> None:
        """Type a line, and wait until the server's reply with this code is shown; without a code, until it is on the
        wire. Raises LabOver where the lab ends instead."""
        client_id, place = secrets.token_hex(16), len(self.shown)
        until = time.monotonic() + ANSWERED_WITHIN
        while not any(is_answer(each, text, code) for each in self.shown[place:]):
            assert time.monotonic() < until, f"{text!r} was not answered: {self.messages[-3:]}"
            self.send(type="input", client_id=client_id, console=1, text=text)
            self.hear_for(AGAIN, lambda: any(is_answer(each, text, code) for each in self.shown[place:]))
            if over := find_end(self.shown[place:]):
                raise LabOver(over["note"])

    def send(self, **message: Any) -> None:
        """Send a message, where there is a connection."""
        try:
            if self._socket:
                self._socket.send(json.dumps(message))
        except (WebSocketException, OSError):
            self._socket = None

    def hear_change(self, change: str, seconds: float = ANSWERED_WITHIN) -> dict[str, Any]:
        """Listen until the newest lab event that is shown says `change`, and return that."""

        def newest() -> dict[str, Any] | None:
            return next((each for each in reversed(self.shown) if each["kind"] == "lab"), None)

        self.hear_for(seconds, lambda: (newest() or {}).get("facts", {}).get("change") == change)
        found = newest()
        assert found, "nothing was heard of the lab"
        assert found["facts"]["change"] == change
        return found

    def hear_for(self, seconds: float, is_enough: Any = lambda: False) -> None:
        """Listen for some time, or until it is enough."""
        until = time.monotonic() + seconds
        while not is_enough() and (left := until - time.monotonic()) > 0:
            try:
                self._hear(min(left, 0.5))
            except TimeoutError:
                pass
            except (WebSocketException, OSError):
                self._socket = None
                time.sleep(0.1)

    def drop(self) -> None:
        """Lose the connection."""
        self._connected.close()
        self._socket = None

    def _hear(self, seconds: float) -> None:
        if self._socket is None:
            url = f"{self.student.portal.url.replace('http', 'ws', 1)}/ws/labs/{self.lab}/"
            headers = {"Cookie": self.student.cookie()}
            origin: Any = self.student.portal.url
            self._connected.close()
            self._socket = self._connected.enter_context(
                connect(url, additional_headers=headers, origin=origin, open_timeout=10, proxy=None)
            )
            self.connections += 1
            self.send(type="since", seq=self.last)
            return
        message = json.loads(self._socket.recv(timeout=seconds))
        if message["type"] != "events":
            self.messages.append(message)
        self.shown += [each for each in message.get("descriptions", ()) if each["seq"] > self.last]


def read_text(description: dict[str, Any]) -> str:
    return "".join(text for _, text in description.get("parts", ()))


def is_answer(description: dict[str, Any], text: str, code: str | None) -> bool:
    said = read_text(description)
    if description["kind"] != "line":
        return False
    return description["side"] == "S" and said.startswith(code) if code else said == text


def find_end(descriptions: list[dict[str, Any]]) -> dict[str, Any] | None:
    ends = (each for each in descriptions if each.get("facts", {}).get("change") in ("ended", "failed"))
    return next(ends, None)
