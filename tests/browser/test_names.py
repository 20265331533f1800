"""Names in the browser: a resolution followed from the root, a zone edited while its lab runs, a zone that is wrong."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import open_lab, transcript, type_line

ACTIVITY = "Follow a name from the root"
HOPS = ["a.root-servers.net", "ns1.dns.net.nz", "ns1.vuw.ac.nz"]  # whom the resolver asks on its way
ADDRESS = "130.195.86.18"
EDITOR = "Master file of lentil.edu"


@pytest.fixture
def student(open_as) -> Page:
    return open_as("alice")


def answers(page: Page) -> Locator:
    """What dig has printed of answers."""
    return transcript(page).get_by_text(";; ANSWER SECTION:")


def add_line(page: Page, line: str, *, is_newer: bool = True) -> int:
    """Write a line at the end of the zone's file, with the next serial; the line's number."""
    editor = page.get_by_label(EDITOR)
    text = editor.input_value()
    if is_newer:
        text = re.sub(r"(?s)(SOA.*?)\b(\d{10})\b", lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=1)
    text = text.rstrip("\n") + f"\n{line}\n"
    editor.fill(text)
    page.get_by_role("button", name="Save zone").click()
    return text.count("\n")


def test_a_student_follows_a_name_from_the_root_and_sees_it_come_from_the_cache(student, portal):
    lab = open_lab(student, ACTIVITY)
    type_line(student, "dig www.vuw.ac.nz")
    expect(answers(student)).to_have_count(1)
    expect(transcript(student)).to_contain_text(ADDRESS)
    expect(transcript(student)).to_contain_text("www2.vuw.ac.nz")
    asked = portal.rows("select data from labs_event where lab_id = ? and kind = 'message' order by seq", lab)
    assert [hop for hop in HOPS if not any(hop in data for (data,) in asked)] == []
    student.get_by_role("tab", name="Ladder").click()
    ladder = student.get_by_role("tabpanel", name="Ladder")
    for hop in HOPS:
        expect(ladder).to_contain_text(hop)
    student.get_by_role("tab", name="Transcript").click()

    type_line(student, "dig www.vuw.ac.nz")
    expect(answers(student)).to_have_count(2)
    more = portal.rows("select data from labs_event where lab_id = ? and kind = 'message' order by seq", lab)
    assert len(more) == len(asked) + 2  # one query and its response
    assert '"cached"' in more[-1][0]

    type_line(student, "nslookup www.vuw.ac.nz")
    expect(transcript(student)).to_contain_text("Aliases:  www.vuw.ac.nz", use_inner_text=True)


def test_an_instructor_adds_a_name_to_a_running_lab_and_the_student_resolves_it(student, open_as):
    lab = open_lab(student, ACTIVITY)
    instructor = open_as("ivy", f"/labs/{lab}/")
    instructor.get_by_role("link", name="See and edit the zones").click()
    instructor.get_by_role("link", name="lentil.edu", exact=True).click()
    add_line(instructor, "naan A 10.2.0.77")
    expect(instructor.get_by_text("lentil.edu has serial")).to_be_visible()
    expect(instructor.get_by_role("row").filter(has_text="naan.lentil.edu.")).to_contain_text("10.2.0.77")
    type_line(student, "nslookup naan.lentil.edu")
    expect(transcript(student)).to_contain_text("10.2.0.77")


def test_a_wrong_zone_is_refused_with_its_line_and_nothing_of_it_is_lost(student):
    lab = open_lab(student, ACTIVITY)
    student.goto(f"/labs/{lab}/zones/lentil.edu/")
    line = add_line(student, "naan A 10.2.0.300")
    alert = student.get_by_role("alert")
    expect(alert).to_contain_text(f"Line {line}: ")
    expect(alert).to_contain_text("naan A 10.2.0.300")
    editor = student.get_by_label(EDITOR)
    expect(editor).to_be_focused()
    chosen = editor.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen == "naan A 10.2.0.300"
    expect(student.locator("[data-line-numbers] .wrong")).to_have_text(str(line))
    assert student.get_by_role("row").filter(has_text="naan").count() == 0

    student.keyboard.type("naan A 10.2.0.77")  # over what is chosen
    student.get_by_role("button", name="Save zone").press("Enter")
    expect(student.get_by_role("row").filter(has_text="naan.lentil.edu.")).to_contain_text("10.2.0.77")


def test_two_who_edit_at_once_see_the_difference(student, open_as):
    lab = open_lab(student, ACTIVITY)
    path = f"/labs/{lab}/zones/lentil.edu/"
    student.goto(path)
    instructor = open_as("ivy", path)
    add_line(instructor, "theirs A 10.2.0.78")
    expect(instructor.get_by_text("lentil.edu has serial")).to_be_visible()
    add_line(student, "mine A 10.2.0.77")
    expect(student.get_by_role("alert")).to_contain_text("This zone was changed since you opened it")
    difference = student.get_by_role("region", name="What your text would change")
    expect(difference.locator("del")).to_contain_text("Only in the zone: theirs A 10.2.0.78")
    expect(difference.locator("ins").filter(has_text="mine")).to_contain_text("Only in yours: mine A 10.2.0.77")
    add_line(student, "theirs A 10.2.0.78")
    for name in ("mine", "theirs"):
        expect(student.get_by_role("row").filter(has_text=f"{name}.lentil.edu.")).to_be_visible()
