"""What a lab survives: kill -9 of each of its parts at random points of a dialogue, Redis gone and back empty, a
database that does not answer, a worker that slept. What was shown is in the log, nothing more is shown, and no process
is left over.

One portal runs for all of it, and one student, whose only lab goes on in the same log from fault to fault.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager

import pytest

from portal.labs import limits
from tests.postgresql import private_postgresql
from tests.running import OTHERS_SETTINGS, ROOT, is_alive, running_portal
from tests.student import LabOver, LabPage, Student, read_text

LEFT = 10  # seconds after which nothing may be left of what was killed
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


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running_portal(tmp_path_factory.mktemp("v")) as portal:
        yield portal


@pytest.fixture(scope="module")
def only_page(portal):
    return Student(portal, "alice").open_lab()


@pytest.fixture
def page(only_page):
    """The page of Alice's lab, which runs; where it had ended, it is opened again."""
    if change_of(only_page) != "started":
        only_page.student.post(f"/labs/{only_page.lab}/open")
        only_page.hear_change("started")
    return only_page


def change_of(page: LabPage) -> str:
    return next(each for each in reversed(page.shown) if each["kind"] == "lab")["facts"]["change"]


def hold_dialogue(page: LabPage) -> None:
    for text, code in DIALOGUE:
        page.say(text, code)


def hold_dialogues_until(page: LabPage, is_enough) -> None:
    """Hold one dialogue after another until it is enough; or until the lab ends, which raises LabOver."""
    while not is_enough():
        hold_dialogue(page)


@contextmanager
def fault(do, seconds: float):
    """Something that is done beside the rest, some seconds later; given is whether it is done."""
    timer = threading.Timer(seconds, do)
    timer.start()
    yield timer.finished.is_set
    timer.join()


def kill(*processes: int) -> None:
    assert processes
    for process in processes:
        os.kill(process, signal.SIGKILL)


def wait_until(condition, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def assert_it_is_the_log(page: LabPage) -> None:
    """What the page has shown is in the log, all of it, once, in order; as is what a new page is shown."""
    until = time.monotonic() + limits.LOOK + 5  # a bell may have been lost
    while True:
        rows = page.student.portal.rows("select seq, kind, raw from labs_event where lab_id = ? order by seq", page.lab)
        if page.last >= rows[-1][0] or time.monotonic() > until:
            break
        page.hear_for(0.5)
    assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))
    assert [each["seq"] for each in page.shown] == [seq for seq, _, _ in rows]
    assert [each["kind"] for each in page.shown] == [kind for _, kind, _ in rows]
    for each, (_, kind, raw) in zip(page.shown, rows, strict=True):
        assert kind != "line" or read_text(each) == bytes(raw).decode().rstrip("\r\n")
    assert_a_new_page_is_shown_the_same(page)


def assert_a_new_page_is_shown_the_same(page: LabPage) -> None:
    new = LabPage(page.student, page.lab)
    new.hear_for(10, lambda: new.last >= page.last)
    page.hear_for(10, lambda: page.last >= new.last)  # the end of a connection may have come meanwhile
    new.hear_for(10, lambda: new.last >= page.last)
    new.drop()
    assert new.shown == page.shown


def assert_the_mailboxes_are_those_of_the_log(page: LabPage) -> None:
    delivered = Counter(each["kind"] for each in page.shown)["delivered"]
    ((messages,),) = page.student.portal.rows(
        "select count(*) from worlds_message m join worlds_mailbox b on b.id = m.mailbox_id"
        " join labs_lab l on l.world_id = b.world_id where l.id = ?",
        page.lab,
    )
    assert messages == delivered


# Kills


def kill_lab(portal) -> list[int]:
    labs = portal.find_labs()
    kill(*labs)
    return labs


def kill_zygote(portal) -> list[int]:
    labs, zygote = portal.find_labs(), portal.find("protocols.sandbox.zygote")
    kill(*zygote)
    return labs + zygote


def kill_worker(portal) -> list[int]:
    labs, zygote, worker = portal.find_labs(), portal.find("protocols.sandbox.zygote"), portal.find("celery")
    kill(*worker)
    return labs + zygote + worker


@pytest.mark.parametrize(
    ("kill_part", "seed", "sentence"),
    [
        (kill_lab, 1, "its process ended unexpectedly"),
        (kill_lab, 2, "its process ended unexpectedly"),
        (kill_lab, 3, "its process ended unexpectedly"),
        (kill_zygote, 4, "the process that makes labs ended"),
        (kill_zygote, 5, "the process that makes labs ended"),
        (kill_worker, 6, "the machine that ran it does not answer any more"),
    ],
)
def test_a_killed_part_ends_the_lab_in_a_sentence_and_it_goes_on_in_the_same_log(
    portal, page, kill_part, seed, sentence
):
    killed: list[int] = []
    soon = random.Random(seed).uniform(0, 0.7)
    with fault(lambda: killed.extend(kill_part(portal)), soon), pytest.raises(LabOver) as over:
        hold_dialogues_until(page, lambda: False)
    assert str(over.value) == f"The lab ended: {sentence}. Open it again to go on; all that stands here is kept."
    wait_until(lambda: not any(is_alive(process) for process in killed), LEFT)
    assert_it_is_the_log(page)
    assert_the_mailboxes_are_those_of_the_log(page)
    before = page.last
    page.student.post(f"/labs/{page.lab}/open")
    assert page.hear_change("started")["seq"] == before + 1
    hold_dialogue(page)
    assert_it_is_the_log(page)
    assert_the_mailboxes_are_those_of_the_log(page)


@pytest.mark.parametrize("seed", [8, 9])
def test_a_killed_web_server_interrupts_what_is_seen_and_nothing_else(portal, page, seed):
    killed = portal.find("uvicorn")
    with fault(lambda: kill(*killed), random.Random(seed).uniform(0, 0.7)) as is_done:
        hold_dialogues_until(page, is_done)
        hold_dialogue(page)
    wait_until(lambda: not any(is_alive(process) for process in killed), LEFT)
    assert change_of(page) == "started"
    assert_it_is_the_log(page)
    assert_the_mailboxes_are_those_of_the_log(page)


# Redis


def test_redis_killed_and_started_empty_loses_nothing_and_tasks_run_again(portal, page):
    def keep_away() -> None:
        until = time.monotonic() + 4
        while time.monotonic() < until:
            for process in portal.find("redis-server"):
                os.kill(process, signal.SIGKILL)
            time.sleep(0.1)

    with fault(keep_away, 0.2):
        time.sleep(0.5)
        hold_dialogue(page)  # by the same socket: it goes on by itself
    assert_it_is_the_log(page)
    until = time.monotonic() + 30
    page.student.post(f"/labs/{page.lab}/end")
    page.hear_change("ended", until - time.monotonic())
    page.student.post(f"/labs/{page.lab}/open")
    page.hear_change("started", until - time.monotonic())
    assert_it_is_the_log(page)


# The database


@contextmanager
def locked_database(portal):
    """Nobody else can write to the database."""
    with closing(sqlite3.connect(portal.var / "lentil.sqlite3", isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_database_away_for_30_seconds_pauses_the_lab_which_says_so_and_goes_on(portal, page):
    bob = Student(portal, "bob")
    page.say(*DIALOGUE[0])
    ((epoch,),) = portal.rows("select epoch from labs_lab where id = ?", page.lab)
    with locked_database(portal):
        away = time.monotonic()
        before, told, connections = len(page.shown), len(page.messages), page.connections
        page.send(type="input", client_id="while-away", console=1, text="HELO while.away")
        page.hear_for(10, lambda: len(page.messages) > told)
        assert "database does not answer" in page.messages[-1]["sentence"]
        assert page.messages[-1]["type"] == "paused"
        status, _, shown = bob.post("/courses/nwen243/send-a-mail-by-hand/open")
        assert (status, "database does not answer for the moment" in shown) == (503, True)
        page.hear_for(30 - (time.monotonic() - away))
        assert len(page.shown) == before
        assert page.messages[-1]["type"] == "paused"
    page.hear_for(10, lambda: any(read_text(each).startswith("250") for each in page.shown[before:]))
    page.say("QUIT", "221")
    hold_dialogue(page)
    assert_it_is_the_log(page)
    assert page.connections == connections
    assert portal.rows("select state, epoch from labs_lab where id = ?", page.lab) == [("running", epoch)]


def test_a_database_server_that_is_stopped_pauses_the_lab_which_goes_on_when_it_is_back(tmp_path_factory):
    var = tmp_path_factory.mktemp("v")
    with private_postgresql() as server, running_portal(var, DATABASE_URL=server.url) as portal:
        page = Student(portal, "alice").open_lab()
        page.say(*DIALOGUE[0])
        with server.away():
            before, told = len(page.shown), len(page.messages)
            page.send(type="input", client_id="while-away", console=1, text="HELO while.away")
            page.hear_for(10, lambda: len(page.messages) > told)
            assert page.messages[-1]["type"] == "paused"
            status, _, shown = page.student.get(f"/labs/{page.lab}/")
            assert (status, "database does not answer for the moment" in shown) == (503, True)
            page.hear_for(limits.LEASE + 2)
            assert {each["type"] for each in page.messages[told:]} == {"paused"}
            assert len(page.shown) == before
        page.hear_for(20, lambda: any(read_text(each).startswith("250") for each in page.shown[before:]))
        page.say("QUIT", "221")
        hold_dialogue(page)
        assert change_of(page) == "started"
        assert page.connections == 1
        assert_a_new_page_is_shown_the_same(page)


# The lease


@contextmanager
def second_worker(portal):
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--pool", "threads", "--concurrency", "2"]
    environment = {key: value for key, value in os.environ.items() if key not in OTHERS_SETTINGS}
    with (portal.var / "second.txt").open("w") as log:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle", "-n", "second@%h"],
            cwd=ROOT,
            env=environment | {"LENTIL_VAR": str(portal.var), "LENTIL_DEMO": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(30)


def test_a_worker_that_slept_too_long_finds_its_lab_taken_over_and_writes_nothing_more(portal, page):
    (sleeper,) = portal.find("celery")
    labs = portal.find_labs()
    ((epoch,),) = portal.rows("select epoch from labs_lab where id = ?", page.lab)
    page.say(*DIALOGUE[0])
    with second_worker(portal):
        os.kill(sleeper, signal.SIGSTOP)
        try:
            page.send(type="input", client_id="to-the-sleeper", console=1, text="HELO too.late")
            assert "does not answer any more" in page.hear_change("ended")["note"]
            assert portal.rows("select state, epoch from labs_lab where id = ?", page.lab) == [("ended", epoch + 1)]
            last = page.last
        finally:
            os.kill(sleeper, signal.SIGCONT)
        wait_until(lambda: not any(is_alive(process) for process in labs), LEFT)
        assert_it_is_the_log(page)
        assert page.last == last
