"""The transcript's schema: one frozen dataclass per kind of event. `protocols.codec` takes them to JSON and back.

Events carry what went over the wire and codes that say why; never prose. Sentences are made by `protocols.explain`, so
that better sentences reach old transcripts too.

An event is numbered twice. The sandbox counts from 1 at each start and cites those numbers in `because`; the lab's
owner gives the log's own `seq` and rewrites `because` to it. Both live in the same field: which one it is depends on
which side of the control channel the event stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Side = Literal["C", "S"]


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
    """A connection stands. `conn` is the start's number, a dot and a counter: "2.7". `opener` is which of `client` and
    `server` opened it. A data connection (RFC 959 section 3.3) is opened by "S" where the client said PORT or EPRT; its
    `because` is the command that arranged it: that, or PASV or EPSV."""

    kind: ClassVar[str] = "opened"

    conn: str
    protocol: str
    purpose: Literal["control", "data"] = "control"
    client: Endpoint
    server: Endpoint
    secured: bool = False
    opener: Side = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """A connection ended. `side` is who closed it, None where neither did; `why` is a code: "closed" (by the client,
    without a word), "quit" (by both, in order), "lost" (broken off), "idle", "limit", "ended" (with the lab), "fault"
    (the server's own). Of a data connection also "end-of-file" (its close ended the file: RFC 959 section 3.4.1),
    "aborted" (by ABOR, or because the transfer failed) and "unused" (nothing was transferred)."""

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
class Transferred(Event):
    """What went over the data connection `conn`, said when it is over: `side` sent `length` octets, whose SHA-256 is
    `sha256` in hexadecimal digits ("" where none was computed). `kept` of them are in the connection's Blocks: the
    first and the last limits.DATA_KEPT, all where these meet. `path` is the file's absolute name at the server, "" for
    a list. Its `because` is the command that asked for the transfer. `whole` says whether the sender came to its end.
    """

    kind: ClassVar[str] = "transferred"

    conn: str
    side: Side
    length: int
    kept: int
    sha256: str = ""
    path: str = ""
    whole: bool = True


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
    their client told them ("printed": `why` is its code, a key of `printed.PRINTED`, `raw` the octets it is about; with
    `why` "output" `raw` is what a program wrote, lines with an LF between them; with `why` "became" `raw` is a user's
    command that their FTP client made commands of the protocol of, which cite the same typed line).
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
class Stored(Event):
    """A file is on `host`, new or in the place of another: its absolute name `path`, the account that owns it, its
    permission bits, when it was modified (seconds since the Unix epoch), its size in octets and the SHA-256 of its
    content. That content was handed over before (`control.Chunk`). `client_id` is the id of the page's request where
    somebody put it there on a page."""

    kind: ClassVar[str] = "stored"

    host: str
    path: str
    owner: str
    mode: int
    modified: int
    size: int
    sha256: str
    conn: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStored(Event):
    """A file that somebody wanted to put on `host` on a page was not: `why` is the cause, a code of
    `ftp.filesystem.FileError`. `client_id` is the id of the page's request."""

    kind: ClassVar[str] = "not-stored"

    host: str
    path: str
    why: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeChanged(Event):
    """The tree of files on `host` changed, but for a content: the directory `path` was "made" with this owner, mode and
    time; the file or empty directory `path` was "removed"; or `path`, with all below it, was "renamed" to `to`."""

    kind: ClassVar[str] = "tree"

    host: str
    change: Literal["made", "removed", "renamed"]
    path: str
    to: str = ""
    owner: str = ""
    mode: int = 0
    modified: int = 0
    conn: str | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalJudged(Event):
    """What the log says of a goal has changed, written by the lab's owner. `goal` is the goal's key and `title` what
    students read; `status` is one of `goals.fold.Status`; `evidence` are the seqs of the events that show it, of
    many the limits.EVIDENCE newest, as decimal numbers; `met` of its `parts` are met, where it has several (else both
    are 0).
    """

    kind: ClassVar[str] = "goal"

    goal: str
    title: str
    status: Literal["open", "met", "kept", "broken"]
    evidence: tuple[str, ...] = ()
    met: int = 0
    parts: int = 0


KINDS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        Opened,
        Closed,
        Line,
        Block,
        Transferred,
        Message,
        Unkept,
        Cached,
        ZoneEdited,
        Console,
        Delivered,
        Stored,
        NotStored,
        TreeChanged,
        GoalJudged,
        Fault,
        Lab,
    )
}
OWNERS_KINDS = frozenset({"lab", "goal"})  # what only the lab's owner may write
