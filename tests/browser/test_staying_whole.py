"""The transcript is what the log says, whatever happens to the network."""

import os
import socket
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import (
    ANSWERS,
    DIALOGUE,
    connect,
    hold_dialogue,
    logged,
    open_lab,
    shown,
    transcript,
    type_line,
)
from tests.running import ROOT, SERVED_WITHIN, find_free_port

DROPS = 100
LOOK = 25_000  # milliseconds: whoever missed a bell looks at the log every 20 seconds


def wait_until_same(page, portal, lab, last):
    expect(transcript(page)).to_contain_text(last, timeout=LOOK)
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=LOOK)
    assert shown(page) == logged(portal, lab)


def test_sockets_of_two_tabs_dropped_100_times_while_lines_flow_lose_nothing(open_as, portal):
    first, second = open_as("alice"), open_as("alice")
    tabs = {page: count_sockets(page) for page in (first, second)}
    lab = open_lab(first)
    second.goto(f"/labs/{lab}/")
    connect(first)
    for number in range(DROPS // 2):
        typing = (first, second)[number % 2]
        type_line(typing, f"NOOP {number}")
        if number % 5 == 0:
            typing.wait_for_timeout(50)  # what was typed is on its way, or has just come back
        drop(tabs)
    type_line(first, "QUIT")
    for page in tabs:
        wait_until_same(page, portal, lab, "closing connection")
    said = [text for _, text in shown(first) if text.startswith("NOOP ")]
    assert sorted(said) == sorted(f"NOOP {number}" for number in range(DROPS // 2))
    assert shown(first) == shown(second)


def count_sockets(page):
    """The list of the sockets that the page makes from now on, oldest first."""
    sockets = []

    def pass_on(socket):
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/labs/**", pass_on)
    return sockets


def drop(tabs):
    """Close each tab's socket in the middle of whatever it does, and wait until all have made others."""
    known = {page: len(sockets) for page, sockets in tabs.items()}
    for sockets in tabs.values():
        sockets[-1].close()
    for page, sockets in tabs.items():
        for _ in range(200):
            if len(sockets) > known[page]:
                break
            page.wait_for_timeout(50)
        else:
            raise AssertionError("The page did not connect again.")


def test_every_second_bell_thrown_away_leaves_no_gap(open_as, portal, portal_losing_bells):
    page = open_as("alice")
    lab = open_lab(page)
    page.goto(f"{portal_losing_bells}/labs/{lab}/")
    connect(page, patience=LOOK)
    for line in DIALOGUE:
        type_line(page, line)
    wait_until_same(page, portal, lab, ANSWERS[-1])


@pytest.fixture(scope="module")
def portal_losing_bells(portal):
    """The address of a second web server of the same portal, which loses every second bell."""
    port = find_free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.browser.bells_lost:application", "--lifespan", "off"]
    settings = {"LENTIL_VAR": str(portal.var), "LENTIL_DEMO": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    with (portal.var / "bells-lost.txt").open("w") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log
        )
    try:
        wait_until_served(port)
        yield f"http://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def wait_until_served(port):
    until = time.monotonic() + SERVED_WITHIN
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("The second web server did not start.")


def test_two_tabs_agree(open_as, portal):
    first = open_as("alice")
    lab = open_lab(first)
    second = open_as("alice", f"/labs/{lab}/")
    hold_dialogue(first)
    connect(second)
    type_line(second, "HELO again.halva.fr")
    type_line(second, "QUIT")
    for page in (first, second):
        expect(transcript(page)).to_contain_text("Hello again.halva.fr")
        wait_until_same(page, portal, lab, ANSWERS[-1])
    assert shown(first) == shown(second)


def test_a_lost_network_is_said_and_what_was_typed_arrives_later(open_as, portal):
    page = open_as("alice")
    lab = open_lab(page)
    connect(page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    type_line(page, "NOOP while away")
    page.context.set_offline(False)
    wait_until_same(page, portal, lab, "NOOP while away")
