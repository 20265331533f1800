"""The replies that a client hears on its control connection. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protocols.ftp import wire
from protocols.tap import LineCutter


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply, of one line or of several: its code, and its text with an LF between the lines."""

    code: str
    text: str

    @property
    def is_preliminary(self) -> bool:
        """Whether another reply to the same command follows: RFC 959 section 4.2."""
        return self.code[0] == "1"

    @property
    def is_success(self) -> bool:
        """Whether the command was done, or is as far as it goes without the next one: RFC 959 section 4.2."""
        return self.code[0] in "23"


class Reader:
    """Makes replies of the octets that come. What has no code and stands in no reply is skipped."""

    def __init__(self) -> None:
        self._cutter = LineCutter()
        self._code = ""  # of the reply that goes on
        self._texts: list[str] = []

    def hear(self, octets: bytes) -> Iterator[Reply]:
        """The replies that `octets` complete, in order."""
        for piece in self._cutter.cut(octets):
            reply = self._read_line(piece.raw)
            if reply:
                yield reply

    def _read_line(self, line: bytes) -> Reply | None:
        found = wire.parse_reply(line)
        if found and not self._code and found.separator == "-":
            self._code = found.code
        if self._code and (found is None or found.separator == "-" or found.code != self._code):
            self._texts.append(found.text if found else wire.strip_ending(line).decode("latin-1"))
            return None
        if found is None:
            return None
        reply = Reply(found.code, "\n".join([*self._texts, found.text]))
        self._code, self._texts = "", []
        return reply
