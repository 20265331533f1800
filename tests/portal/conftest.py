"""Who and what the portal's tests are about: Alice, the owner of a lab; Bob, her classmate; Ivy, their instructor; and
Mallory, who is in another course."""

from __future__ import annotations

import hashlib
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from portal.accounts.models import User
from portal.courses.models import Activity, Course, Enrolment, Unit
from portal.exercises.models import Attempt, Exercise
from portal.labs import feed
from portal.labs.models import Lab
from portal.run import find_redis
from portal.worlds.editing import read_edit, save_edit
from portal.worlds.models import Message, VirtualFile, World
from portal.worlds.zones import Zone
from protocols import events
from protocols.dns import zone as files
from protocols.dns.zone import next_serial
from protocols.limits import FILE_CHUNK
from protocols.world import Host
from protocols.world.model import File
from tests.portal.exercises.making import make_attempt, make_exercise

ANSWERS_WITHIN = 30  # seconds
LECTURE = (settings.BASE / "protocols" / "worlds" / "lecture.yaml").read_text()


class RedisServer:
    """A private Redis where the settings look for it."""

    def start(self) -> None:
        socket = str(settings.VAR / "redis.sock")
        command = [find_redis(), "--port", "0", "--unixsocket", socket, "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + ANSWERS_WITHIN
        while True:
            try:
                redis.Redis(unix_socket_path=socket).ping()
                return
            except redis.ConnectionError:
                assert time.monotonic() < until
                time.sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Killed, and started empty afterwards."""
        self.kill()
        try:
            yield
        finally:
            self.start()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def course(db) -> Course:
    return Course.objects.create(slug="nwen243", code="NWEN 243", title="Computer networks")


@pytest.fixture(scope="session", autouse=True)
def lecture_is_read_once() -> Iterator[None]:
    """Most tests make the lecture's zones, and few are about the reading of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "parse_zone", cache(files.parse_zone))
        yield


@pytest.fixture
def activity(course) -> Activity:
    return make_activity(course)


def make_activity(course: Course, slug: str = "by-hand") -> Activity:
    unit = Unit.objects.create(course=course, title="Mail")
    activity = Activity.objects.create(unit=unit, slug=slug, title="Send a mail by hand", text="Speak *SMTP*.")
    world = World.objects.create(source=LECTURE, activity=activity)
    world.make_mailboxes()
    world.make_zones()
    world.make_files()
    return activity


@pytest.fixture
def exercise(activity) -> Exercise:
    """The activity as an exercise, with one version, which is published."""
    return make_exercise(activity)


@pytest.fixture
def attempt(exercise, alice) -> Attempt:
    """Alice's first attempt, up, in a running lab whose log is empty."""
    return make_attempt(exercise, alice)


@pytest.fixture
def enrol(course) -> Callable[[str, str], User]:
    """Make an account with a role in the course."""

    def make(name: str, role: str) -> User:
        user = User.objects.create_user(name, password="pease-porridge")
        Enrolment.objects.create(user=user, course=course, role=role)
        return user

    return make


@pytest.fixture
def alice(enrol) -> User:
    return enrol("alice", "student")


@pytest.fixture
def bob(enrol) -> User:
    return enrol("bob", "student")


@pytest.fixture
def ivy(enrol) -> User:
    return enrol("ivy", "instructor")


@pytest.fixture
def mallory(db) -> User:
    """An instructor of another course, and superuser: neither opens anything here."""
    user = User.objects.create_superuser("mallory", password="pease-porridge")
    other = Course.objects.create(slug="other", code="OTHER 101", title="Another course")
    Enrolment.objects.create(user=user, course=other, role="instructor")
    return user


@pytest.fixture
def lab(alice, activity) -> Lab:
    """Alice's lab, running under "worker" in epoch 1, its log empty."""
    return Lab.objects.create(
        activity=activity,
        person=alice,
        world=activity.world.copy_for_lab(),
        state=Lab.State.RUNNING,
        owner="worker",
        epoch=1,
        starts=1,
    )


def make_line(seq: int, raw: bytes = b"NOOP\r\n", **values) -> events.Line:
    """A line that a client said."""
    given: Any = {
        "seq": seq,
        "at": seq,
        "conn": "1.1",
        "protocol": "smtp",
        "side": "C",
        "raw": raw,
        "state": "connected",
    }
    return events.Line(**given | values)


def make_delivered(seq: int, **values) -> events.Delivered:
    """A message for Bob's mailbox."""
    raw = b"Subject: dahl\r\n\r\n\xffYes?\r\n"
    given: Any = {
        "seq": seq,
        "at": seq,
        "conn": "1.1",
        "mailbox": "bob@lentil.edu",
        "sender": "alice@halva.fr",
        "raw": raw,
    }
    return events.Delivered(**given | values)


def with_hashes(hosts: Sequence[Host]) -> tuple[Host, ...]:
    """A document's hosts as the models give them to a lab: the contents of their files by SHA-256."""
    return tuple(replace(host, files=tuple(map(_with_hash, host.files))) for host in hosts)


def _with_hash(file: File) -> File:
    if file.text is None:
        return file
    octets = file.text.encode()
    return replace(file, text=None, size=len(octets), sha256=hash_of(octets))


def deliver(world: World, raw: bytes, address: str = "bob@lentil.edu") -> Message:
    """Put a message into a mailbox, as the feed does; the message as it is kept."""
    message = Message.of("a@b", raw, timezone.now())
    world.deliver([(address, message)])
    return message


def make_edited(seq: int, **values) -> events.ZoneEdited:
    """What a lab says when it has loaded another file, with one record, for lentil.edu."""
    given: Any = {
        "seq": seq,
        "at": seq,
        "zone": "lentil.edu",
        "serial": 3,
        "why": "loaded",
        "raw": b"@ SOA ns1 hostmaster 3 7200 900 1209600 300\n@ NS ns1\n",
        "client_id": f"edit-{seq}",
    }
    return events.ZoneEdited(**given | values)


FILE_SERVER = "ftp.eckenfels.net"


def hash_of(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def hand_over(lab: Lab, octets: bytes) -> str:
    """Have a lab hand over a content, as its supervisor does; its SHA-256."""
    for offset in range(0, len(octets), FILE_CHUNK) or (0,):
        feed.keep(lab.pk, 1, hash_of(octets), len(octets), offset, octets[offset : offset + FILE_CHUNK])
    return hash_of(octets)


def make_stored(seq: int, octets: bytes = b"Yes?\n", **values) -> events.Stored:
    """What a lab says when somebody has stored a file in /tmp, where everybody may."""
    given: Any = {
        "seq": seq,
        "at": seq,
        "host": FILE_SERVER,
        "path": "/tmp/answer.txt",
        "owner": "ecki",
        "mode": 0o644,
        "modified": 1_800_000_000,
        "size": len(octets),
        "sha256": hash_of(octets),
    }
    return events.Stored(**given | values)


def make_changed(seq: int, change: str, path: str, to: str = "", **values) -> events.TreeChanged:
    """What a lab says when a directory was made, or something was removed or renamed."""
    made: Any = {"owner": "ecki", "mode": 0o755, "modified": 1_800_000_000} if change == "made" else {}
    given: Any = {"seq": seq, "at": seq, "host": FILE_SERVER, "change": change, "path": path, "to": to}
    return events.TreeChanged(**given | made | values)


def find_file(world: World, path: str, host: str = FILE_SERVER) -> VirtualFile:
    return world.files.get(host=host, path=path)


def find_zone(world: World, name: str = "lentil.edu") -> Zone:
    return world.zones.get(name=name)


def rewrite(zone: Zone, *lines: str, serial: int | None = None) -> str:
    """The zone's file with more lines, and with the next serial where none is given."""
    new = next_serial(zone.serial) if serial is None else serial
    source, count = re.subn(rf"(?s)(SOA.*?)\b{zone.serial}\b", rf"\g<1>{new}", zone.source, count=1)
    assert count
    return source.rstrip("\n") + "\n" + "".join(f"{line}\n" for line in lines)


def edit_zone(world: World, name: str, *lines: str) -> str:
    """Add lines to a zone's file, as its page does; the file."""
    zone = find_zone(world, name)
    edit = read_edit(zone, zone.serial, rewrite(zone, *lines))
    save_edit(edit)
    return edit.source
