"""What a goal can ask of a transcript, frozen. A goal is read from an author's YAML, and carried as plain values.

A pattern is a text in which each * stands for any characters, none included; letters are compared without regard to
case. Where a field is None, or a pattern "*", it asks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with * for anything, cut at its stars."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """The pattern that an author wrote."""
        return cls(tuple(part.casefold() for part in text.split("*")))

    def __str__(self) -> str:
        return "*".join(self.parts)

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is as the pattern says. Takes time in proportion to the text, whatever the
        pattern: an author's must not hold up a lab's log."""
        first, *rest = self.parts
        text = text.casefold()
        if not rest:
            return text == first
        if not text.startswith(first):
            return False
        place = len(first)
        for part in rest[:-1]:
            found = text.find(part, place)
            if found < 0:
                return False
            place = found + len(part)
        return len(text) - len(rest[-1]) >= place and text.endswith(rest[-1])


ANYTHING = Pattern.of("*")


Mode = Literal["active", "passive"]  # of a data connection: the server opens it, or the client


# What one event can show


@dataclass(frozen=True, slots=True)
class Command:
    """The client sends one of these verbs, with such an argument."""

    verbs: tuple[str, ...]
    argument: Pattern = ANYTHING


@dataclass(frozen=True, slots=True)
class Reply:
    """The server replies with such a code ("250", or "5*" for any that begins with 5); to one of these verbs, where
    some are named; `text` is what stands behind the code, in the last line of a reply that has several."""

    code: Pattern
    to: tuple[str, ...] = ()
    text: Pattern = ANYTHING


@dataclass(frozen=True, slots=True)
class Reached:
    """A session of this protocol comes into this state."""

    protocol: str
    state: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message is put into a mailbox. `headers` are fields that it has, by their names."""

    to: Pattern = ANYTHING
    sender: Pattern = ANYTHING
    headers: tuple[tuple[str, Pattern], ...] = ()
    body: Pattern = ANYTHING


@dataclass(frozen=True, slots=True)
class Stored:
    """A file is on a host, new or anew. `size` is in octets, `sha256` in hexadecimal digits; `type` is the
    representation type that its transfer had, "A" or "I", and `mode` how its data connection was opened."""

    path: Pattern = ANYTHING
    host: Pattern = ANYTHING
    size: int | None = None
    sha256: str | None = None
    type: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file has gone to the client over a data connection, to its end. `size` is in octets as they went over it."""

    path: Pattern = ANYTHING
    size: int | None = None
    sha256: str | None = None
    type: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of files has gone to the client over a data connection, to its end."""

    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A file or directory is removed, or has another name."""

    path: Pattern = ANYTHING
    host: Pattern = ANYTHING


@dataclass(frozen=True, slots=True)
class DataConnection:
    """A data connection is opened."""

    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A name server answers a question. `rcode` is the response's code, or NODATA (RFC 2308 section 1): the name is
    there, and has no records of that type. `to` is who asked, `by` how they did: with "recursion" (the RD bit) or by
    "iteration". `authoritative`: whether the server answers for a zone of its own (the AA bit); `cached`: whether it
    had the answer in its cache; `queries` is how many a resolver needed at most for it."""

    name: Pattern = ANYTHING
    type: str | None = None
    rcode: str | None = None
    server: Pattern = ANYTHING
    to: Pattern = ANYTHING
    by: Literal["recursion", "iteration"] | None = None
    authoritative: bool | None = None
    cached: bool | None = None
    queries: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An edited zone has a record: its whole name, its type, its data in presentation form."""

    zone: str
    name: Pattern
    type: str
    data: Pattern = ANYTHING


@dataclass(frozen=True, slots=True)
class SecretInTheClear:
    """A password, or whatever else is a secret, goes over a connection that is not secured."""


@dataclass(frozen=True, slots=True)
class Question:
    """The student answers a question, whose right answers are computed from their own transcript: `answer` is one of
    `questions.ANSWERS`, looked for in the events that show `of`, or in all. No event shows a question; what they
    answered is judged by `questions.is_right`."""

    ask: str
    answer: str
    of: Sight | None = None


Sight = (
    Command
    | Reply
    | Reached
    | Delivered
    | Stored
    | Fetched
    | Listed
    | Gone
    | DataConnection
    | Answered
    | Record
    | SecretInTheClear
    | Question
)


# What several can


@dataclass(frozen=True, slots=True)
class All:
    """Each of them is met."""

    of: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them is met."""

    of: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class InOrder:
    """Each is met by what comes after that which met the one before."""

    of: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class OnOneConnection:
    """It is met by what belongs to one connection, its data connections included."""

    of: Wish


@dataclass(frozen=True, slots=True)
class Never:
    """It is not met: kept so far, and settled when the attempt is submitted."""

    of: Wish


Wish = Sight | All | AnyOf | InOrder | OnOneConnection | Never


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of an exercise: `key` names it in the log, `title` is what a student reads, `points` what it is worth."""

    key: str
    title: str
    wish: Wish
    points: int = 1
