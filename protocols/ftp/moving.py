"""A data connection that stands: pyftpdlib moves the octets, a tap records them."""

from __future__ import annotations

import socket
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING

from pyftpdlib.handlers.ftp.data import DTPHandler

from protocols import limits
from protocols.events import Side
from protocols.ftp.answers import Transfer
from protocols.ftp.tap import DataTap

if TYPE_CHECKING:
    from protocols.ftp.control import Connection
    from protocols.ftp.data import Data

_BURST = 8  # calls in one turn of the loop: then it is others' turn
_AT_ONCE = 4 * limits.CHUNK  # octets that one call reads or sends: a transfer is mostly such calls
_CHUNK = memoryview(bytearray(_AT_ONCE))  # for what is read, from whichever connection


class DataConnection(DTPHandler):
    """A data connection that stands. Until its transfer begins nothing is read from it."""

    timeout = 0  # what it has not is checked here
    ac_in_buffer_size = ac_out_buffer_size = _AT_ONCE

    def __init__(self, wire: socket.socket, control: Connection, data: Data, tap: DataTap) -> None:
        self._data = data
        self._tap = tap
        self._transfer: Transfer | None = None
        self._received = BytesIO()  # which grows without being copied, and gives its octets so
        self._held = 0  # octets that the server counts as in memory
        self._length = 0  # of what went over the wire
        self._moved_at = 0.0
        self._is_over = False
        super().__init__(wire, control)
        self.del_channel()

    def begin(self, transfer: Transfer, because: int | None) -> None:
        """Send what there is to send, or receive until the client's close."""
        self._transfer = transfer
        self._tap.begins(transfer.verb, "S" if transfer.sends else "C", transfer.path, because)
        self._moved_at = monotonic()
        self._look()
        if not self._holds(len(transfer.octets)):
            self.end("aborted", "S", "local-error")
        elif transfer.sends:
            self.push(memoryview(transfer.octets))
            self.close_when_done()
        else:
            self.enable_receiving("i", transfer.verb)

    def end(self, why: str, side: Side | None, outcome: str = "connection-lost", whole: bool = False) -> None:
        """Close the connection, by `side` and for `why` as `events.Closed` has them, with that outcome for its
        transfer."""
        if self._is_over:
            return
        self._is_over = True
        received, sha256 = self._received.getvalue(), ""
        if self._transfer is not None:
            sent = self._transfer.octets if self._transfer.sends else received
            sha256 = self._tap.ends(memoryview(sent)[: self._length], whole)
        self.close()
        self.cmd_channel.server.give_back(self._held)
        self._tap.closed(side, why)
        self._data.lost(outcome, received, sha256)

    # What pyftpdlib calls

    def send(self, data: memoryview) -> int:
        sent: int = super().send(data)
        if sent:
            self._took(data[:sent])
        return sent

    def handle_write(self) -> None:
        for _ in range(_BURST):
            before = self.tot_bytes_sent
            self.initiate_send()
            if self._is_over or self.tot_bytes_sent == before:
                return

    def handle_read(self) -> None:
        for _ in range(_BURST):
            try:
                length = self.socket.recv_into(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                self.end("lost", None)
                return
            if not length:
                self.end("end-of-file", "C", "transfer-complete", whole=True)
                return
            self._receive(_CHUNK[:length])
            if self._is_over:
                return

    handle_read_event = handle_read  # as DTPHandler has it

    def handle_close(self) -> None:
        if self.producer_fifo or self.receive:
            self.end("lost", None)
        else:
            self.end("end-of-file", "S", "transfer-complete", whole=True)

    def handle_error(self) -> None:
        self.end("aborted", "S")
        self.cmd_channel.handle_error()

    # While it transfers

    def _receive(self, data: memoryview) -> None:
        assert self._transfer is not None
        self._received.write(data)
        self._took(data)
        if self._length > self._transfer.limit or not self._holds(len(data)):
            self.end("aborted", "S", "over-quota")

    def _holds(self, octets: int) -> bool:
        """Whether there is memory for so many octets more: there is none for what all clients together may bring."""
        if not self.cmd_channel.server.takes(octets):
            return False
        self._held += octets
        return True

    def _took(self, data: memoryview) -> None:
        self._tap.took(data)
        self._length += len(data)
        self._moved_at = monotonic()

    def _look(self) -> None:
        """End a transfer in which nothing moves, unless it is the log that holds it."""
        left = self._moved_at + limits.DATA_IDLE_SECONDS - monotonic()
        if left <= 0 and self.cmd_channel.server.recorder.has_room():
            self.end("aborted", "S", "transfer-idle")
        else:
            self.call_later(left if left > 0 else 1, self._look)
