"""What a session tells its server to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.ftp.filesystem import Change


@dataclass(frozen=True, slots=True)
class Transfer:
    """What goes over a data connection, once the reply that announces it went out. `path` is the file's absolute name,
    "" for a list. Where the server `sends`, `octets` are what goes over the wire: the representation type and a restart
    are applied to them already. Where it receives, the wire may bring at most `limit` octets before the transfer is
    "over-quota". `address` is where to connect to; None: whoever connects to the passive port is the peer."""

    verb: str
    sends: bool
    path: str
    octets: bytes
    limit: int
    address: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Listen:
    """The server needs a passive port before it can answer. What was arranged before is given up by then: its data
    connection or port is closed. `extended` tells EPSV from PASV."""

    extended: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: its `lines` with their CRLF, and the row of the state table that it is. `end` is the octet of the
    client's stream at which what it answers ended; None where the server spoke unasked.

    Before the lines go out: the `changes`, which the tree of files has gone through already, are told; with `aborts`
    the running transfer is broken off, and not finished by `Session.finish`; with `drops` what was arranged, a data
    connection or the port for one, is given up. After them: the transfer `begins`, or the connection ends, for the
    reason that `closes` names.
    """

    lines: tuple[bytes, ...]
    state: str
    verb: str
    why: str
    then: str
    end: int | None = None
    changes: tuple[Change, ...] = ()
    begins: Transfer | None = None
    drops: bool = False
    aborts: bool = False
    closes: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part of the session makes of a command: the cause of the answer, what the placeholders of its words stand
    for, and the lines between the first and the last of them; the changes to the tree, and the transfer that begins."""

    why: str
    about: Mapping[str, str] = field(default_factory=dict)
    tells: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    begins: Transfer | None = None
