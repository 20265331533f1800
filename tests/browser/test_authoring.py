"""Exercises written in the browser: from an empty page to what students find, with every mistake shown at its line."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.author_page import PLAYED_WITHIN, editor, preview, upload
from tests.browser.lab_page import connect, open_lab, type_line
from tests.browser.test_accessibility import find_violations

NEW = "/courses/nwen243/exercises/new"
SOURCE = """\
exercise: 1
title: Take your leave
text: Say *QUIT*.
world: lecture
goals:
  - title: Leave in order
    needs: {reply: {code: 221, to: QUIT}}
solution: |
  connect mx.lentil.edu 25
  NOOP
"""

GOAL = "goals:\n  - title: x\n    "
# What is written -> the keys that lead to its end, and the key whose value stands there. None: a text is being written.
PLACES: dict[str, tuple[list[str], str | None] | None] = {
    "tit": ([], None),
    "world: lec": ([], "world"),
    "text: |\n  wor": None,
    "text: |\n  world\ngo": ([], None),
    "hints:\n  - text: |\n      Say: x\n    tr": (["hints"], None),
    f"{GOAL}ne": (["goals"], None),
    "goals:\n  - {title: x, po": (["goals"], None),
    "goals:\n- title: 'a: {'\n  ne": (["goals"], None),
    f"{GOAL}needs:\n      comm": (["goals", "needs"], None),
    f"{GOAL}needs:\n      command:\n        ve": (["goals", "needs", "command"], None),
    f"{GOAL}needs: {{data connection: {{mode: ac": (["goals", "needs", "data connection"], "mode"),
    f"{GOAL}needs: {{command: {{verb: [HELO, EH": (["goals", "needs", "command"], "verb"),
    f"{GOAL}needs: {{all: [{{command: {{verb: A}}}}, {{re": (["goals", "needs", "all"], None),
    f"{GOAL}needs:\n      any:\n      - gone: {{}}\n      - reply: {{co": (["goals", "needs", "any", "reply"], None),
}
FIND_PATH = """async (texts) => {
  const author = document.querySelector("script[src$='author.js']").src;
  const { findPath } = await import(author.replace(".js", "-completion.js"));
  return texts.map((text) => text.split("\\n")).map((lines) => findPath(lines.slice(0, -1), lines.at(-1)));
}"""


@pytest.fixture
def author(open_as) -> Page:
    return open_as("ivy", NEW)


def text_of(page: Page) -> str:
    return page.locator("textarea[name=source]").input_value()


def write_at_end(page: Page, text: str) -> None:
    editor(page).press("Control+End")
    page.keyboard.type(text)


def test_an_exercise_is_written_from_the_empty_page_refused_mended_and_published(author, open_as):
    expect(editor(author)).to_be_visible()
    upload(author, SOURCE)
    expect(preview(author)).to_contain_text("Leave in order")
    author.get_by_role("button", name="Save and publish").click()
    state = author.locator("#trial-state")
    expect(state).to_contain_text("It is not published", timeout=PLAYED_WITHIN)
    expect(author.locator("#trial")).to_contain_text("The solution does not meet the goal “Leave in order”.")
    expect(author.get_by_role("region", name="The run")).to_contain_text("NOOP")
    expect(open_as("alice", "/courses/nwen243/").get_by_text("Take your leave")).to_have_count(0)

    author.get_by_role("link", name="Mend it").click()
    write_at_end(author, "  QUIT")
    author.get_by_role("button", name="Save and publish").click()
    expect(state).to_contain_text("It is published", timeout=PLAYED_WITHIN)
    evidence = author.locator(".verdict a").last
    expect(evidence).to_have_text("line 5")
    evidence.click()
    expect(author.locator("li:target")).to_contain_text("221")
    expect(author.locator(".difference .added")).to_contain_text("QUIT")
    expect(open_as("alice", "/courses/nwen243/").get_by_text("Take your leave").first).to_be_visible()


def test_a_mistake_stands_at_its_line_while_it_is_typed_and_keys_are_offered(author):
    upload(author, SOURCE)
    expect(preview(author)).to_contain_text("Leave in order")
    write_at_end(author, "hin")
    offered = author.get_by_role("listbox")
    expect(offered).to_contain_text("hints")
    expect(offered).not_to_contain_text("title")
    author.keyboard.press("Escape")
    expect(author.locator(".cm-line.wrong-line")).to_have_text("hin")
    expect(author.locator(".line-problem")).to_contain_text("Line 11: ")
    expect(preview(author).locator("[data-problem]")).to_contain_text("Line 11: ")
    expect(preview(author)).to_contain_text("Leave in order")
    for _ in "hin":
        author.keyboard.press("Backspace")
    expect(author.locator(".line-problem")).to_have_count(0)
    expect(preview(author).locator("[data-problem]")).to_have_count(0)

    author.get_by_role("button", name="Save draft").focus()
    editor(author).focus()
    author.keyboard.press("Tab")
    expect(editor(author)).not_to_be_focused()


def test_a_place_is_found_by_the_keys_that_lead_there(author):
    found = author.evaluate(FIND_PATH, list(PLACES))
    expected = [place and {"path": place[0], "key": place[1]} for place in PLACES.values()]
    assert dict(zip(PLACES, found, strict=True)) == dict(zip(PLACES, expected, strict=True))


def test_what_is_refused_is_there_again_with_the_wrong_line_chosen(author):
    wrong = SOURCE.replace("reply:", "replies:")
    upload(author, wrong)
    author.get_by_role("button", name="Save draft").click()
    alert = author.get_by_role("alert").first
    expect(alert).to_contain_text("Line 7: a goal cannot need 'replies'")
    expect(alert).to_contain_text("Nothing was saved")
    assert text_of(author) == wrong
    expect(editor(author)).to_be_focused()
    expect(author.locator(".cm-line.wrong-line")).to_contain_text("replies")


def test_a_session_that_is_over_loses_nothing(author):
    upload(author, SOURCE)
    author.context.clear_cookies(name="sessionid")
    write_at_end(author, "# mine")
    expect(author.locator("[data-preview-trouble]")).to_contain_text("You are signed out")
    author.get_by_role("button", name="Save draft").click()
    author.get_by_label("Username").fill("ivy")
    author.get_by_label("Password").fill("lentil-soup")
    author.get_by_role("button", name="Sign in").click()
    expect(author.get_by_text("What you had written here and not saved is back.")).to_be_visible()
    assert text_of(author) == SOURCE + "# mine"
    author.get_by_role("link", name="Drop what I wrote").click()
    expect(editor(author)).to_contain_text("Greet a mail server")
    assert "# mine" not in text_of(author)


def test_goals_are_tried_on_a_students_transcript_and_lead_to_its_lines(author, open_as):
    student = open_as("alice")
    lab = open_lab(student)
    connect(student)
    type_line(student, "QUIT")
    expect(student.locator(".line.side-S").last).to_contain_text("221")
    author.reload()
    upload(author, SOURCE)
    author.get_by_label("Try the goals on a transcript").select_option(index=1)
    expect(preview(author)).to_contain_text("As the transcript of Send a mail by hand by alice meets them")
    evidence = preview(author).locator(".verdict a")
    expect(evidence).to_have_text("line 3")
    address = evidence.get_attribute("href") or ""
    watching = open_as("ivy", address)
    assert address.startswith(f"/labs/{lab}/#event-")
    expect(watching.locator("#transcript .chosen")).to_contain_text("221")


def test_without_a_script_it_is_a_text_area_with_a_preview(open_as):
    page = open_as("ivy", NEW, java_script_enabled=False)
    page.get_by_label("The exercise in YAML").fill(SOURCE)
    page.get_by_role("button", name="Preview").click()
    expect(preview(page)).to_contain_text("Leave in order")
    page.get_by_label("The exercise in YAML").fill("exercise: 2")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert").first).to_contain_text("Line 1: ")
    expect(page.get_by_label("The exercise in YAML")).to_have_value("exercise: 2")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_authors_are_accessible(open_as, theme, width):
    page = open_as("ivy", NEW, color_scheme=theme, viewport={"width": width, "height": 900})
    page.locator(".words summary").click()
    assert find_violations(page) == []
    upload(page, SOURCE.replace("Take your leave", f"Read {theme} {width}") + "hin")
    expect(page.locator(".line-problem")).to_be_visible()
    assert find_violations(page) == []
    upload(page, SOURCE.replace("Take your leave", f"Read {theme} {width}"))
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#trial-state")).to_contain_text("This version is a draft")
    assert find_violations(page) == []
    page.goto(f"/courses/nwen243/read-{theme}-{width}/versions/")
    assert find_violations(page) == []
    page.goto("/courses/nwen243/exercises/")
    assert find_violations(page) == []
