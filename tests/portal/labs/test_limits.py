"""The limits of a whole lab, from its page to its sandbox: each ends it with a sentence, and another lab goes on."""

import statistics
import time
from functools import partial

import pytest
from asgiref.sync import sync_to_async

from portal.labs import limits, owner, tasks
from portal.labs.bus import get_bus
from portal.labs.models import Lab
from portal.labs.opening import open_activity
from portal.worlds.models import World
from protocols import limits as of_labs
from protocols.sandbox.supervisor import Supervisor
from tests.portal.conftest import make_activity
from tests.portal.labs.test_consumer import Page, make_cookie
from tests.portal.labs.test_owner import has_answer, running_worker, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
AT_MOST = 0.2  # seconds, the median of a neighbour's answers
ANSWERS = 15


@pytest.fixture
def worker(transactional_db, redis_server, monkeypatch):
    """One whose labs run amok where their world's title says so."""
    monkeypatch.setattr(owner, "Supervisor", partial(Supervisor, zygote="tests.protocols.sandbox.floods"))
    with running_worker() as worker:
        yield worker


def open_lab(activity, person, title: str | None = None) -> Lab:
    lab = open_activity(activity, person)
    if title:
        source = lab.world.source.replace("title: The lecture's Internet", f"title: {title}")
        World.objects.filter(pk=lab.world_id).update(source=source)
    tasks.open_lab(lab.pk)
    return wait_for_state(lab, "running")


async def open_page(lab: Lab, person) -> Page:
    return await Page(lab.pk, await sync_to_async(make_cookie)(person)).open()


async def ask(page: Page, text: str, code: str) -> float:
    """How many seconds it takes until the server's answer is shown."""
    heard, began = len(page.descriptions), time.monotonic()
    await page.type(text, f"line-{time.monotonic_ns()}")
    while not has_answer(page.descriptions[heard:], text, code):
        await page.hear()
    return time.monotonic() - began


# Time


@pytest.fixture
def short(monkeypatch):
    """A lab is unwatched after two seconds, and pages look twice in that time."""
    monkeypatch.setattr(limits, "UNWATCHED", 2)
    monkeypatch.setattr(limits, "WATCHED", 0.2)
    monkeypatch.setattr(limits, "LOOK", 0.4)
    monkeypatch.setattr(limits, "RENEWAL", 0.2)


def test_a_lab_that_nobody_looks_at_is_ended_with_a_sentence(short, worker, activity, alice, client):
    lab = open_lab(activity, alice)
    assert wait_for_state(lab, "ended").why == "unwatched"
    assert lab.reason == "for a long time nobody typed in it or had its page open"


async def test_a_lab_goes_on_while_somebody_looks_at_it_though_redis_is_lost(
    short, worker, activity, alice, ivy, redis_server
):
    lab = await sync_to_async(open_lab)(activity, alice)
    page = await open_page(lab, ivy)
    with redis_server.away():
        await sync_to_async(time.sleep)(2 * limits.UNWATCHED)
        await sync_to_async(lab.refresh_from_db)()
        assert lab.state == "running"
    await page.close()
    assert (await sync_to_async(wait_for_state)(lab, "ended")).why == "unwatched"
    await get_bus().close()


# The log


async def test_a_full_log_ends_the_lab_and_says_how_to_go_on(worker, activity, alice, monkeypatch):
    monkeypatch.setattr(of_labs, "LOG_EVENTS", 20)
    lab = await sync_to_async(open_lab)(activity, alice)
    page = await open_page(lab, alice)
    await page.type("connect mx.lentil.edu 25", "c")
    for number in range(10):
        await page.type("NOOP", f"n-{number}")
    await page.hear_until(20)
    last = page.descriptions[-1]
    assert last["facts"]["goes_on"] is False
    assert last["note"].startswith("The lab ended: its log holds all that a log may")
    assert last["note"].endswith("Begin a new lab to go on; all that stands here is kept.")
    await page.close()
    await get_bus().close()


async def test_a_log_counts_what_earlier_starts_have_said(worker, activity, alice, monkeypatch):
    lab = await sync_to_async(open_lab)(activity, alice)
    await sync_to_async(tasks.close_lab)(lab.pk)
    await sync_to_async(wait_for_state)(lab, "ended")
    monkeypatch.setattr(of_labs, "LOG", 10)
    await sync_to_async(lab.ask_for_start)()
    await sync_to_async(tasks.open_lab)(lab.pk)
    page = await open_page(lab, alice)
    await page.hear_until(3)
    await page.type("help", "h")
    await page.hear_until(4)
    assert (await sync_to_async(wait_for_state)(lab, "ended")).why == "log-full"
    await page.close()
    await get_bus().close()


# A neighbour


@pytest.mark.parametrize("flood", ["control frames", "slow clients", "endless lines", "a spinning lab"])
async def test_a_neighbours_page_gets_its_answers_while_there_are(flood, worker, course, activity, alice, bob):
    neighbour = await open_page(await sync_to_async(open_lab)(activity, alice), alice)
    await ask(neighbour, "connect mx.lentil.edu 25", "220")
    other = await sync_to_async(make_activity)(course, "amok")
    amok = await sync_to_async(open_lab)(other, bob, flood)
    answers = [await ask(neighbour, "NOOP", "250") for _ in range(ANSWERS)]
    assert statistics.median(answers) < AT_MOST
    await sync_to_async(amok.refresh_from_db)()
    assert amok.state == "running", "the flood was over too soon to tell"
    await neighbour.close()
    await get_bus().close()
