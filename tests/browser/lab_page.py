"""What the tests do on a lab's page, in a student's words."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.running import Portal

COURSE = "/courses/nwen243/"
DIALOGUE = [
    "HELO mx.halva.fr",
    "MAIL FROM: <alice@halva.fr>",
    "RCPT TO: <bob@lentil.edu>",
    "DATA",
    "Do you like dahl?",
    "How about with naan?",
    ".",
    "QUIT",
]
ANSWERS = [
    "220 mx.lentil.edu ESMTP ready",
    "250 mx.lentil.edu Hello mx.halva.fr, pleased to meet you",
    "250 2.1.0 alice@halva.fr... Sender ok",
    "250 2.1.5 bob@lentil.edu... Recipient ok",
    '354 Enter mail, end with "." on a line by itself',
    "250 2.0.0 Message accepted for delivery",
    "221 2.0.0 mx.lentil.edu closing connection",
]
LAB_READY_WITHIN = 15_000  # milliseconds


def open_lab(page: Page, activity: str = "Send a mail by hand") -> int:
    """Begin an exercise, in a lab with nothing in it, as a student does, and return the lab's number."""
    page.goto(COURSE)
    go_on = page.get_by_role("button", name=f"Go on with {activity}")
    if go_on.count():
        go_on.click()
        submit(page)
        page.goto(COURSE)
    page.get_by_role("button", name=f"Begin {activity}").click()
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=LAB_READY_WITHIN)
    return int(page.url.rstrip("/").rpartition("/")[2])


def submit(page: Page) -> None:
    """Submit the attempt whose lab's page this is, and see what it reached."""
    page.goto(page.locator("main a[href$='/submit']").get_attribute("href") or "")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("main")).to_contain_text("Submitted on")


def end_lab(page: Page) -> None:
    page.get_by_role("button", name="End lab").click()
    expect(page.get_by_role("status")).to_contain_text("Lab ended", timeout=LAB_READY_WITHIN)


def show(page: Page, panel: str) -> None:
    """Open the "Task" or the "Explanation" where the page is too narrow to show it anyway."""
    button = page.get_by_role("button", name=panel, exact=True)
    if button.is_visible():
        button.click()


def close(page: Page) -> None:
    """Close what `show` has opened."""
    for button in page.get_by_role("button", name="Close", exact=True).all():
        if button.is_visible():
            button.click()


def type_line(page: Page, text: str) -> None:
    command = page.get_by_role("textbox", name="Command")
    command.fill(text)
    command.press("Enter")


def connect(page: Page, patience: int = 10_000) -> None:
    show(page, "Task")
    page.get_by_role("button", name="Connect to mx.lentil.edu port 25").click()
    close(page)
    expect(transcript(page)).to_contain_text("220 mx.lentil.edu ESMTP ready", timeout=patience)


def hold_dialogue(page: Page) -> None:
    """The classic dialogue, each line typed when the server has answered the one before."""
    connect(page)
    answers = {0: 1, 1: 2, 2: 3, 3: 4, 6: 5, 7: 6}
    for number, line in enumerate(DIALOGUE):
        type_line(page, line)
        expect(transcript(page)).to_contain_text(ANSWERS[answers[number]] if number in answers else line)


def transcript(page: Page) -> Any:
    return page.get_by_role("log", name="Transcript")


def shown(page: Page) -> list[tuple[int, str]]:
    """The lines that the page shows: their numbers in the log and their octets."""
    rows = page.locator("[data-seq]").evaluate_all(
        "rows => rows.map(row => [Number(row.dataset.seq), row.querySelector('.bytes')?.textContent ?? null])"
    )
    return [(seq, text) for seq, text in rows if text is not None]


def logged(portal: Portal, lab: int) -> list[tuple[int, str]]:
    """The lines that the log holds, in the same form."""
    rows = portal.rows("select seq, raw from labs_event where lab_id = ? and kind = 'line' order by seq", lab)
    return [(seq, bytes(raw).decode("latin-1").rstrip("\r\n")) for seq, raw in rows]
