"""Who sees a lab: its student and the course's instructors, nobody else."""

import re

from playwright.sync_api import expect

from tests.browser.lab_page import connect, end_lab, hold_dialogue, open_lab, shown, transcript, type_line


def test_the_outsider_gets_nothing(open_as, portal):
    lab = open_lab(open_as("alice"))
    outsider = open_as("mallory")
    for path in ("", "mailboxes/"):
        answer = outsider.goto(f"/labs/{lab}/{path}")
        assert answer is not None
        assert answer.status == 404
        assert "mx.lentil.edu" not in outsider.content()
    outsider.goto("/")
    opened = outsider.evaluate(
        """lab => new Promise(done => {
            const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/labs/${lab}/`);
            socket.onopen = () => { socket.send('{"type":"since","seq":0}'); };
            socket.onmessage = (message) => done(message.data);
            socket.onclose = () => done('closed');
        })""",
        lab,
    )
    assert opened == "closed"


def test_the_instructor_watches_live_and_it_is_recorded(open_as, portal):
    student = open_as("alice")
    lab = open_lab(student)
    instructor = open_as("ivy", "/courses/nwen243/labs/")
    instructor.locator(f'a[href="/labs/{lab}/"]').click()  # by a link: the page has others of alice's
    connect(student)
    type_line(student, "HELO mx.halva.fr")
    expect(transcript(instructor)).to_contain_text("pleased to meet you")
    expect(instructor.get_by_role("textbox", name="Command")).to_have_count(0)
    type_line(student, "QUIT")
    expect(transcript(instructor)).to_contain_text("closing connection")
    assert shown(instructor) == shown(student)
    visitors = "select u.username from labs_visit v join accounts_user u on u.id = v.user_id where v.lab_id = ?"
    assert ("ivy",) in portal.rows(visitors, lab)


def test_an_ended_lab_replays_from_its_log(open_as):
    student = open_as("bob")
    open_lab(student)
    hold_dialogue(student)
    end_lab(student)
    before = shown(student)
    instructor = open_as("ivy", "/courses/nwen243/labs/")
    instructor.get_by_role("link", name=re.compile("bob", re.I)).first.click()
    expect(transcript(instructor)).to_contain_text("closing connection")
    assert shown(instructor) == before


def test_the_page_says_who_can_see_it(open_as):
    student = open_as("alice")
    open_lab(student)
    expect(student.locator("main")).to_contain_text("instructors", ignore_case=True)
    expect(student.locator("main")).to_contain_text("real password")
