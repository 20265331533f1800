"""What happens in FTP beside the lines of its control connection, for a reader: data connections, and what becomes of
files. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from protocols import limits
from protocols.description import Description, Explanation, Field, PartStyle, Section, visible
from protocols.events import Block, Closed, Endpoint, Event, Line, NotStored, Opened, Stored, Transferred, TreeChanged
from protocols.ftp import wire
from protocols.ftp.sources import Source, refer

BLOCK_SHOWN = 2_048  # octets of a block that a reader sees
_NO_TEXT_SHOWN = 64  # of one that is no text

# A data connection


def describe_opened(shown: Description, event: Opened, cause: Event | None) -> Description:
    """`shown` of a data connection's beginning; `cause` is the command that arranged it. Its facts are its purpose,
    and which side opened it."""
    verb = _verb(cause, wire.ARRANGING)
    is_active = event.opener == "S"
    source, target = (event.server, event.client) if is_active else (event.client, event.server)
    opened = f"opened by the {'server' if is_active else 'client'}{' after ' if verb else ''}{verb}"
    return replace(
        shown,
        route=(event.client, event.server),
        heading=(
            f"{_called(source)} → {_called(target)}:{target.port}",
            f"TCP from {source.address}:{source.port} · FTP data, {opened}",
        ),
        facts={"purpose": event.purpose, "opener": event.opener},
        explanation=Explanation(
            title="A data connection",
            says=(*(_on_active if is_active else _on_passive)(event, verb), _WHAT_FOR),
            references=tuple(refer(each) for each in _SOURCES[is_active, verb in _EXTENDED]),
        ),
    )


_WHAT_FOR = "Files and lists go over it, and nothing else: commands and replies stay on the control connection."
_EXTENDED = ("EPRT", "EPSV")
_SOURCES: dict[tuple[bool, bool], tuple[Source, ...]] = {  # by whether it is active, and whether it is extended
    (True, False): ((959, "4.1.2"), (959, "3.2"), (959, "5.2")),
    (True, True): ((2428, "2"), (959, "3.2"), (959, "5.2")),
    (False, False): ((959, "4.1.2"), (959, "3.3")),
    (False, True): ((2428, "3"), (959, "3.3")),
}


def _on_active(event: Opened, verb: str) -> tuple[str, str]:
    client, server = event.client, event.server
    return (
        f"The server opened it: from port {server.port} of {_called(server)} to port {client.port} of "
        f"{client.address}, where the client listens, as {verb or 'it'} said.",
        "This is active mode: the server connects, not before the transfer begins, and from port 20, which is next to "
        "the port of the control connection.",
    )


def _on_passive(event: Opened, verb: str) -> tuple[str, str]:
    client, server = event.client, event.server
    return (
        f"The client opened it: from port {client.port} of {_called(client)} to port {server.port} of "
        f"{server.address}, where the server listens, as its answer{' to ' if verb else ''}{verb} said.",
        "This is passive mode: the server waits and the client connects, as it did for the control connection.",
    )


def _called(end: Endpoint) -> str:
    return end.host or end.address


def describe_block(shown: Description, event: Block) -> Description:
    """`shown` of octets of a data connection: as text where they are text, a line break where a line ends. Its facts
    say whether they are those of a list."""
    octets = event.raw
    count = _octets(len(octets))
    if _is_text(octets[:BLOCK_SHOWN]):
        more = f", the first {BLOCK_SHOWN:,} of them shown" if len(octets) > BLOCK_SHOWN else ""
        parts, note = _text_parts(octets[:BLOCK_SHOWN]), f"{count} of data{more}."
    else:
        more = f", the first {_NO_TEXT_SHOWN} of them shown" if len(octets) > _NO_TEXT_SHOWN else ""
        parts, note = visible(octets[:_NO_TEXT_SHOWN], "text"), f"{count} of data that are no text{more}."
    facts = {"list": True} if event.state in wire.LISTS else None
    return replace(shown, parts=parts or (("text", ""),), phase="transfer", note=note, facts=facts)


def is_data(event: Block) -> bool:
    """Whether the block is of a data connection: its state is a transfer's verb then."""
    return event.protocol == "ftp" and event.state in wire.TRANSFERS


def _is_text(octets: bytes) -> bool:
    """Whether a reader makes more of the octets as text than as numbers: no NUL, and next to no control characters."""
    controls = len(octets) - len(octets.translate(None, _CONTROLS))
    return 0 not in octets and controls * 50 <= len(octets)


_CONTROLS = bytes(octet for octet in range(0x20) if octet not in b"\t\n\r\f")


def _text_parts(octets: bytes) -> tuple[tuple[PartStyle, str], ...]:
    """The octets as parts, with a line break for each CR LF. An LF alone, as a file may have it in type I, is shown as
    the octet that it is, and breaks the line too."""
    parts: list[tuple[PartStyle, str]] = []
    text, *rest = _LINE_END.split(octets)
    parts += visible(text, "text")
    for end, text in zip(rest[::2], rest[1::2], strict=True):
        if end == b"\n":
            parts.append(("control", "\\x0a"))
        parts += [("text", "\n"), *visible(text, "text")]
    is_ended = len(rest) > 0 and not rest[-1]
    return tuple(parts[:-1] if is_ended else parts)


_LINE_END = re.compile(rb"(\r?\n)")


def describe_transferred(shown: Description, event: Transferred, cause: Event | None) -> Description:
    """`shown` of what went over a data connection; `cause` is the command that asked for it. Its facts are the length,
    the hash, how many octets the transcript keeps, the number of that command's event, and the file's name."""
    verb = _verb(cause, wire.TRANSFERS)
    count = _octets(event.length)
    side = "server" if event.side == "S" else "client"
    keeps = "" if event.kept >= event.length else f" The transcript keeps the first and the last {_KEPT} of them."
    if event.whole:
        note = (
            f"{count} went over the data connection, and its end is the end of the {'file' if event.path else 'list'}."
        )
        ends = f"In stream mode no octet marks the end: the {side} sent the last one and closed the connection."
    else:
        note = f"{count} went over the data connection before it broke off."
        ends = f"The {side} had more to send, so this is not the whole of it."
    fields = [
        Field("octets", f"{event.length:,}", f"sent by the {side}"),
        Field("kept", f"{event.kept:,}", f"of them, in this transcript: at most the first and the last {_KEPT}"),
    ]
    if event.sha256:
        fields.append(Field("SHA-256", event.sha256, "of all of them, kept or not"))
    because = f"{verb} asked for it. " if verb else ""
    return replace(
        shown,
        note=note + keeps,
        facts={
            "length": event.length,
            "sha256": event.sha256,
            "kept": event.kept,
            "because": event.because,
            "path": event.path,
        },
        explanation=Explanation(
            title=f"{count} of data",
            says=(f"{because}The {side} sent {count} over the data connection.{keeps}", ends),
            sections=(Section("What went over it", tuple(fields)),),
            references=(refer((959, "3.4.1")), refer((959, "3.3"))),
        ),
    )


_KEPT = f"{limits.DATA_KEPT // 1024} KB"


def describe_closed(shown: Description, event: Closed) -> Description:
    """`shown` of the end of a data connection, for one of the reasons in ENDS."""
    side = {"C": "The client", "S": "The server"}.get(event.side or "", "Neither side")
    return replace(shown, note=ENDS[event.why].format(side=side))


# Why data connections end, and no others.
ENDS = {
    "end-of-file": "{side} closed the data connection: end of file.",
    "aborted": "The data connection was closed before the transfer was complete.",
    "unused": "The data connection was closed, and nothing had gone over it.",
}


def _verb(cause: Event | None, verbs: tuple[str, ...]) -> str:
    """The verb of the command `cause`, "" where it is none of `verbs`."""
    verb = wire.verb_of(cause.raw, cause.state) if isinstance(cause, Line) else ""
    return verb if verb in verbs else ""


def _octets(count: int) -> str:
    return f"{count:,} octet{'' if count == 1 else 's'}"


# Files


def describe_stored(shown: Description, event: Stored) -> Description:
    """`shown` of a file that is there now. Its facts are all that a tree of files shows of it."""
    owner = f", owned by {event.owner}" if event.owner else ""
    facts = {
        "host": event.host,
        "path": event.path,
        "owner": event.owner,
        "mode": event.mode,
        "modified": event.modified,
        "size": event.size,
        "sha256": event.sha256,
    }
    note = f"{_spell(event.path)} is on {event.host}: {_octets(event.size)}{owner}."
    return replace(shown, note=note, client_id=shown.client_id or event.client_id, facts=facts)


def describe_not_stored(shown: Description, event: NotStored) -> Description:
    """`shown` of a file that somebody wanted to put there on a page, and that is not there."""
    return replace(
        shown,
        note=f"{_spell(event.path)} was not put on {event.host}.",
        help=_NOT_STORED.get(event.why, f"The host refused it ({event.why})."),
        client_id=shown.client_id or event.client_id,
        facts={"host": event.host, "path": event.path, "why": event.why},
    )


# What to do on a page, by the cause.
_NOT_STORED = {
    "no-such-directory": "There is no such directory on it. Choose one of those in the tree.",
    "not-a-directory": "What should hold it is a file and no directory. Choose another place in the tree.",
    "is-a-directory": "A directory has that name already. Give the file another name.",
    "bad-name": "A name has no control characters and no slash. Give the file another name.",
    "name-too-long": f"A name has at most {limits.FILE_NAME} octets. Give the file a shorter name.",
    "path-too-long": f"A path has at most {limits.FILE_PATH} octets. Put the file higher up in the tree.",
    "over-quota": "Its owner's quota does not allow so many octets. Delete something, or take a smaller file.",
    "lab-full": f"All files of a lab have at most {limits.FILES // 1024**2} MB together. Delete something first.",
    "too-many-files": f"A lab has at most {limits.FILE_ENTRIES} files and directories. Remove some first.",
}


def describe_tree(shown: Description, event: TreeChanged) -> Description:
    """`shown` of a change of the tree of files. Its facts are the change."""
    path, to = _spell(event.path), _spell(event.to)
    note = {
        "made": f"The directory {path} is on {event.host} now.",
        "removed": f"{path} is on {event.host} no more.",
        "renamed": f"{path} is called {to} on {event.host} now.",
    }[event.change]
    facts = {
        "host": event.host,
        "change": event.change,
        "path": event.path,
        "to": event.to,
        "owner": event.owner,
        "mode": event.mode,
        "modified": event.modified,
    }
    return replace(shown, note=note, facts=facts)


def _spell(name: str) -> str:
    """A name as it stands in a sentence: what nobody sees in it, or what turns the words around, as its octets."""
    return "".join(
        sign if sign.isprintable() else "".join(f"\\x{octet:02x}" for octet in sign.encode("utf-8", "surrogatepass"))
        for sign in name
    )
