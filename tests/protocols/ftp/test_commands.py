from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import explain
from protocols.ftp.commands import WORDS, Became, Mode, Told, read, read_kind, split

AT_FIRST = Mode()
ACTIVE = Mode(is_passive=False)
BINARY = Mode(wanted="I", in_force="I")
WANTS_BINARY = Mode(wanted="I", in_force="A")  # after a list

BECOMES: list[tuple[Any, ...]] = [
    (b"ls", AT_FIRST, b"PASV", b"NLST"),
    (b"ls pub", AT_FIRST, b"PASV", b"NLST pub"),
    (b"ls my files", AT_FIRST, b"PASV", b"NLST my files"),
    (b'ls "my files"', AT_FIRST, b"PASV", b"NLST my files"),
    (b"dir", AT_FIRST, b"PASV", b"LIST"),
    (b"dir /pub", ACTIVE, b"PORT", b"LIST /pub"),
    (b"ls", BINARY, b"PASV", b"TYPE A", b"NLST"),
    (b"ls", WANTS_BINARY, b"PASV", b"NLST"),
    (b"get readme.txt", AT_FIRST, b"PASV", b"RETR readme.txt"),
    (b"get readme.txt", ACTIVE, b"PORT", b"RETR readme.txt"),
    (b"get readme.txt", BINARY, b"PASV", b"RETR readme.txt"),
    (b"get readme.txt", WANTS_BINARY, b"PASV", b"TYPE I", b"RETR readme.txt"),
    (b"get readme.txt", Mode(wanted="A", in_force="I"), b"PASV", b"TYPE A", b"RETR readme.txt"),
    (b"put /tmp/test.txt", AT_FIRST, b"PASV", b"STOR /tmp/test.txt"),
    (b"put test.txt upload.txt", ACTIVE, b"PORT", b"STOR upload.txt"),
    (b"cd pub", AT_FIRST, b"CWD pub"),
    (b"cd my files", AT_FIRST, b"CWD my files"),
    (b"cd ..", AT_FIRST, b"CWD .."),
    (b"pwd", AT_FIRST, b"PWD"),
    (b"ascii", BINARY, b"TYPE A"),
    (b"binary", AT_FIRST, b"TYPE I"),
    (b"  ls   pub  ", AT_FIRST, b"PASV", b"NLST pub"),
]


@pytest.mark.parametrize(("line", "mode", "commands"), [(line, mode, rest) for line, mode, *rest in BECOMES])
def test_a_users_command_becomes_commands_of_the_protocol(line, mode, commands):
    became = read(line, mode)
    assert isinstance(became, Became)
    assert list(became.commands) == commands


def test_every_word_is_in_the_table():
    assert {line.split()[0].decode() for line, *_ in BECOMES} | {"passive"} == set(WORDS)


def test_every_word_is_suggested_to_who_has_logged_in():
    [ready] = [state for state in explain.lesson("ftp")["states"] if state["name"] == "ready"]
    suggested = {each["text"].split()[0]: each["fill"].strip() for each in ready["says"]}
    assert {*WORDS, "help", "PASV"} <= suggested.keys()
    assert all(fill in (word, "") for word, fill in suggested.items())


@pytest.mark.parametrize(
    ("line", "sent", "local"),
    [
        (b"get readme.txt", b"RETR readme.txt", b"readme.txt"),
        (b"get readme.txt copy.txt", b"RETR readme.txt", b"copy.txt"),
        (b'get "to do.txt"  /tmp/todo.txt', b"RETR to do.txt", b"/tmp/todo.txt"),
        (b'get todo.txt "to do.txt"', b"RETR todo.txt", b"to do.txt"),
        (b"put test.txt", b"STOR test.txt", b"test.txt"),
        (b"put /tmp/test.txt test.txt", b"STOR test.txt", b"/tmp/test.txt"),
        (b'put "to do.txt" "done already.txt"', b"STOR done already.txt", b"to do.txt"),
        (b"put \xff.txt", b"STOR \xff.txt", b"\xff.txt"),
    ],
)
def test_two_names_are_the_servers_and_the_students(line, sent, local):
    became = read(line, AT_FIRST)
    assert isinstance(became, Became)
    assert (became.commands[-1], became.local) == (sent, local)


@pytest.mark.parametrize(
    ("line", "why", "about"),
    [
        (b"get", "name-missing", b"get"),
        (b'get ""', "name-missing", b"get"),
        (b"put   ", "name-missing", b"put"),
        (b"cd", "name-missing", b"cd"),
        (b"get a b c", "too-many-names", b"get"),
        (b'put "a b', "open-quote", b"put"),
        (b'put "a"b', "open-quote", b"put"),
        (b"pwd now", "nothing-after", b"pwd"),
        (b"passive on", "nothing-after", b"passive"),
        (b"mput *.txt", "not-in-ftp", b"mput"),
        (b"bye", "not-in-ftp", b"bye"),
        (b"help", "ftp-help", b"help"),
    ],
)
def test_what_becomes_nothing_is_answered_in_a_sentence(line, why, about):
    assert read(line, ACTIVE) == Told(why, about, ACTIVE)
    assert why in explain.PRINTED


def test_passive_switches_and_says_which_holds():
    off = read(b"passive", AT_FIRST)
    assert isinstance(off, Told)
    assert off == Told("passive-off", b"passive", ACTIVE)
    assert read(b"passive", off.mode) == Told("passive-on", b"passive", AT_FIRST)


@pytest.mark.parametrize(
    "line",
    [
        *(b"PASV", b"NLST", b"pasv", b"quit", b"LS", b"Get readme.txt", b"PWD", b"HELP", b"help retr", b"", b" "),
        *(b"USER ecki", b"PORT 10, 0, 0, 1, 4, 1", b"lsx", b"\xff\x00", b"get\treadme.txt", b"!dir", b"type I"),
    ],
)
def test_every_other_line_is_the_protocols(line):
    assert read(line, AT_FIRST) is None


@given(st.binary(max_size=40) | st.builds(lambda word, rest: word.encode() + rest, st.sampled_from(WORDS), st.binary()))
def test_any_line_is_read(line):
    meant = read(line, AT_FIRST)
    if isinstance(meant, Became):
        assert all(meant.commands)


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        (b"RETR a b", "RETR", b"a b"),
        (b"retr  a", "RETR", b" a"),
        (b"pasv", "PASV", b""),
        (b"\xff", "\xff", b""),
        (b"", "", b""),
    ],
)
def test_a_line_of_the_protocol_has_a_verb_and_an_argument(line, verb, argument):
    assert split(line) == (verb, argument)


@pytest.mark.parametrize(
    ("argument", "kind"), [(b"A", "A"), (b"a N", "A"), (b"I", "I"), (b"i", "I"), (b"L 8", "I"), (b" A", "A")]
)
def test_a_type_is_text_or_octets(argument, kind):
    assert read_kind(argument) == kind
