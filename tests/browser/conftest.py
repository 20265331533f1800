"""Chromium in front of the portal as `make run` serves it.

Pages are watched: a violated content security policy or an error in the console fails the test that it happened in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.courses.demo import PASSWORD
from tests.running import Portal, running_portal

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WATCH_POLICY = """
document.addEventListener('securitypolicyviolation',
  (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("v")) as portal:
        yield portal


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # The package's last test ends it: while it runs, no other event loop can run in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(portal: Portal, chromium: Browser) -> Callable[[str], Any]:
    """The cookies of an account, got once by its sign-in page."""
    known: dict[str, Any] = {}

    def cookies_of(name: str) -> Any:
        if name not in known:
            context = chromium.new_context()
            page = context.new_page()
            sign_in(page, portal, name)
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return cookies_of


@pytest.fixture
def open_as(portal: Portal, chromium: Browser, signed_in: Callable[[str], Any]) -> Iterator[Callable[..., Page]]:
    """`open_as("alice", "/path", **context options)`: a page of that account. Every page is watched until the end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(name: str, path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=portal.url, storage_state=signed_in(name), **options)
        contexts.append(context)
        context.add_init_script(WATCH_POLICY)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    unexpected = [error for error in errors if not is_expected(error)]
    assert not unexpected, unexpected


def is_expected(error: str) -> bool:
    """Chromium reports as errors what these tests do on purpose: a page refused, a network that is gone."""
    return any(words in error for words in ("Failed to load resource", "WebSocket connection to", "ERR_INTERNET"))


def sign_in(page: Page, portal: Portal, name: str) -> None:
    page.goto(f"{portal.url}/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")
