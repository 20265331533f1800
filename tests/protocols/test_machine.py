import pytest

from protocols.machine import Machine, Row, State

DOOR = Machine(
    "door",
    "closed",
    (State("closed", "before", (0, 0), "Waits for a push."), State("open", "after", (1, 0), "Lets you through.")),
    (
        Row("closed", "push", "250", "opens", "open"),
        Row("closed", "push", "550", "locked"),
        Row("closed", "walk", "503", "walk-before-push"),
        Row("closed", "look", "250", "looked"),
        Row("open", "push", "250", "still-open"),
        Row("open", "walk", "250", "through", "closed"),
        Row("open", "", "421", "wind", "closed"),
    ),
)


def test_a_step_leads_where_its_row_says():
    assert DOOR.step("closed", "push", "250", "opens") == "open"
    assert DOOR.step("closed", "push", "550", "locked") == "closed"


@pytest.mark.parametrize("step", [("open", "push", "550", "locked"), ("closed", "push", "250", "locked"), ("x",) * 4])
def test_a_step_without_a_row_leads_nowhere(step):
    assert DOOR.step(*step) is None


def test_who_does_not_wait_counts_on_success():
    assert DOOR.expect("closed", "push") == "open"
    assert DOOR.expect("closed", "walk") == "closed"
    assert DOOR.expect("closed", "sing") == "closed"


def test_what_is_out_of_order_is_forbidden_for_its_cause():
    assert DOOR.forbids("closed", "walk") == "walk-before-push"
    assert DOOR.forbids("open", "walk") is None


def test_what_can_succeed_is_allowed():
    assert DOOR.allowed("closed") == ["push", "look"]
    assert DOOR.allowed("open") == ["push", "walk"]


def test_the_arrows_are_the_moves_that_were_asked_for():
    assert DOOR.arrows() == [("closed", "push", "open"), ("open", "walk", "closed")]


def test_a_state_is_found_by_its_name():
    assert DOOR.state("open").meaning == "Lets you through."
    with pytest.raises(KeyError):
        DOOR.state("ajar")
