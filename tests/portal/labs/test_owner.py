"""The way of a keystroke, whole but for the browser: a worker's owner, its sandbox, the log, the bus, the websocket."""

import asyncio
import gc
import threading
import time
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction

from portal.labs import bootstep, feed, leases, limits, owner, tasks
from portal.labs.bootstep import NoOwner, own_labs
from portal.labs.bus import get_bus
from portal.labs.contents import sweep
from portal.labs.log import Log, ring_for
from portal.labs.messages import Bell
from portal.labs.models import Lab
from portal.labs.opening import open_activity, open_again
from portal.labs.placing import PlaceRefused, Upload, place_in_lab
from portal.labs.workers import find_workers
from portal.worlds.contents import Content, upload
from portal.worlds.models import Message, World
from protocols import events
from tests.portal.conftest import FILE_SERVER, deliver, find_file, find_zone, hash_of, make_line, rewrite
from tests.portal.labs.test_consumer import Page, make_cookie

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
WITHIN = 30  # seconds
DIALOGUE = [
    ("connect mx.lentil.edu 25", "220"),
    ("HELO mx.halva.fr", "250"),
    ("MAIL FROM: <alice@halva.fr>", "250"),
    ("RCPT TO: <bob@lentil.edu>", "250"),
    ("DATA", "354"),
    ("Do you like dahl?", None),
    (".", "250"),
    ("QUIT", "221"),
]
STORING: list[tuple[str, str | None]] = [
    ("connect ftp.eckenfels.net 21", "220"),
    ("USER ecki", "331"),
    ("PASS secret", "230 "),
    ("PORT 10, 0, 0, 1, 4, 1", "200"),
    ("STOR /tmp/test.txt", "226"),
    ("QUIT", "221"),
]


GOALS: list[dict[str, Any]] = [
    {"title": "Greet the server", "needs": {"command": {"verb": ["HELO", "EHLO"]}}},
    {"title": "Send it", "needs": {"all": [{"delivered": {"to": "bob@*"}}, {"reply": {"code": "221", "to": "QUIT"}}]}},
    {"title": "Err never", "needs": {"never": {"reply": {"code": "5*"}}}},
]


class Worker:
    """A thread that owns labs, as a Celery worker's does; but the tests call the tasks themselves."""

    def start(self) -> None:
        up = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(up,))
        self._thread.start()
        assert up.wait(WITHIN)

    def stop(self) -> None:
        here = bootstep._here
        if here:
            here.loop.call_soon_threadsafe(here.main.cancel)
        self._thread.join(WITHIN)
        assert not self._thread.is_alive()
        gc.collect()  # closes its threads' connections to the database, which a worker's process takes along

    def _run(self, up: threading.Event) -> None:
        try:
            asyncio.run(own_labs(up.set))
        except asyncio.CancelledError:
            pass


@contextmanager
def running_worker():
    worker = Worker()
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def worker(transactional_db, redis_server):
    with running_worker() as worker:
        yield worker


def wait_for_state(lab: Lab, *states: str) -> Lab:
    until = time.monotonic() + WITHIN
    while True:
        lab.refresh_from_db()
        if lab.state in states:
            return lab
        assert time.monotonic() < until, lab.state
        time.sleep(0.02)


def lab_events(lab: Lab) -> list[tuple[str, int, str | None]]:
    return [(e.change, e.start, e.why) for e in feed.after(lab.pk, 0, 10_000) if isinstance(e, events.Lab)]


async def hold_dialogue(page: Page, dialogue: list[tuple[str, str | None]]) -> None:
    for number, (text, code) in enumerate(dialogue):
        heard = len(page.descriptions)
        await page.type(text, f"line-{number}-{time.monotonic_ns()}")
        async with asyncio.timeout(WITHIN):
            while not has_answer(page.descriptions[heard:], text, code):
                message = await page.hear()
                assert message["type"] == "events", message


def has_answer(descriptions: list[dict], text: str, code: str | None) -> bool:
    lines = ["".join(part for _, part in d.get("parts", [])) for d in descriptions if d["kind"] == "line"]
    return any(line.startswith(code) if code else line == text for line in lines)


async def test_a_mail_sent_by_hand_arrives(worker, activity, alice, ivy):
    lab = await sync_to_async(open_activity)(activity, alice)
    page = await Page(lab.pk, await sync_to_async(make_cookie)(alice)).open()
    watching = await Page(lab.pk, await sync_to_async(make_cookie)(ivy)).open()
    await sync_to_async(tasks.open_lab)(lab.pk)
    while not page.descriptions:
        await page.hear()
    await hold_dialogue(page, DIALOGUE)
    message = await sync_to_async(Message.objects.select_related("mailbox").get)()
    assert (message.mailbox.address, message.sender) == ("bob@lentil.edu", "alice@halva.fr")
    assert bytes(message.raw).endswith(b"Do you like dahl?\r\n")
    await sync_to_async(tasks.close_lab)(lab.pk)
    last = (await sync_to_async(wait_for_state)(lab, "ended")).last_seq
    for each in (page, watching):
        await each.hear_until(last)
        assert each.seqs() == list(range(1, last + 1))
        await each.close()
    assert page.descriptions == watching.descriptions
    await get_bus().close()
    assert "you like dahl" not in (settings.VAR / "log" / "portal.log").read_text()


def test_a_lab_opened_again_goes_on_in_its_log_with_its_mailboxes(worker, activity, alice):
    lab = open_activity(activity, alice)
    for start in (1, 2):
        tasks.open_lab(lab.pk)
        assert wait_for_state(lab, "running").starts == start
        deliver(lab.world, b"kept")
        tasks.close_lab(lab.pk)
        wait_for_state(lab, "ended")
        if start == 1:
            open_again(Lab.find(lab.pk))
    assert lab_events(lab) == [("started", 1, None), ("ended", 1, "asked"), ("started", 2, None), ("ended", 2, "asked")]
    assert [event.seq for event in feed.after(lab.pk, 0, 10)] == [1, 2, 3, 4]
    assert Message.objects.filter(mailbox__world=lab.world).count() == 2


def goals_in(lab: Lab) -> list[tuple[str, str, int]]:
    judged = [each for each in feed.after(lab.pk, 0, 1_000) if isinstance(each, events.GoalJudged)]
    return [(each.goal, each.status, each.met) for each in judged]


async def test_goals_are_judged_as_the_dialogue_goes_and_both_pages_hear_of_it(worker, activity, alice, ivy):
    lab = await sync_to_async(open_activity)(activity, alice, GOALS)
    page = await Page(lab.pk, await sync_to_async(make_cookie)(alice)).open()
    watching = await Page(lab.pk, await sync_to_async(make_cookie)(ivy)).open()
    for start, dialogue in ((1, DIALOGUE[:2]), (2, DIALOGUE)):
        await sync_to_async(tasks.open_lab)(lab.pk)
        await sync_to_async(wait_for_state)(lab, "running")
        await hold_dialogue(page, dialogue)
        await sync_to_async(tasks.close_lab)(lab.pk)
        last = (await sync_to_async(wait_for_state)(lab, "ended")).last_seq
        if start == 1:
            await sync_to_async(open_again)(await sync_to_async(Lab.find)(lab.pk))
    for each in (page, watching):
        await each.hear_until(last)
        told = [(one["facts"]["goal"], one["facts"]["status"]) for one in each.descriptions if one["kind"] == "goal"]
        assert told == [("err-never", "kept"), ("greet-the-server", "met"), ("send-it", "open"), ("send-it", "met")]
        await each.close()
    await get_bus().close()


def test_what_a_lost_owner_had_not_judged_is_judged_when_the_lab_is_opened_again(worker, lab, monkeypatch):
    monkeypatch.setattr(limits, "LOG_PAGE", 2)
    monkeypatch.setattr(limits, "LEASE", 0.5)
    monkeypatch.setattr(limits, "RENEWAL", 0.1)
    lab.goals = GOALS
    lab.save(update_fields=["goals"])
    said = [b"HELO mx.halva.fr\r\n", b"NOOP\r\n", b"NOOP\r\n"]
    feed.append(lab.pk, 1, [make_line(seq, raw) for seq, raw in enumerate(said, start=1)])
    Lab.objects.filter(pk=lab.pk).update(lease_until=lab.opened_at)
    wait_for_state(lab, "ended")
    assert goals_in(lab) == []
    monkeypatch.setattr(limits, "LEASE", 8)
    open_again(Lab.find(lab.pk))
    tasks.open_lab(lab.pk)
    wait_for_state(lab, "running")
    assert goals_in(lab) == [("greet-the-server", "met", 0), ("err-never", "kept", 0)]


def test_goals_that_cannot_be_read_end_no_lab(worker, activity, alice):
    lab = open_activity(activity, alice, [{"title": "From a time when there were others"}])
    tasks.open_lab(lab.pk)
    wait_for_state(lab, "running")
    assert goals_in(lab) == []


def test_a_zone_is_edited_by_its_running_lab_and_stays_when_that_is_opened_again(worker, activity, alice, ivy, client):
    lab = open_activity(activity, alice)
    client.force_login(ivy)
    for start in (1, 2):
        tasks.open_lab(lab.pk)
        assert wait_for_state(lab, "running").starts == start
        for number in (1, 2):
            zone = find_zone(lab.world)
            typed = rewrite(zone, f"soup{start}{number} A 10.2.0.99")
            answer = client.post(f"/labs/{lab.pk}/zones/lentil.edu/", {"source": typed, "serial": zone.serial})
            assert answer.status_code == 302
            assert find_zone(lab.world).source == typed
        tasks.close_lab(lab.pk)
        wait_for_state(lab, "ended")
        if start == 1:
            open_again(Lab.find(lab.pk))
    edits = [event for event in feed.after(lab.pk, 0, 10) if isinstance(event, events.ZoneEdited)]
    assert [edit.why for edit in edits] == ["loaded"] * 4
    assert edits[-1].raw.decode() == find_zone(lab.world).source
    assert "soup" not in (settings.VAR / "log" / "portal.log").read_text()


def test_a_file_is_put_into_a_running_lab_and_is_there_when_that_is_opened_again(worker, activity, alice):
    lab = open_activity(activity, alice)
    octets = bytes(range(256)) * 1_500  # three chunks
    for start in (1, 2):
        tasks.open_lab(lab.pk)
        assert wait_for_state(lab, "running").starts == start
        place_in_lab(lab, Upload(FILE_SERVER, "/home/ecki", f"octets{start}", "ecki", octets))
        with pytest.raises(PlaceRefused, match="permissions of /vault"):
            place_in_lab(lab, Upload(FILE_SERVER, "/vault", "octets", "ecki", octets))
        tasks.close_lab(lab.pk)
        wait_for_state(lab, "ended")
        sweep()
        if start == 1:
            open_again(Lab.find(lab.pk))
    for start in (1, 2):
        assert find_file(lab.world, f"/home/ecki/octets{start}").octets() == octets
    stored = [event for event in feed.after(lab.pk, 0, 10) if isinstance(event, events.Stored)]
    assert [event.path for event in stored] == ["/home/ecki/octets1", "/home/ecki/octets2"]


def test_a_worker_removes_the_contents_that_nothing_refers_to(transactional_db, monkeypatch):
    monkeypatch.setattr(limits, "CONTENTS_SWEPT", 0.1)
    with running_worker():
        with transaction.atomic():
            upload(b"nobody's").settle(hash_of(b"nobody's"))
        until = time.monotonic() + WITHIN
        while Content.objects.exists():
            assert time.monotonic() < until
            time.sleep(0.02)


async def test_a_file_that_is_stored_by_hand_is_kept_with_its_octets(worker, activity, alice):
    lab = await sync_to_async(open_activity)(activity, alice)
    page = await Page(lab.pk, await sync_to_async(make_cookie)(alice)).open()
    await sync_to_async(tasks.open_lab)(lab.pk)
    while not page.descriptions:
        await page.hear()
    await hold_dialogue(page, STORING)
    stored = await sync_to_async(find_file)(lab.world, "/tmp/test.txt")
    sent = await sync_to_async(find_file)(lab.world, "/tmp/test.txt", "mx.halva.fr")
    assert await sync_to_async(stored.octets)() == await sync_to_async(sent.octets)()
    assert stored.owner == "ecki"
    await sync_to_async(tasks.close_lab)(lab.pk)
    await sync_to_async(wait_for_state)(lab, "ended")
    await page.close()
    await get_bus().close()


def test_tasks_delivered_twice_at_once_give_the_same(worker, activity, alice):
    lab = open_activity(activity, alice)
    for task, state in ((tasks.open_lab, "running"), (tasks.close_lab, "ended")):
        threads = [threading.Thread(target=call, args=(task, lab.pk)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_for_state(lab, state)
    tasks.open_lab(lab.pk)
    tasks.close_lab(lab.pk)
    assert lab_events(lab) == [("started", 1, None), ("ended", 1, "asked")]


def call(task, lab: int) -> None:
    from django.db import connection

    task(lab)
    connection.close()


def test_a_stopping_worker_ends_its_labs_in_order(activity, alice, transactional_db):
    lab = open_activity(activity, alice)
    with running_worker():
        tasks.open_lab(lab.pk)
        assert find_workers()
    wait_for_state(lab, "ended")
    assert lab_events(lab) == [("started", 1, None), ("ended", 1, "stopped")]
    assert find_workers() == []
    with pytest.raises(NoOwner):
        tasks.open_lab(lab.pk)


def test_a_worker_says_that_it_is_there_and_whether_its_sandbox_is_complete(worker):
    until = time.monotonic() + WITHIN
    while not (found := find_workers()):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert [one.complete for one in found] == [True]


def test_a_request_whose_task_was_lost_is_taken_up(worker, activity, alice):
    lab = open_activity(activity, alice)  # its task stays in the queue, where no worker takes it
    assert wait_for_state(lab, "running").epoch == 1


def test_a_lab_of_a_lost_worker_is_ended_and_can_be_opened_again(worker, lab, alice, monkeypatch):
    monkeypatch.setattr(limits, "LEASE", 0.5)
    monkeypatch.setattr(limits, "RENEWAL", 0.1)
    Lab.objects.filter(pk=lab.pk).update(owner="a worker that was killed", lease_until=lab.opened_at)
    wait_for_state(lab, "ended")
    assert (lab.why, lab.epoch) == ("owner-lost", 2)
    monkeypatch.undo()
    open_again(Lab.find(lab.pk))
    tasks.open_lab(lab.pk)
    wait_for_state(lab, "running")


def test_leases_are_renewed_whatever_else_waits(worker, activity, alice, monkeypatch):
    lab = open_activity(activity, alice)
    tasks.open_lab(lab.pk)
    is_over = threading.Event()
    for module, name in ((leases, "find_waiting"), (owner, "announce"), (feed, "append")):
        monkeypatch.setattr(module, name, lambda *values: is_over.wait(WITHIN) and [])
    here = bootstep._here
    assert here
    for _ in range(64):  # more than the threads that an event loop has
        asyncio.run_coroutine_threadsafe(asyncio.to_thread(is_over.wait, WITHIN), here.loop)
    try:
        for _ in range(2):
            lab.refresh_from_db()
            before = lab.lease_until
            until = time.monotonic() + limits.LEASE
            while lab.lease_until == before:
                assert time.monotonic() < until
                time.sleep(0.1)
                lab.refresh_from_db()
    finally:
        is_over.set()


def test_a_lab_that_was_taken_over_is_ended_here(worker, activity, alice):
    lab = open_activity(activity, alice)
    tasks.open_lab(lab.pk)
    Lab.objects.filter(pk=lab.pk).update(owner="another", epoch=7)
    here = bootstep._here
    assert here
    until = time.monotonic() + WITHIN
    while here.owner._labs:
        assert time.monotonic() < until
        time.sleep(0.02)
    lab.refresh_from_db()
    assert (lab.owner, lab.epoch, lab.state) == ("another", 7, "running")


def test_a_world_that_cannot_be_used_fails_the_lab_in_its_log(worker, activity, alice):
    lab = open_activity(activity, alice)
    World.objects.filter(pk=lab.world_id).update(source="lentil: 1")
    tasks.open_lab(lab.pk)
    wait_for_state(lab, "failed")
    assert lab_events(lab) == [("failed", 1, "bad-world")]


def test_one_lab_too_many_for_the_machine_fails_in_its_log(worker, activity, alice, monkeypatch):
    monkeypatch.setattr(limits, "LABS_A_MACHINE", 0)
    lab = open_activity(activity, alice)
    tasks.open_lab(lab.pk)
    wait_for_state(lab, "failed")
    assert lab_events(lab) == [("failed", 1, "no-room")]


def test_a_lab_that_is_not_there_is_neither_opened_nor_closed(worker):
    tasks.open_lab(7)
    tasks.close_lab(7)


def test_a_bell_for_many_events_goes_without_a_copy(lab, monkeypatch):
    rung: list[Bell] = []
    monkeypatch.setattr("portal.labs.log.ring", rung.append)
    for count in (limits.BELL_EVENTS, limits.BELL_EVENTS + 1):
        ring_for(lab.pk, [make_line(seq) for seq in range(1, count + 1)])
    assert [bell.descriptions is None for bell in rung] == [False, True]


def test_bells_that_nobody_hears_go_without_a_copy(lab, monkeypatch):
    """A page that comes then reads the log after the first, and gets copies with the others."""
    copies: list[bool] = []
    heard = iter([True, False, False, True, True])

    def ring(bell: Bell) -> bool:
        copies.append(bell.descriptions is not None)
        return next(heard)

    monkeypatch.setattr("portal.labs.log.ring", ring)
    log = Log(lab.pk, lab.epoch)
    for seq in range(1, 6):
        log.commit([make_line(seq)])
    assert copies == [True, True, False, False, True]
