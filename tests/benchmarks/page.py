"""What a student waits for, in a real page in Chromium: a lab that opens, a greeting, a line.

All times are read from clocks of this machine: the browser's at a click and when an element stands in the page, the
lab's (`at` of its events) when its server writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from statistics import median

from playwright.async_api import Page, async_playwright, expect

from tests.benchmarks.bare_page import running_bare_page
from tests.benchmarks.busy import busy_students
from tests.benchmarks.school import School, running_school
from tests.benchmarks.table import Row, at_percent
from tests.browser.conftest import CHROMIUM_FLAGS

OPENINGS = 9
LINES = 60
PAUSE = 150  # milliseconds between two typed lines; a page may send 20 a second
OTHERS = 50  # labs that are open meanwhile
WITHIN = 20_000  # milliseconds
COURSE = "/courses/nwen243/"
ACTIVITY = "Send a mail by hand"
CONNECT = "Connect to mx.lentil.edu port 25"

WATCH = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("click", () => (sessionStorage.clicked = now()), true);
window.seen = new Map();  // when each line came, by its seq, or by its place in the bare page
window.running = null;    // when the page said that the lab runs
new MutationObserver(() => {
  const words = document.querySelector("[data-words]")?.textContent ?? "";
  if (words.startsWith("Lab running")) window.running ??= now();
  for (const line of document.querySelectorAll("li[data-seq], li[data-at]")) {
    const key = Number(line.dataset.seq ?? line.dataset.at);
    if (!window.seen.has(key)) window.seen.set(key, now());
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def measure() -> Iterator[Row]:
    with running_bare_page() as bare, running_school(OTHERS + 1) as school:
        yield from asyncio.run(_measure(bare, school))


async def _measure(bare: str, school: School) -> list[Row]:
    async with chromium_page() as page:
        bare_open, bare_click, bare_line = await time_bare(page, bare)
    async with chromium_page(school) as page:
        await open_lab(page)
        alone = await time_lines(page, school)
        await end_lab(page)
        labs = [await asyncio.to_thread(school.open_lab, number) for number in range(1, OTHERS + 1)]
        opened, greeted = await time_openings(page)
        await open_lab(page)
        async with busy_students(school, labs):
            among = await time_lines(page, school)
    return [
        Row(f'"open" to ready in the page, {OTHERS} open', median(opened), "ms", bar=300, bare=median(bare_open)),
        Row(
            f'"connect" to the greeting in the page, {OTHERS} open',
            median(greeted),
            "ms",
            bar=300,
            bare=median(bare_click),
        ),
        Row("server writes -> line in the page, 1 lab, median", median(alone), "ms", bar=50, bare=median(bare_line)),
        Row("server writes -> line in the page, 1 lab, p99", at_percent(alone, 99), "ms"),
        Row(f"server writes -> line in the page, {OTHERS} busy, median", median(among), "ms"),
        Row(f"server writes -> line in the page, {OTHERS} busy, p99", at_percent(among, 99), "ms"),
    ]


@asynccontextmanager
async def chromium_page(school: School | None = None) -> AsyncIterator[Page]:
    """A watched page; of the first student where there is a school."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        context = await browser.new_context(base_url=school.portal.url if school else None)
        if school:
            session = await asyncio.to_thread(school.cookie, 0)
            await context.add_cookies([{"name": "sessionid", "value": session, "url": school.portal.url}])
        await context.add_init_script(WATCH)
        page = await context.new_page()
        page.set_default_timeout(WITHIN)
        yield page
        await browser.close()


async def time_bare(page: Page, url: str) -> tuple[list[float], list[float], list[float]]:
    """The milliseconds from a click on a link to the first line of its page, from a click on a button to its line, and
    from the server's writing to that line."""
    opened, clicked, written = [], [], []
    await page.goto(url)
    for _ in range(OPENINGS):
        await page.get_by_role("link").click()
        await page.wait_for_function("seen.size == 1")
        opened.append(await page.evaluate("[...seen.values()][0] - sessionStorage.clicked"))
    for place in range(2, LINES + 2):
        await page.wait_for_timeout(PAUSE)
        await page.get_by_role("button").click()
        await page.wait_for_function(f"seen.size == {place}")
        at, seen = await page.evaluate("[...seen].at(-1)")
        clicked.append(seen - await page.evaluate("Number(sessionStorage.clicked)"))
        written.append(seen - at)
    return opened, clicked, written


async def open_lab(page: Page) -> float:
    """Open a lab; the milliseconds from the click until the page says that it runs."""
    await page.goto(COURSE)
    await page.get_by_role("button", name=f"Begin {ACTIVITY}").click()
    await expect(page.get_by_role("status")).to_contain_text("Lab running", timeout=WITHIN)
    waited: float = await page.evaluate("running - sessionStorage.clicked")
    return waited


async def connect(page: Page) -> float:
    """Connect to the server; the milliseconds from the click until its greeting is in the page."""
    await page.get_by_role("button", name=CONNECT).click()
    line = page.locator("li[data-seq]").filter(has_text="220 mx.lentil.edu")
    await line.wait_for()
    seq = await line.get_attribute("data-seq")
    waited: float = await page.evaluate(f"seen.get({seq}) - sessionStorage.clicked")
    return waited


async def end_lab(page: Page) -> None:
    await page.get_by_role("button", name="End lab").click()
    await expect(page.get_by_role("status")).to_contain_text("Lab ended", timeout=WITHIN)
    await page.get_by_role("link", name="Submit…").click()  # so that the next one is a new one
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("main")).to_contain_text("Submitted on")


async def time_openings(page: Page) -> tuple[list[float], list[float]]:
    """The milliseconds that each opening took, and each connection's greeting."""
    opened, greeted = [], []
    for _ in range(OPENINGS):
        opened.append(await open_lab(page))
        greeted.append(await connect(page))
        await end_lab(page)
    return opened, greeted


async def time_lines(page: Page, school: School) -> list[float]:
    """The milliseconds from a server's writing of a line to the line in the page, for every answer to a typed line."""
    await connect(page)
    command = page.get_by_role("textbox", name="Command")
    for _ in range(LINES):
        await command.fill("NOOP")
        await command.press("Enter")
        await page.wait_for_timeout(PAUSE)
    await page.wait_for_function(f"document.querySelectorAll('li.side-S').length > {LINES}")  # with the greeting
    seen: dict[int, float] = dict(await page.evaluate("[...seen]"))
    lab = int(page.url.rstrip("/").rpartition("/")[2])
    written = await asyncio.to_thread(read_written, lab)
    return [seen[seq] - written[seq] for seq in written.keys() & seen.keys()]


def read_written(lab: int) -> dict[int, float]:
    """When the server wrote each of its lines, in milliseconds, by seq."""
    from portal.labs.models import Event

    lines = Event.objects.filter(lab_id=lab, kind="line", data__side="S")
    return {seq: at / 1000 for seq, at in lines.values_list("seq", "at")}
