"""The page is what the log says, whatever comes on the socket."""

from playwright.sync_api import expect

LINES = "li.line .bytes"
PAUSED = "The lab is paused."
LONGEST_WAIT = 8_000  # milliseconds: the longest pause before a page connects again


def test_it_asks_for_the_log_from_where_it_is(log, open_lab):
    log.add_line("220 ready")
    page = open_lab()
    expect(page.locator(LINES)).to_have_text(["220 ready"])
    log.sockets[-1].close()
    log.add_line("250 done")
    expect(page.locator(LINES)).to_have_text(["220 ready", "250 done"])
    assert [message["seq"] for message in log.received if message["type"] == "since"] == [0, 3]


def test_what_it_has_is_not_shown_twice(log, open_lab):
    log.add_line("220 ready")
    page = open_lab()
    log.show(0)
    log.add_line("250 done")
    log.show(1)
    expect(page.locator(LINES)).to_have_text(["220 ready", "250 done"])


def test_a_gap_is_filled_before_what_follows_is_shown(log, open_lab):
    page = open_lab()
    log.add_line("one")
    log.add_line("two")
    log.show(3)
    expect(page.locator(LINES)).to_have_text(["one", "two"])


def test_a_lost_socket_is_said(log, open_lab):
    page = open_lab()
    page.route_web_socket("**/ws/labs/7/", lambda socket: socket.close())
    log.sockets[-1].close()
    expect(page.get_by_role("status")).to_have_text("Reconnecting…")
    expect(page.get_by_role("alert")).to_contain_text("The connection to Lentil is lost.")
    page.route_web_socket("**/ws/labs/7/", log.serve)
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=LONGEST_WAIT)
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_paused_lab_is_said_until_the_next_events(log, open_lab):
    page = open_lab()
    log.send("paused", sentence=PAUSED)
    expect(page.get_by_role("status")).to_have_text("Lab paused")
    expect(page.get_by_role("alert")).to_have_text(PAUSED)
    log.show(len(log.descriptions))  # an answer without events is no end of it
    expect(page.get_by_role("status")).to_have_text("Lab paused")
    log.add_line("250 done")
    log.show(2)
    expect(page.get_by_role("status")).to_contain_text("Lab running")
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_pause_of_which_no_word_comes_any_more_is_over(log, open_lab):
    page = open_lab()
    log.send("paused", sentence=PAUSED)
    expect(page.get_by_role("status")).to_have_text("Lab paused")
    expect(page.get_by_role("status")).to_contain_text("Lab running")
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_lab_that_is_not_ours_any_more_is_not_asked_for_again(log, open_lab):
    page = open_lab()
    log.sockets[-1].close(code=4403)
    expect(page.get_by_role("alert")).to_contain_text("cannot see this lab")
    page.wait_for_timeout(800)  # longer than the first new try would take
    assert len(log.sockets) == 1
