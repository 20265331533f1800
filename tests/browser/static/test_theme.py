"""The page follows the system's colours until the reader chooses others."""

import pytest
from playwright.sync_api import expect

DARK, LIGHT = "rgb(20, 23, 26)", "rgb(251, 250, 247)"  # the paper of both themes


def paper(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


@pytest.mark.parametrize(("system", "own", "other"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)])
def test_a_choice_outlasts_a_reload_and_can_be_taken_back(page, open_lab, system, own, other):
    page.emulate_media(color_scheme=system)
    open_lab()
    assert paper(page) == own
    page.get_by_role("button", name="Use ").click()
    assert paper(page) == other
    page.reload()
    assert paper(page) == other
    page.get_by_role("button", name=f"Use {system} colours").click()
    assert paper(page) == own
    assert page.evaluate("localStorage.getItem('theme')") is None
    expect(page.get_by_role("status")).to_contain_text("Lab running")
