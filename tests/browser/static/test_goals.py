"""The goals beside the wire: what the page makes of what the log says of them."""

import pytest
from playwright.sync_api import expect

from portal.labs.goals import GoalRow
from tests.browser.lab_page import show
from tests.browser.static.conftest import WORLD, draw_lab
from tests.browser.test_accessibility import find_violations

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def goals():
    return [
        GoalRow("greet", "Greet the server", "open", 0, 0, ""),
        GoalRow("name", "Name sender and recipient", "open", 0, 2, ""),
        GoalRow("calm", HOSTILE, "kept", 0, 0, ""),
        GoalRow("port", "Look at the wire", "open", 0, 0, "Which port did the server open?"),
    ]


def judge(log, goal, status, *evidence, met=0, parts=0):
    facts = {"goal": goal, "status": status, "evidence": list(evidence), "met": met, "parts": parts}
    return log.add("goal", note=f"Goal {status}: {goal}.", facts=facts)


def says(page, place):
    return page.locator("#goals > li").nth(place).locator(".goal-says")


@pytest.fixture
def told(log, goals):
    """A dialogue of six lines; after the second the first goal is met, after the sixth the second."""
    helo = log.add_line("HELO mx.halva.fr", "C")
    judge(log, "calm", "kept")
    judge(log, "greet", "met", helo)
    log.add_line("250 hello")
    mail = log.add_line("MAIL FROM:<alice@halva.fr>", "C")
    judge(log, "name", "open", mail, met=1, parts=2)
    log.add_line("250 ok", because=mail)
    return mail


def test_a_lab_without_goals_shows_nothing_of_them():
    assert "goals-title" not in draw_lab(WORLD, [])


def test_goals_stand_there_before_anything_happens(open_lab):
    page = open_lab()
    goals = page.get_by_role("list", name="Goals")
    expect(goals.get_by_role("listitem")).to_contain_text(["Greet the server", "Name sender", HOSTILE, "Which port"])
    expect(says(page, 0)).to_have_text("Not met yet")
    expect(says(page, 2)).to_have_text("Kept so far")
    expect(page.locator("#goals")).to_contain_text("You answer this below.")
    assert page.locator("#goals img").count() == 0


def test_what_the_log_says_of_them_stands_with_the_lines_that_show_it(log, told, open_lab):
    page = open_lab()
    expect(says(page, 0)).to_have_text("Met in line 1")
    expect(says(page, 1)).to_have_text("1 of 2, in line 3")
    expect(says(page, 2)).to_have_text("Kept so far")
    expect(page.locator(".proves")).to_have_text(["✓ goal 1"])
    expect(page.locator("li.line").first.locator(".when")).to_have_text("✓ goal 1")
    rcpt = log.add_line("RCPT TO:<bob@lentil.edu>", "C")
    judge(log, "name", "met", told, rcpt, met=2, parts=2)
    judge(log, "calm", "broken", rcpt)
    log.show(rcpt - 1)
    expect(says(page, 1)).to_have_text("Met in lines 3 and 5")
    expect(says(page, 2)).to_have_text("Missed in line 5")
    expect(page.locator(".proves")).to_have_text(["✓ goal 1", "✓ goal 2"])


def test_a_log_that_comes_in_pieces_ends_with_the_same(log, told, open_lab):
    whole = list(log.descriptions)
    log.descriptions = whole[:3]
    page = open_lab()
    for end in range(4, len(whole) + 1):
        log.descriptions = whole[:end]
        log.show(end - 1)
    expect(says(page, 1)).to_have_text("1 of 2, in line 3")
    expect(page.locator(".proves")).to_have_text(["✓ goal 1"])


def test_news_of_a_goal_is_announced_and_what_was_so_before_is_not(log, told, open_lab):
    page = open_lab()
    news = page.locator("#goals-news")
    expect(says(page, 0)).to_have_text("Met in line 1")
    expect(news).to_have_text("")
    judge(log, "calm", "kept")
    last = judge(log, "name", "met", told, met=2, parts=2)
    log.show(last - 2)
    expect(news).to_have_text("Goal met: name.")


def test_a_link_chooses_the_line_in_transcript_and_ladder(log, told, open_lab):
    page = open_lab()
    page.get_by_role("button", name="line 3", exact=True).click()
    expect(page.locator("#transcript li.chosen")).to_contain_text("MAIL FROM")
    expect(page.locator("#explained h2")).to_contain_text("Line 3")
    expect(page.get_by_role("button", name="Line 3", exact=True)).to_be_focused()
    page.get_by_role("tab", name="Ladder").click()
    expect(page.locator("#ladder li.chosen")).to_contain_text("MAIL FROM")
    page.get_by_role("button", name="line 1", exact=True).click()
    expect(page.locator("#ladder li.chosen")).to_contain_text("HELO")
    expect(page.get_by_role("tab", name="Ladder")).to_have_attribute("aria-selected", "true")


def test_a_link_leads_from_a_view_without_lines_to_the_transcript(told, open_lab):
    page = open_lab()
    page.get_by_role("tab", name="State").click()
    page.get_by_role("button", name="line 1", exact=True).press("Enter")
    expect(page.get_by_role("tab", name="Transcript")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#transcript li.chosen")).to_be_visible()


def test_what_is_no_line_stands_after_the_line_before_it(log, told, open_lab):
    delivered = log.add("delivered", conn="1.1", note="A message arrived.", facts={"mailbox": "bob@lentil.edu"})
    judge(log, "greet", "met", told, delivered)
    page = open_lab()
    expect(says(page, 0)).to_have_text("Met in line 3 and after line 4")
    page.get_by_role("button", name="line 4", exact=True).click()
    expect(page.locator("#transcript li.chosen")).to_contain_text("250 ok")
    expect(page.locator("li.kind-delivered .proves")).to_have_text("✓ goal 1")


def test_on_a_phone_a_link_closes_the_task_and_shows_the_line(told, open_lab, page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_lab()
    page.get_by_role("button", name="Task", exact=True).click()
    page.get_by_role("button", name="line 1", exact=True).click()
    expect(page.locator("#task")).to_be_hidden()
    expect(page.get_by_role("button", name="Line 1", exact=True)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_they_are_accessible(log, told, open_lab, page, theme, width):
    judge(log, "calm", "broken", told)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    open_lab()
    expect(page.locator(".proves")).to_have_text(["✓ goal 1"])
    assert find_violations(page) == []
    show(page, "Task")
    assert find_violations(page) == []
