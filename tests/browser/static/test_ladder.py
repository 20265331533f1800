"""Messages as arrows between the lanes of their hosts."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import find_violations

ADDRESSES = {
    "mx.halva.fr": "10.1.0.25",  # the student's machine
    "mx.lentil.edu": "10.2.0.25",
    "resolver.vuw.ac.nz": "130.195.85.25",
    "a.root-servers.net": "198.41.0.4",
    "ns1.dns.net.nz": "202.46.190.130",
    "ns1.vuw.ac.nz": "130.195.85.10",
}
STUDENT, MAIL, RESOLVER, ROOT, NZ, VUW = ADDRESSES
RUNGS = "#ladder li.arrow"
TITLE = "#explained h2"


def end(host, port=53):
    return {"host": host if host in ADDRESSES else "", "address": ADDRESSES.get(host, host), "port": port}


def send(log, sender, receiver, text, side="C", **fields):
    explanation = {"title": f"{text[:12]}, from {sender}", "says": ["It says so."]}
    route = [end(sender), end(receiver)]
    given = {"protocol": "dns", "explanation": explanation, "parts": [["text", text]], **fields}
    return log.add("message", side=side, route=route, **given)


def answer(log, because, sender, receiver, text, **fields):
    return send(log, sender, receiver, text, "S", because=because, **fields)


def keep(log, because, *records):
    return log.add("cached", because=because, facts={"host": RESOLVER, "cached": [list(record) for record in records]})


def resolve(log):
    """What a resolver does for the student who asks it for www.vuw.ac.nz."""
    typed = log.add("console", client_id="typed")
    log.add("console", parts=[["text", "What a program says to its user is no message."]])
    asked = send(log, STUDENT, RESOLVER, "A? www.vuw.ac.nz", because=typed, aside="recursion desired")
    to_root = send(log, RESOLVER, ROOT, "A? nz", because=asked)
    to_nz = answer(log, to_root, ROOT, RESOLVER, "referral: nz → ns1.dns.net.nz", aside="glue 202.46.190.130")
    keep(log, to_nz, ["nz.", 172_800, "NS"], ["ns1.dns.net.nz.", 172_800, "A"])
    at_nz = send(log, RESOLVER, NZ, "A? vuw.ac.nz", because=to_nz)
    to_vuw = answer(log, at_nz, NZ, RESOLVER, "referral: vuw.ac.nz → ns1.vuw.ac.nz", aside="glue 130.195.85.10")
    at_vuw = send(log, RESOLVER, VUW, "A? www.vuw.ac.nz", because=to_vuw)
    answer(log, at_vuw, VUW, RESOLVER, "answer: A 130.195.86.18", aside="authoritative")
    answer(log, asked, RESOLVER, STUDENT, "answer: 130.195.86.18", aside="by TCP · found with 3 queries")


def hold_session(log, count=3):
    for number in range(count):
        log.add_line(f"line {number}", "SC"[number % 2])


@pytest.fixture
def open_ladder(open_lab):
    def open_page():
        page = open_lab()
        page.get_by_role("tab", name="Ladder").click()
        return page

    return open_page


def rung(page, name):
    return page.get_by_role("log", name="Ladder").get_by_role("button", name=name)


def show_rest(log, page, add, *arguments):
    """Add to the log what `add` adds, and show it to the page."""
    known = len(log.descriptions)
    add(log, *arguments)
    log.show(known)


def shaft(page, number):
    """Where the arrow of that place begins and ends, in px from the left of the drawing."""
    box = page.locator(RUNGS).nth(number).locator(".shaft").bounding_box()
    head = page.locator(RUNGS).nth(number).locator(".head").bounding_box()
    return (box["x"], head["x"] + head["width"]) if head["x"] > box["x"] else (box["x"] + box["width"], head["x"])


def lane(page, host):
    """The middle of the head of a host's lane."""
    box = page.get_by_role("list", name="Hosts").get_by_role("listitem").filter(has_text=host).bounding_box()
    return box["x"] + box["width"] / 2


def test_hosts_are_lanes_as_they_appear_and_the_students_machine_is_the_first(log, open_ladder):
    del log.descriptions[1:]  # the connection
    send(log, ROOT, "192.0.2.7", "answer")
    resolve(log)
    page = open_ladder()
    heads = page.get_by_role("list", name="Hosts").get_by_role("listitem")
    hosts = [STUDENT, ROOT, "192.0.2.7", RESOLVER, NZ, VUW]
    expect(heads).to_have_text([f"{host} {ADDRESSES[host]}" if host in ADDRESSES else host for host in hosts])


def test_an_arrow_goes_from_the_senders_lane_to_the_receivers(log, open_ladder):
    resolve(log)
    page = open_ladder()
    expect(page.locator(RUNGS)).to_have_count(9)  # with the connection that is open from the beginning
    for number, ends in enumerate([(STUDENT, MAIL), (STUDENT, RESOLVER), (RESOLVER, ROOT), (ROOT, RESOLVER)]):
        assert shaft(page, number) == pytest.approx([lane(page, host) for host in ends], abs=5)


def test_lines_take_the_route_of_their_connection(log, open_ladder):
    hold_session(log, 2)
    page = open_ladder()
    expect(rung(page, f"Line 1: {MAIL} to {STUDENT}: line 0")).to_be_visible()
    expect(rung(page, f"Line 2: {STUDENT} to {MAIL}: line 1")).to_be_visible()


def test_a_block_is_one_arrow(log, open_ladder):
    parts = [["text", "one"], ["text", "\n"], ["text", "two"]]
    log.add("block", conn="1.1", side="C", parts=parts, note="10 octets in one block.")
    page = open_ladder()
    expect(page.get_by_role("img", name=f"Line 1: {STUDENT} to {MAIL}: one …, 10 octets in one block.")).to_be_visible()
    expect(page.locator(f"{RUNGS} .label").last).to_have_text("one …")


def test_an_arrow_is_named_by_its_line_its_hosts_and_what_was_said(log, open_ladder):
    resolve(log)
    page = open_ladder()
    words = f"Line 5: {NZ} to {RESOLVER}: referral: vuw.ac.nz → ns1.vuw.ac.nz, glue 130.195.85.10"
    expect(rung(page, words)).to_be_visible()


def test_a_code_goes_without_saying_where_nothing_is_wrong(log, open_ladder):
    for parts in ([["code", "NOERROR"], ["text", " "], ["text", "referral"]], [["code", "REFUSED"], ["text", " no"]]):
        send(log, ROOT, RESOLVER, "", "S", parts=parts)
    page = open_ladder()
    expect(page.locator(f"{RUNGS} .label")).to_have_text(["connects to port 25", "referral", "REFUSED no"])


def test_a_host_that_asks_itself_has_an_arrow_that_comes_back(log, open_ladder):
    send(log, STUDENT, STUDENT, "A? localhost")
    page = open_ladder()
    expect(rung(page, f"Line 1: {STUDENT} to {STUDENT}: A? localhost")).to_be_visible()
    box = page.locator(f"{RUNGS} .shaft").last.bounding_box()
    text = page.locator(f"{RUNGS} .label").last.bounding_box()
    assert box["height"] > 5
    assert text["x"] > box["x"] + box["width"] - 1


def test_what_was_cached_stands_at_the_arrow_that_brought_it(log, open_ladder):
    resolve(log)
    page = open_ladder()
    expect(page.locator(f"{RUNGS} .aside").nth(3)).to_have_text("glue 202.46.190.130 · cached 2 d")
    expect(rung(page, "Line 3: ")).to_have_accessible_name(
        f"Line 3: {ROOT} to {RESOLVER}: referral: nz → ns1.dns.net.nz, "
        "glue 202.46.190.130, cached: nz. NS for 2 d, ns1.dns.net.nz. A for 2 d"
    )


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([["a.", 90, "A"], ["b.", 5400, "A"]], "cached 1.5 min to 1.5 h"),
        ([["a.", 30, "A"]], "cached 30 s"),
        ([["a.", 900, None, "NXDOMAIN"]], "NXDOMAIN cached 15 min"),
        ([["a.", 900, "AAAA", "NODATA"]], "NODATA cached 15 min"),
    ],
)
def test_it_says_for_how_long_it_is_cached(log, open_ladder, records, words):
    asked = send(log, RESOLVER, ROOT, "A? a")
    answered = answer(log, asked, ROOT, RESOLVER, "answer")
    page = open_ladder()
    expect(page.locator(RUNGS)).to_have_count(3)
    show_rest(log, page, keep, answered, *records)
    expect(page.locator(f"{RUNGS} .aside").last).to_have_text(words)


def test_the_answer_to_the_student_says_what_was_asked_on_their_behalf(log, open_ladder):
    resolve(log)
    asked = send(log, STUDENT, RESOLVER, "A? www.vuw.ac.nz")
    answer(log, asked, RESOLVER, STUDENT, "answer: 130.195.86.18", aside="from the cache")
    page = open_ladder()
    asides = page.locator(f"{RUNGS} .aside")
    expect(asides.nth(8)).to_have_text("by TCP · 3 queries on your behalf · 8.0 ms")
    expect(asides.nth(10)).to_have_text("from the cache")


def test_a_message_that_arrives_is_drawn_and_nothing_else_is_drawn_again(log, open_ladder):
    resolve(log)
    page = open_ladder()
    expect(page.locator(RUNGS)).to_have_count(9)
    page.evaluate(
        """() => {
            window.changed = [];
            const watcher = new MutationObserver((changes) => window.changed.push(...changes));
            for (const item of document.querySelectorAll("#ladder li")) {
                watcher.observe(item, {subtree: true, childList: true, characterData: true, attributes: true,
                                       attributeFilter: ["d", "x", "y", "height", "width", "viewBox"]});
            }
        }"""
    )
    show_rest(log, page, send, STUDENT, RESOLVER, "MX? lentil.edu")
    expect(page.locator(RUNGS)).to_have_count(10)
    assert page.evaluate("changed.length") == 0


def test_it_costs_nothing_until_it_is_shown_and_then_has_everything(log, open_lab):
    hold_session(log)
    page = open_lab()
    expect(page.locator("li.line")).to_have_count(3)
    assert page.locator("#ladder li").count() == 0
    page.get_by_role("tab", name="Ladder").click()
    expect(page.locator(RUNGS)).to_have_count(4)
    page.get_by_role("tab", name="Transcript").click()
    show_rest(log, page, hold_session)
    expect(page.locator("li.line")).to_have_count(6)
    assert page.locator(RUNGS).count() == 4
    page.get_by_role("tab", name="Ladder").click()
    expect(page.locator(RUNGS)).to_have_count(7)


def test_a_long_log_is_whole_and_in_order(log, open_ladder):
    hold_session(log, 2_500)
    page = open_ladder()
    expect(page.locator(RUNGS)).to_have_count(2_501)
    assert page.locator(f"{RUNGS} .rung-number").all_text_contents()[1:] == [str(n) for n in range(1, 2_501)]
    expect(page.locator(RUNGS).last).to_be_in_viewport()


def test_it_says_what_will_appear_and_how_to_make_it(log, open_ladder):
    del log.descriptions[1:]
    page = open_ladder()
    empty = page.get_by_text("No message was sent yet.")
    expect(empty).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Ladder")).to_contain_text("Choose Connect beside a host")
    assert find_violations(page) == []
    show_rest(log, page, send, STUDENT, RESOLVER, "A? nz")
    expect(page.locator(RUNGS)).to_have_count(1)
    expect(empty).to_be_hidden()


def test_what_happens_to_the_lab_stands_across_the_lanes(log, open_ladder):
    hold_session(log)
    log.add("console", note="What a client says to its user is none either.")
    log.add("closed", conn="1.1", note="The connection ended.")
    log.add("unkept", note="900 exchanges were not kept.")
    page = open_ladder()
    notes = ["The lab is running.", "The connection ended.", "900 exchanges were not kept."]
    expect(page.locator("#ladder li.across")).to_have_text(notes)


def test_what_is_chosen_in_the_ladder_is_chosen_in_the_transcript(log, open_ladder):
    hold_session(log, 200)
    page = open_ladder()
    rung(page, "Line 7: ").click()
    expect(page.locator(TITLE)).to_have_text("Line 7: line 6, from the S")
    page.get_by_role("tab", name="Transcript").click()
    line = page.get_by_role("button", name="Line 7", exact=True)
    expect(line).to_have_attribute("aria-pressed", "true")
    expect(line).to_be_in_viewport()
    line.click()
    expect(page.locator(TITLE)).to_have_text("No line is chosen")
    page.get_by_role("tab", name="Ladder").click()
    expect(page.locator("#ladder .chosen")).to_have_count(0)


def test_what_is_chosen_in_the_transcript_is_chosen_in_the_ladder(log, open_lab):
    hold_session(log, 200)
    page = open_lab()
    page.get_by_role("button", name="Line 7", exact=True).click()
    page.get_by_role("tab", name="Ladder").click()
    expect(rung(page, "Line 7: ")).to_have_attribute("aria-pressed", "true")
    expect(rung(page, "Line 7: ")).to_be_in_viewport()
    expect(page.get_by_role("button", name="new message")).to_be_hidden()


def test_the_keys_go_from_arrow_to_arrow(log, open_ladder):
    hold_session(log, 30)
    page = open_ladder()
    expect(page.locator(RUNGS)).to_have_count(31)
    assert page.locator("#ladder button[tabindex='0']").count() == 1
    page.get_by_role("tab", name="Ladder").focus()
    page.keyboard.press("Tab")
    expect(rung(page, "Line 30: ")).to_be_focused()
    title = page.locator(TITLE)
    for key, number in [("ArrowUp", 29), ("End", 30), ("Home", 1), ("ArrowDown", 2)]:
        page.keyboard.press(key)
        expect(title).to_contain_text(f"Line {number}: ")
        expect(page.locator("#ladder .chosen button")).to_be_focused()
        expect(page.locator("#ladder .chosen")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(title).to_have_text("No line is chosen")
    expect(rung(page, "Line 2: ")).to_be_focused()
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        expect(title).to_contain_text("Line 2: ")


@pytest.mark.parametrize("tab", ["Transcript", "Ladder"])
def test_enter_opens_the_explanation_of_what_the_arrow_keys_chose(log, page, open_lab, tab):
    page.set_viewport_size({"width": 900, "height": 800})
    hold_session(log)
    open_lab()
    page.get_by_role("tab", name=tab).click()
    page.get_by_role("tabpanel", name=tab).get_by_role("button", name="Line 3").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("complementary", name="Explanation")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Explanation")).to_contain_text("Line 2: ")


def test_it_stays_at_its_end_unless_the_reader_scrolls_up(log, open_ladder):
    hold_session(log, 100)
    page = open_ladder()
    expect(page.locator(RUNGS).last).to_be_in_viewport()
    show_rest(log, page, hold_session)
    expect(page.locator(RUNGS)).to_have_count(104)
    expect(page.locator(RUNGS).last).to_be_in_viewport()
    page.locator("#ladder").evaluate("it => { it.scrollTop = 300 }")
    page.wait_for_timeout(100)  # a scroll is told at the next frame
    show_rest(log, page, hold_session)
    news = page.get_by_role("button", name="3 new messages")
    expect(news).to_be_visible()
    assert page.locator("#ladder").evaluate("it => it.scrollTop") == 300
    news.click()
    expect(page.locator(RUNGS).last).to_be_in_viewport()
    expect(news).to_be_hidden()


def test_the_hosts_stay_in_sight(log, open_ladder):
    hold_session(log, 100)
    page = open_ladder()
    expect(page.locator(RUNGS).last).to_be_in_viewport()
    expect(page.get_by_role("list", name="Hosts")).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_chosen_arrow_comes_into_sight(log, page, open_ladder):
    page.set_viewport_size({"width": 390, "height": 844})
    resolve(log)
    open_ladder()
    rung(page, "Line 1: ").focus()
    for number in range(2, 5):
        page.keyboard.press("ArrowDown")
        expect(rung(page, f"Line {number}: ")).to_be_focused()
    for part in (".shaft", ".head", ".label"):
        expect(page.locator(f"#ladder .chosen {part}")).to_be_in_viewport(ratio=1)


def test_on_a_phone_what_was_chosen_in_the_transcript_comes_into_sight(log, page, open_lab):
    page.set_viewport_size({"width": 390, "height": 844})
    send(log, STUDENT, RESOLVER, "A? www.vuw.ac.nz")
    for host in (ROOT, NZ, VUW):
        log.add_line(f"a line before {host}")
        send(log, RESOLVER, host, "A? www.vuw.ac.nz")
    hold_session(log, 100)
    open_lab()
    page.get_by_role("button", name="Line 7", exact=True).click()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("tab", name="Ladder").click()
    for part in (".rung", ".label"):
        expect(page.locator(f"#ladder .chosen {part}")).to_be_in_viewport()


def test_a_long_line_is_cut_and_keeps_its_whole_name(log, open_ladder):
    text = "word " * 200
    log.add_line(text)
    page = open_ladder()
    label = page.locator(f"{RUNGS} .label").last
    shown = label.evaluate("it => it.firstChild.textContent")
    assert shown.endswith("…")
    assert len(shown) <= 73
    expect(label.locator("title")).to_have_text(text.strip())
    expect(rung(page, f"Line 1: {MAIL} to {STUDENT}: {text.strip()}")).to_be_visible()


def test_what_is_written_on_an_arrow_goes_no_further_than_to_the_next_lanes(log, page, open_ladder):
    for host in (RESOLVER, ROOT, NZ, VUW):
        send(log, STUDENT, host, "A? " + "long." * 20, aside="much more " * 10)
    send(log, RESOLVER, ROOT, "A? " + "long." * 20, aside="much more " * 10)
    open_ladder()
    expect(page.locator(RUNGS)).to_have_count(6)
    lines = page.locator(".lane-lines line").evaluate_all("lines => lines.map(line => line.getBoundingClientRect().x)")
    found = page.locator(f"{RUNGS}:last-child text:not(.rung-number)").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    assert len(found) == 2
    for left, right in found:
        assert sorted(lines)[1] < left
        assert right < sorted(lines)[4]


def test_on_a_phone_the_newest_arrows_head_is_in_sight_for_who_is_at_the_end(log, page, open_ladder):
    page.set_viewport_size({"width": 390, "height": 844})
    for host in (RESOLVER, ROOT, NZ):
        send(log, STUDENT, host, "A? www.vuw.ac.nz")
    open_ladder()
    expect(page.locator(f"{RUNGS} .head").last).to_be_in_viewport(ratio=1)
    show_rest(log, page, lambda log: send(log, RESOLVER, VUW, "A? www.vuw.ac.nz"))
    expect(page.locator(RUNGS)).to_have_count(5)
    expect(page.locator(f"{RUNGS} .head").last).to_be_in_viewport(ratio=1)
    show_rest(log, page, lambda log: send(log, VUW, STUDENT, "NOERROR", "S"))
    expect(page.locator(f"{RUNGS} .head").last).to_be_in_viewport(ratio=1)


def test_what_a_student_sends_is_text_in_the_ladder(log, open_ladder):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    send(log, STUDENT, hostile, hostile, aside=hostile)
    log.add("fault", note=hostile)
    page = open_ladder()
    expect(page.locator("#ladder li.across").last).to_have_text(hostile)
    expect(page.locator(f"{RUNGS} .aside").last).to_have_text(hostile)
    assert page.locator("#ladder img, #ladder script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_ladder_is_accessible(log, page, open_ladder, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    resolve(log)
    send(log, STUDENT, STUDENT, "REFUSED", side="S", tone="trouble")
    open_ladder()
    rung(page, "Line 5: ").click()
    expect(page.locator(TITLE)).to_contain_text("Line 5")
    assert find_violations(page) == []
