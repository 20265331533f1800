"""The table of a resolution is whole: every state but the last ones goes on, and all can be reached."""

from protocols.dns.states import ANSWERED, COURSE, FAILED, MACHINE, NOTHING


def test_a_row_stands_in_the_table_once():
    keys = [(row.state, row.verb, row.code, row.why) for row in MACHINE.rows]
    assert len(keys) == len(set(keys))


def test_the_usual_course_is_made_of_arrows():
    assert set(COURSE) <= set(MACHINE.arrows())


def test_every_state_can_be_reached_and_all_but_the_last_two_can_be_left():
    names = {state.name for state in MACHINE.states}
    assert {row.then for row in MACHINE.rows} == names
    assert {row.state for row in MACHINE.rows} == names - {ANSWERED, FAILED}


def test_what_fails_without_a_message_has_no_rcode():
    assert {row.code for row in MACHINE.rows if row.state == "choosing"} == {NOTHING}
    assert MACHINE.step("choosing", "nothing", NOTHING, "unreachable") == FAILED


def test_no_two_states_stand_in_one_place_of_the_diagram():
    places = [state.place for state in MACHINE.states]
    assert len(places) == len(set(places))


def test_the_diagram_has_a_way_to_every_state():
    assert {start for start, _, _ in COURSE} | {end for _, _, end in COURSE} == {state.name for state in MACHINE.states}
