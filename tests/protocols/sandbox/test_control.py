import json
import struct
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.events import Fault, Line
from protocols.sandbox import messages
from protocols.sandbox.control import ControlError, Frames, encode
from protocols.sandbox.messages import FROM_LAB, FROM_ZYGOTE, TO_LAB, TO_ZYGOTE, Happened, Input, Packets
from tests.protocols.strategies import events

ALL = TO_LAB | FROM_LAB | TO_ZYGOTE | FROM_ZYGOTE
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint is str:
        return TEXT
    if hint is bytes:
        return st.binary(max_size=300)
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(-(2**60), 2**60)
    if hint == list[str]:
        return st.lists(TEXT, max_size=3)
    return st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT, max_size=2), max_size=3)


def _messages() -> st.SearchStrategy[Any]:
    plain = [kind for kind in ALL.values() if kind is not Happened]
    made = [
        st.builds(kind, **{name: _values(hint) for name, hint in get_type_hints(kind).items() if name != "name"})
        for kind in plain
    ]
    return st.one_of(*made, events().map(Happened))


@given(st.lists(_messages(), max_size=6), st.lists(st.integers(0, 3_000), max_size=8))
def test_messages_arrive_whole_and_in_order_however_their_octets_come(messages, cuts):
    stream = b"".join(encode(message) for message in messages)
    frames = Frames(ALL)
    arrived: list[Any] = []
    places = [0, *sorted(cut for cut in cuts if cut <= len(stream)), len(stream)]
    for number, end in enumerate(places[1:]):
        arrived += frames.feed(stream[places[number] : end])
    assert arrived == messages


@given(
    st.binary(max_size=60)
    | st.binary(max_size=60).map(lambda head: struct.pack(">II", 4 + len(head), len(head)) + head)
)
def test_other_octets_are_refused_or_wait_for_more(octets):
    try:
        assert list(Frames(FROM_LAB).feed(octets)) == []
    except ControlError as error:
        assert str(error)  # noqa: PT017  (either is right)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(list(ALL)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9) | st.just("message"), inner, max_size=4)
    ),
    max_leaves=8,
)


def frame(values: Any, raw: bytes = b"") -> bytes:
    head = json.dumps(values).encode()
    return struct.pack(">II", 4 + len(head) + len(raw), len(head)) + head + raw


NUMBERS = struct.pack(">qqq", 1, 1, -1)


@given(JSON)
def test_any_json_is_a_message_or_is_refused(values):
    known = [message.name for message in (messages.Stop(), messages.Warm(), messages.Stopped())]
    try:
        arrived = list(Frames(ALL).feed(frame(values)))
    except ControlError:
        return
    assert [message.name for message in arrived] == [values["message"]]
    assert values["message"] in known or len(values) > 1 or values["message"] == "packets"


@pytest.mark.parametrize(
    "octets",
    [
        struct.pack(">II", limits.FRAME + 1, 2),
        struct.pack(">II", 3, 0),
        struct.pack(">II", 10, 7),
        frame({"message": "input", "console": "1", "client_id": "x", "text": "y"}),
        frame({"message": "input", "console": 1, "client_id": "x"}),
        frame({"message": "input", "console": 1, "client_id": "x", "text": "y", "more": 1}),
        frame({"message": "event", "kind": "fault", "why": "x"}, NUMBERS),
        frame({"kind": "fault", "why": "x"}),
        frame({"kind": "fault", "why": "x"}, NUMBERS[1:]),
        frame({"kind": "fault", "why": 1}, NUMBERS),
        frame({"kind": "fault", "seq": 1}, NUMBERS),
        frame({"kind": "rumour"}, NUMBERS),
        frame({"message": "stopped"}),
        frame([]),
        struct.pack(">II", 4 + 200_000, 200_000) + b"[" * 200_000,
    ],
)
def test_what_breaks_the_protocol_is_refused_in_a_sentence(octets):
    known = TO_LAB | {"event": Happened}
    with pytest.raises(ControlError) as caught:
        list(Frames(known).feed(octets))
    assert str(caught.value)


def test_a_message_of_the_other_direction_is_refused():
    with pytest.raises(ControlError):
        list(Frames(FROM_LAB).feed(encode(Input(1, "x", "y"))))


def test_a_frame_too_large_is_refused_before_it_is_there():
    with pytest.raises(ControlError):
        list(Frames(FROM_LAB).feed(struct.pack(">II", limits.FRAME + 1, 4)))
    with pytest.raises(ControlError, match="over the limit"):
        encode(Packets(b"x" * limits.FRAME))


def test_the_largest_line_and_message_go_through():
    line = Line(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=b"\xff" * 1_048_576, state="data")
    assert list(Frames(FROM_LAB).feed(encode(Happened(line)))) == [Happened(line)]


def test_an_event_is_numbered_beside_its_head_and_nowhere_else():
    event = Fault(seq=2, at=3, because=1, why="x")
    lie = {"kind": "fault", "seq": 7, "at": 7, "because": 7, "why": "x"}
    (arrived,) = Frames(FROM_LAB).feed(frame(lie, struct.pack(">qqq", 2, 3, 1)))
    assert arrived == Happened(event)


def test_lines_that_differ_in_their_octets_alone_stay_apart():
    lines = [
        Line(seq=seq, at=0, conn="1.1", protocol="smtp", side="C", raw=b"%d" % seq, state="data") for seq in range(9)
    ]
    messages = [Happened(line) for line in lines]
    assert list(Frames(FROM_LAB).feed(b"".join(encode(message) for message in messages))) == messages
