"""The control protocol between a lab, its supervisor and the zygote: the frames in which their messages travel.

A frame is the length of what follows (4 octets, big-endian), the length of its head (4 octets), the head as JSON in
UTF-8, and the rest as raw octets. The head of an event is its words (`protocols.codec`), and its rest begins with its
numbers, of 8 octets each: so most heads are like one before, and are made, read and checked once for all of them.

A frame over `limits.FRAME` ends the lab: what runs in it is hostile. Nothing that arrives is evaluated; what a lab can
be told to do is what stands in `messages`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any, get_type_hints

from protocols import limits
from protocols.codec import KEPT, Words, check_fields, kept, make_event, name_words, words_of
from protocols.events import Event
from protocols.sandbox.messages import (
    FROM_LAB,
    FROM_ZYGOTE,
    TO_LAB,
    TO_ZYGOTE,
    Chunk,
    Content,
    FromLab,
    FromZygote,
    Happened,
    Packets,
    ToLab,
    ToZygote,
)

_LENGTHS = struct.Struct(">II")
_NUMBERS = struct.Struct(">qqq")  # of an event: its seq, its time, its cause
_NO_CAUSE = -1
_WORDS_BEGIN = b'{"kind":'  # as no other head does
_WITH_OCTETS = {Packets.name: "records", Chunk.name: "octets", Content.name: "octets"}  # their field that is the rest
_SHORT_HEAD = 500  # octets: a longer one does not come again, and is not kept


class ControlError(ValueError):
    """The other side broke the control protocol. The text is one sentence."""


def encode(message: ToLab | FromLab | ToZygote | FromZygote) -> bytes:
    """The frame of a message. Raises ControlError for one that is larger than any frame may be."""
    if isinstance(message, Happened):
        head, rest = _write_event(message.event)
    else:
        values = asdict(message)
        rest = values.pop(_WITH_OCTETS[message.name]) if message.name in _WITH_OCTETS else b""
        head = _to_json({"message": message.name, **values})
    length = 4 + len(head) + len(rest)
    if length > limits.FRAME:
        raise ControlError(f"A {message.name} message of {length} octets is over the limit of {limits.FRAME}.")
    return _LENGTHS.pack(length, len(head)) + head + rest


def _to_json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def _write_event(event: Event) -> tuple[bytes, bytes]:
    because = _NO_CAUSE if event.because is None else event.because
    numbers = _NUMBERS.pack(event.seq, event.at, because)
    return _write_words(words_of(event)), numbers + getattr(event, "raw", b"")


@kept
def _write_words(words: Words) -> bytes:
    return _to_json(name_words(words))


class Frames:
    """Cuts a stream of octets into the messages of one direction (`TO_LAB`, `FROM_LAB` ...)."""

    def __init__(self, known: dict[str, type[Any]]) -> None:
        self._known = known
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes, in order. Raises ControlError at the first that breaks the protocol."""
        self._buffer += data
        while len(self._buffer) >= _LENGTHS.size:
            length, head = _LENGTHS.unpack_from(self._buffer)
            if length > limits.FRAME or head > length - 4:
                raise ControlError(f"A frame of {length} octets with a head of {head} breaks the control protocol.")
            if len(self._buffer) < 4 + length:
                return
            frame = bytes(self._buffer[8 : 4 + length])
            del self._buffer[: 4 + length]
            yield _decode(self._known, frame[:head], frame[head:])


def _decode(known: dict[str, type[Any]], head: bytes, rest: bytes) -> Any:
    try:
        if Happened.name in known and head.startswith(_WORDS_BEGIN):
            return Happened(_read_event(head, rest))
        values = json.loads(head)
        kind = known[values.pop("message")]
        if kind.name in _WITH_OCTETS:
            values[_WITH_OCTETS[kind.name]] = rest
        return kind(**_checked(kind, values))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ControlError(f"A frame breaks the control protocol: {error}.") from error


def _read_event(head: bytes, rest: bytes) -> Event:
    read = _read_words if len(head) <= _SHORT_HEAD else _read_words.__wrapped__
    kind, words = read(head)
    seq, at, because = _NUMBERS.unpack_from(rest)
    numbers = {"seq": seq, "at": at, "because": None if because == _NO_CAUSE else because}
    return make_event(kind, words | numbers, rest[_NUMBERS.size :])


@lru_cache(KEPT)
def _read_words(head: bytes) -> tuple[type[Event], dict[str, Any]]:
    return check_fields(json.loads(head))


def _checked(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    for each in fields(kind):
        hint = _HINTS[kind][each.name]
        value = values.get(each.name, each.default)
        wanted = getattr(hint, "__origin__", hint)
        if type(value) is not wanted or (wanted is list and not all(isinstance(item, str) for item in value)):
            raise ControlError(f"{kind.name}.{each.name} cannot be {value!r}")
    return values


# Worked out once, before any lab is forked: to do it takes a compiler, and the memory for that.
_HINTS = {kind: get_type_hints(kind) for kind in (TO_LAB | FROM_LAB | TO_ZYGOTE | FROM_ZYGOTE).values()}
