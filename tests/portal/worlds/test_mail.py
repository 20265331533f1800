"""A message as a page shows it, whatever it is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.worlds.mail import HEADER_LIMIT, read_body, read_headers, read_parts, read_subject

MESSAGE = (
    b"Return-Path: <alice@halva.fr>\r\n"
    b"Received: from mx.halva.fr ([10.0.0.1])\r\n\tby mx.lentil.edu with SMTP\r\n"
    b"Subject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nDo you like dahl?\r\nHow about with naan?\r\n"
)
MULTIPART = (
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nY2Fmw6k=\r\n--b--\r\n"
)


def test_header_fields_are_unfolded_and_decoded_in_their_order():
    assert read_headers(MESSAGE) == [
        ("Return-Path", "<alice@halva.fr>"),
        ("Received", "from mx.halva.fr ([10.0.0.1])\tby mx.lentil.edu with SMTP"),
        ("Subject", "Café"),
    ]


def test_the_subject():
    assert read_subject(MESSAGE) == "Café"
    assert read_subject(b"No header.\r\n") == ""


FIELD = st.tuples(
    st.sampled_from([b"Subject", b"SUBJECT", b"X-Subject", b"To", b"Subject ", b"", b"\xff"]),
    st.sampled_from([b":", b": ", b" : ", b":\r\n ", b"", b":\n"]),
    st.sampled_from([b"dahl", b"=?utf-8?q?Caf=C3=A9?=", b"\xc3\xa9\t", b"", b"a\r\n\tb ", b"Subject: x", b"\r\n"]),
    st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\n\r\n"]),
).map(b"".join)


@given(st.lists(FIELD, max_size=6).map(b"".join) | st.binary(max_size=40))
def test_the_subject_is_that_of_the_header(raw):
    assert read_subject(raw) == next((value for name, value in read_headers(raw) if name.lower() == "subject"), "")


def test_the_body():
    assert read_body(MESSAGE) == "Do you like dahl?\nHow about with naan?\n"


def test_the_plain_part_of_several():
    assert read_body(MULTIPART) == "café"


def test_the_parts_are_known_by_their_types_and_names():
    attached = MULTIPART.replace(b"text/html", b"image/png\r\nContent-Disposition: attachment; filename=naan.png")
    assert read_parts(MULTIPART) == ["text/html", "text/plain"]
    assert read_parts(attached) == ["image/png (naan.png)", "text/plain"]
    assert read_parts(MESSAGE) == []


@pytest.mark.parametrize("charset", ["nonsense", "utf-16", "idna", "unicode_escape"])
def test_a_charset_that_is_none_is_no_error(charset):
    raw = f"Subject: =?{charset}?q?=FF?=\r\nContent-Type: text/plain; charset={charset}\r\n\r\nText\r\n".encode()
    assert read_headers(raw)
    assert isinstance(read_body(raw), str)


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: MULTIPART[:120] + tail))
def test_no_octets_are_an_error(raw):
    texts = [
        read_body(raw),
        read_subject(raw),
        *read_parts(raw),
        *(text for field in read_headers(raw) for text in field),
    ]
    for text in texts:
        assert "\0" not in text
        text.encode()


@given(st.binary(max_size=60))
def test_no_header_field_is_an_error(octets):
    for name in (b"Subject", b"From", b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition"):
        raw = name + b": " + octets + b"\r\n\r\nText\r\n"
        assert isinstance(read_body(raw), str)
        assert isinstance(read_subject(raw), str)
        assert isinstance(read_parts(raw), list)


# Messages made so that reading all of them would take minutes.


def test_a_field_longer_than_a_line_may_be_is_shown_undecoded():
    value = "=?a?q?" * 1_000
    assert read_headers(f"X: {value}\r\n\r\n".encode()) == [("X", value)]


def test_fields_past_the_limit_are_not_read():
    fields = b"a: b\r\n" * HEADER_LIMIT
    assert 0 < len(read_headers(fields)) <= HEADER_LIMIT // 6 + 1
    assert read_subject(fields + b"Subject: dahl\r\n\r\n") == ""


def test_a_long_message_is_not_taken_apart():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(17_000))
    assert read_body(nested).startswith("--b0\nContent-Type")
    assert read_parts(nested) == []
