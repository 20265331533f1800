"""The supervisor: what it lets into a log, and what becomes of labs."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from protocols import limits
from protocols.events import Block
from protocols.explain import LAB_WHY
from protocols.sandbox import ends
from protocols.sandbox.log import cut_batches
from protocols.sandbox.messages import HangUp, Input
from protocols.sandbox.supervisor import LabEnded, LabRefused, StaleOwner, Supervisor
from tests.protocols.sandbox.hostile import BREAKS
from tests.protocols.sandbox.labs import HOSTILE, is_alive, make_world, until

DIALOGUE = ("connect mx.lentil.edu 25", "HELO mx.halva.fr", "MAIL FROM:<alice@halva.fr>", "NOOP", "QUIT")


async def hold(lab, log, dialogue=DIALOGUE):
    """Hold a dialogue by hand; return when the server has said its last word."""
    for number, text in enumerate(dialogue):
        heard = len(log.of("line"))
        await lab.send(Input(1, f"line-{number}", text))
        await until(lambda heard=heard: [line for line in log.of("line")[heard:] if line.side == "S"])  # type: ignore[misc]


async def test_it_carries_a_dialogue_into_the_log(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    await hold(lab, log)
    said = b"".join(line.raw for line in log.of("line") if line.side == "C")
    assert said == b"HELO mx.halva.fr\r\nMAIL FROM:<alice@halva.fr>\r\nNOOP\r\nQUIT\r\n"
    assert [line.raw[:3] for line in log.of("line") if line.side == "S"] == [b"220", b"250", b"250", b"250", b"221"]


async def test_its_numbers_go_on_from_the_logs_without_a_gap(supervisor, log):
    lab = await supervisor.open(make_world(), log, start=3, last_seq=100)
    await hold(lab, log)
    await lab.close("closed")
    assert [event.seq for event in log.events] == list(range(101, 101 + len(log.events)))
    assert {event.conn for event in log.of("line")} == {"3.1"}
    changes = [(event.change, event.start, event.why) for event in log.of("lab")]
    assert changes == [("started", 3, None), ("ended", 3, "closed")]


async def test_what_an_event_cites_is_rewritten_to_the_logs_number(supervisor, log):
    lab = await supervisor.open(make_world(), log, last_seq=100)
    await hold(lab, log)
    events = {event.seq: event for event in log.events}
    helo = next(line for line in log.of("line") if line.raw.startswith(b"HELO"))
    assert events[helo.because].raw == b"HELO mx.halva.fr"
    reply = next(line for line in log.of("line") if line.because == helo.seq)
    assert reply.raw.startswith(b"250 ")


async def test_the_labs_clock_is_ahead_by_its_offset(supervisor, log):
    day = 86_400_000_000
    early = await supervisor.open(make_world(), log)
    await hold(early, log)
    late = await supervisor.open(make_world(), log, offset=day)
    await late.close("closed")
    times = [event.at for event in log.events]
    assert day <= times[-1] - times[0] < day + 60_000_000


async def test_a_line_that_the_log_has_is_not_typed_again(supervisor, log):
    lab = await supervisor.open(make_world(), log, seen={"old"})
    for client_id in ("old", "new", "new", "last"):
        await lab.send(Input(1, client_id, "help"))
    await until(lambda: [e for e in log.of("console") if e.client_id == "last"])
    assert [event.client_id for event in log.of("console") if event.action == "typed"] == ["new", "last"]


async def test_a_connection_is_closed_when_the_student_hangs_up(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    await hold(lab, log, DIALOGUE[:2])
    await lab.send(HangUp(1, "bye"))
    await until(lambda: log.of("closed"))
    assert log.of("closed")[0].side == "C"


async def test_a_lab_that_is_closed_ends_its_connections_first(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    await hold(lab, log, DIALOGUE[:2])
    await lab.close("idle")
    assert [event.kind for event in log.events][-2:] == ["closed", "lab"]
    assert await lab.wait() == "idle"
    assert not is_alive(lab.child.born.result())
    with pytest.raises(LabEnded):
        await lab.send(Input(1, "late", "NOOP"))


async def test_a_lab_is_closed_once_however_often_it_is_asked(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    await asyncio.gather(lab.close("idle"), lab.close("asked"), lab.close("asked"))
    assert [event.why for event in log.of("lab")] == [None, "idle"]


def test_every_reason_for_an_end_is_explained():
    codes = {ends.REFUSED, ends.DIED, ends.SANDBOX_LOST, ends.BROKE_PROTOCOL, ends.UNRESPONSIVE}
    codes |= {ends.STOPPED, ends.LOG_FULL, ends.PROCESSOR_TIME}
    assert codes <= LAB_WHY.keys()


# What may go wrong with a lab


@pytest.mark.parametrize("plot", BREAKS)
async def test_a_lab_is_ended_that(hostile, log, plot):
    lab = await hostile.open(make_world(plot), log)
    assert await lab.wait() == "broke-the-control-protocol"
    assert log.whys() == ["before"]
    assert [event.why for event in log.of("lab")] == [None, "broke-the-control-protocol"]
    assert [event.seq for event in log.events] == [1, 2, 3]
    assert not is_alive(lab.child.born.result())


async def test_a_lab_that_speaks_before_it_is_ready_does_not_start(hostile, log):
    with pytest.raises(LabRefused):
        await hostile.open(make_world("speaks too early"), log)
    assert [(event.kind, event.change, event.why) for event in log.events] == [
        ("lab", "failed", "broke-the-control-protocol")
    ]


async def test_a_lab_that_is_never_ready_is_given_up(hostile, log, monkeypatch):
    monkeypatch.setattr(limits, "READY_SECONDS", 0.5)
    with pytest.raises(LabRefused):
        await hostile.open(make_world("says nothing"), log)
    assert [(event.change, event.why) for event in log.of("lab")] == [("failed", "unresponsive")]


async def test_a_lab_that_takes_nothing_is_ended(hostile, log, monkeypatch):
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.3)
    lab = await hostile.open(make_world("goes deaf"), log)
    await asyncio.gather(*(lab.send(Input(1, f"line-{number}", "x" * 4000)) for number in range(1_000)))
    with pytest.raises(LabEnded):
        await lab.send(Input(1, "last", ""))
    assert await lab.wait() == "unresponsive"


async def test_a_lab_that_does_not_stop_is_ended(hostile, log, monkeypatch):
    monkeypatch.setattr(limits, "STOP_SECONDS", 0.3)
    lab = await hostile.open(make_world("goes deaf"), log)
    await lab.close("idle")
    assert [event.why for event in log.of("lab")] == [None, "idle"]
    assert not is_alive(lab.child.born.result())


async def test_a_lab_that_dies_has_its_last_words_in_the_log(hostile, log):
    lab = await hostile.open(make_world("dies"), log)
    assert await lab.wait() == "died"
    assert log.whys() == ["last words"]
    assert log.of("lab")[-1].why == "died"


async def test_packets_go_to_who_asked_for_them_and_what_was_lost_is_known(hostile, log):
    records: list[bytes] = []
    lab = await hostile.open(make_world("loses packets"), log, capture=records.append)
    await lab.wait()
    assert (records, lab.dropped) == ([b"records"], 3)


async def test_a_killed_lab_ends_alone(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    neighbour = await supervisor.open(make_world(), log)
    os.kill(lab.child.born.result(), signal.SIGKILL)
    assert await lab.wait() == "died"
    await hold(neighbour, log)


async def test_a_killed_zygote_ends_its_labs_and_another_is_started(supervisor, log):
    labs = [await supervisor.open(make_world(), log) for _ in range(3)]
    os.kill(supervisor.zygote_pid, signal.SIGKILL)
    assert [await lab.wait() for lab in labs] == ["sandbox-lost"] * 3
    await until(lambda: not any(is_alive(lab.child.born.result()) for lab in labs))
    await hold(await supervisor.open(make_world(), log), log)


async def test_a_world_that_cannot_be_is_refused_in_one_sentence(supervisor, log):
    world = make_world()
    twice = type(world)(world.title, world.student, (*world.hosts, world.hosts[1]))
    with pytest.raises(LabRefused, match=r"\.$"):
        await supervisor.open(twice, log)


# The log


async def test_a_log_that_is_away_gets_the_same_events_later(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    log.trouble = OSError("the database is away")
    before = len(log.events)
    await lab.send(Input(1, "a", "help"))
    await until(lambda: log.refusals > 1)
    assert len(log.events) == before
    log.trouble = None
    await until(lambda: len(log.of("console")) == 2)
    assert [event.seq for event in log.events] == list(range(1, len(log.events) + 1))


async def test_a_log_that_is_slow_slows_the_lab_and_loses_nothing(hostile, log):
    lab = await hostile.open(make_world("floods"), log)
    log.trouble = OSError("the database is away")
    await until(lambda: log.refusals)
    await asyncio.sleep(0.5)
    held = len(log.events)
    assert held < 10_000  # 20,000 were to come: the rest waits in the lab, not here
    log.trouble = None
    await until(lambda: len(log.whys()) == 20_000, 60)
    await lab.close("closed")
    assert [event.seq for event in log.events] == list(range(1, 20_003))
    assert max(log.batches) <= limits.BATCH_EVENTS


async def test_a_stale_owner_writes_nothing_more(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    log.trouble = StaleOwner("another epoch")
    await lab.send(Input(1, "a", "help"))
    assert await lab.wait() == "owned-elsewhere"
    assert len(log.events) == 1
    assert not is_alive(lab.child.born.result())


async def test_a_stale_owner_starts_nothing(supervisor, log):
    log.trouble = StaleOwner("another epoch")
    with pytest.raises(StaleOwner):
        await supervisor.open(make_world(), log)


def test_a_batch_has_a_number_of_events_and_of_octets():
    small = [Block(seq=n, at=0, conn="1.1", protocol="smtp", side="C", raw=b"x", state="data") for n in range(950)]
    assert [len(batch) for batch in cut_batches(small)] == [400, 400, 150]
    raw = bytes(100_000)
    large = [Block(seq=n, at=0, conn="1.1", protocol="smtp", side="C", raw=raw, state="data") for n in range(5)]
    assert [len(batch) for batch in cut_batches(large)] == [2, 2, 1]


# The end


async def test_nothing_is_left_after_it_stops(log):
    supervisor = Supervisor()
    await supervisor.start()
    labs = [await supervisor.open(make_world(), log) for _ in range(3)]
    processes = [supervisor.zygote_pid or 0, *(lab.child.born.result() for lab in labs)]
    await supervisor.stop()
    assert not any(map(is_alive, processes))
    assert [event.why for event in log.of("lab")] == [None] * 3 + ["stopped"] * 3


async def test_it_stops_though_a_log_takes_nothing(log, monkeypatch):
    monkeypatch.setattr(limits, "STOP_SECONDS", 0.3)
    supervisor = Supervisor()
    await supervisor.start()
    lab = await supervisor.open(make_world(), log)
    log.trouble = OSError("the database is away")
    await supervisor.stop()
    assert await lab.wait() == "stopped"
    assert not is_alive(lab.child.born.result())


@pytest.mark.parametrize("module", ["protocols.sandbox.zygote", HOSTILE])
async def test_nothing_is_left_of_a_killed_supervisor(module):
    """With hostile labs too, which do not look at their channel."""
    keeper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.protocols.sandbox.keeper", module),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert keeper.stdout
    processes = json.loads(await keeper.stdout.readline())
    assert len(processes) == 4
    assert all(map(is_alive, processes))
    keeper.kill()
    await keeper.wait()
    await until(lambda: not any(map(is_alive, processes)), 10)
