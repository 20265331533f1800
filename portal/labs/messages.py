"""Every message on a lab's websocket and on the bus, as frozen dataclasses grouped by direction.

The page speaks JSON objects with a `type`. What it sends is checked here, field by field, before anything acts on it:
a message that is not one of these gets one sentence back and changes nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_type_hints

MESSAGE_LIMIT = 4 * 1024  # octets of one message from a page
MESSAGES_A_SECOND = 20  # messages from one socket

_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,36}")


class MessageError(ValueError):
    """What the page sent is not a message. The text is the sentence that goes back."""


# From the page


@dataclass(frozen=True, slots=True)
class Since:
    """Show the log after `seq`, and go on. The first message of every connection, and after each reconnect."""

    type: ClassVar[str] = "since"

    seq: int


@dataclass(frozen=True, slots=True)
class Input:
    """A line that was typed at `console`. Sent again with the same `client_id` until its line was shown."""

    type: ClassVar[str] = "input"

    client_id: str
    console: int
    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the console's connection."""

    type: ClassVar[str] = "hang-up"

    client_id: str
    console: int


# To the page


@dataclass(frozen=True, slots=True)
class Events:
    """Descriptions (`protocols.description`) of committed events, in order, without a gap. `last` is the seq up to
    which the page is now complete; `whole` says that this is the end of the log as it is."""

    type: ClassVar[str] = "events"

    last: int
    whole: bool
    descriptions: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Refused:
    """What the page sent was not done; `sentence` says why and what to do. `client_id` names it where it had one."""

    type: ClassVar[str] = "refused"

    sentence: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """What happens in the lab cannot be committed, or not read, for the moment, so nothing of it is shown. It is said
    every second while that lasts, and over with the next events. It is no event: nothing of it is kept."""

    type: ClassVar[str] = "paused"

    sentence: str = (
        "The lab is paused, because Lentil's database does not answer. Nothing is lost, and it goes on by itself."
    )


# On the bus, where Paused comes from the lab's owner too


@dataclass(frozen=True, slots=True)
class EditZone:
    """From a zone's page, to the owner of the lab: give `zone` another master file. `serial` is the zone's that this
    was made on. Sent again with the same `client_id` it is the same edit."""

    type: ClassVar[str] = "edit-zone"

    client_id: str
    zone: str
    serial: int
    text: str


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """From a page of files, to the owner of the lab: put a file on `host` that `owner` owns ("": nobody), and whose
    content is in the database. `size` is in octets."""

    type: ClassVar[str] = "place-file"

    client_id: str
    host: str
    path: str
    owner: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Bell:
    """Events `first` to `last` of `lab` are committed. `descriptions` is a copy of them, or None where they are many:
    whoever needs them reads the log."""

    type: ClassVar[str] = "bell"

    lab: int
    first: int
    last: int
    descriptions: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class End:
    """To the owner of `lab`: end it."""

    type: ClassVar[str] = "end"

    lab: int


FROM_PAGE: dict[str, type[Any]] = {message.type: message for message in (Since, Input, HangUp)}
ON_BUS: dict[str, type[Any]] = {
    message.type: message for message in (Input, HangUp, EditZone, PlaceFile, Bell, Paused, End)
}


def to_text(message: Any) -> str:
    """The JSON text of a message of any direction."""
    # Not by asdict, which copies all that there is in a message first.
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    return json.dumps({"type": message.type, **values}, separators=(",", ":"))


def from_text(text: str, known: dict[str, type[Any]]) -> Any:
    """The message of one of the `known` types that `text` holds. Raises MessageError."""
    if len(text.encode("utf-8", "surrogatepass")) > MESSAGE_LIMIT and known is FROM_PAGE:
        raise MessageError(f"A message is at most {MESSAGE_LIMIT:,} octets long; send shorter lines.")
    try:
        values = json.loads(text)
        kind = known[values.pop("type")]
        message = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MessageError("The page sent something that is not a message; reload it.") from error
    _check(message)
    return message


def _check(message: Any) -> None:
    for name, hint in get_type_hints(type(message)).items():
        value = getattr(message, name)
        if hint in (int, str, bool) and type(value) is not hint:
            raise MessageError(f"The page sent a {message.type} message with a wrong {name}; reload it.")
    if isinstance(message, Since) and not 0 <= message.seq < 2**53:
        raise MessageError("The page asked for a place that no log has; reload it.")
    if isinstance(message, Input | HangUp) and not (_CLIENT_ID.fullmatch(message.client_id) and message.console == 1):
        raise MessageError("The page sent a line without an id of its own; reload it.")
