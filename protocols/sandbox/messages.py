"""The messages between a supervisor and a lab, and between a supervisor and its zygote. `control` has their frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from protocols.events import Event

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
class Content:
    """The next octets of the content that has this SHA-256. What the world's files need comes after `Start`, each
    content in order and whole; what a `PlaceFile` needs before that."""

    name: ClassVar[str] = "content"

    sha256: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """Put a file there whose content was handed over, if its account may have it: the answer is a `Stored` or a
    `NotStored` event with this id. `owner` is an account of the host, "" for nobody."""

    name: ClassVar[str] = "place-file"

    client_id: str
    host: str
    path: str
    owner: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The first `length` octets of the content that has this SHA-256 are kept, and the next may come."""

    name: ClassVar[str] = "kept"

    sha256: str
    length: int


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
class Chunk:
    """The octets from `offset` on, at most limits.FILE_CHUNK, of a content of `size` octets in all. The next is sent
    when these are `Kept`, and the event that names the content after the last."""

    name: ClassVar[str] = "chunk"

    sha256: str
    size: int
    offset: int
    octets: bytes


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


ToLab = Start | Input | HangUp | EditZone | Content | PlaceFile | Kept | Stop
FromLab = Ready | Refused | Happened | Obeyed | Chunk | Packets | Stopped
ToZygote = Fork | Kill
FromZygote = Warm | Born | Died

TO_LAB: dict[str, type[Any]] = {
    message.name: message for message in (Start, Input, HangUp, EditZone, Content, PlaceFile, Kept, Stop)
}
FROM_LAB: dict[str, type[Any]] = {
    message.name: message for message in (Ready, Refused, Happened, Obeyed, Chunk, Packets, Stopped)
}
TO_ZYGOTE: dict[str, type[Any]] = {message.name: message for message in (Fork, Kill)}
FROM_ZYGOTE: dict[str, type[Any]] = {message.name: message for message in (Warm, Born, Died)}
