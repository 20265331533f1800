"""What no client should send: lines of the dialogues, spoilt. The same inputs at every run of the tests."""

from collections.abc import Callable
from random import Random

from protocols import limits
from tests.protocols.smtp.dialogues import INTO, line_for, rows

_SPECIAL = [
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\r",
    b".",
    b"\r\n.\r\n",
    b"\n.\n",
    b"\xff",
    b"\x80\x9f",
    b'"',
    b"\\",
    b"<",
]
_WELL_FORMED = sorted(
    {line for row in rows() if (line := line_for(row)) is not None and row.why != "message-too-large"}
    | {line for lines in INTO.values() for line in lines}
    | {b"Subject: dahl\r\n", b"\r\n", b"..\r\n", b"Do you like dahl?\r\n"}
)


def _overwrite(chance: Random, line: bytes) -> bytes:
    place = chance.randrange(len(line))
    return line[:place] + chance.randbytes(chance.randrange(1, 5)) + line[place + 1 :]


def _insert(chance: Random, line: bytes) -> bytes:
    place = chance.randrange(len(line) + 1)
    return line[:place] + chance.choice(_SPECIAL) + line[place:]


def _cut(chance: Random, line: bytes) -> bytes:
    start = chance.randrange(len(line))
    return line[:start] + line[start + chance.randrange(1, 9) :]


def _repeat(chance: Random, line: bytes) -> bytes:
    start = chance.randrange(len(line))
    piece = line[start : start + chance.randrange(1, 9)]
    return line[:start] + piece * chance.choice([2, 9, 70, 600]) + line[start:]


def _join(chance: Random, line: bytes) -> bytes:
    return line[: chance.randrange(len(line) + 1)] + chance.choice(_WELL_FORMED)


def _end_otherwise(chance: Random, line: bytes) -> bytes:
    return line.removesuffix(b"\r\n") + chance.choice([b"\n", b"\r", b"\n\r", b"\r\r\n", b" \r\n", b"\x00\r\n", b""])


def _change_case(chance: Random, line: bytes) -> bytes:
    return line.swapcase()


def _leave(chance: Random, line: bytes) -> bytes:
    return line


_MUTATIONS: list[Callable[[Random, bytes], bytes]] = [
    _overwrite,
    _insert,
    _cut,
    _repeat,
    _join,
    _end_otherwise,
    _change_case,
    _leave,
]
_LONG = 2 * limits.LINE_WITHOUT_END  # octets, of an input in a thousand


def mutate(chance: Random) -> bytes:
    """The next input: a well-formed line with up to three things wrong with it."""
    line = chance.choice(_WELL_FORMED)
    for mutation in chance.choices(_MUTATIONS, k=chance.randrange(1, 4)):
        line = mutation(chance, line or b"\r\n")
    return line if chance.randrange(1_000) else line.strip() + chance.choice([b"\x00", b"a", b"\r"]) * _LONG


def lead_in(chance: Random) -> list[bytes]:
    """What brings a session into one of its states, data more often than others."""
    return chance.choice([*INTO.values(), INTO["data"], INTO["data"]])
