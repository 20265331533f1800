"""A message on its way: the octets between the 354 and the end of data. Pure.

Lines end in CRLF, and only <CRLF>.<CRLF> ends the data (RFC 5321 sections 2.3.8 and 4.1.1.4). A CR or LF that stands
alone is an octet like any other: it ends no line, so it can neither hide an end of data nor make one up, and it is
kept in the message as it came. One end of data is one message, never two.
"""

from __future__ import annotations

from protocols import limits
from protocols.smtp.wire import END_OF_DATA

_KEPT = len(END_OF_DATA) - 1  # octets that may be the beginning of the end


class Content:
    """Collects a message. What is too large is read to its end and not kept."""

    def __init__(self) -> None:
        # RFC 5321 section 4.1.1.4: the CRLF of the DATA command may be the first of the end of data.
        self._octets = bytearray(b"\r\n")
        self._too_large = False

    def take(self, data: bytes) -> int | None:
        """Take in `data`. Returns how many of its octets belong to the message, its end included; None where all do
        and the end is still to come."""
        start = max(0, len(self._octets) - _KEPT)
        before = len(self._octets)
        self._octets += data
        end = self._octets.find(END_OF_DATA, start)
        if end >= 0:
            taken = end + len(END_OF_DATA) - before
            del self._octets[end + 2 :]
            self._drop_if_larger(limits.MESSAGE)
            return taken
        self._drop_if_larger(limits.MESSAGE + _KEPT)
        return None

    def fault(self) -> str | None:
        """The cause for which the message is refused as a whole, if there is one: RFC 5321 section 4.5.3.1.9."""
        if self._too_large:
            return "message-too-large"
        lines = self._octets[2:].split(b"\r\n")
        longest = max(len(line) - line.startswith(b".") for line in lines)
        return "text-line-too-long" if longest + 2 > limits.TEXT_LINE else None

    def message(self) -> bytes:
        """The message as its author wrote it: the dots of transparency undone (RFC 5321 section 4.5.2)."""
        return bytes(self._octets.replace(b"\r\n.", b"\r\n")[2:])

    def _drop_if_larger(self, limit: int) -> None:
        size = len(self._octets) - 2
        # RFC 1870 section 5: dots of transparency do not count.
        if size > limit and size - self._octets.count(b"\r\n.") > limit:
            self._too_large = True
        if self._too_large:
            del self._octets[:-_KEPT]
