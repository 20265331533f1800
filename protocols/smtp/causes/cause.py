"""The shape of a cause."""

from __future__ import annotations

from dataclasses import dataclass

HOST = frozenset({"host"})
CLIENT = HOST | {"client"}
SENDER = CLIENT | {"sender"}
RECIPIENT = SENDER | {"recipient"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why the server answers so.

    `why` is the key. `code` and `enhanced` are the reply's codes (RFC 5321 section 4.2, RFC 3463); `enhanced_rcpt` is
    the enhanced code where the same mistake is made in RCPT and RFC 3463 has a code of its own for a destination.
    `words` are the server's own, unless its world gives others; `knows` are the placeholders that they may have.
    `says` tells why it is answered so, `help` what to do where something went wrong. In both, {verb} is the word that
    the client said and {state} the session's state. `references` are (RFC, section).
    """

    why: str
    code: str
    enhanced: str
    words: str
    says: str
    references: tuple[tuple[int, str], ...]
    help: str = ""
    enhanced_rcpt: str | None = None
    knows: frozenset[str] = HOST
