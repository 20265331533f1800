"""What people write never runs in a page: it is shown as the text that it is.

`open_as` fails a test in whose pages a content security policy was violated or an error was logged; `hacked` logs one.
"""

import os
import re
import secrets
import subprocess
import sys
import time
from email.header import Header

import pytest
from playwright.sync_api import Dialog, Page, expect

from portal.labs.messages import MESSAGES_A_SECOND
from tests.browser.author_page import PLAYED_WITHIN, preview, upload
from tests.browser.hostile_course import (
    ACTIVITY,
    ADMINISTRATOR,
    BANNER,
    COURSE,
    FILES_HOST,
    LONG,
    PAYLOADS,
    STUDENT,
    fit,
    name_file,
)
from tests.browser.lab_page import transcript, type_line
from tests.running import OTHERS_SETTINGS, ROOT
from tests.student import LabPage, Student

HACKED = "window.hacked = () => console.error('hacked');"

# Elements that no page of ours has, or whose attributes are not ours.
FIND_STRANGE = """() => {
  const ours = (address) => !address || new URL(address, location.href).origin === location.origin;
  const isStatic = (address) => address.startsWith(location.origin + "/static/");
  const isStrange = (node) =>
    [...node.attributes].some(({ name }) => name.startsWith("on")) ||
    node instanceof HTMLUnknownElement || node.matches("iframe, object, embed, base, meta[http-equiv]") ||
    node.matches("style:not([nonce])") || // the editor's own have the page's
    (node.matches("script:not([src='/admin/jsi18n/'])") && !isStatic(node.src) && node.type !== "application/json") ||
    (node.matches("img[src], img[srcset], link") && !isStatic(node.src || node.href)) ||
    (node.matches("form") && !ours(node.getAttribute("action"))) ||
    (node.matches("a[href]") && !["http:", "https:"].includes(node.protocol));
  return [...document.querySelectorAll("*")].filter(isStrange).map((node) => node.outerHTML.slice(0, 200));
}"""

# Texts whose override of the reading direction reaches what stands beside them.
FIND_TURNED = """() => {
  const NOT_BESIDE = "script, textarea, option, .visually-hidden";
  const turned = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.data.includes("\\u202e") || text.parentElement.closest(NOT_BESIDE)) continue;
    let box = text.parentElement;
    while (getComputedStyle(box).display === "inline" && getComputedStyle(box).unicodeBidi !== "isolate") {
      box = box.parentElement;
    }
    if (!box.textContent.trim().endsWith(text.data.trim())) turned.push(box.outerHTML.slice(0, 200));
  }
  return turned;
}"""


@pytest.fixture(scope="module")
def hostile(portal):
    """The number of a hostile student's lab in a hostile course, where each payload was said as client's name, as
    parameter, as command and as subject and body of a message."""
    environment = {key: value for key, value in os.environ.items() if key not in OTHERS_SETTINGS}
    environment |= {"LENTIL_VAR": str(portal.var), "DJANGO_SETTINGS_MODULE": "portal.settings", "LENTIL_DEMO": "1"}
    subprocess.run([sys.executable, "-m", "tests.browser.hostile_course"], cwd=ROOT, env=environment, check=True)
    page = Student(portal, STUDENT).open_lab(f"/courses/{COURSE}/{ACTIVITY}/open")
    fetch_all(page)
    tell(page, "dig hostile.lentil.edu TXT +tcp")
    tell(page, "connect <script>hacked()</script>", "connect mx.lentil.edu 25", "HELO mx.halva.fr")
    for payload in (*PAYLOADS, "nul\0", LONG):
        tell(page, f"HELO {payload}", f"MAIL FROM:<a@halva.fr> {payload}", payload)
        tell(page, "MAIL FROM:<a@halva.fr>", "RCPT TO:<bob@lentil.edu>", "DATA")
        subject = payload if payload.isascii() else Header(payload, "utf-8").encode()
        tell(page, f"Subject: {subject}", f"From: {payload} <a@halva.fr>", "", payload, ".")
    page.hear_for(10, lambda: sum(each["kind"] == "delivered" for each in page.shown) == len(PAYLOADS) + 2)
    return page.lab


def fetch_all(page: LabPage) -> None:
    """Fetch every file whose name and content are a payload, by its listing and by its name."""
    tell(page, f"connect {FILES_HOST} 21", f"USER {PAYLOADS[0]}", f"PASS {PAYLOADS[0]}", "USER ecki", "PASS secret")
    names = [name_file(payload) for payload in PAYLOADS if not {'"', " "} & set(payload)]
    tell(page, "dir /pub", *(f"get /pub/{name}" for name in names), *(f"DELE {payload}" for payload in PAYLOADS[:5]))
    tell(page, "QUIT")
    page.hear_for(20, lambda: any(each["kind"] == "closed" and "QUIT" in each["note"] for each in page.shown))
    assert sum(each["kind"] == "stored" for each in page.shown) == len(names)


def tell(page: LabPage, *lines: str) -> None:
    """Type lines, each when the one before is in the log, and no faster than a page may."""
    for line in lines:
        client_id = secrets.token_hex(16)
        page.send(type="input", client_id=client_id, console=1, text=line)
        began = time.monotonic()
        page.hear_for(10, lambda: any(each.get("client_id") == client_id for each in page.shown))  # noqa: B023
        time.sleep(max(0, began + 1.1 / MESSAGES_A_SECOND - time.monotonic()))


@pytest.fixture
def open_hostile(open_as, hostile):
    """`open_hostile(account, path)`, and every page that it opened is looked through in the end."""
    opened: list[Page] = []
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def open_page(name: str, path: str = "/") -> Page:
        page: Page = open_as(name, "/help/")
        page.add_init_script(HACKED)
        page.on("dialog", dismiss)
        page.goto(path)
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        check(page)
    assert dialogs == []


def check(page) -> None:
    assert page.evaluate(FIND_STRANGE) == [], page.url
    assert page.evaluate(FIND_TURNED) == [], page.url


def text_of(page, place: str = "body") -> str:
    return re.sub(r"\s+", " ", page.locator(place).text_content())


def is_there(text: str, page, place: str = "body") -> bool:
    return re.sub(r"\s+", " ", text) in text_of(page, place)


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/", [fit(40, 2), fit(200, 0), *PAYLOADS, LONG]),
        (f"/courses/{COURSE}/", [fit(40, 2), fit(200, 0), fit(200, 3), fit(200, 6), fit(400, 9), *PAYLOADS]),
        ("/<script>hacked()</script>/?next=<svg onload=hacked()>", ["There is no such page"]),
        ("/accounts/password/change/", [fit(150, 16)]),
    ],
)
def test_a_students_pages_show_it_as_text(path, texts, open_hostile):
    page = open_hostile(STUDENT, path)
    assert [text for text in texts if not is_there(text, page)] == []
    assert is_there(f"{fit(150, 16)} {fit(150, 1)}", page, "header")


def test_the_labs_page_shows_it_as_text(hostile, open_hostile):
    page = open_hostile(STUDENT, f"/labs/{hostile}/")
    expect(page.locator("[data-seq]").filter(has_text=LONG[:60]).first).to_be_attached()
    said = text_of(page, "#transcript")
    for payload in PAYLOADS:
        seen = "".join(
            letter if " " <= letter <= "~" else "".join(f"\\x{octet:02x}" for octet in letter.encode())
            for letter in payload
        )
        assert f"HELO {seen}" in said
        assert f"MAIL FROM:<a@halva.fr> {seen}" in said
    assert "nul\\x00" in said
    assert f"220 {BANNER}" in said
    assert f'TXT "{PAYLOADS[0]}"' in said
    written = text_of(page, ".task-text")  # Markdown: what is no markup of ours is text
    for payload in PAYLOADS[:5]:
        assert payload in written
    assert [payload for payload in PAYLOADS if not is_there(payload, page, "#mailboxes")] == []
    for row in page.locator("[data-seq]:has(button.choose)").filter(has_text="hacked").all()[:30]:
        row.locator("button.choose").click()
        check(page)


def test_it_is_text_while_it_is_typed(hostile, open_hostile):
    page = open_hostile(STUDENT, f"/labs/{hostile}/")
    expect(transcript(page)).to_contain_text(f"220 {BANNER}")
    for payload in PAYLOADS[:5]:
        type_line(page, f"HELO {payload}")
        expect(page.locator(".line.side-C .bytes").last).to_have_text(f"HELO {payload}")
    check(page)


def test_the_messages_pages_show_it_as_text(hostile, open_hostile):
    page = open_hostile(STUDENT, f"/labs/{hostile}/")
    links = page.locator("#mailboxes a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(links) == len(PAYLOADS) + 2
    for link, payload in zip(reversed(links), PAYLOADS, strict=False):
        page.goto(link)
        check(page)
        assert is_there(payload, page, "tr:has-text('Subject')")
        if payload.isascii():  # no charset is named in the header
            assert is_there(payload, page, "pre")
        answer = page.goto(f"{link}source")
        if payload.isascii():  # what Chromium gives back of others is not what was sent
            assert payload.encode() in answer.body()
        assert page.evaluate("document.querySelectorAll('body *:not(pre)').length") == 0


def test_the_files_pages_show_it_as_text(hostile, open_hostile):
    page = open_hostile(STUDENT, f"/labs/{hostile}/")
    names = [name_file(payload) for payload in PAYLOADS]
    assert [name for name in names if not is_there(name, page, f'[data-tree="{FILES_HOST}"]')] == []
    links = page.locator(f'[data-tree="{FILES_HOST}"] a').evaluate_all(
        "links => links.map(link => [link.textContent, link.getAttribute('href')])"
    )
    for name, payload in zip(names, PAYLOADS, strict=True):
        page.goto(dict(links)[name])
        check(page)
        assert is_there(name, page, "h1")
        assert is_there(payload, page, "pre")
    template = open_hostile("ivy", f"/courses/{COURSE}/{ACTIVITY}/files/")
    assert [name for name in names if not is_there(name, template, "main")] == []


def test_the_wire_shows_it_as_text(hostile, open_hostile):
    page = open_hostile(STUDENT, f"/labs/{hostile}/")
    page.get_by_role("tab", name="Wire").click()
    expect(page.locator("#wire-view [data-seq]").filter(has_text=LONG[:60]).first).to_be_attached()
    said = text_of(page, "#wire-view")
    assert [payload for payload in PAYLOADS if payload.isascii() and payload not in said] == []
    expect(page.locator("#wire-view mark").first).to_have_text(PAYLOADS[0])


def test_the_instructors_pages_show_it_as_text(hostile, open_hostile):
    page = open_hostile("ivy", f"/courses/{COURSE}/labs/")
    assert is_there(STUDENT, page, "table")
    assert is_there(fit(200, 6), page, "table")
    watching = open_hostile("ivy", f"/labs/{hostile}/")
    expect(transcript(watching)).to_contain_text("HELO <img src=x onerror=hacked()>")
    assert is_there(f"You are watching the lab of {STUDENT}", watching, ".privacy")


def test_the_pages_of_zones_show_it_as_text(hostile, open_hostile):
    instructor = open_hostile("ivy", f"/courses/{COURSE}/{ACTIVITY}/zones/lentil.edu/")
    page = open_hostile(STUDENT, f"/labs/{hostile}/zones/lentil.edu/")
    assert is_there(f"The lab of {STUDENT}", open_hostile(STUDENT, f"/labs/{hostile}/zones/"))
    for each in (instructor, page):
        assert [payload for payload in PAYLOADS if not is_there(payload, each, "textarea")] == []
        assert [payload for payload in PAYLOADS[:5] if not is_there(payload, each, "table")] == []
    editor = page.get_by_label("Master file of lentil.edu")
    text = editor.input_value()
    for payload in PAYLOADS:
        editor.fill(f"{payload}\n{text}")
        page.get_by_role("button", name="Save zone").click()
        expect(page.locator("#refusal")).to_contain_text("Line ")
        expect(editor).to_have_value(f"{payload}\n{text}")
        check(page)
    editor.fill(re.sub(r"(?m)^; .*\n", "", text))
    page.get_by_role("button", name="Save zone").click()
    expect(page.locator("#refusal")).to_contain_text("serial has to be greater")
    check(page)


def test_the_pages_of_authors_show_it_as_text(hostile, open_hostile):
    page = open_hostile("ivy", f"/courses/{COURSE}/exercises/new")
    upload(page, write_exercise())
    expect(preview(page).locator("h3")).to_have_text(PAYLOADS[0])
    titles = [payload for payload in PAYLOADS if payload.isprintable()]
    assert [title for title in titles if not is_there(title, page, ".goal-list")] == []
    assert [payload for payload in PAYLOADS[:5] if not is_there(payload, page, ".exercise-text")] == []
    check(page)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator("#trial-state")).to_contain_text("It is not published", timeout=PLAYED_WITHIN)
    assert is_there(f"does not meet the goal “{PAYLOADS[1]}”", page, "#trial")
    check(page)
    page.get_by_role("link", name="Mend it").click()
    upload(page, f"exercise: 1\n{quote(PAYLOADS[0])}: 1\n")
    expect(page.locator(".line-problem")).to_contain_text(PAYLOADS[0])
    check(page)
    page.get_by_role("button", name="Save draft").click()
    assert is_there(PAYLOADS[0], page, "#refusal")
    check(page)
    page.get_by_role("link", name="Drop what I wrote").click()
    expect(page.locator("#refusal")).to_have_count(0)
    for path in (page.url.replace("/edit", "/versions/"), f"/courses/{COURSE}/exercises/"):
        check(page)
        page.goto(path)


def write_exercise() -> str:
    """An exercise whose every text is hostile."""
    goals = [
        f"  - {{title: {quote(text)}, key: g{n}, needs: {{question: {{ask: {quote(text)}, answer: queries}}}}}}"
        for n, text in enumerate(PAYLOADS)
        if text.isprintable()  # the rest is refused in a goal's title
    ]
    hints = [f"  - {{tries: 1, text: {quote(text)}}}" for text in PAYLOADS[:10]]
    said = [f"  {text}\n" for text in (*PAYLOADS, LONG)]
    head = f"exercise: 1\ntitle: {quote(PAYLOADS[0])}\nsummary: {quote(PAYLOADS[1])}\nworld: lecture"
    return "\n".join([head, "text: |", *said, "goals:", *goals, "hints:", *hints, "solution: |", f"  {PAYLOADS[0]}\n"])


def quote(text: str) -> str:
    """The text as YAML has it between quotation marks."""
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/admin/", PAYLOADS[2]),
        ("/admin/accounts/user/", STUDENT),
        ("/admin/accounts/user/?q=<script>hacked()</script>", STUDENT),
        ("/admin/courses/course/", fit(200, 0)),
        ("/admin/courses/enrolment/", STUDENT),
        ("/admin/courses/unit/", fit(200, 3)),
        ("/admin/courses/activity/", fit(200, 6)),
        ("/admin/courses/activity/?unit__course=<svg onload=hacked()>", ""),
        ("/admin/worlds/world/", fit(200, 6)),
        ("/admin/worlds/zone/", fit(200, 6)),
        ("/admin/labs/lab/", STUDENT),
        ("/admin/labs/event/", ""),
        ("/admin/labs/visit/", ""),
    ],
)
def test_the_administrators_pages_show_it_as_text(path, text, open_hostile):
    assert is_there(text, open_hostile(ADMINISTRATOR, path))


def test_the_administrators_forms_show_it_as_text(open_hostile):
    page = open_hostile(ADMINISTRATOR, "/admin/accounts/user/")
    page.get_by_role("link", name=STUDENT).first.click()
    expect(page.get_by_label("Username")).to_have_value(STUDENT)
    check(page)
    page.goto("/admin/courses/activity/")
    page.get_by_role("link", name=fit(200, 6)).first.click()
    expect(page.locator("#id_text")).to_have_value("\n\n".join(PAYLOADS) + "\n\n" + LONG)
