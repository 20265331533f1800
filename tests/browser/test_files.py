"""Files in the browser: listed, fetched and stored in both modes, put there on the page, read by who listens."""

import os
import re
import signal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LAB_READY_WITHIN, close, open_lab, show, shown, transcript, type_line
from tests.browser.test_faults import NOTICED

ACTIVITY = "List and fetch a file by hand"
HOST = "ftp.eckenfels.net"
FETCHED = "umlauts.txt"


@pytest.fixture
def page(open_as) -> Page:
    return open_as("alice")


def log_in(page: Page) -> None:
    show(page, "Task")
    page.get_by_role("button", name=f"Connect to {HOST} port 21").click()
    close(page)
    expect(lines(page, "220")).not_to_have_count(0)
    say(page, "USER ecki", "331")
    say(page, "PASS secret", "230")


def say(page: Page, line: str, code: str) -> None:
    """Type a line, and wait for a new reply with this code."""
    before = lines(page, code).count()
    type_line(page, line)
    expect(lines(page, code)).to_have_count(before + 1)


def lines(page: Page, code: str) -> Locator:
    """The replies with this code, but for the lines before their last."""
    return transcript(page).locator(".side-S .bytes", has_text=re.compile(rf"^{code} "))


def tree(page: Page, host: str) -> Locator:
    return page.locator(f'[data-tree="{host}"]')


def chips(page: Page) -> list[str]:
    """The command lines that a data connection was opened for, and how much went over it."""
    marked = transcript(page).locator("li", has=page.locator(".chip"))
    return [f"{row.locator('.bytes').inner_text()}: {row.locator('.chip').inner_text()}" for row in marked.all()]


def test_the_outsider_finds_nothing(open_as, page):
    lab = open_lab(page, ACTIVITY)
    link = tree(page, HOST).get_by_role("link", name="README").first.get_attribute("href")
    outsider = open_as("mallory")
    for path in (f"/labs/{lab}/files/", link, f"{link}content", f"/labs/{lab}/wire/"):
        answer = outsider.goto(path)
        assert answer is not None
        assert answer.status == 404
        assert "README" not in outsider.content()
    answer = outsider.request.post(f"/labs/{lab}/files/", form={"host": HOST})
    assert answer.status in (403, 404)


def test_a_student_lists_fetches_and_stores_in_both_modes(page):
    open_lab(page, ACTIVITY)
    log_in(page)
    expect(transcript(page)).not_to_contain_text("secret")

    say(page, "PASV", "227")
    expect(transcript(page).locator(".data.heading")).to_contain_text("opened by the client after PASV")
    say(page, "NLST /pub", "226")
    expect(transcript(page).locator(".data details .bytes")).to_contain_text("README")

    say(page, "PASV", "227")
    say(page, f"RETR /pub/{FETCHED}", "226")
    block = transcript(page).locator(".data details").last
    expect(block.locator(".bytes")).to_be_hidden()
    block.locator("summary").click()
    expect(block.locator(".bytes")).to_contain_text("Their letters take two octets each")
    expect(tree(page, "mx.halva.fr")).to_contain_text(FETCHED)
    before = shown(page)
    page.reload()  # in the middle
    expect(transcript(page)).to_contain_text("RETR")
    assert shown(page) == before
    expect(tree(page, "mx.halva.fr")).to_contain_text(FETCHED)

    say(page, "PORT 10, 0, 0, 1, 4, 1", "200")
    say(page, "STOR /tmp/test.txt", "226")
    heading = transcript(page).locator(".data.heading").last
    expect(heading).to_contain_text(f"{HOST} → mx.halva.fr:1025")
    expect(heading).to_contain_text("opened by the server after PORT")
    expect(tree(page, HOST)).to_contain_text("test.txt")
    heading.get_by_role("button", name=re.compile("^line ")).click()
    expect(transcript(page).locator(".chosen .bytes")).to_have_text("PORT 10, 0, 0, 1, 4, 1")

    say(page, "get /home/ecki/notes.txt", "226")
    expect(transcript(page).locator(".became")).to_contain_text("get /home/ecki/notes.txt becomes:")
    made = transcript(page).locator(".made.side-C .bytes")
    expect(made).to_have_text(["PASV", "RETR /home/ecki/notes.txt"])
    assert [re.sub(r"[\d,]+", "n", chip) for chip in chips(page)] == [
        "NLST /pub: data · n octets",
        "RETR /pub/umlauts.txt: data · n octets",
        "STOR /tmp/test.txt: data · n octets",
        "RETR /home/ecki/notes.txt: data · n octets",
    ]

    tree(page, HOST).get_by_role("link", name="test.txt").click()
    expect(page.get_by_role("main")).to_contain_text("This is a test.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "test.txt"


def test_a_file_is_put_there_and_a_refused_one_is_not_lost(page, tmp_path):
    open_lab(page, ACTIVITY)
    files = page.get_by_role("region", name=re.compile("^mx.halva.fr"))
    files.get_by_text("Put a file here").click()
    given = tmp_path / "naan.txt"
    given.write_text("Bread.\n")
    files.get_by_label("A file of your computer").set_input_files(given)
    files.get_by_label("The directory for it").fill("/nowhere/")
    files.get_by_role("button", name="Put it there").click()
    expect(files.get_by_role("alert")).to_contain_text("mx.halva.fr has no directory /nowhere")
    assert files.get_by_label("A file of your computer").evaluate("field => field.files[0].name") == "naan.txt"
    files.get_by_label("The directory for it").fill("/")
    files.get_by_role("button", name="Put it there").click()
    expect(files.get_by_role("alert")).to_have_text("/naan.txt is on mx.halva.fr now.")
    expect(files.get_by_role("link", name="naan.txt")).to_be_visible()
    log_in(page)
    say(page, "put naan.txt /tmp/naan.txt", "226")
    expect(tree(page, HOST)).to_contain_text("naan.txt")


def test_who_listens_reads_the_password_and_the_file(page):
    open_lab(page, ACTIVITY)
    page.get_by_role("tab", name="Wire").click()
    wire = page.get_by_role("log", name="Wire")
    show(page, "Task")
    page.get_by_role("button", name=f"Connect to {HOST} port 21").click()
    close(page)
    expect(wire).to_contain_text("220 FTP Server ready.\\r\\n")
    type_line(page, "USER ecki")
    type_line(page, "PASS secret")
    expect(wire.get_by_role("mark")).to_have_text("secret")
    expect(wire).to_contain_text("Anyone between the two reads this password: “secret”.")
    expect(wire).to_contain_text("230 ")
    type_line(page, "get /pub/README")
    expect(wire).to_contain_text("Everybody may read what is here.\\r\\n")
    wire.locator("[data-seq]", has=page.get_by_role("mark")).click()
    expect(page.get_by_role("complementary", name="Explanation")).to_contain_text("PASS, from the client")
    page.get_by_role("tab", name="Transcript").click()
    expect(transcript(page).locator(".chosen .bytes")).to_contain_text("PASS ")
    expect(transcript(page)).not_to_contain_text("secret")
    page.get_by_role("tab", name="Ladder").click()
    ladder = page.get_by_role("log", name="Ladder")
    expect(ladder.locator(".data.kind-transferred")).to_contain_text("octets")
    expect(ladder).not_to_contain_text("secret")


def test_a_stored_file_is_there_after_lab_and_worker_were_killed(page, portal):
    open_lab(page, ACTIVITY)
    log_in(page)
    say(page, "put letter.txt /tmp/kept.txt", "226")
    for process in portal.find_labs() + portal.find("celery"):
        os.kill(process, signal.SIGKILL)
    expect(page.get_by_role("status")).to_have_text("Lab ended", timeout=NOTICED)
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=LAB_READY_WITHIN)
    expect(tree(page, HOST)).to_contain_text("kept.txt")
    log_in(page)
    say(page, "get /tmp/kept.txt", "226")
    expect(tree(page, "mx.halva.fr")).to_contain_text("kept.txt")
