"""What is typed is shown pending, arrives once and in order, and is never lost."""

import pytest
from playwright.sync_api import expect

from protocols.world import Account, Ftp, Host, World
from tests.browser.static.conftest import ROUTE, WORLD

FILES = World(
    title="Files",
    student=WORLD.student,
    hosts=(WORLD.hosts[0], Host("ftp.lentil.edu", "10.2.0.21", ftp=Ftp((Account("bob", "beans"),)))),
)
DOTS = "••••••••"
LINES = "li.line .bytes"
PENDING = "#pending .bytes"


@pytest.fixture
def page(open_lab):
    return open_lab()


def type_line(page, text):
    command = page.get_by_role("textbox", name="Command")
    command.fill(text)
    command.press("Enter")


def paste(page, text):
    page.get_by_role("textbox", name="Command").evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, cancelable: true}));
        }""",
        text,
    )


@pytest.fixture
def unanswered(log):
    log.answer = lambda message: None


def test_a_line_is_pending_until_the_wire_has_it(log, page):
    waiting: list[dict[str, str]] = []
    log.answer = waiting.append
    type_line(page, "NOOP")
    expect(page.locator(PENDING)).to_have_text(["NOOP"])
    expect(page.locator(LINES)).to_have_count(0)
    log.say(waiting[0])
    expect(page.locator(LINES)).to_have_text(["NOOP"])
    expect(page.locator(PENDING)).to_have_count(0)


@pytest.mark.parametrize("world", [FILES])
def test_a_password_on_its_way_to_an_ftp_server_stands_as_dots(log, page, unanswered):
    log.add("opened", conn="1.2", protocol="ftp", heading=["mx.halva.fr → ftp.lentil.edu:21", "TCP"], route=ROUTE)
    log.show(len(log.descriptions) - 1)
    expect(page.locator("#prompt")).to_contain_text("ftp.lentil.edu")
    for line in ("PASS beans", "pass", "acct:kitchen", "passive"):
        type_line(page, line)
    expect(page.locator(PENDING)).to_have_text([f"PASS {DOTS}", "pass", f"acct {DOTS}", "passive"])
    assert log.typed() == ["PASS beans", "pass", "acct:kitchen", "passive"]
    log.add("lab", note="The lab ended.", facts={"change": "ended", "absent": []})
    log.show(len(log.descriptions) - 1)
    expect(page.get_by_role("alert")).to_contain_text(f"The lab stopped before it got “PASS {DOTS}”.")


def test_a_mail_that_speaks_of_passing_something_is_no_secret(page, unanswered):
    type_line(page, "Pass 3 of them on.")
    expect(page.locator(PENDING)).to_have_text(["Pass 3 of them on."])


def test_it_is_sent_again_after_a_reconnect_under_the_same_id(log, page, unanswered):
    type_line(page, "NOOP")
    expect(page.locator(PENDING)).to_have_text(["NOOP"])
    log.answer = log.say
    log.sockets[-1].close()
    expect(page.locator(LINES)).to_have_text(["NOOP"])
    ids = [message["client_id"] for message in log.received if message["type"] == "input"]
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_line_that_is_in_the_log_is_not_sent_again(log, page):
    log.answer = lambda message: log.add("console", client_id=message["client_id"])
    type_line(page, "NOOP")
    expect(page.locator(PENDING)).to_have_text(["NOOP"])
    log.sockets[-1].close()
    page.wait_for_timeout(1_000)  # it is connected again after some 0.3 s
    assert log.typed() == ["NOOP"]


def test_a_block_replaces_the_lines_that_it_shows(log, page):
    log.answer = lambda message: log.add("console", client_id=message["client_id"])
    for text in ("one", "two"):
        type_line(page, text)
    expect(page.locator(PENDING)).to_have_text(["one", "two"])
    log.add("block", conn="1.1", side="C", parts=[["text", "one two"]], note="9 octets in one block.")
    log.show(2)
    expect(page.locator(PENDING)).to_have_count(0)


def test_a_refused_line_comes_back_with_the_reason(log, page):
    log.answer = lambda message: log.send("refused", sentence="Wait a little.", client_id=message["client_id"])
    type_line(page, "NOOP")
    expect(page.get_by_role("alert")).to_contain_text("Wait a little.")
    expect(page.get_by_role("textbox", name="Command")).to_have_value("NOOP")
    expect(page.locator(PENDING)).to_have_count(0)


def test_a_line_that_the_lab_did_not_get_comes_back_when_it_stops(log, page, unanswered):
    type_line(page, "NOOP")
    log.add("lab", note="The lab ended.", facts={"change": "ended", "absent": [], "start": 1})
    log.show(2)
    expect(page.get_by_role("alert")).to_contain_text("NOOP")
    expect(page.get_by_role("button", name="Open again")).to_be_visible()


def test_a_line_that_is_too_long_for_a_message_stays_in_the_box(log, page):
    type_line(page, "é" * 2_100)
    expect(page.get_by_role("alert")).to_contain_text("4,096 octets")
    expect(page.get_by_role("textbox", name="Command")).to_have_value("é" * 2_100)
    assert log.typed() == []


def test_a_paste_is_sent_line_by_line_and_keeps_its_last_line(log, page):
    paste(page, "one\r\n\r\nthree\nlast")
    expect(page.locator(LINES)).to_have_text(["one", "", "three"])
    expect(page.get_by_role("textbox", name="Command")).to_have_value("last")


def test_a_long_paste_is_sent_no_faster_than_a_socket_may(log, page):
    paste(page, "\n".join(f"NOOP {number}" for number in range(41)))
    assert len(log.typed()) <= 16
    expect(page.locator(LINES)).to_have_text([f"NOOP {number}" for number in range(40)])
    assert log.typed() == [f"NOOP {number}" for number in range(40)]


def test_lines_that_the_network_holds_up_are_not_followed_by_more_than_a_socket_may_send(log, page):
    held: list[dict[str, str]] = []
    log.answer = held.append
    paste(page, "\n".join(f"NOOP {number}" for number in range(21)))
    page.wait_for_timeout(1_500)
    assert log.typed() == [f"NOOP {number}" for number in range(16)]
    log.answer = log.say
    for message in held:
        log.say(message)
    expect(page.locator(LINES)).to_have_text([f"NOOP {number}" for number in range(20)])


@pytest.mark.parametrize("text", ["\n" * 201, "\n" * 200 + "last"])
def test_a_paste_past_the_limit_sends_nothing(log, page, text):
    paste(page, text)
    expect(page.get_by_role("alert")).to_have_text(
        "A paste is at most 200 lines long, and this has 201. Send it in parts."
    )
    assert log.typed() == []


def test_a_paste_of_as_many_lines_as_may_be_is_taken(log, page):
    paste(page, "NOOP\n" * 200)
    expect(page.get_by_role("alert")).to_be_empty()
    expect(page.locator(PENDING).or_(page.locator(LINES))).to_have_count(200)


def test_up_and_down_recall_what_was_sent(page):
    command = page.get_by_role("textbox", name="Command")
    for text in ("one", "two"):
        type_line(page, text)
    command.fill("draft")
    seen = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        command.press(key)
        seen.append(command.input_value())
    assert seen == ["two", "one", "one", "two", "draft"]


def test_a_suggestion_fills_the_box(page):
    page.get_by_role("button", name="HELO <your host's name>").click()
    expect(page.get_by_role("textbox", name="Command")).to_have_value("HELO ")


def test_connect_cannot_be_pressed_while_connected(log, page):
    connect = page.get_by_role("button", name="Connect to mx.lentil.edu")
    expect(connect).to_be_disabled()
    log.add("closed", conn="1.1", note="The connection ended.")
    log.show(2)
    connect.click()
    assert log.typed() == ["connect mx.lentil.edu 25"]
