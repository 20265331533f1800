import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.ftp import wire
from protocols.ftp.causes import CAUSES
from protocols.ftp.states import MACHINE
from protocols.ftp.wire import HostPortError

_LINES = st.binary(max_size=200) | st.builds(
    lambda word, rest, end: word + rest + end,
    st.sampled_from(
        [*(verb.encode() for verb in wire.KNOWN), b"retr", b"AUTH", b"ls", b"GET", b"200", b"\xff\xf4", b""]
    ),
    st.binary(max_size=40) | st.sampled_from([b"", b" ", b" /", b" 10,0,0,1,4,1", b"\xff\xfa"]),
    st.sampled_from([b"\r\n", b"\n", b"\r", b""]),
)
_ADDRESSES = st.lists(st.integers(0, 255), min_size=4, max_size=4).map(lambda fields: ".".join(map(str, fields)))
_PORTS = st.integers(1, 65_535)


@given(_LINES)
def test_any_octets_are_a_command_or_are_refused_for_a_cause(line):
    command = wire.parse_command(line)
    assert command.verb in (*wire.KNOWN, wire.OTHER)
    assert command.text.startswith(command.word)
    assert command.text.rstrip(" ").endswith(command.argument.rstrip(" "))
    assert command.why is None or command.why in CAUSES
    assert (command.why is None) <= (command.verb != wire.OTHER)
    assert command.verb == wire.verb_of(line, MACHINE.initial)


@given(_LINES)
def test_any_octets_are_a_reply_or_none(line):
    reply = wire.parse_reply(line)
    if reply is not None:
        assert (reply.code + reply.separator + reply.text).encode("latin-1") == wire.strip_ending(line)


@given(
    code=st.sampled_from(sorted({cause.code for cause in CAUSES.values()})),
    texts=st.lists(
        st.text(max_size=60) | st.sampled_from(["226 Done", "226-", "1000 files", ""]), min_size=1, max_size=5
    ),
)
def test_who_counts_codes_finds_the_end_of_a_reply(code, texts):
    """RFC 959 section 4.2: the second line that begins with the code and a space is the last."""
    *others, last = wire.format_reply(code, tuple(texts))
    assert last.startswith(code.encode())
    assert last[3:4] in (b" ", b"\r")
    assert [line[3:4] for line in others[:1]] == [b"-"] * bool(others)
    assert not any(line[:3].isdigit() for line in others[1:])
    for line in [*others, last]:
        assert line.endswith(b"\r\n")
        assert not set(line[:-2]) & {0, 10, 13}
        assert line.decode()


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (("Done",), [b"226 Done\r\n"]),
        (
            ("First", "", "234 files", "12 more", "The last"),
            [b"226-First", b"", b" 234 files", b"12 more", b"226 The last"],
        ),
        (("ü\r\n226 no",), [b"226 \xc3\xbc??226 no\r\n"]),
    ],
)
def test_a_line_within_a_reply_has_no_code_and_looks_like_none(texts, lines):
    assert wire.format_reply("226", texts) == [line.removesuffix(b"\r\n") + b"\r\n" for line in lines]


def test_a_reply_line_is_cut_at_a_character():
    [line] = wire.format_reply("257", ("ü" * limits.FTP_REPLY_LINE,))
    assert limits.FTP_REPLY_LINE - 1 <= len(line) <= limits.FTP_REPLY_LINE
    assert line.decode().endswith("ü\r\n")


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        (b"USER ecki\r\n", "USER", "ecki"),
        (b"user   ecki  \r\n", "USER", "ecki"),
        (b"rEtR notes.txt\n", "RETR", "notes.txt"),
        (b"RETR  a name  \r\n", "RETR", " a name  "),  # RFC 3659 section 2.2
        (b"RETR   \r\n", "RETR", "  "),
        (b"PASS  two words \r\n", "PASS", " two words "),
        (b"PASV\r\n", "PASV", ""),
        (b"PASV \r\n", "PASV", ""),
        (b"CWD caf\xc3\xa9\r\n", "CWD", "caf\xc3\xa9"),
        (b"CWD a\rb\r\n", "CWD", "a\rb"),
        (b"\xff\xf4\xff\xf2ABOR\r\n", "ABOR", ""),  # IAC IP, IAC DM: RFC 959 section 4.1.3
        (b"\xff\xfd\x06NO\xff\xf1OP\r\n", "NOOP", ""),  # IAC DO 6, IAC NOP
        (b"\xff\xfa\x18\x01\xff\xf0STAT\r\n", "STAT", ""),
        (b"CWD a\xff\xffb\r\n", "CWD", "a\xffb"),
        (b"NOOP\xff\r\n", "NOOP", ""),
        (b"XCWD  a dir\r\n", "CWD", " a dir"),  # RFC 1123 section 4.1.3.1
        (b"xcup\r\n", "CDUP", ""),
        (b"XPWD\r\n", "PWD", ""),
        (b"XMKD pub\r\n", "MKD", "pub"),
        (b"XRMD pub\r\n", "RMD", "pub"),
    ],
)
def test_a_verb_and_its_argument(line, verb, argument):
    command = wire.parse_command(line)
    assert (command.verb, command.argument, command.why) == (verb, argument, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"\r\n", "empty-line"),
        (b"\xff\xf1\r\n", "empty-line"),
        (b"TYPE \x08\r\n", "control-octets"),
        (b"PWD\r\r\n", "control-octets"),
        (b"CWD\x00 pub\r\n", "control-octets"),
        (b"CWD " + b"a" * limits.FTP_COMMAND_LINE + b"\r\n", "line-too-long"),
        (b"USER\r\n", "user-missing"),
        (b"RETR \r\n", "argument-missing"),
        (b"TYPE  \r\n", "argument-missing"),
        (b"QUIT now\r\n", "argument-unwanted"),
        (b"PORT10,0,0,1,4,1\r\n", "glued-verb"),
        (b"cwd\tpub\r\n", "glued-verb"),
        (b"USER:ecki\r\n", "glued-verb"),
        (b" PWD\r\n", "leading-space"),
        (b"226-Done\r\n", "reply-from-client"),
        (b"GET /index.html HTTP/1.1\r\n", "http-spoken"),
        (b"get notes.txt\r\n", "client-command"),
        (b"ls\r\n", "client-command"),
        (b"cd pub\r\n", "client-command"),
        (b"EHLO mx.halva.fr\r\n", "other-protocol"),
        (b"auth tls\r\n", "not-offered"),
        (b"XMD5 notes.txt\r\n", "unknown-command"),
        (b"XPWD /pub\r\n", "argument-unwanted"),
        (b"XYZZY\r\n", "unknown-command"),
        (b"caf\xe9\r\n", "unknown-command"),
    ],
)
def test_what_no_server_can_obey_is_told_apart(line, why):
    assert wire.parse_command(line).why == why


def test_a_name_of_4_kb_is_no_line_too_long():
    command = wire.parse_command(b"RETR " + b"a" * 4_096 + b"\r\n")
    assert (command.why, len(command.argument)) == (None, 4_096)


@given(_ADDRESSES, _PORTS)
def test_a_place_reads_as_it_was_written(address, port):
    assert wire.parse_host_port(wire.write_host_port(address, port)) == (address, port)
    assert wire.parse_extended(f"|1|{address}|{port}|") == (address, port)
    assert wire.find_host_port(f"Entering Passive Mode ({wire.write_host_port(address, port)}).") == (address, port)
    assert wire.find_extended_port(f"Entering Extended Passive Mode (|||{port}|)") == port


@given(st.text(max_size=40) | st.from_regex(r"[|!0-9., ]{0,30}", fullmatch=True))
def test_any_text_is_a_place_or_is_refused_for_a_cause(text):
    for parse in (wire.parse_host_port, wire.parse_extended):
        place = place_of(parse, text)
        if isinstance(place, tuple):
            assert len(place[0].split(".")) == 4
            assert 0 < place[1] < 65_536
        else:
            assert place in ("port-bad", "eprt-bad", "network-protocol")
    found = wire.find_host_port(text)
    assert found is None or 0 < found[1] < 65_536
    assert wire.find_extended_port(text) is None or 0 < (wire.find_extended_port(text) or 0) < 65_536


@pytest.mark.parametrize(
    ("argument", "place"),
    [
        ("10,0,0,1,4,1", ("10.0.0.1", 1_025)),
        ("10, 0, 0, 1, 4, 1", ("10.0.0.1", 1_025)),
        ("212,227,90,117,5,99", ("212.227.90.117", 1_379)),
        ("010,000,000,001,004,001", ("10.0.0.1", 1_025)),
        ("10,0,0,1,4", None),
        ("10,0,0,1,4,1,", None),
        ("10,0,0,256,4,1", None),
        ("10,0,0,1,256,1", None),
        ("10,0,0,1,0,0", None),
        ("10.0.0.1,4,1", None),
        ("10 0 0 1 4 1", None),
        ("1\u0660,0,0,1,4,1", None),
        ("10,0,0,1,4," + "1" * 5_000, None),
    ],
)
def test_port_is_six_numbers_whether_spaces_are_printed_between_them_or_not(argument, place):
    assert place_of(wire.parse_host_port, argument) == (place or "port-bad")
    assert wire.has_spaces(argument) == (argument == "10, 0, 0, 1, 4, 1")


@pytest.mark.parametrize(
    ("argument", "place"),
    [
        ("|1|10.0.0.1|1025|", ("10.0.0.1", 1_025)),
        ("!1!10.0.0.1!1025!", ("10.0.0.1", 1_025)),  # any sign may stand between: RFC 2428 section 2
        ("|2|1080::8:800:200C:417A|5282|", "network-protocol"),
        ("|9|x|y|", "network-protocol"),
        ("|1|10.0.0|1025|", "eprt-bad"),
        ("|1|10.0.0.256|1025|", "eprt-bad"),
        ("|1|10.0.0.1|65536|", "eprt-bad"),
        ("|1|10.0.0.1|1025", "eprt-bad"),
        ("|one|10.0.0.1|1025|", "eprt-bad"),
        ("10,0,0,1,4,1", "eprt-bad"),
        ("", "eprt-bad"),
    ],
)
def test_eprt_names_a_protocol_an_address_and_a_port(argument, place):
    assert place_of(wire.parse_extended, argument) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Entering Passive Mode (10,0,0,1,4,1)", ("10.0.0.1", 1_025)),
        ("Entering Passive Mode. 10,0,0,1,4,1", ("10.0.0.1", 1_025)),
        ("=10,0,0,1,4,1", ("10.0.0.1", 1_025)),
        ("Entering Passive Mode (10,0,0,1,4,256)", None),
        ("1" * 64_000 + ",0,0,1,4,1", None),
        ("Entering Passive Mode", None),
    ],
)
def test_a_client_looks_for_the_numbers_of_a_227_wherever_they_stand(text, place):
    assert wire.find_host_port(text) == place


def place_of(parse, argument):
    try:
        return parse(argument)
    except HostPortError as error:
        return error.why
