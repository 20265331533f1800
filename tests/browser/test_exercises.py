"""An exercise, from both sides: a student errs, gets a hint, passes and submits; an instructor comments, and has
attempts graded again when a goal was mended."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.exercises.document import read_source
from tests.browser.hostile_course import PAYLOADS, fit
from tests.browser.lab_page import COURSE, LAB_READY_WITHIN, connect, open_lab, submit, transcript, type_line
from tests.browser.test_accessibility import find_violations
from tests.browser.test_hostile_text import FIND_STRANGE, FIND_TURNED, HACKED
from tests.running import Portal
from tests.student import Student

PLAYED_WITHIN = 30_000  # milliseconds
SAYS_HELLO = """\
exercise: 1
title: Say hello
text: Greet the server.
world: lecture
goals:
  - {title: Greet the server, key: greet, points: 2, needs: {command: {verb: EHLO}}}
  - {title: Hear who it is, key: hear, points: 3, needs: {reply: {code: 220}}}
solution: |
  connect mx.lentil.edu 25
  EHLO mx.halva.fr
"""
MENDED = SAYS_HELLO.replace("verb: EHLO", "verb: [HELO, EHLO]")
HELLO = f"{COURSE}say-hello/"


def solve_mail_by_hand(page: Page) -> None:
    """Say the lines of its solution, after the first."""
    solution = read_source("mail-by-hand").partition("solution: |\n  connect mx.lentil.edu 25\n")[2]
    for line in solution.splitlines():
        type_line(page, line.strip())
        expect(page.locator("#pending li")).to_have_count(0)
    expect(transcript(page)).to_contain_text("221 2.0.0")


def test_a_student_errs_gets_a_hint_passes_and_submits_and_reads_what_the_instructor_says(open_as):
    student = open_as("bob")
    open_lab(student)
    assert student.evaluate("document.documentElement.scrollHeight === window.innerHeight")  # columns scroll
    facts = student.locator("#attempt-progress")
    expect(facts).to_contain_text("0 of 8 points so far")
    connect(student)
    expect(student.locator(".hints")).to_contain_text("A hint opens after 2 more failed tries")
    for _ in range(2):
        type_line(student, "RCPT TO:<bob@lentil.edu>")
    student.locator(".hints summary").click()
    expect(student.locator(".hint-text")).to_contain_text("Each reply begins with a code.")
    expect(student.locator(".hints")).to_contain_text("The next hint opens after 2 more failed tries")
    solve_mail_by_hand(student)
    expect(facts).to_contain_text("8 of 8 points so far")
    expect(student.locator(".hint-text")).to_be_visible()  # it stays as open as it was

    student.get_by_role("link", name="Submit…").click()
    expect(student.locator("main")).to_contain_text("Every goal is met.")
    student.get_by_role("button", name="Submit").click()
    expect(student.locator("main")).to_contain_text("8 of 8 points")
    expect(student.locator("main")).to_contain_text("The lab goes on as practice")

    instructor = open_as("ivy", f"{COURSE}send-a-mail-by-hand/attempts/")
    instructor.get_by_role("link", name=re.compile("^bob")).last.click()
    instructor.get_by_role("link", name="Open the transcript").click()
    instructor.get_by_role("button", name="Line 12", exact=True).click()
    instructor.get_by_label("Your comment").fill("Here the envelope ends.\nNow the message begins.")
    instructor.get_by_role("button", name="Comment", exact=True).click()
    expect(instructor.locator("li.chosen .remark")).to_contain_text("ivy: Here the envelope ends.")

    student.reload()
    expect(student.locator(".remarks")).to_contain_text("Now the message begins.")
    student.get_by_role("link", name="Line 12").click()
    chosen = transcript(student).locator("li.chosen")
    expect(chosen).to_contain_text("DATA")
    expect(chosen).to_contain_text("Here the envelope ends.")
    expect(student.locator(".explanation h2").first).to_contain_text("Line 12")


def test_a_goal_is_mended_and_attempts_are_graded_again(open_as):
    instructor = open_as("ivy", f"{COURSE}exercises/new")
    publish(instructor, SAYS_HELLO)
    student = open_as("alice", COURSE)
    student.get_by_role("button", name="Begin Say hello").click()
    expect(student.get_by_role("status")).to_contain_text("Lab running", timeout=LAB_READY_WITHIN)
    connect(student)
    type_line(student, "HELO mx.halva.fr")
    expect(transcript(student)).to_contain_text("pleased to meet you")
    submit(student)
    expect(student.locator(".result")).to_contain_text("3 of 5 points")

    instructor.goto(f"{HELLO}edit")
    publish(instructor, MENDED)
    instructor.goto(f"{HELLO}attempts/")
    instructor.get_by_role("button", name="Grade again on version 2").click()
    grading = instructor.locator("#regrade")
    expect(grading).to_contain_text("This would change 1 of 1 attempt.")
    expect(grading.get_by_role("row").last).to_contain_text("3 of 5")
    expect(grading.get_by_role("row").last).to_contain_text("Greet the server: not met → met")
    student.reload()
    expect(student.locator(".result")).to_contain_text("3 of 5 points")
    instructor.get_by_role("button", name="Confirm").click()
    expect(grading).to_contain_text("The new grades count")
    student.reload()
    expect(student.locator(".result")).to_contain_text("5 of 5 points")


def publish(page: Page, source: str) -> None:
    page.set_input_files("#file", {"name": "hello.yaml", "mimeType": "application/yaml", "buffer": source.encode()})
    expect(page.get_by_text("The text of hello.yaml is in the editor")).to_be_visible()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator("#trial-state")).to_contain_text("It is published", timeout=PLAYED_WITHIN)


def test_an_answer_is_kept_and_said_to_be_right_or_not(open_as):
    page = open_as("alice")
    open_lab(page, "List and fetch a file by hand")
    type_line(page, "connect ftp.eckenfels.net 21")
    expect(transcript(page)).to_contain_text("220 FTP Server ready.")
    for line in ("USER ecki", "PASS secret", "get /pub/README"):
        type_line(page, line)
    expect(page.locator(".chip")).to_have_count(1)
    octets = page.locator("[data-question=octets]")
    fetched = re.findall(r"([\d,]+) octets", page.locator(".chip").text_content() or "")[0]
    for answer, said in (("1", "does not show"), (fetched, "That is right")):
        octets.get_by_role("textbox").fill(answer)
        octets.get_by_role("button", name="Answer").click()
        expect(octets).to_contain_text(said)
    expect(page.locator("[data-goal=octets]")).to_have_attribute("data-status", "met")
    page.reload()
    expect(octets).to_contain_text("That is right")
    page.route("**/answers", lambda route: route.abort())
    octets.get_by_role("textbox").fill("another")
    octets.get_by_role("button", name="Answer").click()
    expect(octets).to_contain_text("Lentil did not answer")
    expect(octets.get_by_role("textbox")).to_have_value("another")


@pytest.fixture(scope="module")
def reviewed(portal: Portal) -> dict[str, str]:
    """The pages of an attempt of Bob's, where he and the instructor wrote each payload: page -> path."""
    bob, ivy = Student(portal, "bob"), Student(portal, "ivy")
    page = bob.open_lab(f"{COURSE}list-and-fetch-a-file-by-hand/open")
    page.say("connect ftp.eckenfels.net 21", "220")
    page.say("NONSENSE", "500")
    ((attempt,),) = portal.rows("select id from exercises_attempt where lab_id = ?", page.lab)
    ((seq,),) = portal.rows("select min(seq) from labs_event where lab_id = ? and kind = 'line'", page.lab)
    for key in ("port", "octets"):
        bob.post(f"/attempts/{attempt}/answers", key=key, text=fit(200, len(key)))
    bob.post(f"/attempts/{attempt}/submit")
    ivy.post(f"/attempts/{attempt}/comments", seq=str(seq), text="\n".join(PAYLOADS))
    ivy.post(f"/attempts/{attempt}/points", points="4", reason=fit(500, 0))
    _, regrade, _ = ivy.post(f"{COURSE}list-and-fetch-a-file-by-hand/grade-again")
    return {
        "lab": f"/labs/{page.lab}/#event-{seq}",
        "attempt": f"/attempts/{attempt}/",
        "list": f"{COURSE}list-and-fetch-a-file-by-hand/attempts/",
        "regrade": regrade.removeprefix(portal.url),
    }


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_attempts_are_accessible_and_run_nothing(open_as, reviewed, theme, width):
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    for account, names in (("bob", ("lab", "attempt")), ("ivy", ("lab", "attempt", "list", "regrade"))):
        page = open_as(account, **options)
        page.add_init_script(HACKED)
        for name in names:
            page.goto(reviewed[name])
            if name == "lab":
                expect(transcript(page).locator("li.chosen .remark")).to_contain_text(PAYLOADS[0])
            assert find_violations(page) == [], f"{name} for {account}"
            assert page.evaluate(FIND_STRANGE) == [], f"{name} for {account}"
            assert page.evaluate(FIND_TURNED) == [], f"{name} for {account}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} for {account}"
