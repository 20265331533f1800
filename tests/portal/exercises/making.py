"""An exercise as tests have it, and what happens in the labs of its attempts."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from portal.accounts.models import User
from portal.courses.models import Activity, Course, Unit
from portal.exercises.document import read_exercise
from portal.exercises.models import Attempt, Exercise, Version
from portal.labs import feed
from portal.labs.models import Lab
from portal.worlds.models import World
from protocols import events
from protocols.events import Endpoint

SOURCE = """\
exercise: 1
title: Send a mail by hand
summary: Speak SMTP yourself.
text: Speak *SMTP*.
world: lecture
goals:
  - {title: Greet the server, key: greet, points: 1, needs: {command: {verb: [HELO, EHLO]}}}
  - title: Name the recipient, and no wrong one
    key: rcpt
    points: 3
    needs:
      all:
        - {reply: {code: "250", to: RCPT}}
        - {never: {command: {verb: VRFY}}}
  - {title: "Which port was it?", key: port, points: 2, needs: {question: {ask: "Which?", answer: data port}}}
hints:
  - {tries: 2, minutes: 10, text: Say *HELO* first.}
  - {minutes: 20, text: Then MAIL.}
  - {tries: 3, text: Then RCPT.}
solution: |
  connect mx.lentil.edu 25
  HELO mx.halva.fr
  QUIT
"""
MENDED = SOURCE.replace("verb: [HELO, EHLO]", "verb: NOOP").replace("points: 3", "points: 4")


SMALL = """\
lentil: 1
title: A small one
student: me.example
hosts:
  - {name: me.example, address: 10.0.0.1}
  - {name: mx.example, address: 10.0.0.2, smtp: {domains: [example], mailboxes: [you@example]}}
"""


def make_small_activity(course: Course) -> Activity:
    """An activity whose world is quickly copied."""
    unit = Unit.objects.create(course=course, title="Mail")
    activity = Activity.objects.create(unit=unit, slug="by-hand", title="Send a mail by hand")
    World.objects.create(source=SMALL, activity=activity).make_mailboxes()
    return activity


def make_exercise(activity: Activity, source: str = SOURCE, **values: Any) -> Exercise:
    """An exercise with one version, which is published."""
    exercise = Exercise.objects.create(activity=activity, **values)
    make_published(exercise, source)
    return exercise


def make_published(exercise: Exercise, source: str = SOURCE) -> Version:
    """The exercise's next version, published without a trial."""
    found = read_exercise(source)
    hints = [{"text": hint.text, "tries": hint.tries, "minutes": hint.minutes} for hint in found.hints]
    return exercise.versions.create(
        number=exercise.versions.count() + 1,
        source=source,
        goals=found.goal_values,
        hints=hints,
        published_at=timezone.now(),
    )


def make_attempt(exercise: Exercise, person: User, **values: Any) -> Attempt:
    """The person's next attempt, its lab running under "worker" in epoch 1, its log empty."""
    version = exercise.current
    assert version
    world = exercise.activity.world.copy_for_lab()
    state = "ended" if values.get("submitted_at") else "running"
    lab = Lab.objects.create(
        activity=exercise.activity, person=person, world=world, goals=version.goals, state=state, epoch=1, starts=1
    )
    number = exercise.attempts.filter(person=person).count() + 1
    return exercise.attempts.create(version=version, person=person, lab=lab, number=number, **values)


def happen(attempt: Attempt, *found: events.Event) -> None:
    """Append events to the log of the attempt's lab."""
    lab = attempt.lab
    assert lab
    feed.append(lab.pk, lab.epoch, found)


class Session:
    """Events of a session of the student's, one after the other."""

    def __init__(self) -> None:
        self._seqs = count(1)
        self.events: list[events.Event] = []

    def type(self, raw: bytes) -> int:
        """The student types a line; its seq."""
        return self._add(events.Console(seq=next(self._seqs), at=1, console=1, action="typed", raw=raw))

    def say(self, raw: bytes, reply: bytes, because: int | None = None, conn: str = "1.1") -> int:
        """A client says a line, typed by the student where no other cause is given, and the server replies; the reply's
        seq."""
        typed = self.type(raw) if because is None else because
        said = self._add(self._line("C", raw, typed, conn))
        return self._add(self._line("S", reply, said, conn))

    def open_data(self, port: int) -> int:
        """The client opens a data connection to the server's port."""
        client, server = Endpoint("mx.halva.fr", "10.0.0.1", 40_000), Endpoint("ftp", "10.0.0.2", port)
        values: Any = {"conn": "1.2", "protocol": "ftp", "purpose": "data", "client": client, "server": server}
        return self._add(events.Opened(seq=next(self._seqs), at=1, **values))

    def ask(self, raw: bytes, reply: bytes, because: int | None = None) -> int:
        """A question to a name server, typed by the student where no other cause is given, and its answer."""
        typed = self.type(b"dig") if because is None else because
        ends: Any = {"client": Endpoint("a", "10.0.0.1", 5353), "server": Endpoint("b", "10.0.0.2", 53)}
        ends |= {"protocol": "dns", "transport": "udp"}
        asked = self._add(events.Message(seq=next(self._seqs), at=1, because=typed, side="C", raw=raw, **ends))
        return self._add(events.Message(seq=next(self._seqs), at=1, because=asked, side="S", raw=reply, **ends))

    def _line(self, side: Any, raw: bytes, because: int, conn: str) -> events.Line:
        values: Any = {"conn": conn, "protocol": "smtp", "state": "connected", "because": because}
        return events.Line(seq=next(self._seqs), at=1, side=side, raw=raw, **values)

    def _add(self, event: events.Event) -> int:
        self.events.append(event)
        return event.seq


def solve() -> list[events.Event]:
    """A session that meets the first two goals of SOURCE, and opens port 1379."""
    session = Session()
    session.say(b"HELO mx.halva.fr\r\n", b"250 mx.lentil.edu\r\n")
    session.say(b"RCPT TO:<bob@lentil.edu>\r\n", b"250 OK\r\n")
    session.open_data(1379)
    return session.events
