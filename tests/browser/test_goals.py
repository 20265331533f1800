"""A goal beside a real lab: it is met as the wire shows it, stays so, and the instructor sees the same."""

import json
import sqlite3

from playwright.sync_api import Page, expect

from tests.browser.lab_page import connect, end_lab, open_lab, transcript, type_line
from tests.running import Portal

GOALS = [
    {"title": "Greet the server", "needs": {"command": {"verb": ["HELO", "EHLO"]}}},
    {"title": "Close in order", "needs": {"reply": {"code": "221", "to": "QUIT"}}},
    {"title": "Err never", "needs": {"never": {"reply": {"code": "5*"}}}},
]


def open_lab_with_goals(page: Page, portal: Portal) -> int:
    """A lab that gets its goals between two starts, as one that is opened for an exercise has them from the first."""
    lab = open_lab(page)
    end_lab(page)
    with sqlite3.connect(portal.var / "lentil.sqlite3", timeout=10) as database:
        database.execute("update labs_lab set goals = ? where id = ?", (json.dumps(GOALS), lab))
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("status")).to_contain_text("Lab running")
    return lab


def goals_of(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("#goals > li").all_text_contents()]


def test_a_goal_is_met_live_and_stays_so_and_the_instructor_sees_it(open_as, portal):
    student = open_as("alice")
    lab = open_lab_with_goals(student, portal)
    instructor = open_as("ivy", f"/labs/{lab}/")
    expect(student.locator("#goals")).to_contain_text("Kept so far")
    connect(student)
    type_line(student, "HELO mx.halva.fr")
    for page in (student, instructor):
        expect(page.locator("#goals > li").first).to_have_attribute("data-status", "met")
        expect(page.locator(".proves")).to_have_text("✓ goal 1")
    type_line(student, "DATA")
    expect(instructor.locator("#goals")).to_contain_text("Missed in line 5")
    now = ["Greet the server Met in line 2", "Close in order Not met yet", "Err never Missed in line 5"]
    assert goals_of(student) == goals_of(instructor) == now
    student.reload()
    expect(student.locator(".proves")).to_have_text("✓ goal 1")
    assert goals_of(student) == now
    student.get_by_role("button", name="line 5", exact=True).click()
    expect(transcript(student).locator("li.chosen")).to_contain_text("503")
    end_lab(student)
    assert goals_of(student) == now
