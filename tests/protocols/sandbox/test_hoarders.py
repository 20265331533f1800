"""Labs that handle contents of files as no lab of ours does: each ends with a sentence, and its neighbour goes on."""

import asyncio
from dataclasses import dataclass

import pytest

from protocols import limits
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import Supervisor
from tests.protocols.sandbox.hoarders import BREAKS
from tests.protocols.sandbox.labs import HOARDERS, KeptLog, make_world, until


@dataclass
class Met:
    """What came of a hostile lab: why it ended, its log, and what its neighbour said last."""

    why: str
    log: KeptLog
    neighbour: list[str]


@pytest.fixture(scope="module")
def met():
    """What came of each, one after the other beside the same neighbour."""
    return asyncio.run(meet_all())


async def meet_all() -> dict[str, Met]:
    supervisor, log, found = Supervisor(zygote=HOARDERS), KeptLog(), dict[str, Met]()
    await supervisor.start()
    neighbour = await supervisor.open(make_world("behaves"), log)
    for plot in BREAKS:
        kept = KeptLog()
        lab = await supervisor.open(make_world(plot), kept)
        why = await lab.wait()
        await neighbour.send(Input(1, plot, f"still here though one {plot}"))
        await until(lambda: len(log.whys()) > len(found))
        found[plot] = Met(why, kept, log.whys()[-1:])
    await supervisor.stop()
    return found


@pytest.mark.parametrize("plot", BREAKS)
def test_a_lab_is_ended_that(met, plot):
    log = met[plot].log
    assert (met[plot].why, log.of("lab")[-1].why) == ("broke-the-control-protocol", "broke-the-control-protocol")
    assert [event.seq for event in log.events] == list(range(1, len(log.events) + 1))
    assert log.whys() == ["before"]  # what it said before that did happen


@pytest.mark.parametrize("plot", BREAKS)
def test_no_more_than_one_content_without_a_name_is_kept_of_a_lab_that(met, plot):
    assert len(met[plot].log.contents) <= 1


@pytest.mark.parametrize("plot", BREAKS)
def test_its_neighbour_goes_on_beside_a_lab_that(met, plot):
    assert met[plot].neighbour == [f"still here though one {plot}"]


async def test_a_lab_hands_over_contents_until_its_log_is_full(hoarders, log, monkeypatch):
    monkeypatch.setattr(limits, "LOG", 200_000)
    lab = await hoarders.open(make_world("hoards"), log)
    assert await asyncio.wait_for(lab.wait(), 20) == "log-full"
    assert sum(map(len, log.contents.values())) < 200_000
