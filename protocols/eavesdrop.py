"""What somebody reads who listens on the wire between two hosts: every octet, and the secrets among them. Pure.

None of these protocols hides what it carries. RFC 2577 section 6 says so of FTP, and RFC 9076 section 5 of the names
that one looks up.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from protocols.description import PartStyle, visible
from protocols.events import Block, Closed, Endpoint, Event, Line, Message, Opened, Transferred

TEXT_SHOWN = 4_096  # octets of a block of text
DUMP_SHOWN = 512  # octets of what is no text
ROW = 16  # octets of a row of these

# How a piece of what was heard is set: as a part of a line, or as "end" where it is a line's end, made visible.
HeardStyle = PartStyle | Literal["end", "secret"]
Piece = tuple[HeardStyle, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is read of one event: who sent it to whom, by which transport, and how many octets that were.

    `pieces` are the octets as text, joined as they came, with a line break after each line's end. `dump` are those of
    what is no text, in rows: the place of the first octet in hexadecimal digits, the octets in such digits, and once
    more as text, with a dot for each that cannot be printed. `note` says what was seen that has no octets of its own,
    or that not all are shown. `says` has a sentence for each secret.
    """

    seq: int
    transport: Literal["TCP", "UDP"]
    sender: Endpoint
    receiver: Endpoint
    length: int = 0
    pieces: tuple[Piece, ...] = ()
    dump: tuple[tuple[str, str, str], ...] = ()
    note: str | None = None
    says: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """This as plain JSON values; what is not set is left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}


def overhear(event: Event, opened: Opened | None) -> Heard | None:
    """What somebody on the wire reads of `event`; None where it did not go over one. `opened` is the beginning of the
    connection that the event belongs to, None where it belongs to none."""
    if isinstance(event, Message):
        return _hear_message(event)
    if opened is None or getattr(event, "conn", None) != opened.conn:
        return None
    hear = _HEAR.get(type(event))
    return hear(event, opened) if hear else None


def _hear_message(event: Message) -> Heard:
    sender, receiver = _ends(event.side, event.client, event.server)
    framed = event.transport == "tcp"
    # On a connection two octets that say how long it is come before each message: RFC 1035 section 4.2.2.
    octets = len(event.raw).to_bytes(2) + event.raw if framed else event.raw
    return Heard(
        seq=event.seq,
        transport="TCP" if framed else "UDP",
        sender=sender,
        receiver=receiver,
        length=len(octets),
        dump=dump(octets),
        note=_say_cut(DUMP_SHOWN, len(octets)),
    )


def _hear_opening(event: Opened, opened: Opened) -> Heard:
    note = "Asks for a connection, and gets it."
    if event.purpose == "data":
        note += " The file or list that goes over it is no secret either: it stands below, octet by octet."
    return _heard(event, opened, event.opener, note=note)


def _hear_closing(event: Closed, opened: Opened) -> Heard:
    return _heard(event, opened, event.side or "C", note="The connection ends.")


def _hear_line(event: Line, opened: Opened) -> Heard:
    before, secret, after, sentence = _point_at_secret(event)
    pieces = (*_read_text(before), *_restyle(_read_text(secret)), *_read_text(after))
    says = (sentence,) if sentence else ()
    return _heard(event, opened, event.side, length=len(event.raw), pieces=pieces, says=says)


def _hear_block(event: Block, opened: Opened) -> Heard:
    size = len(event.raw)
    if is_text(event.raw):
        note, pieces = _say_cut(TEXT_SHOWN, size), _read_text(event.raw[:TEXT_SHOWN])
        return _heard(event, opened, event.side, length=size, pieces=pieces, note=note)
    return _heard(event, opened, event.side, length=size, dump=dump(event.raw), note=_say_cut(DUMP_SHOWN, size))


def _hear_transfer(event: Transferred, opened: Opened) -> Heard | None:
    if event.kept >= event.length:
        return None
    note = (
        f"The transcript keeps {event.kept:,} of the {event.length:,} octets of this connection. "
        "Whoever listens has all of them."
    )
    return _heard(event, opened, event.side, note=note)


_HEAR: dict[type[Event], Callable[[Any, Opened], Heard | None]] = {
    Opened: _hear_opening,
    Closed: _hear_closing,
    Line: _hear_line,
    Block: _hear_block,
    Transferred: _hear_transfer,
}


def _heard(event: Event, opened: Opened, side: str, **values: Any) -> Heard:
    sender, receiver = _ends(side, opened.client, opened.server)
    return Heard(seq=event.seq, transport="TCP", sender=sender, receiver=receiver, **values)


def _ends(side: str, client: Endpoint, server: Endpoint) -> tuple[Endpoint, Endpoint]:
    return (client, server) if side == "C" else (server, client)


# Secrets

_SECRETS = re.compile(rb"(?P<before>[^A-Za-z]*(?P<verb>PASS|ACCT) +)(?P<secret>[^\r\n]+)(?P<after>.*)", re.I | re.S)
_AUTH = re.compile(
    rb"(?P<before> *AUTH +(?P<verb>PLAIN|LOGIN) +)(?P<secret>[A-Za-z0-9+/=]+)(?P<after>.*)", re.IGNORECASE | re.DOTALL
)
_MAIL_BEGINS = "What comes next is the mail, and anyone between the two reads all of it, what is attached too."


def _point_at_secret(event: Line) -> tuple[bytes, bytes, bytes, str]:
    """The line's octets before its secret, the secret, those after it, and the sentence about it."""
    if event.side == "S":
        return event.raw, b"", b"", _MAIL_BEGINS if event.protocol == "smtp" and event.raw.startswith(b"354") else ""
    pattern = {"ftp": _SECRETS, "smtp": _AUTH}.get(event.protocol)
    found = pattern.match(event.raw) if pattern else None
    if not found:
        return event.raw, b"", b"", ""
    secret = found["secret"]
    return found["before"], secret, found["after"], _SAY[found["verb"].upper()](secret)


def _say_password(secret: bytes) -> str:
    return f"Anyone between the two reads this password: {_quote(secret)}."


def _say_account(secret: bytes) -> str:
    return f"Anyone between the two reads this account, which is asked for beside the password: {_quote(secret)}."


def _say_plain(secret: bytes) -> str:
    # RFC 4616 section 2: [authorization identity] NUL authentication identity NUL password
    parts = _decode(secret).split(b"\0")
    if len(parts) != 3:
        return f"Anyone between the two reads this. {_NO_SECRET} This says: {_quote(_decode(secret))}."
    return f"Anyone between the two reads this password: {_quote(parts[2])}, of {_quote(parts[1])}. {_NO_SECRET}"


def _say_login(secret: bytes) -> str:
    return f"Anyone between the two reads this name: {_quote(_decode(secret))}. {_NO_SECRET}"


_NO_SECRET = "Base64 is a way to write octets, which anyone can read back, and hides nothing."
_SAY: dict[bytes, Callable[[bytes], str]] = {
    b"PASS": _say_password,
    b"ACCT": _say_account,
    b"PLAIN": _say_plain,
    b"LOGIN": _say_login,
}


def _decode(secret: bytes) -> bytes:
    try:
        return b64decode(secret, validate=True)
    except ValueError:
        return secret


def _quote(octets: bytes) -> str:
    return f"“{''.join(text for _, text in visible(octets, 'text'))}”"


# Octets

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_ENDS = {b"\r\n": r"\r\n", b"\n": r"\n", b"\r": r"\r"}
_TEXT = frozenset(b"\t\r\n") | frozenset(range(32, 127))


def is_text(octets: bytes) -> bool:
    """Whether these can be read as lines: a NUL is in no text, and nine octets of ten are ASCII's."""
    seen = octets[:TEXT_SHOWN]
    return 0 not in seen and 10 * sum(octet in _TEXT for octet in seen) >= 9 * len(seen)


def _read_text(octets: bytes) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for words, end in _LINE.findall(octets):
        pieces += visible(words, "text")
        if end:
            pieces += [("end", _ENDS[end]), ("text", "\n")]
    return tuple(pieces[:-1] if pieces and pieces[-1] == ("text", "\n") else pieces)


def _restyle(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(("secret", text) for _, text in pieces)


def dump(octets: bytes) -> tuple[tuple[str, str, str], ...]:
    """The first DUMP_SHOWN octets in rows, as `Heard` has them."""
    starts = range(0, min(len(octets), DUMP_SHOWN), ROW)
    return tuple((f"{start:04x}", octets[start : start + ROW].hex(" "), _dotted(octets, start)) for start in starts)


def _dotted(octets: bytes, start: int) -> str:
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets[start : start + ROW])


def _say_cut(shown: int, size: int) -> str | None:
    return f"The first {shown:,} of {size:,} octets. Whoever listens has all of them." if size > shown else None
