"""The transcript's schema: one frozen dataclass per kind of event, to and from JSON.

Events carry what went over the wire and codes that say why; never prose. Sentences are made by `protocols.explain`, so
that better sentences reach old transcripts too.

An event is numbered twice. The sandbox counts from 1 at each start and cites those numbers in `because`; the lab's
owner gives the log's own `seq` and rewrites `because` to it. Both live in the same field: which one it is depends on
which side of the control channel the event stands.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

VERSION = 1

Side = Literal["C", "S"]


class EventError(ValueError):
    """What arrived is not an event of this schema. The text is one sentence that says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a connection: the host's name in this world ("" where it has none), its address and port."""

    host: str
    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has. `at` is the lab's clock in microseconds since the Unix epoch; `because` is the number of
    the event that caused this one."""

    kind: ClassVar[str]

    seq: int
    at: int
    because: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """A connection was accepted by a server. `conn` is the start's number, a dot and a counter: "2.7"."""

    kind: ClassVar[str] = "opened"

    conn: str
    protocol: str
    purpose: Literal["control", "data"] = "control"
    client: Endpoint
    server: Endpoint
    secured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """A connection ended. `side` is who closed it, None where neither did; `why` is a code: "closed" (by the client,
    without a word), "quit" (by both, in order), "lost" (broken off), "idle", "limit", "ended" (with the lab), "fault"
    (the server's own)."""

    kind: ClassVar[str] = "closed"

    conn: str
    side: Side | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Event):
    """One line as it was on the wire, its line ending included (absent only where the connection ended in mid-line).

    `state` is the session's state when the line was said. For a client that did not wait for the reply (pipelining)
    it is the state that it counted on. `why` is the cause of a server's reply, a key of the protocol's own table; of a
    client's line it is a note of the tap ("not-the-end": SMTP's lone dot that does not end the message), None mostly.
    A reply's `because` is the command that it answers.
    """

    kind: ClassVar[str] = "line"

    conn: str
    protocol: str
    side: Side
    raw: bytes
    state: str
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Event):
    """A run of octets that is not shown line by line: the later lines of a long message, or a file's data."""

    kind: ClassVar[str] = "block"

    conn: str
    protocol: str
    side: Side
    raw: bytes
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """One message of a protocol that speaks in messages, whole: a datagram's octets, or those of one message on a
    connection `conn` without what frames it there (DNS: without the two octets of RFC 1035 section 4.2.2).

    `client` asked and `server` answers; `side` says whose message this is. A query's `because` is what made its sender
    ask: a console's line, or the message that led to it. A response's `because` is the query. `why` is the cause of a
    response, a key of the protocol's own table, and `about` that cause's arguments.
    """

    kind: ClassVar[str] = "message"

    protocol: str
    transport: Literal["udp", "tcp"]
    side: Side
    client: Endpoint
    server: Endpoint
    raw: bytes
    conn: str | None = None
    why: str | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unkept(Event):
    """Exchanges of messages that were answered and not recorded, since the last of these events: more came than a
    reader could read. `count` is how many; `names` are some of those asked about ("www.vuw.ac.nz. A") and `rcodes` all
    codes of the answers, each with its number ("NOERROR 1204"), both with the most frequent first."""

    kind: ClassVar[str] = "unkept"

    protocol: str
    count: int
    names: tuple[str, ...]
    rcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached(Event):
    """The resolver on `host` keeps what the message it cites brought. Each of `records` is a name, a time to live in
    seconds and a type ("nz. 172800 NS"); for what is known not to exist (RFC 2308) also the code ("www.nz. 900 A
    NODATA", "nope.nz. 900 NXDOMAIN")."""

    kind: ClassVar[str] = "cached"

    host: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneEdited(Event):
    """Somebody gave zone `zone` another master file, `raw` in UTF-8. `why` is what became of it: "loaded", and the zone
    has `serial` now; or "stale", it was made on another serial than the zone has, `serial`, and changes nothing; or
    "broken", it is no master file of this zone. `client_id` is the id of the page's request."""

    kind: ClassVar[str] = "zone"

    zone: str
    serial: int
    why: Literal["loaded", "stale", "broken"]
    raw: bytes
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Console(Event):
    """What the student typed ("typed"; with `why` "hang-up" and no octets they closed the connection instead), or what
    their client told them ("printed": `why` is its code, a key of `explain.PRINTED`, `raw` the octets it is about; with
    `why` "output" `raw` is what a program wrote, lines with an LF between them).
    `client_id` is given by the page to what it sends, and is unique in a lab."""

    kind: ClassVar[str] = "console"

    console: int
    action: Literal["typed", "printed"]
    raw: bytes
    client_id: str | None = None
    conn: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """A message was put into a mailbox. `raw` is the message as stored, trace fields included; `sender` is the
    envelope's reverse-path ("" for <>), `mailbox` the address of the mailbox."""

    kind: ClassVar[str] = "delivered"

    conn: str
    mailbox: str
    sender: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Event):
    """Something in the lab failed that is not the student's doing; `why` is a code."""

    kind: ClassVar[str] = "fault"

    why: str
    conn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab(Event):
    """The lab itself, written by its owner, never by the sandbox. `start` counts the starts of this lab from 1;
    `layers` are the sandbox layers active, `absent` those switched off or not offered by the kernel; `why` says why
    it ended or could not start."""

    kind: ClassVar[str] = "lab"

    change: Literal["started", "failed", "ended"]
    start: int
    why: str | None = None
    layers: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


KINDS: dict[str, type[Event]] = {
    event.kind: event
    for event in (Opened, Closed, Line, Block, Message, Unkept, Cached, ZoneEdited, Console, Delivered, Fault, Lab)
}
OWNERS_KINDS = frozenset({"lab"})  # what only the lab's owner may write


def to_fields(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, without `raw`, which travels beside them as octets. Defaults are left out."""
    values: dict[str, Any] = {"kind": event.kind}
    for name, default in _DEFAULTS[event.kind].items():
        value = getattr(event, name)
        if value != default:
            values[name] = _plain(value)
    return values


def from_fields(values: dict[str, Any], raw: bytes = b"") -> Event:
    """The event that `to_fields` made `values` of. Raises EventError for anything that this schema does not have."""
    if not isinstance(values, dict):
        raise EventError("An event is an object with a kind.")
    name = values.get("kind")
    event = KINDS.get(name) if isinstance(name, str) else None
    if event is None:
        raise EventError(f"There is no event of kind {name!r}.")
    hints, simple = _HINTS[event.kind], _SIMPLE[event.kind]
    checked: dict[str, Any] = {"raw": raw} if "raw" in hints else {}
    for key, value in values.items():
        if type(value) in simple.get(key, ()):  # nearly all
            checked[key] = value
        elif key in hints:
            checked[key] = _typed(value, hints[key], f"{name}.{key}")
        elif key != "kind":
            raise EventError(f"An event of kind {name} has no field {key!r}.")
    try:
        return event(**checked)
    except TypeError as error:
        raise EventError(f"An event of kind {name} is incomplete: {error}.") from error


def to_json(event: Event) -> dict[str, Any]:
    """The event as one JSON object; `raw` becomes a string with one character U+0000 to U+00FF per octet."""
    values = to_fields(event) | {"version": VERSION}
    raw: bytes | None = getattr(event, "raw", None)
    return values if raw is None else values | {"raw": raw.decode("latin-1")}


def from_json(values: dict[str, Any]) -> Event:
    """The event that `to_json` made `values` of. Raises EventError for anything else, another version included."""
    if not isinstance(values, dict) or values.get("version") != VERSION:
        raise EventError(f"This is not an event of schema version {VERSION}.")
    rest = {key: value for key, value in values.items() if key not in ("version", "raw")}
    try:
        return from_fields(rest, values.get("raw", "").encode("latin-1"))
    except (AttributeError, UnicodeEncodeError) as error:
        raise EventError("An event's raw octets are characters U+0000 to U+00FF.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Endpoint):
        return {"host": value.host, "address": value.address, "port": value.port}
    return list(value) if isinstance(value, tuple) else value


def _typed(value: Any, hint: Any, where: str) -> Any:
    """`value` as `hint` wants it. The lab is hostile: a value of another type goes no further than this."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
        origin = get_origin(hint)
    if origin is Literal and value in get_args(hint):
        return value
    if origin is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if hint is Endpoint and isinstance(value, dict) and value.keys() == {"host", "address", "port"}:
        return Endpoint(**{key: _typed(part, _ENDPOINT[key], f"{where}.{key}") for key, part in value.items()})
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise EventError(f"{where} cannot be {value!r}.")


def _simple(hint: Any) -> frozenset[type]:
    """The types whose values are as `hint` wants them without a closer look."""
    arms = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return frozenset(arm for arm in arms if arm in (int, str, bool, bytes, type(None)))


# Worked out once: every event that a lab says goes through here.
_ENDPOINT = get_type_hints(Endpoint)
_HINTS: dict[str, dict[str, Any]] = {
    name: {field: hint for field, hint in get_type_hints(event).items() if get_origin(hint) is not ClassVar}
    for name, event in KINDS.items()
}
_SIMPLE = {name: {field: _simple(hint) for field, hint in hints.items()} for name, hints in _HINTS.items()}
_DEFAULTS = {
    name: {field.name: field.default for field in fields(event) if field.name != "raw"} for name, event in KINDS.items()
}
