"""A solution that is played in a lab."""

import asyncio
import re
from pathlib import Path

import pytest
import pytest_asyncio

import protocols
from protocols import limits
from protocols.events import Console, Delivered, Line, Message, Stored
from protocols.playing import NotPlayed, play
from protocols.sandbox.supervisor import RunningLab, Supervisor
from protocols.world import read_world

LECTURE = read_world(Path(protocols.__file__).parent / "worlds" / "lecture.yaml")
MAIL = [
    *("connect mx.lentil.edu 25", "HELO mx.halva.fr", "MAIL FROM:<alice@halva.fr>", "RCPT TO:<bob@lentil.edu>"),
    *("DATA", "Subject: ä", "", "250 is no reply here", ".", "QUIT"),
    *("connect mx.lentil.edu 25", "NOOP", "QUIT"),
]
UNANSWERED = ["connect ns1.lentil.edu 53", "hello", "again"]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supervisor():
    running = Supervisor()
    await running.start()
    yield running
    await running.stop()


def spoken(events) -> list[str]:
    """Who spoke, with the verb or the code."""
    return [f"{line.side} {re.split(rb'[ -]|$', line.raw.rstrip())[0].decode()}" for line in of(events, Line)]


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


async def test_each_line_is_typed_when_the_one_before_is_answered(supervisor):
    events = await play(supervisor, LECTURE, MAIL)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert spoken(events) == [
        *("S 220", "C HELO", "S 250", "C MAIL", "S 250", "C RCPT", "S 250", "C DATA", "S 354"),
        *("C Subject:", "C ", "C 250", "C .", "S 250", "C QUIT", "S 221"),
        *("S 220", "C NOOP", "S 250", "C QUIT", "S 221"),
    ]
    [message] = of(events, Delivered)
    assert "Subject: ä\r\n".encode() in message.raw


async def test_a_transfer_is_waited_for_to_its_last_reply(supervisor):
    lines = ("connect ftp.eckenfels.net", "USER ecki", "PASS secret", "PASV", "NLST", "get /pub/README", "QUIT")
    events = await play(supervisor, LECTURE, lines)
    said = spoken(events)
    assert said[said.index("C NLST") : said.index("C NLST") + 3] == ["C NLST", "S 125", "S 226"]
    assert said[-3:] == ["S 226", "C QUIT", "S 221"]
    assert [(stored.host, stored.path) for stored in of(events, Stored)] == [("mx.halva.fr", "/README")]


async def test_a_program_is_waited_for(supervisor):
    events = await play(supervisor, LECTURE, ["dig www.vuw.ac.nz", "dig www.vuw.ac.nz"])
    whys = [message.why for message in of(events, Message) if message.server.host == LECTURE.resolver]
    assert whys[-1].startswith("cached")


async def test_a_line_that_nobody_answers_is_given_up(supervisor, monkeypatch):
    monkeypatch.setattr(limits, "PLAY_PATIENCE_SECONDS", 0.2)
    events = await play(supervisor, LECTURE, UNANSWERED)
    assert [said.raw.decode() for said in of(events, Console) if said.action == "typed"] == UNANSWERED


async def test_it_takes_a_bounded_time(supervisor, monkeypatch):
    monkeypatch.setattr(limits, "PLAY_SECONDS", 0.2)
    with pytest.raises(NotPlayed, match=r"takes longer than 0\.2 seconds"):
        await play(supervisor, LECTURE, UNANSWERED)


async def test_it_makes_a_bounded_number_of_events(supervisor, monkeypatch):
    monkeypatch.setattr(limits, "PLAY_EVENTS", 3)
    with pytest.raises(NotPlayed, match="By line 2 the solution has made more than 3 events"):
        await play(supervisor, LECTURE, ["help", "help", "help"])


async def test_it_says_why_a_lab_ended_that_was_not_played_to_its_end(supervisor, monkeypatch):
    carry_out = RunningLab.carry_out

    async def carry_out_and_end(lab, message):
        await carry_out(lab, message)
        await lab.close("stopped")

    monkeypatch.setattr(RunningLab, "carry_out", carry_out_and_end)
    with pytest.raises(NotPlayed, match="The lab ended before the solution did: the machine that runs it stops"):
        await play(supervisor, LECTURE, ["help", "help"])


async def test_no_lab_is_left_when_nobody_waits_any_more(supervisor, monkeypatch):
    is_typing = asyncio.Event()

    async def carry_out_for_ever(lab, message):
        is_typing.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(RunningLab, "carry_out", carry_out_for_ever)
    playing = asyncio.create_task(play(supervisor, LECTURE, ["help"]))
    await is_typing.wait()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert not supervisor._labs
