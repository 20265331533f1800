"""The sessions that textbooks print, typed at the console of a real lab."""

import asyncio
from typing import Any

import pytest

from protocols.events import Block, Closed, Event, Line, Opened, Stored, Transferred
from protocols.events import Console as Said
from protocols.ftp.commands import WORDS
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import Supervisor
from protocols.world import read_world
from tests.protocols.runs import LECTURE, ROOT
from tests.protocols.sandbox.labs import KeptLog, until

LOGIN = ["connect ftp.eckenfels.net 21", "USER ecki", "PASS secret"]
BY_HAND = [*LOGIN, "PASV", "NLST", "PORT 10, 0, 0, 1, 4, 1", "STOR /tmp/test.txt", "QUIT"]
BY_WORDS = [*LOGIN, "ls", "passive", "binary", "put /tmp/test.txt copy.txt", "cd /pub", "get INDEX", "QUIT"]
TEST_FILE = b"This is a test.\r\nIt has two lines, and whoever reads it knows that the transfer worked.\r\n"


class Typed:
    """What became of lines that were typed at a console, each when the one before it was done."""

    def __init__(self) -> None:
        self._log = KeptLog()

    async def take(self, lines: list[str]) -> "Typed":
        supervisor = Supervisor()
        await supervisor.start()
        try:
            lab = await supervisor.open(read_world(ROOT / LECTURE), self._log)
            for number, line in enumerate(lines):
                replies = len(self.replies())
                await lab.carry_out(Input(1, f"line-{number}", line))
                if line.split()[0] not in WORDS:  # a line of the protocol is done when it is sent
                    await self._until_replied(replies)
                if line == "PASV":
                    await until(self.data)
            await lab.close("closed")
        finally:
            await supervisor.stop()
        return self

    async def _until_replied(self, replies: int) -> None:
        await until(lambda: len(self.replies()) > replies)

    @property
    def events(self) -> list[Event]:
        return self._log.events

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def replies(self) -> list[str]:
        """The codes of the last replies to commands."""
        said = [line.raw.decode() for line in self.of(Line) if line.side == "S"]
        return [line[:3] for line in said if line[3] == " " and "200" <= line[:3] < "600"]

    def data(self) -> list[Any]:
        return [opened for opened in self.of(Opened) if opened.purpose == "data"]

    def cause(self, event: Event) -> bytes:
        """What was said or typed in the event that led to this one."""
        return next(each.raw for each in self.of(Line) + self.of(Said) if each.seq == event.because)


@pytest.fixture(scope="module")
def by_hand():
    return asyncio.run(Typed().take(BY_HAND))


@pytest.fixture(scope="module")
def by_words():
    return asyncio.run(Typed().take(BY_WORDS))


def test_the_control_connection_reads_as_it_is_printed(by_hand):
    said = [(line.side, line.raw.decode().removesuffix("\r\n")) for line in by_hand.of(Line)]
    assert [line for side, line in said if side == "C"] == BY_HAND[1:]
    assert said[:4] == [
        ("S", "220 FTP Server ready."),
        ("C", "USER ecki"),
        ("S", "331 Password required for ecki."),
        ("C", "PASS secret"),
    ]
    assert (said[4][1][:4], said[6][1][:4]) == ("230-", "230 ")
    assert ("S", "227 Entering Passive Mode (212,227,90,117,5,99).") in said
    assert by_hand.replies() == ["220", "331", "230", "227", "226", "200", "226", "221"]


def test_both_data_connections_are_really_there(by_hand):
    passive, active = by_hand.data()
    assert (passive.opener, passive.client.address, passive.server.address) == ("C", "10.0.0.1", "212.227.90.117")
    assert (passive.server.port, by_hand.cause(passive)) == (5 * 256 + 99, b"PASV\r\n")
    assert (active.opener, active.client.address, active.server.address) == ("S", "10.0.0.1", "212.227.90.117")
    assert (active.client.port, active.server.port) == (4 * 256 + 1, 20)
    assert by_hand.cause(active) == b"PORT 10, 0, 0, 1, 4, 1\r\n"


def test_the_passive_one_stands_before_the_command_that_uses_it_and_the_active_one_after_it(by_hand):
    passive, active = by_hand.data()
    asked = {line.raw: line.seq for line in by_hand.of(Line)}
    assert asked[b"PASV\r\n"] < passive.seq < asked[b"NLST\r\n"]
    assert asked[b"STOR /tmp/test.txt\r\n"] < active.seq


def test_the_list_and_the_file_went_over_them(by_hand):
    assert [(block.side, block.raw) for block in by_hand.of(Block)] == [
        ("S", b"mail.txt\r\nnotes.txt\r\n"),
        ("C", TEST_FILE),
    ]
    assert [by_hand.cause(each) for each in by_hand.of(Transferred)] == [b"NLST\r\n", b"STOR /tmp/test.txt\r\n"]
    [stored] = by_hand.of(Stored)
    assert (stored.host, stored.path, stored.size) == ("ftp.eckenfels.net", "/tmp/test.txt", 87)
    ends = [closed for closed in by_hand.of(Closed) if closed.why == "end-of-file"]
    assert [closed.side for closed in ends] == ["S", "C"]


def test_a_users_command_is_followed_by_what_it_became_and_each_of_that_cites_it(by_words):
    typed = {said.seq: said.raw.decode() for said in by_words.of(Said) if said.action == "typed"}
    became: dict[str, list[str]] = {}
    for event in by_words.events:
        if isinstance(event, Said) and event.why == "became":
            assert event.raw.decode() == typed[event.because or 0]
            became[event.raw.decode()] = []
        elif isinstance(event, Line) and typed.get(event.because or 0) in became:
            became[typed[event.because or 0]].append(event.raw.decode().rstrip().split(",")[0])
    assert became == {
        "ls": ["PASV", "NLST"],
        "binary": ["TYPE I"],
        "put /tmp/test.txt copy.txt": ["PORT 10", "STOR copy.txt"],
        "cd /pub": ["CWD /pub"],
        "get INDEX": ["PORT 10", "RETR INDEX"],
    }


def test_a_file_that_was_got_is_the_students(by_words):
    put, got = by_words.of(Stored)
    assert (put.host, put.path, put.owner) == ("ftp.eckenfels.net", "/home/ecki/copy.txt", "ecki")
    assert (got.host, got.path) == ("mx.halva.fr", "/INDEX")
    assert by_words.cause(got) == b"get INDEX"
    assert [opened.opener for opened in by_words.data()] == ["C", "S", "S"]
