"""The tap at an SMTP server's connection: what went over the wire, as events, in the order of the wire."""

from __future__ import annotations

from protocols import limits
from protocols.events import Block, Line
from protocols.recorder import Address, Recorder
from protocols.smtp import wire
from protocols.smtp.session import Answer
from protocols.smtp.states import MACHINE
from protocols.tap import Heard, LineCutter, Piece


class Tap:
    """Records connection `conn` of `client`. It follows the session ahead of its server: a line that came before the
    answer to the one in front of it is recorded with the state that its client counted on."""

    def __init__(self, recorder: Recorder, conn: str, client: Address) -> None:
        self._recorder = recorder
        self._conn = conn
        self._client = client
        self._state = MACHINE.initial
        self._cutter = LineCutter()
        self._heard = Heard()
        self._held = b""  # in blocks: the beginning of a line that may be the end of the data
        self._last = b""  # the last two octets of the message so far
        self._lines_shown = 0  # of the message

    def received(self, data: bytes) -> None:
        """Octets came from the client."""
        while data:
            if self._in_blocks():
                data = self._block(self._cutter.take() + data)
                continue
            data, self._held = self._held + data, b""
            for piece in self._cutter.cut(data):
                self._record(piece)
                if self._in_blocks():
                    break
            data = self._cutter.take() if self._in_blocks() else b""

    def ended(self) -> None:
        """Nothing more comes from the client: what it left without a line ending was said as well."""
        piece = Piece(self._held, is_line=True) if self._held else self._cutter.leftover()
        self._held = b""
        if piece is not None:
            self._record(piece)

    def answered(self, answer: Answer) -> None:
        """The server says `answer`: called before its octets go out."""
        because = None if answer.end is None else self._heard.event_of(answer.end)
        for line in answer.lines:
            self._recorder.record(
                Line,
                because=because,
                conn=self._conn,
                protocol="smtp",
                side="S",
                raw=line,
                state=answer.state,
                why=answer.why,
            )
        if answer.end is None or answer.end >= self._heard.length:
            self._enter(answer.then)

    def end_of_data(self, end: int) -> int | None:
        """The event of the line that ended the message whose octets end at `end`."""
        return self._heard.event_of(end)

    def _in_blocks(self) -> bool:
        return self._state == "data" and self._lines_shown >= limits.LINES_SHOWN

    def _block(self, data: bytes) -> bytes:
        """Record `data` up to the end of the message, and return what follows it."""
        data, self._held = self._held + data, b""
        stream = self._last + data
        end = stream.find(wire.END_OF_DATA)
        if end >= 0:
            cut = end + 2 - len(self._last)
            self._record_block(data[:cut])
            self._record(Piece(wire.DOT_LINE, is_line=True))
            return data[cut + len(wire.DOT_LINE) :]
        for beginning in (b".\r", b"."):
            if stream.endswith(b"\r\n" + beginning):
                self._held = beginning
        self._record_block(data[: len(data) - len(self._held)])
        return b""

    def _record_block(self, raw: bytes) -> None:
        for start in range(0, len(raw), limits.CHUNK):
            self._record(Piece(raw[start : start + limits.CHUNK], is_line=False))

    def _record(self, piece: Piece) -> None:
        because = self._recorder.cause_of(self._client, self._heard.length + len(piece.raw))
        common = {"conn": self._conn, "protocol": "smtp", "side": "C", "raw": piece.raw, "state": self._state}
        if piece.is_line:
            seq = self._recorder.record(Line, because=because, why=self._not_the_end(piece.raw), **common)
        else:
            seq = self._recorder.record(Block, because=because, **common)
        self._heard.add(len(piece.raw), seq)
        self._follow(piece)

    def _not_the_end(self, raw: bytes) -> str | None:
        """The note on a lone dot within a message that does not end it (RFC 5321 section 4.1.1.4)."""
        if self._state != "data" or wire.strip_ending(raw) != b".":
            return None
        return None if self._ends_data(raw) else "not-the-end"

    def _ends_data(self, raw: bytes) -> bool:
        return raw == wire.DOT_LINE and self._last == b"\r\n"

    def _follow(self, piece: Piece) -> None:
        if self._state != "data":
            if piece.is_line:
                self._enter(MACHINE.expect(self._state, wire.verb_of(piece.raw, self._state)))
        elif self._ends_data(piece.raw):
            self._enter(MACHINE.expect("data", wire.DOT))
        else:
            self._lines_shown += 1
            self._last = (self._last + piece.raw)[-2:]

    def _enter(self, state: str) -> None:
        if state == "data" and self._state != "data":
            self._lines_shown = 0
            self._last = b"\r\n"  # of the DATA command
        self._state = state
