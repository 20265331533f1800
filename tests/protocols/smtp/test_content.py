import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.smtp.content import Content

_PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.\r\n", b"\r\n..", b"x"]), max_size=30)


def read(stream: bytes, cuts: list[int]) -> tuple[int | None, bytes, str | None]:
    """(octets taken, message, fault) of a stream that comes in pieces."""
    content = Content()
    start = 0
    for end in [*sorted(cuts), len(stream)]:
        taken = content.take(stream[start:end])
        if taken is not None:
            return start + taken, content.message(), content.fault()
        start = max(start, end)
    return None, b"", None


@given(_PIECES.map(b"".join), st.lists(st.integers(0, 60), max_size=5))
def test_a_message_ends_at_the_first_crlf_dot_crlf_however_it_comes(stream, cuts):
    whole = b"\r\n" + stream
    end = whole.find(b"\r\n.\r\n")
    taken, message, fault = read(stream, [cut for cut in cuts if cut <= len(stream)])
    if end < 0:
        assert taken is None
    else:
        assert taken == end + 3
        lines = whole[: end + 2].split(b"\r\n")[1:]
        assert message == b"\r\n".join(line[1:] if line[:1] == b"." else line for line in lines)
        assert fault is None


@pytest.mark.parametrize("text", [b".", b"..", b".a", b"a.", b"a\r\n.b", b"a\r\n..", b""])
def test_what_a_client_stuffs_comes_out_as_it_was(text):
    stuffed = (b"\r\n" + text).replace(b"\r\n.", b"\r\n..")[2:]
    assert read(stuffed + b"\r\n.\r\n", [])[1] == text + b"\r\n"


def test_an_empty_message_is_one():
    assert read(b".\r\n", []) == (3, b"", None)


def test_a_message_too_large_is_read_to_its_end_and_not_kept():
    content = Content()
    for _ in range(40):
        assert content.take(b"x" * 100_000) is None
    assert len(content._octets) < 10
    assert content.take(b"\r\n.\r\nNOOP\r\n") == 5
    assert content.fault() == "message-too-large"


@pytest.mark.parametrize("cut", range(1, 8))
def test_the_largest_message_is_taken_however_its_end_is_split(cut):
    text = b"x" * 998 + b"\r\n"
    text = text * (limits.MESSAGE // 1000)
    text += b"x" * (limits.MESSAGE - len(text) - 2) + b"\r\n"
    stream = text + b".\r\n"
    assert read(stream, [len(stream) - cut]) == (len(stream), text, None)
