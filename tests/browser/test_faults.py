"""What the page says when a part of the portal is killed or away: one sentence, and then it goes on."""

import os
import re
import signal
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import (
    LAB_READY_WITHIN,
    connect,
    hold_dialogue,
    logged,
    open_lab,
    shown,
    transcript,
    type_line,
)

NOTICED = 40_000  # milliseconds: a lease of 8 seconds runs out, and a worker that has just started waits as long


def kill(portal, part):
    processes = portal.find_labs() if part == "lab" else portal.find(part)
    assert processes
    for process in processes:
        os.kill(process, signal.SIGKILL)


def assert_it_is_the_log(page, portal, lab):
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=NOTICED)
    assert shown(page) == logged(portal, lab)


@pytest.mark.parametrize(
    ("part", "sentence", "is_noticed_late"),
    [
        ("lab", "its process ended unexpectedly", False),
        ("protocols.sandbox.zygote", "the process that makes labs ended", False),
        ("celery", "the machine that ran it does not answer any more", True),
    ],
)
def test_a_killed_part_is_said_and_the_lab_goes_on_when_it_is_opened_again(
    open_as, portal, part, sentence, is_noticed_late
):
    page = open_as("alice")
    lab = open_lab(page)
    hold_dialogue(page)
    connect(page)
    kill(portal, part)
    if is_noticed_late:
        type_line(page, "NOOP lost")
        expect(page.get_by_role("alert")).to_contain_text("The lab does not answer.")
        expect(page.get_by_role("alert")).to_contain_text("“NOOP lost” was not sent.")
        expect(page.get_by_role("textbox", name="Command")).to_have_value("NOOP lost")
    expect(page.get_by_role("status")).to_have_text("Lab ended", timeout=NOTICED)
    said = f"The lab ended: {sentence}. Open it again to go on; all that stands here is kept."
    expect(page.locator("#ended")).to_contain_text(said)
    expect(transcript(page)).to_contain_text(said)
    before = shown(page)
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=LAB_READY_WITHIN)
    assert shown(page) == before
    page.get_by_role("link", name=re.compile("alice@halva.fr")).wait_for()  # the mail is in Bob's mailbox still
    connect(page)
    type_line(page, "HELO again.halva.fr")
    expect(transcript(page)).to_contain_text("Hello again.halva.fr")
    assert_it_is_the_log(page, portal, lab)


def test_a_killed_web_server_is_said_and_the_page_goes_on_by_itself(open_as, portal):
    page = open_as("alice")
    lab = open_lab(page)
    connect(page)
    kill(portal, "uvicorn")
    expect(page.get_by_role("status")).to_have_text("Reconnecting…")
    type_line(page, "NOOP meanwhile")
    expect(transcript(page)).to_contain_text("NOOP meanwhile", timeout=NOTICED)
    assert_it_is_the_log(page, portal, lab)


def test_a_database_that_is_away_pauses_the_lab_and_says_so(open_as, portal):
    page = open_as("alice")
    lab = open_lab(page)
    connect(page)
    before = shown(page)
    with closing(sqlite3.connect(portal.var / "lentil.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        type_line(page, "NOOP while away")
        expect(page.get_by_role("status")).to_have_text("Lab paused")
        expect(page.get_by_role("alert")).to_contain_text("database does not answer")
        page.wait_for_timeout(7_000)  # longer than a transaction waits for its turn
        expect(page.get_by_role("status")).to_have_text("Lab paused")
        assert shown(page) == before
        other.execute("ROLLBACK")
    expect(transcript(page)).to_contain_text("NOOP while away")
    expect(page.get_by_role("alert")).to_be_empty()
    assert_it_is_the_log(page, portal, lab)
