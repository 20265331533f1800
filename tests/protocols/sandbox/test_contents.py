"""The contents of files between a lab and its log: what is handed down at its start, and what comes up."""

import asyncio
import hashlib
import os
import random
import signal
import threading

import pytest

from protocols import limits
from protocols.sandbox.contents import ContentMissing, choose_contents, cut_chunks, cut_contents
from protocols.sandbox.handover import Handover
from protocols.sandbox.log import StaleOwner
from protocols.sandbox.messages import Chunk, Content, Input, Kept, PlaceFile
from protocols.sandbox.supervisor import LabRefused
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp
from tests.protocols.sandbox.labs import KeptLog, until

LARGE = random.Random(5).randbytes(2 * limits.FILE_CHUNK + 1_000)
SMALL = b"hello\n"
HOME = "10.0.0.1"


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def make_files(*contents: bytes, title: str = "Files", quota: int = limits.FILES) -> World:
    """A world with an FTP account, and with files that have these contents."""
    files = tuple(
        File(f"/file-{number}", size=len(octets), sha256=digest(octets)) for number, octets in enumerate(contents)
    )
    home = File("/ecki/", owner="ecki", mode=0o755)
    ftp = Ftp((Account("ecki", "secret", home="/ecki", quota=quota),))
    return World(title, "pc.halva.fr", (Host("pc.halva.fr", HOME, ftp=ftp, files=(home, *files)),))


def ask(octets: bytes, client_id: str = "page-1") -> PlaceFile:
    return PlaceFile(client_id, "pc.halva.fr", f"/ecki/{client_id}", "ecki", digest(octets), len(octets))


# A lab that is running


async def test_a_content_comes_to_the_log_whole_and_once_before_the_event_that_names_it(supervisor, log):
    lab = await supervisor.open(make_files(), log)
    for client_id in ("page-1", "page-2"):
        await lab.place(ask(LARGE, client_id), LARGE)
    await until(lambda: len(log.of("stored")) == 2)
    assert log.contents == {digest(LARGE): LARGE}
    assert log.chunks == [
        (digest(LARGE), 0, limits.FILE_CHUNK),
        (digest(LARGE), limits.FILE_CHUNK, limits.FILE_CHUNK),
        (digest(LARGE), 2 * limits.FILE_CHUNK, 1_000),
    ]
    assert [(event.path, event.client_id, event.size) for event in log.of("stored")] == [
        ("/ecki/page-1", "page-1", len(LARGE)),
        ("/ecki/page-2", "page-2", len(LARGE)),
    ]


async def test_an_empty_content_is_a_content(supervisor, log):
    lab = await supervisor.open(make_files(b""), log, contents=[(digest(b""), b"")])
    await lab.place(ask(b""), b"")
    await until(lambda: log.of("stored"))
    assert log.contents == {digest(b""): b""}


async def test_a_file_is_put_there_once_however_often_its_page_asks(supervisor, log):
    lab = await supervisor.open(make_files(), log, seen={"page-0"})
    for client_id in ("page-0", "page-1", "page-1", "page-2"):
        await lab.place(ask(SMALL, client_id), SMALL)
    await until(lambda: log.of("stored")[-1:] and log.of("stored")[-1].client_id == "page-2")
    assert [event.client_id for event in log.of("stored")] == ["page-1", "page-2"]


async def test_contents_that_two_pages_hand_over_at_once_are_not_mixed(supervisor, log):
    lab = await supervisor.open(make_files(), log)
    await asyncio.gather(*(lab.place(ask(LARGE, f"page-{number}"), LARGE) for number in range(3)))
    await until(lambda: len(log.of("stored")) == 3)
    assert {event.sha256 for event in log.of("stored")} == {digest(LARGE)}


async def test_a_full_quota_is_said_to_be_the_cause(supervisor, log):
    lab = await supervisor.open(make_files(quota=5), log)
    await lab.place(ask(SMALL), SMALL)
    await until(lambda: log.of("not-stored"))
    (event,) = log.of("not-stored")
    assert (event.why, event.path, event.client_id) == ("over-quota", "/ecki/page-1", "page-1")
    assert log.contents == {}


async def test_a_log_that_is_away_gets_the_same_chunk_later(supervisor, log):
    lab = await supervisor.open(make_files(), log)
    log.trouble = OSError("the database is away")
    await lab.place(ask(LARGE), LARGE)
    await until(lambda: log.refusals > 1)
    assert (log.chunks, log.of("stored")) == ([], [])
    log.trouble = None
    await until(lambda: log.of("stored"))
    assert log.contents == {digest(LARGE): LARGE}
    assert [offset for _, offset, _ in log.chunks] == [0, limits.FILE_CHUNK, 2 * limits.FILE_CHUNK]


class SlowLog(KeptLog):
    """A log that keeps a chunk when `way` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.way = threading.Event()
        self.asked = 0

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        self.asked += 1
        assert self.way.wait(20)
        super().keep(sha256, size, offset, octets)


async def test_a_slow_log_holds_the_lab_and_loses_nothing(supervisor):
    log = SlowLog()
    lab = await supervisor.open(make_files(), log)
    await lab.place(ask(LARGE), LARGE)
    await until(lambda: log.asked)
    await lab.send(Input(1, "a", "help"))
    log.way.set()
    await until(lambda: log.of("stored") and log.of("console"))
    assert log.contents == {digest(LARGE): LARGE}
    assert (log.asked, [event.seq for event in log.events]) == (3, list(range(1, len(log.events) + 1)))


async def test_a_stale_owner_keeps_nothing_more(supervisor, log):
    lab = await supervisor.open(make_files(), log)
    log.trouble = StaleOwner("another epoch")
    await lab.place(ask(SMALL), SMALL)
    assert await lab.wait() == "owned-elsewhere"
    assert (log.contents, len(log.events)) == ({}, 1)


async def test_contents_count_for_what_a_log_may_hold(supervisor, log, monkeypatch):
    monkeypatch.setattr(limits, "LOG", limits.FILE_CHUNK + 1_000)
    lab = await supervisor.open(make_files(), log)
    await lab.place(ask(LARGE), LARGE)
    assert await lab.wait() == "log-full"
    assert (len(log.chunks), log.of("stored")) == (1, [])


class DeadlyLog(KeptLog):
    """A log that has the lab killed when it has kept all of a content."""

    process = 0

    def keep(self, sha256: str, size: int, offset: int, octets: bytes) -> None:
        super().keep(sha256, size, offset, octets)
        if offset + len(octets) == size:
            os.kill(self.process, signal.SIGKILL)


async def test_a_lab_that_is_killed_between_a_content_and_its_event_leaves_no_file(supervisor):
    log = DeadlyLog()
    lab = await supervisor.open(make_files(), log)
    log.process = lab.child.born.result()
    await lab.place(ask(LARGE), LARGE)
    assert await lab.wait() == "died"
    assert (log.of("stored"), [event.why for event in log.of("lab")]) == ([], [None, "died"])


# At its start


async def test_a_lab_has_the_contents_that_its_files_name_when_it_is_ready(hoarders, log):
    given = [(digest(octets), octets) for octets in (LARGE, SMALL, b"no file has this")]
    await hoarders.open(make_files(LARGE, SMALL, SMALL, title="receives"), log, contents=iter(given))
    await until(lambda: "over" in log.whys())
    assert sorted(log.whys()) == sorted([digest(LARGE), digest(SMALL), "over"])


async def test_what_a_client_fetches_and_stores_again_comes_back_as_it_was_handed_down(hoarders, log):
    await hoarders.open(make_files(LARGE, title="copies"), log, contents=[(digest(LARGE), LARGE)])
    await until(lambda: log.of("closed")[-1:] and log.of("closed")[-1].why == "quit", 20)
    (stored,) = log.of("stored")
    assert (stored.path, stored.owner, stored.sha256) == ("/ecki/copy", "ecki", digest(LARGE))
    assert log.contents == {digest(LARGE): LARGE}
    said = [line for line in log.of("line") if line.side == "S" and line.seq > stored.seq]
    assert said[0].raw.startswith(b"226 ")  # when the file is in the log, and not before


@pytest.mark.parametrize("given", [[], [(digest(SMALL), SMALL[1:])]])
async def test_a_world_whose_content_is_missing_is_refused_in_one_sentence(supervisor, log, given):
    with pytest.raises(LabRefused, match=r"^The content of /file-0 on pc.halva.fr is missing; .*\.$"):
        await supervisor.open(make_files(SMALL), log, contents=given)
    assert log.events == []


async def test_a_lab_whose_contents_do_not_come_is_given_up(hoarders, log, monkeypatch):
    monkeypatch.setattr(limits, "READY_SECONDS", 0.5)
    monkeypatch.setattr("protocols.sandbox.supervisor.choose_contents", lambda world, contents: {})
    with pytest.raises(LabRefused, match="not ready"):
        await hoarders.open(make_files(SMALL, title="receives"), log)
    assert [(event.change, event.why) for event in log.of("lab")] == [("failed", "unresponsive")]


def test_a_text_of_the_world_needs_no_content():
    world = World("Texts", "pc.halva.fr", (Host("pc.halva.fr", HOME, files=(File("/pub/"), File("/a", text="a"))),))
    assert choose_contents(world, []) == {}
    with pytest.raises(ContentMissing):
        choose_contents(make_files(b""), [])


@pytest.mark.parametrize("size", [0, 1, limits.FILE_CHUNK, limits.FILE_CHUNK + 1, limits.FILES])
def test_a_content_is_cut_into_pieces_and_nothing_is_lost(size):
    octets = bytes(size)
    pieces = list(cut_contents([("a", octets)]))
    assert b"".join(piece.octets for piece in pieces) == octets
    assert len(pieces) == max(1, -(-size // limits.FILE_CHUNK))
    assert [(chunk.offset, chunk.octets) for chunk in cut_chunks("a", octets)] == [
        (number * limits.FILE_CHUNK, piece.octets) for number, piece in enumerate(pieces)
    ]


# The lab's side


async def test_a_lab_sends_no_chunk_before_the_last_is_kept():
    sent: list[Chunk] = []
    handover = Handover(sent.append)
    keeping = asyncio.create_task(handover.keep("a", LARGE))
    for number in range(3):
        await until(lambda number=number: len(sent) == number + 1)  # type: ignore[misc]
        handover.hear(Kept("a", 1))  # of none that was sent
        handover.hear(Kept("b", sent[-1].offset + len(sent[-1].octets)))
        for _ in range(9):
            await asyncio.sleep(0)
        assert (len(sent), keeping.done()) == (number + 1, False)
        handover.hear(Kept("a", sent[-1].offset + len(sent[-1].octets)))
    await keeping
    assert b"".join(chunk.octets for chunk in sent) == LARGE


async def test_what_is_kept_though_nothing_was_sent_is_nothing():
    sent: list[Chunk] = []
    handover = Handover(sent.append)
    handover.hear(Kept("a", 1))
    keeping = asyncio.create_task(handover.keep("a", b"a"))
    await until(lambda: sent)
    assert not keeping.done()
    handover.hear(Kept("a", 1))
    await keeping


async def test_a_lab_waits_for_the_last_octet_of_the_last_content():
    world = make_files(LARGE, SMALL, b"")
    handover = Handover(lambda chunk: None)
    waiting = asyncio.create_task(handover.receive_all(world))
    for piece in [*cut_contents([(digest(SMALL), SMALL), (digest(LARGE), LARGE)])][:-1]:
        handover.receive(piece)
    await asyncio.sleep(0)
    assert not waiting.done()
    handover.receive(Content(digest(LARGE), LARGE[-1_000:]))
    assert await waiting == {digest(octets): octets for octets in (LARGE, SMALL, b"")}
