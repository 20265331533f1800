"""What a reader is shown of one event: the shape of what `protocols.explain` makes and the page draws.

There is one description of an event, and everything shows it: the first load, the live line, the replay, the
instructor's view. It is plain data; `to_json` of it is what goes to the browser.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from protocols.events import Endpoint

# How a part of a line is set. "control" is an octet that cannot be printed, already made visible ("\\x00"); "secret" is
# what nobody else should read, such as a password: its octets are all there, and a page decides where it shows them.
PartStyle = Literal["code", "enhanced", "verb", "argument", "text", "control", "secret"]

# What a reply asks of the client, by its first digit: 2 done, 3 go on, 4 trouble that may pass, 5 trouble.
Tone = Literal["done", "go-on", "passing", "trouble"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a standard says it: the label ("RFC 5321 §4.1.1.3") and the address of that section."""

    label: str
    url: str


def reference(rfc: int, section: str) -> Reference:
    """The reference to a section of an RFC; one that starts with a letter is an appendix."""
    anchor = f"section-{section}" if section[0].isdigit() else f"appendix-{section}"
    return Reference(f"RFC {rfc} §{section}", f"https://www.rfc-editor.org/rfc/rfc{rfc}#{anchor}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its name, its value as a reader writes it, what that means, and where it is said."""

    name: str
    value: str
    meaning: str = ""
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a message, with its fields in the order of the wire: "Header", "Question", "Answer section".
    `reference` is where all those fields are said that have none of their own."""

    title: str
    fields: tuple[Field, ...]
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands in the explanation column for the chosen line.

    `title` names the line; `digits` are a code's digits, and the code as a whole, with their meanings; `says` are
    sentences: what it means, then why it was said here. `sections` are the parts of a message. `before` and `after` are
    the session's state around it, None where it has none. `references` come in the order in which the sentences use
    them.
    """

    title: str
    says: tuple[str, ...]
    digits: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One event for a reader.

    `parts` are the line's pieces in order with their styles; joined, they are the line as it was on the wire without
    its line ending. Those of a block are its first octets, with "\\n" for each CR LF and without the last one; in a
    file's data also after an LF alone, which is shown as the octet that it is. `phase` is the phase to mark in the
    margin. `help` is the one sentence below a line that went wrong. `client_id` is the page's own id of the typed line
    that this event came of. `note` is set where the event is not a line on the wire: a sentence, such as a connection's
    end. `heading` is set where a connection begins. `route` is who sent what this event is, and to whom: of a
    connection's beginning the client and the server, of a message its sender and its receiver; the lines of a
    connection have that of its beginning. `aside` is what a line leaves to be said, in a few words ("recursion
    desired", "for get readme.txt").
    """

    seq: int
    at: int
    kind: str
    conn: str | None = None
    side: str | None = None
    because: int | None = None
    client_id: str | None = None
    protocol: str | None = None
    phase: str | None = None
    parts: tuple[tuple[PartStyle, str], ...] = ()
    tone: Tone | None = None
    help: str | None = None
    note: str | None = None
    heading: tuple[str, str] | None = None
    route: tuple[Endpoint, Endpoint] | None = None
    aside: str | None = None
    facts: dict[str, Any] | None = None
    explanation: Explanation | None = None

    def to_json(self) -> dict[str, Any]:
        """This description as plain JSON values; what is not set is left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}


_PIECES = re.compile(rb"[ -~]+|[^ -~]+")


def visible(octets: bytes, style: PartStyle) -> tuple[tuple[PartStyle, str], ...]:
    """The octets as parts: printable ASCII in `style`, any other octet as its number, "\\x0d"."""
    return tuple(
        (style, piece.decode("ascii"))
        if b" " <= piece[:1] <= b"~"
        else ("control", "".join(f"\\x{octet:02x}" for octet in piece))
        for piece in _PIECES.findall(octets)
    )


def secret(octets: bytes) -> tuple[tuple[PartStyle, str], ...]:
    """The octets as one part that is a secret, whatever they are; none for no octets."""
    return (("secret", "".join(text for _, text in visible(octets, "text"))),) if octets else ()
