"""Labs that run amok: each errs or ends with a sentence, and its neighbour answers meanwhile."""

import asyncio
import statistics
import time
from dataclasses import dataclass

import pytest

from protocols import limits
from protocols.explain import LAB_WHY
from protocols.sandbox.messages import Input
from protocols.sandbox.running import RunningLab
from protocols.sandbox.supervisor import LabEnded, Supervisor
from tests.protocols.sandbox import floods
from tests.protocols.sandbox.labs import KeptLog, make_world, until

ANSWERS = 15  # of the neighbour, while a flood lasts
AT_MOST = 0.2  # seconds, the median of them
CONNECT = "connect mx.lentil.edu 25"

# What becomes of the lab: it ends, and why; or it goes on, and an event of this kind says these octets.
ENDS = {
    "endless lines": "log-full",
    "NOOPs": "log-full",
    "slow clients": "log-full",
    "recipients": "log-full",
    "control frames": "log-full",
    "an oversized frame": "broke-the-control-protocol",
    "a spinning lab": "processor-time",
    "memory": "died",
}
SAYS = {"connections": ("line", b"421 "), "descriptors": ("console", b"mx.lentil.edu")}  # the host that refused


@dataclass
class Met:
    """How long the neighbour's answers took, in seconds, and the log of the lab that runs amok."""

    answers: list[float]
    log: KeptLog


@pytest.fixture(scope="module")
def met():
    """What each flood came to, one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "LOG_EVENTS", 20_000)
        patch.setattr(limits, "LOG", 20_000_000)
        patch.setattr(limits, "PROCESSOR_LOOK", 0.1)
        return asyncio.run(meet_all(patch))


async def meet_all(patch: pytest.MonkeyPatch) -> dict[str, Met]:
    supervisor, log = Supervisor(zygote="tests.protocols.sandbox.floods"), KeptLog()
    await supervisor.start()
    neighbour = await supervisor.open(make_world(), log)
    await ask(neighbour, log, CONNECT)
    met = {}
    for flood in floods.FLOODS:
        # Work may take longer here than it should; to spin so long would be in vain.
        patch.setattr(limits, "PROCESSOR_SECONDS", 3 if flood == "a spinning lab" else 20)
        met[flood] = await meet(flood, supervisor, neighbour, log)
    await supervisor.stop()
    return met


async def meet(flood: str, supervisor: Supervisor, neighbour: RunningLab, log: KeptLog) -> Met:
    met = Met([], KeptLog())
    lab = await supervisor.open(make_world(flood), met.log)
    for _ in range(ANSWERS):
        await asyncio.sleep(0.05)
        met.answers.append(await ask(neighbour, log, "NOOP"))
    try:
        await lab.send(Input(1, "amok", CONNECT))  # by a student who does not know yet
        if flood in SAYS:
            kind, octets = SAYS[flood]
            await until(lambda: any(octets in event.raw and event.why for event in met.log.of(kind)))
            await lab.close("closed")
    except LabEnded:
        pass
    await asyncio.wait_for(lab.wait(), 20)
    return met


async def ask(lab: RunningLab, log: KeptLog, text: str) -> float:
    """How many seconds it takes from a line of the student's to the server's answer in the log."""
    said = len(log.events)
    began = time.monotonic()
    await lab.send(Input(1, f"line-{said}", text))
    await until(lambda: any(getattr(event, "side", None) == "S" for event in log.events[said:]))
    return time.monotonic() - began


def test_every_flood_has_its_row():
    assert ENDS.keys() | SAYS.keys() == set(floods.FLOODS)


@pytest.mark.parametrize("flood", floods.FLOODS)
def test_a_neighbour_answers_while_there_are(flood, met):
    assert statistics.median(met[flood].answers) < AT_MOST


@pytest.mark.parametrize("flood", ENDS)
def test_a_lab_ends_with_a_sentence_for(flood, met):
    (_, end) = met[flood].log.of("lab")
    assert (end.change, end.why) == ("ended", ENDS[flood])
    assert end.why in LAB_WHY


@pytest.mark.parametrize("flood", SAYS)
def test_a_lab_says_what_it_lacks_and_goes_on_for(flood, met):
    (_, end) = met[flood].log.of("lab")
    assert end.why == "closed"


@pytest.mark.parametrize("flood", floods.FLOODS)
def test_the_log_has_no_gap_and_is_no_longer_than_a_log_may_be_after(flood, met):
    events = met[flood].log.events
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len(events) <= 20_000
    assert sum(len(getattr(event, "raw", b"")) for event in events) <= 20_000_000
