"""What the tests do on the page on which an exercise is written."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

PLAYED_WITHIN = 30_000  # milliseconds


def editor(page: Page) -> Locator:
    """The editor's text."""
    return page.get_by_role("textbox", name="The exercise in YAML")


def preview(page: Page) -> Locator:
    """The exercise as students will see it."""
    return page.locator("[data-preview]")


def upload(page: Page, source: str) -> None:
    """Put a file in the place of what is in the editor."""
    page.set_input_files("#file", {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": source.encode()})
    expect(page.get_by_text("The text of mine.yaml is in the editor")).to_be_visible()
