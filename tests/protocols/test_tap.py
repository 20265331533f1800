from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.tap import Heard, LineCutter

_STREAMS = st.lists(
    st.binary(max_size=5) | st.sampled_from([b"\r\n", b"\n", b"x" * limits.LINE_WITHOUT_END]), max_size=12
)


@given(_STREAMS.map(b"".join), st.lists(st.integers(0, 100_000), max_size=6))
def test_pieces_joined_are_the_stream_and_do_not_depend_on_how_it_comes(stream, cuts):
    def pieces(cuts):
        cutter = LineCutter()
        places = [0, *sorted(cuts), len(stream)]
        cut = [piece for start, end in pairwise(places) for piece in cutter.cut(stream[start:end])]
        leftover = cutter.leftover()
        return cut + ([leftover] if leftover else [])

    whole = pieces([])
    assert b"".join(piece.raw for piece in whole) == stream
    assert pieces([cut for cut in cuts if cut <= len(stream)]) == whole
    assert all(piece.raw.count(b"\n") <= 1 and len(piece.raw) <= limits.LINE_WITHOUT_END for piece in whole)


def test_a_run_without_end_is_no_line_and_neither_is_its_rest():
    cutter = LineCutter()
    stream = b"x" * (limits.LINE_WITHOUT_END + 10) + b"\nNOOP\n"
    assert [(len(piece.raw), piece.is_line) for piece in cutter.cut(stream)] == [
        (limits.LINE_WITHOUT_END, False),
        (11, False),
        (5, True),
    ]
    assert cutter.leftover() is None


def test_an_octet_is_held_by_the_event_that_brought_it():
    heard = Heard()
    assert heard.event_of(1) is None
    heard.add(6, seq=11)
    heard.add(4, seq=12)
    assert [heard.event_of(octet) for octet in (1, 6, 7, 10, 11)] == [11, 11, 12, 12, None]
    assert heard.length == 10
