"""The taps at an FTP server's connections: what went over the wire, as events, in the order of the wire."""

from __future__ import annotations

import hashlib

from protocols import limits
from protocols.events import Block, Closed, Endpoint, Line, Opened, Side, Transferred
from protocols.ftp import wire
from protocols.ftp.answers import Answer
from protocols.ftp.states import MACHINE
from protocols.recorder import Address, Recorder
from protocols.tap import Heard, LineCutter, Piece


class Tap:
    """Records the control connection `conn` of `client`. It follows the session ahead of its server: a line that came
    before the answer to the one in front of it is recorded with the state that its client counted on."""

    def __init__(self, recorder: Recorder, conn: str, client: Address) -> None:
        self._recorder = recorder
        self._conn = conn
        self._client = client
        self._state = MACHINE.initial
        self._cutter = LineCutter()
        self._heard = Heard()
        self._answered = 0  # octets of what the client said
        self._transfer: tuple[int | None, int | None] = (None, None)  # the end of its command, and the event

    def received(self, data: bytes) -> None:
        """Octets came from the client."""
        for piece in self._cutter.cut(data):
            self._record(piece)

    def ended(self) -> None:
        """Nothing more comes from the client: what it left without a line ending was said as well."""
        piece = self._cutter.leftover()
        if piece is not None:
            self._record(piece)

    def answered(self, answer: Answer) -> int | None:
        """The server says `answer`: called before its octets go out. Returns the event that it answers."""
        because = self.command_of(answer)
        for line in answer.lines:
            self._recorder.record(
                Line,
                because=because,
                conn=self._conn,
                protocol="ftp",
                side="S",
                raw=line,
                state=answer.state,
                why=answer.why,
            )
        self._answered = max(self._answered, answer.end or 0)
        if self._answered >= self._heard.length:
            self._state = answer.then
        return because

    def command_of(self, answer: Answer) -> int | None:
        """The event that `answer` answers; None where the server speaks unasked. A transfer's command is answered
        again at its end, when others were since: RFC 959 section 5.4."""
        if answer.end is None:
            return None
        if answer.end == self._transfer[0]:
            return self._transfer[1]
        because = self._heard.event_of(answer.end)
        if answer.begins is not None:
            self._transfer = answer.end, because
        return because

    def _record(self, piece: Piece) -> None:
        because = self._recorder.cause_of(self._client, self._heard.length + len(piece.raw))
        kind = Line if piece.is_line else Block
        seq = self._recorder.record(
            kind, because=because, conn=self._conn, protocol="ftp", side="C", raw=piece.raw, state=self._state
        )
        self._heard.add(len(piece.raw), seq)
        if piece.is_line:
            self._state = MACHINE.expect(self._state, wire.verb_of(piece.raw, self._state))


class DataTap:
    """Records a data connection: its opening when it is made, what goes over it, and its end. `because` is the event of
    the command that arranged it; `opener` is who opened it."""

    def __init__(
        self, recorder: Recorder, client: Endpoint, server: Endpoint, opener: Side, because: int | None
    ) -> None:
        self._recorder = recorder
        self._conn = recorder.new_conn()
        self._side: Side = "S"
        self._verb = ""
        self._path = ""
        self._because: int | None = None
        self._length = 0
        self._kept = 0
        self._digest = hashlib.sha256()
        recorder.record(
            Opened,
            because=because,
            conn=self._conn,
            protocol="ftp",
            purpose="data",
            client=client,
            server=server,
            opener=opener,
        )

    def begins(self, verb: str, side: Side, path: str, because: int | None) -> None:
        """A transfer begins that the command `verb`, event `because`, asked for: `side` sends. `path` is the file's
        absolute name, "" for a list."""
        self._verb, self._side, self._path, self._because = verb, side, path, because

    def took(self, octets: memoryview) -> None:
        """These octets went over the wire. Called for every chunk of a hundred megabytes."""
        self._digest.update(octets)
        self._length += len(octets)
        if self._kept < limits.DATA_KEPT:
            self._keep(octets[: limits.DATA_KEPT - self._kept])

    def ends(self, sent: memoryview, whole: bool) -> str:
        """The transfer is over; `sent` is all that went over the wire, and `whole` says whether the sender came to its
        end. Returns the SHA-256 of it."""
        sha256 = self._digest.hexdigest()
        self._keep(sent[max(self._kept, len(sent) - limits.DATA_KEPT) :])
        self._recorder.record(
            Transferred,
            because=self._because,
            conn=self._conn,
            side=self._side,
            length=self._length,
            kept=self._kept,
            sha256=sha256,
            path=self._path,
            whole=whole,
        )
        return sha256

    def closed(self, side: Side | None, why: str) -> None:
        """The connection is closed, by `side`, for a reason as `events.Closed` names it."""
        self._recorder.record(Closed, conn=self._conn, side=side, why=why)

    def _keep(self, octets: memoryview) -> None:
        for start in range(0, len(octets), limits.CHUNK):
            raw = bytes(octets[start : start + limits.CHUNK])
            self._kept += len(raw)
            self._recorder.record(
                Block,
                because=self._because,
                conn=self._conn,
                protocol="ftp",
                side=self._side,
                raw=raw,
                state=self._verb,
            )
