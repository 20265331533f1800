"""The first lab, typed as a student would."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import (
    ANSWERS,
    DIALOGUE,
    connect,
    hold_dialogue,
    logged,
    open_lab,
    shown,
    transcript,
    type_line,
)


@pytest.fixture
def page(open_as):
    return open_as("alice")


def test_the_classic_dialogue_delivers_the_mail(page, portal):
    lab = open_lab(page)
    hold_dialogue(page)
    said = [text for _, text in shown(page)]
    assert [text for text in said if text in DIALOGUE] == DIALOGUE
    assert [text for text in said if text in ANSWERS] == ANSWERS
    messages = portal.rows(
        "select m.sender, m.raw from worlds_message m join worlds_mailbox b on m.mailbox_id = b.id "
        "join labs_lab l on l.world_id = b.world_id where l.id = ? and b.address = 'bob@lentil.edu' order by m.id",
        lab,
    )
    sender, raw = messages[-1]
    assert sender == "alice@halva.fr"
    assert bytes(raw).endswith(b"Do you like dahl?\r\nHow about with naan?\r\n")


def test_a_reload_shows_the_same(page, portal):
    lab = open_lab(page)
    hold_dialogue(page)
    before = shown(page)
    assert before == logged(portal, lab)
    page.reload()
    expect(transcript(page)).to_contain_text(ANSWERS[-1])
    assert shown(page) == before


def test_the_message_stands_in_bobs_mailbox_with_its_source(page):
    open_lab(page)
    hold_dialogue(page)
    page.get_by_role("link", name=re.compile("alice@halva.fr")).first.click()
    expect(page.locator("main")).to_contain_text("Do you like dahl?")
    expect(page.locator("main")).to_contain_text("Return-Path")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("source", re.I)).click()
    assert "Do you like dahl?" in page.content()


@pytest.mark.parametrize(
    ("lines", "reply", "help_"),
    [
        (["HELO mx.halva.fr", "RCPT TO:<bob@lentil.edu>"], "503 5.5.1", "MAIL FROM"),
        (["HELO mx.halva.fr", "MAIL FROM:alice@halva.fr>"], "501 5.1.7", "<"),
        (["HELO mx.halva.fr", "MAIL FROM:<alice@halva.fr>", "RCPT TO:<carol@lentil.edu>"], "550 5.1.1", "mailbox"),
        (["HELO mx.halva.fr", "Do you like dahl?"], "500 5.5", "DATA"),
    ],
)
def test_a_usual_mistake_gets_the_true_reply_and_one_sentence(page, lines, reply, help_):
    open_lab(page)
    connect(page)
    for line in lines:
        type_line(page, line)
    row = page.locator("[data-seq]").filter(has_text=reply).last
    expect(row).to_contain_text(help_)
    type_line(page, "QUIT")
    expect(transcript(page)).to_contain_text("221 2.0.0")


def test_a_click_on_a_line_explains_it_and_lights_the_state(page):
    open_lab(page)
    connect(page)
    type_line(page, "RCPT TO:<bob@lentil.edu>")
    page.locator("[data-seq]").filter(has_text="503").last.click()
    explanation = page.get_by_role("complementary", name="Explanation")
    expect(explanation).to_contain_text("RCPT")
    expect(explanation.get_by_role("link", name=re.compile("RFC 5321")).first).to_be_visible()
    expect(explanation.get_by_role("img", name=re.compile("connected"))).to_be_visible()
