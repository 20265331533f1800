"""The console on a connection to our own server: what is typed while something goes on, and how all of it ends."""

import asyncio
import os
import socket

import pytest

from protocols import limits
from protocols.console import Console
from protocols.events import Block, Closed, Line, Opened, Stored
from protocols.events import Console as Said
from protocols.ftp import data
from protocols.ftp.client_data import DataConnection
from protocols.ftp.server import serve
from protocols.ftp.store import Lab
from protocols.printed import PRINTED
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp
from tests.protocols.stores import make_store

PORTS = 20_000 + os.getpid() % 1_000 * 10  # of this process
BIG = "x" * (4 * 1024 * 1024)  # which no socket's buffers hold
PORT = f"PORT 127,0,0,9,{(PORTS + 5) // 256},{(PORTS + 5) % 256}".encode()
STUDENT = Host("mx.halva.fr", "127.0.0.9", files=(File("/mine.txt", text="mine\n"),))
SERVER = Host(
    "ftp.halva.fr",
    "127.0.0.21",
    ftp=Ftp((Account("ecki", "secret"),), (PORTS, PORTS + 4)),
    files=(File("/big", text=BIG), File("/short", text="two\nlines\n"), File("/", mode=0o777)),
)
WORLD = World("A student and a server", STUDENT.name, (STUDENT, SERVER))


class AtConsole:
    """A student at a console, and all that was recorded."""

    def __init__(self) -> None:
        self.events: list = []
        self.changed = asyncio.Event()
        self.recorder = Recorder(1, lambda: 1_795_406_400_000_000, self._take)
        self.store = make_store(WORLD, self.recorder)
        self.console = Console(1, WORLD, self.recorder, self.store)
        self.typed = 0

    def _take(self, event) -> None:
        self.events.append(event)
        self.changed.set()

    async def type(self, *lines: bytes) -> list:
        """Type lines without waiting for anything; what goes on after each."""
        going_on = []
        for line in lines:
            self.typed += 1
            going_on.append(await self.console.typed(f"line-{self.typed}", line))
        return going_on

    async def until(self, is_so) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self.changed.clear()
                await self.changed.wait()

    async def connect(self, port: int) -> None:
        await self.type(b"connect ftp.halva.fr %d" % port)
        await self.type(b"USER ecki", b"PASS secret")
        await self.until(lambda: "logged-in" in self.whys())

    def of(self, kind) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def whys(self) -> list[str]:
        return [line.why for line in self.of(Line) if line.side == "S" and line.raw[3:4] == b" "]

    def said(self) -> list[bytes]:
        return [line.raw for line in self.of(Line) if line.side == "C"][2:]

    def told(self) -> list[str]:
        told = [said.why for said in self.of(Said) if said.action == "printed"]
        assert set(told) <= PRINTED.keys()
        return told

    def kept(self) -> set[str]:
        return {entry.path for entry in self.store.of(STUDENT.name).entries()}


@pytest.fixture
async def at(monkeypatch):
    if os.geteuid():
        monkeypatch.setattr(data, "PORT", 0)  # 20 is root's, outside of a lab
    at = AtConsole()
    listener = socket.create_server((SERVER.address, 0))
    listener.setblocking(False)
    port = listener.getsockname()[1]
    monkeypatch.setattr(Host, "services", lambda host: [("ftp", port, "tcp")] if host.ftp else [])
    server = await serve(SERVER, listener, Lab(WORLD, at.recorder, at.store))
    await at.connect(port)
    yield at
    await at.console.close()
    server.close()
    async with asyncio.timeout(10):
        await server.wait_closed()


@pytest.fixture
def held(monkeypatch):
    """What comes over data connections is not read before this is set."""
    free = asyncio.Event()
    receive = DataConnection.receive

    async def hold(connection, room):
        await free.wait()
        return await receive(connection, room)

    monkeypatch.setattr(DataConnection, "receive", hold)
    return free


async def test_lines_typed_without_waiting_find_their_data_connections(at):
    assert await at.type(*(b"PASV", b"NLST", b"TYPE I", PORT, b"STOR mine.txt", b"PASV", b"RETR short")) == [None] * 7
    await at.until(lambda: len(at.of(Stored)) == 2)
    assert [(stored.host, stored.path) for stored in at.of(Stored)] == [
        (SERVER.name, "/mine.txt"),
        (STUDENT.name, "/short"),
    ]
    assert [block.raw for block in at.of(Block)] == [b"big\r\nshort\r\n", b"mine\n", b"two\nlines\n"]
    assert at.told() == []


async def test_stat_and_abor_go_out_while_a_transfer_runs(at, held):
    await at.type(b"PASV", b"RETR big", b"STAT")
    await at.until(lambda: "status-of-transfer" in at.whys())
    await at.type(b"ABOR")
    await at.until(lambda: "aborted" in at.whys())
    assert at.whys()[-3:] == ["status-of-transfer", "transfer-aborted", "aborted"]
    assert [closed.why for closed in at.of(Closed)] == ["aborted"]
    held.set()
    await at.type(b"PASV", b"RETR short")
    await at.until(lambda: at.of(Stored))
    assert at.kept() == {"/mine.txt", "/short"}


async def test_a_users_command_that_is_aborted_is_over_and_the_next_line_has_its_turn(at, held):
    getting, waiting = await at.type(b"get big", b"pwd")
    await at.until(lambda: b"RETR big\r\n" in at.said())
    assert (await at.type(b"ABOR")) == [None]
    async with asyncio.timeout(10):
        await asyncio.gather(getting, waiting)
    assert at.said() == [b"PASV\r\n", b"RETR big\r\n", b"ABOR\r\n", b"PWD\r\n"]


async def test_a_users_command_is_not_waited_for_for_ever(at, held, monkeypatch):
    monkeypatch.setattr(limits, "COMMAND_SECONDS", 0.1)
    [getting] = await at.type(b"get big")
    async with asyncio.timeout(10):
        await getting
    assert at.told() == ["became", "took-too-long"]
    await at.type(b"ABOR")
    await at.until(lambda: "aborted" in at.whys())


async def test_hanging_up_ends_what_goes_on(at, held):
    going_on = await at.type(b"get big", b"get short", b"NOOP")
    await at.until(lambda: b"RETR big\r\n" in at.said())
    await at.console.hang_up("bye")
    async with asyncio.timeout(10):
        await asyncio.gather(*going_on)
    await at.until(lambda: len(at.of(Closed)) == 2)
    assert at.told() == ["became", "not-connected", "not-connected"]
    assert at.kept() == {"/mine.txt"}


async def test_after_the_console_is_closed_nothing_goes_on(at, held):
    going_on = await at.type(b"get big", b"get short")
    await at.until(lambda: b"RETR big\r\n" in at.said())
    async with asyncio.timeout(10):
        await at.console.close()
    assert all(task.done() for task in going_on)
    assert at.told() == ["became"]


async def test_every_line_typed_around_the_end_becomes_a_line_or_a_sentence(at):
    going_on = await at.type(b"ls", b"passive", b"QUIT", b"get short", b"NOOP", b"cd pub", b"mget *")
    async with asyncio.timeout(10):
        await asyncio.gather(*(each for each in going_on if each))
    await at.until(lambda: typed_and_unanswered(at) == set())
    assert [each.why for each in at.of(Closed)] == ["end-of-file", "quit"]


def typed_and_unanswered(at) -> set[int]:
    typed = {said.seq for said in at.of(Said) if said.action == "typed"}
    return typed - {event.because for event in at.events if event.because is not None}


async def test_a_file_that_is_refused_leaves_what_was_arranged(at):
    await at.type(b"PASV", b"RETR nothing.txt", b"RETR short")
    await at.until(lambda: at.of(Stored))
    assert [opened.purpose for opened in at.of(Opened)] == ["control", "data"]
    assert [why for why in at.whys()[-3:] if why not in ("opening", "already-open")] == [
        "no-such-file",
        "transfer-complete",
    ]


async def test_what_is_arranged_is_what_the_server_has_whatever_was_typed_ahead(at):
    await at.type(PORT, b"ABOR", b"RETR short", b"PASV", b"RETR nothing.txt", b"MLSD", b"PASV", b"RETR short")
    await at.until(lambda: at.of(Stored))
    whys = [why for why in at.whys()[2:] if why not in ("ready", "user-ok", "logged-in", "opening", "already-open")]
    assert whys == [
        *("port-ok", "nothing-to-abort", "no-data-connection"),
        *("passive", "no-such-file", "transfer-complete", "passive", "transfer-complete"),
    ]


async def test_a_new_arrangement_closes_the_one_before_it(at):
    for line, opened in ((b"PASV", 2), (b"EPSV", 3), (PORT, 3), (b"EPSV ALL", 3), (b"EPSV", 4)):
        replies = len(at.whys())
        await at.type(line)
        await at.until(
            lambda replies=replies, opened=opened: (len(at.whys()), len(at.of(Opened))) == (replies + 1, opened)
        )
    await at.type(b"EPRT |1|127.0.0.1|51212|", b"NLST")
    await at.until(lambda: len(at.of(Closed)) == 3)
    assert [closed.why for closed in at.of(Closed)] == ["unused", "unused", "end-of-file"]
    assert {opened.opener for opened in at.of(Opened)} == {"C"}


@pytest.mark.parametrize("lines", [(b"PASV", b"REST 3", b"RETR short"), (b"REST 3", b"PASV", b"RETR short")])
async def test_a_restart_holds_for_the_command_right_after_it(at, lines):
    at.store.of(STUDENT.name).store(None, "/short", b"TWO\nlines\n")
    await at.type(b"TYPE I", *lines)
    await at.until(lambda: at.of(Stored))
    restarts = lines[1].startswith(b"REST")
    assert at.store.of(STUDENT.name).read(None, "/short") == (b"TWO\nlines\n" if restarts else b"two\nlines\n")
