"""How long a reader waits for the ladder of a thousand messages, in the lab's page alone: from the click on its tab
until they are painted."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import django
from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.table import Row
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.static.conftest import ORIGIN, Log, answer
from tests.browser.static.test_ladder import resolve

OPENINGS = 5
RESOLUTIONS = 125  # of 8 messages each

SHOW = """() => new Promise((done) => {
  const from = performance.now();
  document.getElementById("tab-ladder").click();
  const look = () => {
    const isDrawn = document.querySelector("#ladder li.arrow");
    requestAnimationFrame(isDrawn ? () => setTimeout(() => done(performance.now() - from)) : look);
  };
  look();
})"""


def measure() -> Iterator[Row]:
    django.setup()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        times = [time_opening(browser) for _ in range(OPENINGS)]
        browser.close()
    yield Row("the ladder of 1,000 messages, click to painted", median(times), "ms", bar=500)


def time_opening(browser: Browser) -> float:
    """The milliseconds of one opening, in a page that has the whole log."""
    log = Log()
    for _ in range(RESOLUTIONS):
        resolve(log)
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.route_web_socket("**/ws/labs/7/", log.serve)
    page.goto(f"{ORIGIN}/labs/7/")
    page.locator(f"[data-seq='{len(log.descriptions)}']").wait_for()
    waited: float = page.evaluate(SHOW)
    assert page.locator("#ladder li.arrow").count() == RESOLUTIONS * 8
    context.close()
    return waited
