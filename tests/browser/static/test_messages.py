"""Messages as the transcript and the explanation draw them, and what the page offers for them."""

import re

import pytest
from playwright.sync_api import expect

from protocols.explain import lessons
from tests.browser.static.resolution import WORLD, resolution, unkept
from tests.browser.test_accessibility import find_violations

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def world():
    return WORLD


@pytest.fixture
def story(log):
    """A log that is a resolution, and no connection."""
    log.descriptions.clear()
    log.add("lab", note="The lab is running.", facts={"change": "started", "absent": [], "start": 1})
    return resolution(2)


@pytest.fixture
def open_story(log, story, open_lab):
    def open_it():
        log.descriptions += story.descriptions()
        page = open_lab()
        expect(page.locator("li.line")).not_to_have_count(0)
        return page

    return open_it


def section(page, title):
    return page.locator("#explained details").filter(has=page.locator("summary", has_text=re.compile(f"^{title}$")))


def test_messages_are_numbered_lines_with_their_side_and_their_aside(open_story):
    page = open_story()
    lines = page.locator("li.line")
    expect(lines).to_have_count(12)
    expect(lines.locator(".side")).to_have_text(list("CCSCSCSSCSCS"))
    expect(lines.nth(0).locator(".bytes")).to_have_text("A? www.vuw.ac.nz")
    expect(lines.nth(0).locator(".aside")).to_have_text("recursion desired")
    expect(lines.nth(4).locator(".bytes")).to_have_text("NOERROR referral: vuw.ac.nz → ns1.vuw.ac.nz")
    expect(lines.nth(4).locator(".choose")).to_have_text("5")
    expect(lines.nth(11).locator(".line-help")).to_contain_text("does not recurse")


def test_a_heading_says_who_sends_to_whom_where_that_changes(open_story):
    page = open_story()
    expect(page.locator("li.way strong")).to_have_text(
        [
            "student.vuw.ac.nz → vuwwincodc00001.vuw.ac.nz",
            "vuwwincodc00001.vuw.ac.nz → a.root-servers.net",
            "vuwwincodc00001.vuw.ac.nz → ns1.dns.net.nz",
            "vuwwincodc00001.vuw.ac.nz → ns1.vuw.ac.nz",
            "vuwwincodc00001.vuw.ac.nz → student.vuw.ac.nz",
            "student.vuw.ac.nz → vuwwincodc00001.vuw.ac.nz",
            "student.vuw.ac.nz → ns1.lentil.edu",
        ]
    )
    expect(page.locator("li.way span").first).to_have_text("to 130.195.85.25 port 53")


def test_what_is_kept_stands_below_the_message_that_brought_it_and_parts_no_run(log, story, open_lab):
    found = story.descriptions()
    cached = next(each for each in found if each["kind"] == "cached")
    log.descriptions += found[: found.index(cached) + 1]
    log.add("message", side="S", parts=[["text", "more"]], route=found[found.index(cached) - 1]["route"])
    page = open_lab()
    expect(page.locator("li.way")).to_have_count(2)
    expect(page.locator("li.line.side-S + li.kind-cached")).to_contain_text("keeps nz. NS for 2 days")


def test_a_message_shows_how_long_after_its_cause_it_came(open_story):
    page = open_story()
    expect(page.locator("li.line .when").first).to_have_text("+0.7 ms")
    expect(page.locator("li.line .when").nth(7)).to_have_text("+7.0 ms")


def test_a_programs_output_is_a_block_with_what_was_typed_and_no_line(open_story):
    page = open_story()
    output = page.locator("li.output").first
    expect(output.locator(".typed")).to_contain_text("nslookup www.vuw.ac.nz")
    assert output.locator("pre").evaluate("it => it.textContent").startswith("Server:\t\t130.195.85.25\nAddress:\t")
    expect(output.locator(".side, .choose")).to_have_count(0)


def test_more_output_of_the_same_command_names_it_once(log, story, open_lab):
    typed = story.type("dig +trace www.vuw.ac.nz")
    story.print("output", ";; one", typed)
    story.print("output", ";; two", typed)
    log.descriptions += story.descriptions()
    page = open_lab()
    expect(page.locator("li.output")).to_have_count(5)
    expect(page.locator("li.output .typed")).to_have_count(4)


def test_a_message_opens_into_its_sections(open_story):
    page = open_story()
    page.get_by_role("button", name="Line 5", exact=True).click()
    explained = page.get_by_role("complementary", name="Explanation")
    expect(explained.get_by_role("heading").first).to_have_text("Line 5: A referral, from ns1.dns.net.nz")
    expect(explained.locator("summary")).to_have_text(
        ["Question", "Authority section", "Additional section", "Header", "EDNS"]
    )
    header = section(page, "Header").locator("dl > div")
    expect(header).to_have_count(15)
    expect(header.nth(3)).to_have_text(re.compile(r"aa 0\s*not authoritative for the answer\s*$"))
    expect(section(page, "Header").locator("> .source")).to_have_text("RFC 1035 §4.1.1")
    record = section(page, "Authority section").locator("dl > div")
    expect(record.locator(".name")).to_have_text("vuw.ac.nz.")
    expect(record.locator(".value")).to_have_text("86400 IN NS ns1.vuw.ac.nz.")
    expect(record.get_by_role("link", name="RFC 1035 §3.3.11")).to_have_attribute(
        "href", "https://www.rfc-editor.org/rfc/rfc1035#section-3.3.11"
    )


def test_a_section_that_was_folded_stays_so_for_the_next_line(open_story):
    page = open_story()
    page.get_by_role("button", name="Line 5", exact=True).click()
    page.locator("summary", has_text="Header").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Line 7", exact=True).click()
    expect(section(page, "Header")).not_to_have_attribute("open", "")
    expect(section(page, "Answer section")).to_have_attribute("open", "")


def test_what_is_in_a_message_is_text_wherever_it_stands(log, open_lab):
    fields = [
        {"name": HOSTILE, "value": HOSTILE, "meaning": HOSTILE, "reference": {"label": HOSTILE, "url": "javascript:1"}}
    ]
    says = {"title": "A query", "says": [HOSTILE], "sections": [{"title": HOSTILE, "fields": fields}]}
    route = [{"host": HOSTILE, "address": "1", "port": 1}, {"host": "", "address": HOSTILE, "port": 53}]
    log.add("message", side="C", parts=[["argument", HOSTILE]], aside=HOSTILE, route=route, explanation=says)
    log.add("console", parts=[["text", "printed"]], because=log.add("console", facts={"typed": HOSTILE}))
    log.add("zone", note=HOSTILE, help=HOSTILE)
    page = open_lab()
    page.get_by_role("button", name="Line 1").click()
    expect(page.get_by_role("complementary", name="Explanation").locator("dd")).to_contain_text(HOSTILE)
    expect(page.locator("li.output")).to_contain_text(HOSTILE)
    assert page.locator("main img[src], main script:not([type]), [href^=javascript]").count() == 0


def test_the_resolution_is_lit_where_a_message_tells_it(log, story, open_lab):
    found = story.descriptions()
    log.descriptions += found[:3]  # typed, the student's query, the resolver's first
    page = open_lab()
    expect(page.get_by_role("heading", name="Where the resolution is")).to_be_visible()
    expect(page.locator("#where .present")).to_have_text("asking")
    log.descriptions += found[3:12]  # up to the response to the student
    log.show(4)
    expect(page.locator("#where .present")).to_have_text("answered")


def test_no_machine_is_drawn_before_anything_is_said(log, page, open_lab):
    log.descriptions.clear()
    log.add("lab", note="The lab is running.", facts={"change": "started", "absent": [], "start": 1})
    open_lab()
    expect(page.get_by_role("heading", name="Where things stand")).to_be_visible()
    expect(page.locator("#where")).to_contain_text("Nothing was said yet.")
    page.get_by_role("tab", name="State").click()
    expect(page.get_by_role("tabpanel", name="State")).to_contain_text("Nothing was said yet.")
    expect(page.locator(".machine")).to_have_count(0)


def test_an_empty_line_that_nothing_waits_for_stays_here(log, page, open_lab):
    log.descriptions.pop()  # nothing is connected
    open_lab()
    page.get_by_role("textbox", name="Command").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Type a command, such as dig www.vuw.ac.nz.")
    assert log.typed() == []


def test_the_diagram_has_every_arrow_of_the_usual_course_and_none_crosses_a_state(open_story):
    page = open_story()
    lesson = lessons(WORLD)["protocols"]["dns"]
    ways = {(arrow["from"], arrow["to"]) for arrow in lesson["arrows"] if arrow["usual"]}
    arrows = page.locator("#where .machine .arrow")
    expect(arrows).to_have_count(len(ways))
    crossed = arrows.evaluate_all(
        """arrows => arrows.flatMap(arrow => {
            const boxes = [...arrow.closest("svg").querySelectorAll("rect")].map(rect => rect.getBBox());
            const length = arrow.getTotalLength();
            const points = [...Array(50).keys()].map(n => arrow.getPointAtLength(length * (n + 0.5) / 50));
            const isIn = ({x, y}, box) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
            return points.filter(point => point.y < 0 || boxes.some(box => isIn(point, box)));
        })"""
    )
    assert crossed == []


def test_a_session_is_what_is_shown_while_it_is_open(log, open_lab):
    log.add(
        "message",
        protocol="dns",
        side="C",
        parts=[["verb", "A?"]],
        explanation={"title": "", "says": [], "after": "asking"},
    )
    page = open_lab()
    expect(page.get_by_role("heading", name="Where the session is")).to_be_visible()
    expect(page.locator("#where .present")).to_have_text("connected")


def test_a_programs_connection_is_not_the_students(log, open_lab):
    log.descriptions.pop()
    log.add("opened", conn="1.1", protocol="dns", heading=["student.vuw.ac.nz → ns1.vuw.ac.nz:53", "TCP"])
    page = open_lab()
    expect(page.locator("#prompt")).to_contain_text("student.vuw.ac.nz")
    expect(page.get_by_role("button", name="Hang up")).to_be_hidden()


def test_at_rest_the_page_suggests_what_can_be_tried_here(open_story):
    page = open_story()
    expect(page.locator("#suggestions li")).to_have_text(
        [
            "dig www.vuw.ac.nz",
            "connect mx.lentil.edu 25",
            "nslookup www.vuw.ac.nz",
            "dig +trace www.vuw.ac.nz",
            "help",
        ]
    )


def test_nslookup_has_its_own_prompt_until_it_ends(log, story, open_lab):
    story.print("nslookup-begins", "", story.type("nslookup"))
    log.descriptions += story.descriptions()
    page = open_lab()
    expect(page.locator("#prompt")).to_have_text(">")
    expect(page.locator("#suggestions li").last).to_have_text("exit")
    expect(page.get_by_role("button", name="Connect to mx.lentil.edu port 25")).to_be_disabled()
    story.print("nslookup-ends", "", story.type("exit"))
    log.descriptions += story.descriptions()[-2:]
    log.show(len(log.descriptions) - 2)
    expect(page.locator("#prompt")).to_contain_text("student.vuw.ac.nz")


def test_what_a_program_reads_stands_in_the_transcript_even_where_it_prints_nothing(log, story, open_lab):
    story.print("nslookup-begins", "", story.type("nslookup"))
    log.descriptions += story.descriptions()
    log.answer = lambda message: None
    page = open_lab()
    command = page.get_by_role("textbox", name="Command")
    command.fill("set type=mx")
    command.press("Enter")
    expect(page.locator("#pending .bytes")).to_contain_text("set type=mx")
    expect(page.locator("#pending .side")).to_have_count(0)
    log.add("console", client_id=log.received[-1]["client_id"], facts={"typed": "set type=mx"})
    log.show(len(log.descriptions) - 1)
    expect(page.locator("#pending li")).to_have_count(0)
    expect(page.locator("li.output").last).to_contain_text("set type=mx")
    expect(page.locator("li.output").last.locator("pre")).to_have_count(0)


def test_what_a_program_prints_at_once_stands_below_what_it_read(log, story, open_lab):
    story.print("nslookup-begins", "", story.type("nslookup"))
    story.print("output", "Default server: 10.0.0.2", story.type("set all"))
    log.descriptions += story.descriptions()[-4:]
    page = open_lab()
    expect(page.locator("li.output").nth(-2)).to_contain_text("set all")
    expect(page.locator("li.output").last).to_have_text("Default server: 10.0.0.2")


def test_hosts_are_few_at_first_and_name_servers_can_be_asked(open_story):
    page = open_story()
    task = page.get_by_role("complementary", name="Task")
    expect(task.locator(".hosts").first.locator(".name")).to_have_text(
        ["student.vuw.ac.nz", "vuwwincodc00001.vuw.ac.nz", "mx.lentil.edu"]
    )
    expect(task.locator("summary")).to_have_text(
        [
            re.compile(text)
            for text in (r"Root servers\s+1", r"Top-level domains\s+1", r"Domains\s+2", r"Other hosts\s+1")
        ]
    )
    task.locator("summary", has_text="Domains").last.click()
    task.get_by_role("button", name="Ask ns1.vuw.ac.nz").click()
    expect(page.get_by_role("textbox", name="Command")).to_have_value("dig @ns1.vuw.ac.nz ")
    expect(page.get_by_role("textbox", name="Command")).to_be_focused()


def test_what_was_not_kept_and_what_became_of_a_zone_are_notes(log, story, open_lab):
    story.add(unkept())
    log.descriptions += story.descriptions()
    log.add("zone", note="An edit of the zone nz changed nothing.", help="Look at the difference.")
    page = open_lab()
    expect(page.locator("li.note").nth(-2)).to_contain_text("1,204 more exchanges were answered")
    expect(page.locator("li.note").last).to_contain_text("Look at the difference.")


def test_on_a_phone_an_outputs_columns_stay_below_each_other_and_the_page_as_wide_as_it_is(open_story, page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_story()
    output = page.locator("li.output pre").last
    lines = output.evaluate("it => Math.round(it.clientHeight / parseFloat(getComputedStyle(it).lineHeight))")
    assert lines == 1
    assert output.evaluate("it => it.scrollWidth > it.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_messages_and_their_fields_are_accessible(open_story, page, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    open_story()
    page.locator("li.line").last.click()
    expect(page.locator("#explained summary").first).to_be_visible()
    assert find_violations(page) == []
