"""What stands in the command box's place when a lab has ended."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("goes_on", "offered", "other"), [(True, "Open again", "Begin a new lab"), (False, "Begin a new lab", "Open again")]
)
def test_a_lab_that_ended_is_opened_again_unless_its_log_is_full(page, log, open_lab, goes_on, offered, other):
    open_lab()
    facts = {"change": "ended", "absent": [], "start": 1, "goes_on": goes_on}
    log.add("lab", note="The lab ended, for some reason.", facts=facts)
    log.show(2)
    expect(page.get_by_text("The lab ended, for some reason.").last).to_be_visible()
    expect(page.get_by_role("button", name=offered)).to_be_visible()
    expect(page.get_by_role("button", name=other)).to_be_hidden()
    expect(page.get_by_role("textbox", name="Command")).to_be_hidden()
