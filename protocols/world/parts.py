"""The parts of a world, or of what has one, as plain values, each with its place: what it can be, and the sentence for
what it cannot."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, NoReturn

from protocols.world.model import WorldError

WORDS_LIMIT = 400  # characters in what a server says: a reply line is at most 512 octets (RFC 5321 section 4.5.3.1.5)

Where = tuple[str | int, ...]  # the keys and list positions that lead to a part of a world

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")  # RFC 1123 section 2.1


class Parts:
    """Reads single parts. `lines` are those of a text where `whole`, of which they are parts, is one: the line of every
    part by its place."""

    def __init__(self, lines: dict[Where, int], whole: str = "a world") -> None:
        self._lines = lines
        self._whole = whole

    @property
    def is_written(self) -> bool:
        """Whether the world is a text that a person wrote."""
        return bool(self._lines)

    def switch(self, value: Any, where: Where) -> bool:
        """True or false; false where nothing is given."""
        if value not in (None, True, False, "true", "false"):
            self.fail(where, f"{self._named(where)} is true or false")
        return value in (True, "true")

    def number(self, value: Any, where: Where, limit: int) -> int:
        """A number from 0 to `limit`."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
            self.fail(where, f"{self._named(where)} is a number from 0 to {limit:,}")
        return value

    def host_name(self, value: Any, where: Where) -> str:
        """A host's name in lower case."""
        name = self.text(value, where).lower()
        if not _NAME.fullmatch(name) or len(name) > 253:
            self.fail(where, f"{name!r} is not a host name")
        return name

    def address(self, value: Any, where: Where) -> str:
        """An IPv4 address that a host can have."""
        try:
            address = ipaddress.IPv4Address(value if isinstance(value, str) else "")
        except ValueError:
            self.fail(where, f"{value!r} is not an IPv4 address")
        if address.is_loopback or address.is_multicast or address.is_unspecified or int(address) == 0xFFFFFFFF:
            self.fail(where, f"{address} cannot be a host's address")
        return str(address)

    def text(self, value: Any, where: Where) -> str:
        """A text that is not blank."""
        if not isinstance(value, str) or not value.strip():
            self.fail(where, f"{self._named(where)} is a text")
        return value

    def words(self, value: Any, where: Where, lines: int = 1) -> dict[str, str]:
        """What a server says, by the reply's cause: each a text of at most `lines` lines with an LF between them."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fail(where, "words are pairs of a reply's cause and its text")
        return {str(key): self._reply(text, (*where, key), lines) for key, text in value.items()}

    def _reply(self, value: Any, where: Where, limit: int) -> str:
        text = self.text(value, where).removesuffix("\n") if limit > 1 else self.text(value, where)
        lines = text.split("\n") if limit > 1 else [text]
        if any(not (line.isascii() and line.isprintable()) or len(line) > WORDS_LIMIT for line in lines):
            a_line = " a line" if limit > 1 else ""
            self.fail(where, f"a server's words are printable ASCII, at most {WORDS_LIMIT} characters{a_line}")
        if len(lines) > limit:
            self.fail(where, f"a reply has at most {limit} lines")
        return text

    def items(self, value: Any, where: Where, limit: int) -> list[Any]:
        """A list that is not empty, of at most `limit`."""
        if not isinstance(value, list | tuple) or not value or len(value) > limit:
            self.fail(where, f"{self._named(where)} is a list of 1 to {limit}")
        return [*value]

    def mapping(
        self, value: Any, where: Where, needed: set[str], known: frozenset[str] | set[str] = frozenset()
    ) -> dict[str, Any]:
        """A mapping with the keys `needed`, none of them without a value, and of the keys `known` any."""
        if not isinstance(value, dict):
            self.fail(where, f"{self._named(where)} has the keys {', '.join(sorted(needed))}")
        for key in value:
            if key not in needed | known:
                self.fail((*where, key), f"{self._named(where)} has no key {key!r}")
        for key in sorted(needed):
            if value.get(key) is None:
                self.fail(where, f"{self._named(where)} needs the key {key}")
        return value

    def fail(self, where: Where, what: str) -> NoReturn:
        """Raise WorldError: `what` is the sentence, to which the line is added where there is one."""
        line = next((self._lines[where[:n]] for n in range(len(where), -1, -1) if where[:n] in self._lines), None)
        raise WorldError(f"Line {line}: {what}." if line else f"This is wrong in {self._whole}: {what}.", line)

    def _named(self, where: Where) -> str:
        """What an author calls this part: its last key, or the key of the list that it stands in."""
        keys = [part for part in where if isinstance(part, str)]
        if not keys:
            return self._whole
        return keys[-1] if isinstance(where[-1], str) else f"a part of {keys[-1]}"
