"""The control protocol between a lab, its supervisor and the zygote: every message as a frozen dataclass, and the
frames they travel in.

A frame is the length of what follows (4 octets, big-endian), the length of its head (4 octets), the head as JSON in
UTF-8, and the rest as raw octets. The head of an event is its words (`protocols.codec`), and its rest begins with its
numbers, of 8 octets each: so most heads are like one before, and are made, read and checked once for all of them.

A frame over `limits.FRAME` ends the lab: what runs in it is hostile. Nothing that arrives is evaluated; what a lab can
be told to do is what stands here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from typing import Any, ClassVar, get_type_hints

from protocols import limits
from protocols.codec import KEPT, Words, check_fields, kept, make_event, name_words, words_of
from protocols.events import Event

_LENGTHS = struct.Struct(">II")
_NUMBERS = struct.Struct(">qqq")  # of an event: its seq, its time, its cause
_NO_CAUSE = -1
_WORDS_BEGIN = b'{"kind":'  # as no other head does
_SHORT_HEAD = 500  # octets: a longer one does not come again, and is not kept


class ControlError(ValueError):
    """The other side broke the control protocol. The text is one sentence."""


# To the lab


@dataclass(frozen=True, slots=True)
class Start:
    """The first message. `world` is the world's document as plain values (`World.to_values`), `start` the number of
    this start from 1, `offset` what the lab's clock is ahead of real time, in microseconds. With `capture` the lab
    sends its packets as `Packets`."""

    name: ClassVar[str] = "start"

    world: dict[str, Any]
    start: int
    offset: int = 0
    capture: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A line that the student typed at a console, without a line ending. `text` has one character per octet."""

    name: ClassVar[str] = "input"

    console: int
    client_id: str
    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the console's connection without a word of the protocol."""

    name: ClassVar[str] = "hang-up"

    console: int
    client_id: str


@dataclass(frozen=True, slots=True)
class EditZone:
    """Give a zone another master file, which was made on its serial `serial`: RFC 1035 section 5."""

    name: ClassVar[str] = "edit-zone"

    client_id: str
    zone: str
    serial: int
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """End. The lab closes its connections, sends what it still has, says `Stopped` and exits."""

    name: ClassVar[str] = "stop"


# From the lab


@dataclass(frozen=True, slots=True)
class Ready:
    """The servers listen. `layers` are the sandbox layers that are active, read back from the kernel; `absent` those
    that are not."""

    name: ClassVar[str] = "ready"

    layers: list[str]
    absent: list[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """The lab does not start; `why` is one sentence for the operator and the learner, `absent` the sandbox layers that
    it lacks."""

    name: ClassVar[str] = "refused"

    why: str
    absent: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Happened:
    """The next event, with the lab's own numbering."""

    name: ClassVar[str] = "event"

    event: Event


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What was typed with this id is carried out, as far as the console is concerned: a program has ended, a line has
    gone to the server."""

    name: ClassVar[str] = "obeyed"

    client_id: str


@dataclass(frozen=True, slots=True)
class Packets:
    """Captured packets, in the record format of a pcap file with microseconds, little-endian."""

    name: ClassVar[str] = "packets"

    records: bytes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last message: all events were sent. `dropped` counts packets that the capture lost."""

    name: ClassVar[str] = "stopped"

    dropped: int = 0


# To the zygote, which forks the labs of a supervisor


@dataclass(frozen=True, slots=True)
class Fork:
    """Make a lab; its end of its control channel travels with this message. With `namespaces` the descriptors of its
    user and network namespaces come back with `Born`."""

    name: ClassVar[str] = "fork"

    lab: int
    namespaces: bool = False


@dataclass(frozen=True, slots=True)
class Kill:
    """End a lab at once."""

    name: ClassVar[str] = "kill"

    lab: int


# From the zygote


@dataclass(frozen=True, slots=True)
class Warm:
    """All is imported: labs can be made."""

    name: ClassVar[str] = "warm"


@dataclass(frozen=True, slots=True)
class Born:
    """A lab's process exists, in namespaces of its own, and confines itself next."""

    name: ClassVar[str] = "born"

    lab: int
    process: int


@dataclass(frozen=True, slots=True)
class Died:
    """A lab's process is gone; `status` is its exit status, negative for a signal."""

    name: ClassVar[str] = "died"

    lab: int
    status: int


ToLab = Start | Input | HangUp | EditZone | Stop
FromLab = Ready | Refused | Happened | Obeyed | Packets | Stopped
ToZygote = Fork | Kill
FromZygote = Warm | Born | Died

TO_LAB: dict[str, type[Any]] = {message.name: message for message in (Start, Input, HangUp, EditZone, Stop)}
FROM_LAB: dict[str, type[Any]] = {
    message.name: message for message in (Ready, Refused, Happened, Obeyed, Packets, Stopped)
}
TO_ZYGOTE: dict[str, type[Any]] = {message.name: message for message in (Fork, Kill)}
FROM_ZYGOTE: dict[str, type[Any]] = {message.name: message for message in (Warm, Born, Died)}


def encode(message: ToLab | FromLab | ToZygote | FromZygote) -> bytes:
    """The frame of a message. Raises ControlError for one that is larger than any frame may be."""
    if isinstance(message, Happened):
        head, rest = _write_event(message.event)
    elif isinstance(message, Packets):
        head, rest = _to_json({"message": message.name}), message.records
    else:
        head, rest = _to_json({"message": message.name, **asdict(message)}), b""
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
        return Packets(rest) if kind is Packets else kind(**_checked(kind, values))
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
    hints = get_type_hints(kind)
    for each in fields(kind):
        hint = hints[each.name]
        value = values.get(each.name, each.default)
        wanted = getattr(hint, "__origin__", hint)
        if type(value) is not wanted or (wanted is list and not all(isinstance(item, str) for item in value)):
            raise ControlError(f"{kind.name}.{each.name} cannot be {value!r}")
    return values
