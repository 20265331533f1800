import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import events
from protocols.eavesdrop import DUMP_SHOWN, TEXT_SHOWN, overhear
from protocols.events import Block, Closed, Console, Endpoint, Line, Message, Opened, Transferred
from tests.protocols import strategies

STUDENT = Endpoint("mx.halva.fr", "10.0.0.1", 49152)
SERVER = Endpoint("ftp.eckenfels.net", "212.227.90.117", 21)
CONTROL = Opened(seq=1, at=0, conn="1.1", protocol="ftp", client=STUDENT, server=SERVER)
DATA = Opened(seq=1, at=0, conn="1.2", protocol="ftp", client=STUDENT, server=SERVER, purpose="data", opener="S")


def line(raw: bytes, *, protocol: str = "ftp", side: events.Side = "C") -> Line:
    return Line(seq=2, at=0, conn="1.1", protocol=protocol, side=side, raw=raw, state="connected")


def block(raw: bytes) -> Block:
    return Block(seq=3, at=0, conn="1.2", protocol="ftp", side="S", raw=raw, state="RETR")


def read(event, opened=CONTROL):
    heard = overhear(event, opened)
    assert heard is not None
    return heard


def secrets(heard) -> str:
    return "".join(text for style, text in heard.pieces if style == "secret")


def text(heard) -> str:
    return "".join(text for style, text in heard.pieces if style != "end")


@pytest.mark.parametrize(
    ("raw", "protocol", "secret", "says"),
    [
        (b"PASS lentil soup\r\n", "ftp", "lentil soup", "reads this password: “lentil soup”."),
        (b"pass lentil\n", "ftp", "lentil", "reads this password: “lentil”."),
        (b"\xff\xf4\xff\xf2PASS lentil\r\n", "ftp", "lentil", "reads this password: “lentil”."),
        (b"PASS \xc3\xa9\x00\r\n", "ftp", r"\xc3\xa9\x00", r"reads this password: “\xc3\xa9\x00”."),
        (b"ACCT kitchen\r\n", "ftp", "kitchen", "beside the password: “kitchen”."),
        (b"USER ecki\r\n", "ftp", "", ""),
        (b"PASS\r\n", "ftp", "", ""),
        (b"NOOP PASS lentil\r\n", "ftp", "", ""),
        (b"PASS lentil\r\n", "smtp", "", ""),
        (b"auth LOGIN YWxpY2U=\r\n", "smtp", "YWxpY2U=", "reads this name: “alice”."),
        (b"AUTH PLAIN AGFsaWNlAHNvdXA=\r\n", "smtp", "AGFsaWNlAHNvdXA=", "reads this password: “soup”, of “alice”."),
        (b"AUTH PLAIN YWxpY2U=\r\n", "smtp", "YWxpY2U=", "This says: “alice”."),
        (b"AUTH PLAIN A\r\n", "smtp", "A", "This says: “A”."),
        (b"AUTH PLAIN\r\n", "smtp", "", ""),
    ],
)
def test_it_points_at_a_secret(raw, protocol, secret, says):
    heard = read(line(raw, protocol=protocol))
    assert secrets(heard) == secret
    assert len(heard.says) == bool(says)
    assert says in " ".join(heard.says)


def test_it_says_before_a_mail_that_all_of_it_is_read():
    heard = read(line(b"354 Enter mail\r\n", protocol="smtp", side="S"))
    assert "the mail" in heard.says[0]
    assert (heard.sender, heard.receiver) == (SERVER, STUDENT)


def test_it_shows_every_lines_end():
    heard = read(block(b"one\r\ntwo\nthree\rfour"), DATA)
    assert [piece for piece in heard.pieces if piece[0] == "end"] == [("end", r"\r\n"), ("end", r"\n"), ("end", r"\r")]
    assert text(heard) == "one\ntwo\nthree\nfour"


def test_what_is_no_text_is_shown_as_hexadecimal_digits_and_text():
    heard = read(block(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"), DATA)
    assert heard.dump == (
        ("0000", "89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52", ".PNG........IHDR"),
        ("0010", "00", "."),
    )
    assert heard.pieces == ()


@pytest.mark.parametrize(("octets", "shown"), [(b"a" * 70_000, TEXT_SHOWN), (b"\0" * 70_000, DUMP_SHOWN)])
def test_of_a_large_block_it_shows_the_beginning_and_says_so(octets, shown):
    heard = read(block(octets), DATA)
    assert heard.note == f"The first {shown:,} of 70,000 octets. Whoever listens has all of them."
    assert heard.length == 70_000
    assert sum(len(row[1].split()) for row in heard.dump) + len(text(heard)) == shown


def test_it_says_of_a_transfer_what_the_transcript_does_not_keep():
    whole = Transferred(seq=4, at=0, conn="1.2", side="S", length=10, kept=10)
    assert overhear(whole, DATA) is None
    part = Transferred(seq=4, at=0, conn="1.2", side="S", length=1_000_000, kept=131_072)
    assert "131,072 of the 1,000,000 octets" in (read(part, DATA).note or "")


def test_who_opens_a_connection_asks_for_it():
    assert read(CONTROL).sender == STUDENT
    heard = read(DATA, DATA)
    assert (heard.sender, heard.receiver) == (SERVER, STUDENT)
    assert "file or list" in (heard.note or "")
    assert read(Closed(seq=9, at=0, conn="1.2", side="S", why="end-of-file"), DATA).sender == SERVER


@pytest.mark.parametrize(("transport", "octets"), [("udp", "00 07"), ("tcp", "00 02 00 07")])
def test_a_message_on_a_connection_comes_after_its_length(transport, octets):
    message = Message(
        seq=2, at=0, protocol="dns", transport=transport, side="S", client=STUDENT, server=SERVER, raw=b"\0\7"
    )
    heard = read(message, None)
    assert (heard.transport, heard.dump[0][1], heard.sender) == (transport.upper(), octets, SERVER)


def test_what_does_not_go_over_a_wire_is_not_heard():
    assert overhear(Console(seq=1, at=0, console=1, action="typed", raw=b"PASS lentil"), None) is None
    assert overhear(line(b"PASS lentil\r\n"), None) is None
    assert overhear(line(b"PASS lentil\r\n"), DATA) is None


@given(strategies.events(), st.sampled_from(["ftp", "smtp"]))
def test_any_event_can_be_overheard_and_told_as_json(event, protocol):
    conn = getattr(event, "conn", None) or "1.1"
    heard = overhear(event, Opened(seq=1, at=0, conn=conn, protocol=protocol, client=STUDENT, server=SERVER))
    json.dumps(heard.to_json() if heard else None)


@given(st.binary(max_size=200))
def test_any_octets_may_be_a_password(octets):
    for raw in (b"PASS " + octets, octets):
        read(line(raw))
    for raw in (octets, b64encode(octets)):
        read(line(b"AUTH PLAIN " + raw, protocol="smtp"))
