"""What a line that is typed to the student's FTP client becomes. Pure.

There are two levels in one console. A word of the user's level, in lower case as every FTP program has it, becomes one
or several commands of the protocol: RFC 959 section 2.3 has a user interface above the user's protocol interpreter.
Every other line is of the protocol already, and goes out as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["A", "I"]  # ASCII or image: the types that differ in what becomes of a file (RFC 959 section 3.1.1)

# What a student may say at the user's level who has logged in: as it is shown, and what a click puts into the command
# box.
SUGGESTED = (
    *(("ls", "ls"), ("dir", "dir"), ("get <file>", "get "), ("put <file>", "put "), ("cd <directory>", "cd ")),
    *(("pwd", "pwd"), ("ascii", "ascii"), ("binary", "binary"), ("passive", "passive"), ("help", "help")),
)
WORDS = ("ls", "dir", "get", "put", "cd", "pwd", "ascii", "binary", "passive")
# What other FTP programs have beside these.
_WORDS_ELSEWHERE = frozenset(b"append bye close delete disconnect exit glob hash lcd lpwd mdelete mdir mget".split())
_WORDS_ELSEWHERE |= frozenset(b"mkdir mls mput open prompt recv rename rmdir send status sunique verbose".split())

_LISTS = {b"ls": b"NLST", b"dir": b"LIST"}
_ALONE = {b"pwd": b"PWD", b"ascii": b"TYPE A", b"binary": b"TYPE I"}
_NAME = re.compile(rb'"([^"]*)"(?= |$)|([^ "]+)')


@dataclass(frozen=True, slots=True)
class Mode:
    """What the client keeps in mind: whether it lets the server listen (PASV) or listens itself (PORT), the type that
    the student wants files in, and the one that is in force. It is ASCII at first (RFC 959 section 5.1)."""

    is_passive: bool = True
    wanted: Kind = "A"
    in_force: Kind = "A"


@dataclass(frozen=True, slots=True)
class Became:
    """The commands of the protocol that a user's command becomes, lines without their ending, each to be sent when the
    one before it has succeeded. PORT stands without its argument: the client gives it a port that it listens on.
    `local` is the name of the file on the student's machine that is sent or kept."""

    commands: tuple[bytes, ...]
    local: bytes = b""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, by its code in `printed.PRINTED`, and the octets that it is about; nothing is sent. `mode` is the one
    from now on."""

    why: str
    about: bytes
    mode: Mode


def read(line: bytes, mode: Mode) -> Became | Told | None:
    """What `line` becomes in `mode`; None where it is a line of the protocol."""
    word, _, rest = line.strip(b" ").partition(b" ")
    rest = rest.strip(b" ")
    if word in _WORDS_ELSEWHERE:
        return Told("not-in-ftp", word, mode)
    if word == b"help" and not rest:
        return Told("ftp-help", word, mode)
    if word.decode("latin-1") not in WORDS:
        return None
    try:
        return _read_word(word, rest, mode)
    except _MisunderstoodError as error:
        return Told(error.why, word, mode)


def split(line: bytes) -> tuple[str, bytes]:
    """The verb of a line of the protocol, in capitals, and its argument. A verb may be typed in small letters: RFC 959
    section 5.3."""
    verb, _, argument = line.partition(b" ")
    return verb.upper().decode("latin-1"), argument


def read_kind(argument: bytes) -> Kind:
    """What TYPE with this argument sets. "L 8" is as good as image where octets are stored: RFC 959 section 3.1.1.4."""
    return "A" if argument.strip(b" ")[:1].upper() == b"A" else "I"


class _MisunderstoodError(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _read_word(word: bytes, rest: bytes, mode: Mode) -> Became | Told:
    if word in _LISTS:
        return Became(_transfer(_join(_LISTS[word], _unquote(rest)), "A", mode))
    if word == b"get":
        remote, local = _read_names(rest)
        return Became(_transfer(_join(b"RETR", remote), mode.wanted, mode), local)
    if word == b"put":
        local, remote = _read_names(rest)
        return Became(_transfer(_join(b"STOR", remote), mode.wanted, mode), local)
    if word == b"cd":
        if not rest:
            raise _MisunderstoodError("name-missing")
        return Became((_join(b"CWD", _unquote(rest)),))
    if rest:
        raise _MisunderstoodError("nothing-after")
    if word == b"passive":
        mode = replace(mode, is_passive=not mode.is_passive)
        return Told("passive-on" if mode.is_passive else "passive-off", word, mode)
    return Became((_ALONE[word],))


def _transfer(command: bytes, kind: Kind, mode: Mode) -> tuple[bytes, ...]:
    """What arranges a data connection, sets the type where another is in force, and then `command`. A list is a text,
    and goes in ASCII: RFC 959 section 4.1.3 leaves it to the user to see to that."""
    arranges = b"PASV" if mode.is_passive else b"PORT"
    return (arranges, *([_TYPES[kind]] if mode.in_force != kind else []), command)


_TYPES: dict[Kind, bytes] = {"A": b"TYPE A", "I": b"TYPE I"}


def _join(verb: bytes, argument: bytes) -> bytes:
    return verb + b" " + argument if argument else verb


def _unquote(name: bytes) -> bytes:
    return name[1:-1] if len(name) > 1 and name[:1] == name[-1:] == b'"' else name


def _read_names(rest: bytes) -> tuple[bytes, bytes]:
    """Two names, the second as the first where there is one only. Quotes hold a name with spaces together."""
    names, place = [], 0
    while place < len(rest):
        found = _NAME.match(rest, place)
        if not found:
            raise _MisunderstoodError("open-quote")
        names.append(found[1] if found[2] is None else found[2])
        place = found.end()
        while rest[place : place + 1] == b" ":
            place += 1
    if not names or not names[0]:
        raise _MisunderstoodError("name-missing")
    if len(names) > 2:
        raise _MisunderstoodError("too-many-names")
    return names[0], names[-1]
