"""The files of a lab, and what is told of their changes."""

import asyncio
import hashlib

import pytest

from protocols import limits
from protocols.events import Event
from protocols.ftp.filesystem import FileError
from protocols.ftp.store import Store
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp

ECKI = Account("ecki", home="/home/ecki", quota=100)
READER = Account("anonymous", may_write=False)
BINARY = bytes(range(256))
SERVER, STUDENT = "ftp.lentil.edu", "pc.halva.fr"
NOON = 1_800_000_000  # seconds
NEW = {"owner": "ecki", "modified": NOON}


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


FILES = (
    File("/home/", mode=0o755),
    File("/home/ecki/", owner="ecki", mode=0o755),
    File("/home/ecki/notes", owner="ecki", text="grüße\n"),
    File("/pub/", mode=0o755),
    File("/pub/image", size=len(BINARY), sha256=digest(BINARY)),
)
WORLD = World(
    "Files",
    STUDENT,
    (Host(STUDENT, "10.0.0.1"), Host(SERVER, "10.0.0.2", ftp=Ftp((ECKI, READER)), files=FILES)),
)


class Told:
    """What a store says: the contents that it hands over and the events that it records, in order. While `held` is set
    no content is kept."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.events: list[Event] = []
        self.contents: dict[str, bytes] = {}
        self.way = asyncio.Event()
        self.way.set()
        recorder = Recorder(1, lambda: NOON * 1_000_000, self.record)
        self.store = Store(WORLD, recorder, self.keep, {digest(BINARY): BINARY})
        self.files = self.store.of(SERVER)

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.said.append(event.kind)

    async def keep(self, sha256: str, octets: bytes) -> None:
        await self.way.wait()
        self.contents[sha256] = octets
        self.said.append("kept")

    async def place(self, path: str, owner: str = "ecki", octets: bytes = b"hello") -> Event:
        """The event that says what became of a file that somebody put there."""
        await self.store.place(SERVER, path, owner, octets, "page-1")
        return self.events[-1]


@pytest.fixture
async def told():
    return Told()


async def turns() -> None:
    """Let all go on that waits for nothing."""
    for _ in range(9):
        await asyncio.sleep(0)


async def test_it_has_the_texts_and_the_contents_of_the_worlds_files(told):
    assert told.files.read(None, "/home/ecki/notes") == "grüße\n".encode()
    assert told.files.read(None, "/pub/image") == BINARY
    assert told.store.of(STUDENT).entries() == []


async def test_a_world_without_the_content_of_a_file_has_no_files():
    store = Store(WORLD, Recorder(1, lambda: 0, print), Told().keep, {})
    with pytest.raises(KeyError):
        store.of(SERVER)


async def test_all_hosts_share_one_room(told):
    told.store.of(STUDENT).store(None, "/mine", bytes(limits.FILES - 1_000))
    with pytest.raises(FileError, match="lab-full"):
        told.files.store(None, "/pub/large", bytes(1_000))


async def test_a_content_is_kept_before_the_event_that_names_it(told):
    changes = told.files.store(ECKI, "/home/ecki/new", b"hello")
    await told.store.tell(SERVER, changes, because=None, conn="1.2")
    assert told.said == ["kept", "stored"]
    assert told.contents == {digest(b"hello"): b"hello"}
    (stored,) = told.events
    assert (stored.host, stored.conn, stored.path, stored.mode) == (SERVER, "1.2", "/home/ecki/new", 0o644)
    assert (stored.owner, stored.modified, stored.size, stored.sha256) == ("ecki", NOON, 5, digest(b"hello"))


async def test_a_content_is_handed_over_once_however_many_files_have_it(told):
    for path in ("/pub/a", "/pub/b", "/pub/a"):
        await told.store.tell(SERVER, told.files.store(None, path, b"hello"), because=None)
    assert told.said == ["kept", "stored", "stored", "stored"]


async def test_a_content_that_the_world_named_is_handed_over_too(told):
    """Its file may be gone by now, and nothing else keep it."""
    await told.store.tell(SERVER, told.files.remove(None, "/pub/image"), because=None)
    await told.store.tell(SERVER, told.files.store(None, "/pub/again", BINARY), because=None)
    assert told.said == ["tree", "kept", "stored"]


@pytest.mark.parametrize(
    ("change", "values"),
    [
        (
            lambda files: files.make_directory(ECKI, "/home/ecki/new"),
            {"change": "made", "path": "/home/ecki/new", "mode": 0o755, **NEW},
        ),
        (lambda files: files.remove(ECKI, "/home/ecki/notes"), {"change": "removed", "path": "/home/ecki/notes"}),
        (
            lambda files: files.rename(ECKI, "/home/ecki/notes", "/home/ecki/old"),
            {"change": "renamed", "path": "/home/ecki/notes", "to": "/home/ecki/old"},
        ),
    ],
)
async def test_it_tells_that_the_tree_changed(told, change, values):
    await told.store.tell(SERVER, change(told.files), because=7, conn="1.1")
    (event,) = told.events
    nothing = {"to": "", "owner": "", "mode": 0, "modified": 0}
    expected = nothing | values | {"host": SERVER, "because": 7, "conn": "1.1"}
    assert {name: getattr(event, name) for name in expected} == expected


async def test_what_changed_first_is_told_first_though_its_content_is_long_under_way(told):
    told.way.clear()
    large = asyncio.create_task(told.store.tell(SERVER, told.files.store(None, "/a", b"large"), because=None))
    await turns()
    small = asyncio.create_task(told.store.tell(SERVER, told.files.rename(None, "/a", "/b"), because=None))
    await turns()
    assert told.said == []
    told.way.set()
    await asyncio.gather(large, small)
    assert told.said == ["kept", "stored", "tree"]


async def test_what_was_changed_is_told_though_who_tells_it_is_gone(told):
    told.way.clear()
    telling = asyncio.create_task(told.store.tell(SERVER, told.files.store(None, "/a", b"a"), because=None))
    await turns()
    telling.cancel()
    await turns()
    told.way.set()
    await turns()
    assert told.said == ["kept", "stored"]


async def test_a_lab_that_ends_waits_for_what_is_being_told(told):
    told.way.clear()
    telling = asyncio.create_task(told.store.tell(SERVER, told.files.store(None, "/a", b"a"), because=None))
    await turns()
    asyncio.get_running_loop().call_soon(told.way.set)
    await told.store.close()
    assert told.said == ["kept", "stored"]
    await telling


async def test_a_lab_that_ends_waits_no_longer_than_it_may_and_tells_nothing_after_that(told, monkeypatch):
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0)
    told.way.clear()
    telling = asyncio.create_task(told.store.tell(SERVER, told.files.store(None, "/a", b"a"), because=None))
    await turns()
    await told.store.close()
    told.way.set()
    await asyncio.wait([telling])
    assert told.said == []


# Put there on a page


async def test_a_file_is_put_there_for_an_account(told):
    stored = await told.place("/home/ecki/new")
    assert (stored.kind, stored.client_id, stored.path, stored.owner) == ("stored", "page-1", "/home/ecki/new", "ecki")
    assert told.files.read(ECKI, "/home/ecki/new") == b"hello"


async def test_a_file_is_put_there_for_nobody(told):
    stored = await told.place("/pub/new", owner="")
    assert (stored.kind, stored.owner) == ("stored", "")


@pytest.mark.parametrize(
    ("why", "path", "owner", "octets"),
    [
        ("over-quota", "/home/ecki/new", "ecki", bytes(101)),
        ("lab-full", "/pub/new", "", bytes(limits.FILES)),
        ("permission-denied", "/pub/new", "ecki", b""),
        ("account-reads-only", "/pub/new", "anonymous", b""),
        ("permission-denied", "/home/ecki/new", "nobody-we-know", b""),
        ("is-a-directory", "/pub", "", b""),
        ("no-such-directory", "/none/new", "", b""),
        ("path-too-long", "/pub" + "/x" * limits.FILE_PATH, "", b""),
    ],
)
async def test_it_says_why_a_file_is_not_put_there(told, why, path, owner, octets):
    event = await told.place(path, owner, octets)
    assert (event.kind, event.why, event.client_id) == ("not-stored", why, "page-1")
    assert (event.host, event.path) == (SERVER, path[: limits.FILE_PATH])
    assert told.contents == {}


@pytest.mark.parametrize(("path", "shown"), [("/a\0b", "/a?b"), ("/\ud800", "/?"), ("/\n", "/?")])
async def test_an_event_can_hold_the_name_that_no_file_can_have(told, path, shown):
    event = await told.place(path)
    assert (event.kind, event.why) == ("not-stored", "bad-name")
    assert event.path == shown
