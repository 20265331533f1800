"""Every page, in both themes, passes axe-core's checks of WCAG 2.2 AA."""

import importlib.resources
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import close, connect, hold_dialogue, open_lab, show, transcript, type_line

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = ["/", "/courses/nwen243/", "/help/", "/accounts/password/change/", "/accounts/logout/", "/nowhere/"]


def find_violations(page):
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found["violations"]]


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible(open_as, theme, path):
    assert find_violations(open_as("alice", path, color_scheme=theme)) == []


def test_the_sign_in_page_is_accessible(portal, chromium, theme):
    context = chromium.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto(f"{portal.url}/accounts/login/")
    assert find_violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_the_lab_is_accessible(open_as, theme, width):
    page = open_as("alice", color_scheme=theme, viewport={"width": width, "height": 900})
    open_lab(page)
    connect(page)
    type_line(page, "RCPT TO:<bob@lentil.edu>")
    page.locator("[data-seq]").filter(has_text="503").last.click()
    assert find_violations(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_files_and_the_wire_are_accessible(open_as, theme, width):
    page = open_as("alice", color_scheme=theme, viewport={"width": width, "height": 900})
    open_lab(page, "List and fetch a file by hand")
    type_line(page, "connect ftp.eckenfels.net 21")
    expect(transcript(page)).to_contain_text("220 FTP Server ready.")
    for line in ("USER ecki", "PASS secret", "get /pub/octets.txt", "ls /pub"):
        type_line(page, line)
    expect(page.locator(".chip")).to_have_count(2)
    page.locator(".data summary").first.click()
    show(page, "Task")
    page.get_by_text("Put a file here").last.click()
    assert find_violations(page) == []
    close(page)
    for tab in ("Wire", "Ladder"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("log", name=tab)).to_contain_text("octets")
        assert find_violations(page) == []
    show(page, "Task")
    page.get_by_role("link", name="octets.txt").last.click()
    expect(page.get_by_role("heading", name="What is in it")).to_be_visible()
    assert find_violations(page) == []


def test_the_times_of_an_exercise_are_accessible(open_as, theme):
    page = open_as("ivy", "/courses/nwen243/send-a-mail-by-hand/terms", color_scheme=theme)
    page.get_by_label("Attempts a person").fill("9999")
    page.locator("form[action$=terms]").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.get_by_text("Attempts are a number from 0 to 1,000")).to_be_visible()
    assert find_violations(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_files_of_an_activity_are_accessible(open_as, theme, width):
    place = "/courses/nwen243/send-a-file-by-hand/files/"
    page = open_as("ivy", place, color_scheme=theme, viewport={"width": width, "height": 900})
    page.get_by_text("Put a file here").last.click()
    assert find_violations(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_zones_of_an_activity_are_accessible(open_as, theme, width):
    place = "/courses/nwen243/follow-a-name-from-the-root/zones/"
    page = open_as("ivy", place, color_scheme=theme, viewport={"width": width, "height": 900})
    assert find_violations(page) == []
    page.get_by_role("link", name="lentil.edu", exact=True).click()
    expect(page.get_by_label("Master file of lentil.edu")).to_be_visible()
    assert find_violations(page) == []
    refuse(page, "nonsense")  # for a line
    assert find_violations(page) == []
    page.goto(f"{place}lentil.edu/")
    page.locator("[name=serial]").evaluate("field => (field.value = 1)")
    refuse(page, page.get_by_label("Master file of lentil.edu").input_value() + "; mine")  # as stale
    assert find_violations(page) == []


def refuse(page, typed):
    page.get_by_label("Master file of lentil.edu").fill(typed)
    page.get_by_role("button", name="Save zone").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_instructors_page_and_a_message_are_accessible(open_as, theme):
    student = open_as("alice", color_scheme=theme)
    open_lab(student)
    hold_dialogue(student)
    student.get_by_role("link", name=re.compile("alice@halva.fr")).first.click()
    expect(student.locator("main")).to_contain_text("dahl")
    assert find_violations(student) == []
    assert find_violations(open_as("ivy", "/courses/nwen243/labs/", color_scheme=theme)) == []
