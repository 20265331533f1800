"""Lines as the page draws them, and the reader's place among them."""

import pytest
from playwright.sync_api import expect

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt;"


def fill(log, count):
    for number in range(count):
        log.add_line(f"line {number}")


@pytest.fixture
def scroller(page):
    return page.locator("#transcript")


def distance_from_end(scroller):
    return scroller.evaluate("it => it.scrollHeight - it.scrollTop - it.clientHeight")


def test_what_a_student_sends_is_text_wherever_it_stands(log, open_lab):
    says = {"title": HOSTILE, "says": [HOSTILE], "references": [{"label": HOSTILE, "url": "javascript:alert(3)"}]}
    parts = [["verb", HOSTILE], ["argument", HOSTILE], ["control", "\\x00"]]
    log.add("line", conn="1.1", side="C", parts=parts, help=HOSTILE, phase=HOSTILE, explanation=says)
    log.add("closed", conn="1.1", note=HOSTILE)
    log.add("opened", conn="1.2", heading=[HOSTILE, HOSTILE])
    page = open_lab()
    expect(page.locator("li.line .bytes")).to_have_text(HOSTILE + HOSTILE + "\\x00")
    page.get_by_role("button", name="Line 1").click()
    expect(page.get_by_role("complementary", name="Explanation")).to_contain_text(HOSTILE)
    assert page.locator("main img[src], main script, [href^=javascript]").count() == 0


def test_a_reply_shows_how_long_after_its_cause_it_came(log, open_lab):
    asked = log.add_line("NOOP", "C")
    log.add_line("250 Ok", because=asked)
    page = open_lab()
    expect(page.locator("li.line .when").last).to_have_text("+1.0 ms")


def test_a_phase_is_named_where_it_begins(log, open_lab):
    for phase in ("handshake", "handshake", "transfer"):
        log.add_line("a line", phase=phase)
    expect(open_lab().locator(".phase")).to_have_text(["handshake", "transfer"])


def test_lines_of_two_connections_stand_under_their_headings(log, open_lab):
    log.add_line("one")
    log.add("opened", conn="1.2", heading=["mx.halva.fr → ftp.lentil.edu:21", "TCP"])
    log.add("line", conn="1.2", side="S", parts=[["text", "two"]])
    log.add_line("three")
    page = open_lab()
    expect(page.locator("li.heading")).to_contain_text(
        ["mx.lentil.edu:25", "ftp.lentil.edu:21", "mx.lentil.edu:25 goes on"]
    )


def test_a_chosen_line_is_explained_and_arrow_keys_go_on_from_it(log, open_lab):
    fill(log, 3)
    page = open_lab()
    page.locator("li.line").nth(2).click()
    title = page.locator("#explained h2")
    expect(title).to_contain_text("Line 3: line 2")
    page.keyboard.press("ArrowUp")
    expect(title).to_contain_text("Line 2: line 1")
    expect(page.get_by_role("button", name="Line 2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(title).to_have_text("No line is chosen")


def test_the_transcript_is_one_tab_stop(log, open_lab):
    fill(log, 5)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(5)
    assert page.locator("#transcript button[tabindex='0']").count() == 1


def test_it_opens_at_its_end_and_stays_there(log, open_lab, scroller):
    fill(log, 300)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(300)
    assert distance_from_end(scroller) < 2
    fill(log, 5)
    log.show(302)
    expect(page.locator("li.line")).to_have_count(305)
    assert distance_from_end(scroller) < 2


def test_a_reader_who_scrolled_up_is_left_there_and_told(log, open_lab, scroller):
    fill(log, 300)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(300)
    scroller.evaluate("it => { it.scrollTop = 100 }")
    page.wait_for_timeout(100)  # a scroll is told at the next frame
    fill(log, 3)
    log.show(302)
    news = page.get_by_role("button", name="3 new lines")
    expect(news).to_be_visible()
    assert scroller.evaluate("it => it.scrollTop") == 100
    news.click()
    expect(news).to_be_hidden()
    assert distance_from_end(scroller) < 2


def test_a_reader_who_looks_at_another_tab_comes_back_to_the_same_place(log, open_lab, scroller):
    fill(log, 300)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(300)
    scroller.evaluate("it => { it.scrollTop = 100 }")
    page.wait_for_timeout(100)  # a scroll is told at the next frame
    page.get_by_role("tab", name="State").click()
    fill(log, 3)
    log.show(302)
    expect(page.locator("li.line")).to_have_count(303)
    page.get_by_role("tab", name="Transcript").click()
    expect(page.get_by_role("button", name="3 new lines")).to_be_visible()
    assert scroller.evaluate("it => it.scrollTop") == 100


def test_old_lines_are_not_announced_and_new_ones_are(log, open_lab):
    fill(log, 3)
    page = open_lab()
    transcript = page.get_by_role("log", name="Transcript")
    expect(page.locator("li.line")).to_have_count(3)
    expect(transcript).to_have_attribute("aria-live", "off")
    fill(log, 1)
    log.show(5)
    expect(transcript).to_have_attribute("aria-live", "polite")


def test_the_present_state_is_lit(log, open_lab):
    states = {"before": "connected", "after": "greeted"}
    log.add("line", conn="1.1", side="S", parts=[["code", "250"]], explanation={"title": "", "says": [], **states})
    page = open_lab()
    expect(page.locator("#where .present")).to_have_text("greeted")
    log.add("closed", conn="1.1", note="The connection ended.")
    log.show(3)
    expect(page.locator("#where .present")).to_have_text("closed")


def test_ten_thousand_lines_are_whole_and_in_order(log, open_lab):
    fill(log, 10_000)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(10_000, timeout=30_000)
    texts = page.locator("li.line .bytes").all_text_contents()
    assert texts == [f"line {number}" for number in range(10_000)]
