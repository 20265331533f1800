"""The transcript is what the log says, whatever happens to the network."""

import json

from playwright.sync_api import expect

from tests.browser.lab_page import ANSWERS, connect, hold_dialogue, logged, open_lab, shown, transcript, type_line

NOOPS = 40


def wait_until_same(page, portal, lab, last):
    expect(transcript(page)).to_contain_text(last, timeout=20_000)
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=20_000)
    assert shown(page) == logged(portal, lab)


def test_a_socket_dropped_20_times_while_lines_flow_loses_nothing(open_as, portal):
    page = open_as("alice")
    sockets = []

    def pass_on(socket):
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/labs/**", pass_on)
    lab = open_lab(page)
    connect(page)
    for number in range(NOOPS):
        type_line(page, f"NOOP {number}")
        if number % 2:
            sockets[-1].close()
    type_line(page, "QUIT")
    wait_until_same(page, portal, lab, "closing connection")
    assert len(sockets) >= NOOPS // 2
    typed = [text for _, text in shown(page) if text.startswith("NOOP ")]
    assert typed[-NOOPS:] == [f"NOOP {number}" for number in range(NOOPS)]


def test_every_second_bell_thrown_away_leaves_no_gap(open_as, portal):
    page = open_as("alice")
    count = 0

    def drop_every_second(socket):
        server = socket.connect_to_server()

        def pass_on(message):
            nonlocal count
            count += 1
            if count % 2 or json.loads(message)["type"] != "events":
                socket.send(message)

        server.on_message(pass_on)

    page.route_web_socket("**/ws/labs/**", drop_every_second)
    lab = open_lab(page)
    hold_dialogue(page)
    wait_until_same(page, portal, lab, ANSWERS[-1])


def test_two_tabs_agree(open_as, portal):
    first, second = open_as("alice"), open_as("alice")
    lab = open_lab(first)
    assert open_lab(second) == lab
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
