import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import VERSION, EventError, from_fields, from_json, to_fields, to_json
from protocols.events import Line
from tests.protocols.strategies import events

LINE = Line(
    seq=3, at=5, because=2, conn="1.1", protocol="smtp", side="S", raw=b"250 \xff\x00\r\n", state="data", why="x"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["line", "C", "opened"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*to_json(LINE), "x"]), inner, max_size=9)
    ),
    max_leaves=12,
)


@given(events())
def test_an_event_comes_back_from_json_as_it_was(event):
    assert from_json(json.loads(json.dumps(to_json(event)))) == event


@given(events())
def test_an_event_comes_back_from_its_fields_and_octets(event):
    assert from_fields(json.loads(json.dumps(to_fields(event))), getattr(event, "raw", b"")) == event


def test_octets_are_characters_of_their_own_number():
    assert to_json(LINE)["raw"] == "250 \u00ff\u0000\r\n"


def test_what_is_as_by_default_is_left_out():
    assert "because" not in to_json(Line(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=b"", state="data"))


@given(JSON)
def test_nothing_else_is_an_event(values: Any):
    with pytest.raises(EventError):
        from_json(values)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": VERSION + 1}, "schema version"),
        ({"kind": "rumour"}, "no event of kind 'rumour'"),
        ({"kind": ["line"]}, "no event of kind"),
        ({"seq": "3"}, "line.seq cannot be '3'"),
        ({"seq": True}, "line.seq cannot be True"),
        ({"side": "X"}, "line.side cannot be 'X'"),
        ({"state": None}, "line.state cannot be None"),
        ({"raw": "\u0100"}, "U+0000 to U+00FF"),
        ({"raw": 5}, "U+0000 to U+00FF"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(change, sentence):
    with pytest.raises(EventError) as caught:
        from_json(to_json(LINE) | change)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("missing", ["seq", "conn", "side", "state"])
def test_an_event_is_whole(missing):
    values = to_json(LINE)
    del values[missing]
    with pytest.raises(EventError, match="incomplete"):
        from_json(values)
