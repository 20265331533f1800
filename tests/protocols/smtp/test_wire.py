import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.smtp import tables, wire
from protocols.smtp.states import MACHINE

_LINES = st.binary(max_size=700) | st.builds(
    lambda word, rest, end: word + rest + end,
    st.sampled_from([*(verb.encode() for verb in wire.KNOWN), b"mail", b"EXPN", b"GET", b".", b"250", b"C:", b""]),
    st.binary(max_size=40) | st.sampled_from([b"", b" ", b" /", b" FROM:<a@b>"]),
    st.sampled_from([b"\r\n", b"\n", b"\r", b""]),
)


@given(_LINES)
def test_any_octets_are_a_command_or_are_refused_for_a_cause(line):
    command = wire.parse_command(line)
    assert command.verb in (*wire.KNOWN, wire.DOT, wire.OTHER)
    assert command.text.encode("latin-1") == wire.strip_ending(line)
    assert command.text.startswith(command.word)
    assert command.why is None or command.why in tables.CAUSES
    assert (command.why is None) <= (command.verb != wire.OTHER)


@given(_LINES, st.sampled_from([state.name for state in MACHINE.states]))
def test_the_table_knows_any_octets_by_a_verb(line, state):
    verb = wire.verb_of(line, state)
    if state == "data":
        assert verb == (wire.DOT if line == b".\r\n" else "")
    else:
        assert verb == wire.parse_command(line).verb


@given(_LINES)
def test_any_octets_are_a_reply_or_none(line):
    reply = wire.parse_reply(line)
    if reply is not None:
        text = (
            reply.code + reply.separator + reply.enhanced + (" " if reply.enhanced and reply.text else "") + reply.text
        )
        assert text == wire.strip_ending(line).decode("latin-1") or text + " " == wire.strip_ending(line).decode(
            "latin-1"
        )


@given(
    code=st.sampled_from(sorted(tables.CODE)),
    detail=st.sampled_from(sorted(tables.ENHANCED)),
    texts=st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), min_size=1, max_size=5),
)
def test_a_reply_reads_as_it_was_written(code, detail, texts):
    enhanced = "" if code[0] == "3" else f"{code[0]}.{detail}"
    lines = [wire.parse_reply(line) for line in wire.format_reply(code, enhanced, tuple(texts))]
    read = [(line.code, line.enhanced, line.text) for line in lines if line]
    room = limits.REPLY_LINE - 2 - 4 - (len(enhanced) + 1 if enhanced else 0)
    if enhanced or not any(text[:1].isdigit() for text in texts):
        assert read == [(code, enhanced, text[:room]) for text in texts]
    assert [line.separator for line in lines if line] == ["-"] * (len(texts) - 1) + [" "]


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        (b"HELO mx.halva.fr\r\n", "HELO", "mx.halva.fr"),
        (b"helo   mx.halva.fr  \r\n", "HELO", "mx.halva.fr"),
        (b"Mail From:<alice@halva.fr>\r\n", "MAIL", "From:<alice@halva.fr>"),
        (b"QUIT\n", "QUIT", ""),
        (b"QUIT \r\n", "QUIT", ""),
        (b".\r\n", ".", ""),
    ],
)
def test_a_verb_and_its_argument(line, verb, argument):
    command = wire.parse_command(line)
    assert (command.verb, command.argument, command.why) == (verb, argument, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"\r\n", "empty-line"),
        (b"   \r\n", "empty-line"),
        (b"NOOP \xff\r\n", "not-ascii"),
        (b"NOOP \x08\r\n", "control-octets"),
        (b"NOOP\r\r\n", "control-octets"),
        (b"QUIT " + b"a" * 506 + b"\r\n", "line-too-long"),
        (b"From: alice@halva.fr\r\n", "header-before-data"),
        (b"To: <bob@lentil.edu>\r\n", "verb-left-out"),
        (b"RCPTTO:<bob@lentil.edu>\r\n", "glued-verb"),
        (b"helo\tmx.halva.fr\r\n", "glued-verb"),
        (b"s: 250 Ok\r\n", "textbook-side"),
        (b"250-SIZE\r\n", "reply-from-client"),
        (b"How about with naan?\r\n", "text-before-data"),
        (b"GET /index.html HTTP/1.1\r\n", "http-spoken"),
        (b"connect mx.lentil.edu 25\r\n", "client-program"),
        (b"dig www.vuw.ac.nz\r\n", "client-program"),
        (b"dig @10.2.0.53 lentil.edu MX\r\n", "client-program"),
        (b"nslookup\r\n", "client-program"),
        (b"RETR 1\r\n", "other-protocol"),
        (b"starttls\r\n", "no-starttls"),
        (b"XYZZY\r\n", "unknown-command"),
        (b"12\r\n", "no-word"),
    ],
)
def test_what_is_no_command_is_told_apart(line, why):
    assert wire.parse_command(line).why == why


def test_mail_may_be_longer_by_its_parameters():
    line = b"MAIL FROM:<a@b> " + b"x" * (limits.COMMAND_LINE + limits.MAIL_PARAMETERS - 18)
    assert wire.parse_command(line + b"\r\n").why is None
    assert wire.parse_command(line + b"x\r\n").why == "line-too-long"
