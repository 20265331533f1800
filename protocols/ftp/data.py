"""The data connections of an FTP server: RFC 959 section 3.2.

pyftpdlib makes them and moves the octets. Here is what it does otherwise than the RFC: in active mode the server
connects from port 20, and when the transfer begins; a passive port is the next of the host's range.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, Any

from pyftpdlib.handlers.ftp.data import DTPHandler
from pyftpdlib.handlers.ftp.dispatchers import ActiveDTP, PassiveDTP
from pyftpdlib.ioloop import Acceptor, Connector

from protocols import limits
from protocols.events import Side
from protocols.ftp.answers import Transfer
from protocols.ftp.tap import DataTap
from protocols.recorder import Address

if TYPE_CHECKING:
    from protocols.ftp.server import Connection

PORT = 20  # the server's own, of a connection that it opens: RFC 959 section 3.2, "L-1"
_BURST = 8  # chunks of a transfer in one turn of the loop: then it is others' turn
_WAITING = 5  # connections to a passive port that are not accepted yet: others' may be before the client's
_AGAIN_SECONDS = 0.2  # until a connection is tried again between two ports that have just had one

_AT_ONCE = 4 * limits.CHUNK  # octets that one call reads or sends: a transfer is mostly such calls
_CHUNK = memoryview(bytearray(_AT_ONCE))  # for what is read, from whichever connection

Ended = Callable[[str, bytes, str], None]


class Data:
    """The data connection of a control connection: arranged, open, or in use.

    `ended` is called when the transfer is over, with its outcome as `Session.finish` takes it, what was received, and
    the SHA-256 of that. It may be called before `begin` returns.
    """

    def __init__(self, control: Connection, client: Address, ended: Ended) -> None:
        self.transfer: Transfer | None = None  # that runs
        self._control = control
        self._client = client
        self._ended = ended
        self._arranged: int | None = None  # the event of the command that did it
        self._because: int | None = None  # that of the one that asked for the transfer
        self._opening: Passive | Active | None = None
        self._connection: DataConnection | None = None

    def is_open(self) -> bool:
        """Whether the client has connected. Whoever did before saying the next command is seen here."""
        if isinstance(self._opening, Passive):
            self._opening.handle_accept()
        return self._connection is not None

    def arrange(self, because: int | None) -> None:
        """The command of event `because` arranged the connection that is opened next."""
        self._arranged = because

    def listen(self) -> int | None:
        """Give up what was arranged and listen on a passive port. None where no port of the host's range is free."""
        self.drop()
        for port in self._control.server.passive_ports():
            try:
                self._opening = Passive(self._control, self, port)
            except OSError:  # somebody listens there
                continue
            return port
        return None

    def begin(self, transfer: Transfer, because: int | None) -> None:
        """Transfer what event `because` asked for: at once where the connection stands, else when it does."""
        self.transfer, self._because = transfer, because
        if transfer.address is not None:
            self._connect(transfer.address)
        elif self._connection is not None:
            self._connection.begin(transfer, because)
        elif isinstance(self._opening, Passive):
            self._opening.wait()
        else:
            self.fail()

    def drop(self) -> None:
        """Give up what was arranged and not used."""
        self._stop_opening()
        if self._connection is not None:
            self._connection.end("unused", "S")

    def break_off(self) -> None:
        """End the transfer that runs, and what was arranged. `ended` is not called."""
        if self.transfer is None:
            self.drop()
            return
        self.transfer = None
        self._stop_opening()
        if self._connection is not None:
            self._connection.end("aborted", "S")

    # What the connections call

    def accepts(self, address: Address) -> bool:
        """Whether who connects to the passive port is the client: RFC 2577 section 4."""
        return address[0] == self._client[0]

    def opened(self, wire: socket.socket, address: Address, opener: Side) -> None:
        """The connection to the client's `address` stands."""
        self._stop_opening()
        server = self._control.server
        ends = server.endpoint(address), server.endpoint(wire.getsockname())
        tap = DataTap(server.recorder, *ends, opener, self._arranged)
        self._connection = DataConnection(wire, self._control, self, tap)
        if not self._connection.connected:  # it is broken off already
            self._connection.end("lost", None)
        elif self.transfer is not None:
            self._connection.begin(self.transfer, self._because)

    def fail(self) -> None:
        """No connection came about."""
        self._stop_opening()
        self._end("cannot-connect", b"", "")

    def lost(self, outcome: str, received: bytes, sha256: str) -> None:
        """The connection is gone, and the transfer with it if there was one."""
        self._connection = None
        self._end(outcome, received, sha256)

    def _end(self, outcome: str, received: bytes, sha256: str) -> None:
        if self.transfer is not None:
            self.transfer = None
            self._ended(outcome, received, sha256)

    def _connect(self, address: Address) -> None:
        # The session refuses a third party's address; here it is nowhere to go either: RFC 2577 section 3.
        if not self.accepts(address):
            self.fail()
            return
        self._opening = Active(self._control, self, address)
        self._opening.begin()

    def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.close()
            self._opening = None


class Passive(PassiveDTP):
    """Listens on a passive port for the client. Raises OSError where the port is taken."""

    def __init__(self, control: Connection, data: Data, port: int) -> None:
        Acceptor.__init__(self, ioloop=control.ioloop)  # PassiveDTP's own chooses a port, and answers the client
        self.cmd_channel = control
        self._data = data
        self._patience: asyncio.TimerHandle | None = None
        self.create_socket()
        try:
            self.set_reuse_addr()
            self.bind((control.server.host.address, port))
            self.listen(_WAITING)
        except OSError:
            self.close()
            raise
        self.wait()

    def wait(self) -> None:
        """Wait for the client, from now on."""
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.call_later(limits.PASSIVE_SECONDS, self.handle_timeout)

    def handle_accepted(self, sock: socket.socket, addr: Address) -> None:
        if self._data.accepts(addr):
            self._data.opened(sock, addr, "C")
        else:
            sock.close()

    def handle_timeout(self) -> None:
        self._data.fail()

    def handle_error(self) -> None:
        self.cmd_channel.handle_error()


class Active(ActiveDTP):
    """Connects to the client's port."""

    socket: Any  # none before, and none after it was handed over

    def __init__(self, control: Connection, data: Data, address: Address) -> None:
        Connector.__init__(self, ioloop=control.ioloop)  # ActiveDTP's own connects from any port, and at PORT
        self.cmd_channel = control
        self._idler = None
        self._data = data
        self._address = address

    def begin(self) -> None:
        """Connect. The outcome may be told before this returns."""
        self.call_later(limits.DATA_CONNECT_SECONDS, self.handle_timeout)
        self._try()

    def _try(self) -> None:
        self.create_socket()
        self.set_reuse_addr()  # connections to other clients are from this port too
        try:
            self.bind((self.cmd_channel.server.host.address, _PORT))
            self.connect(self._address)
        except OSError as error:
            if (
                error.errno == errno.EADDRNOTAVAIL
            ):  # a connection between these ports has just ended: RFC 9293, TIME-WAIT
                self.del_channel()
                self.socket.close()
                self.call_later(_AGAIN_SECONDS, self._try)
            else:
                self.handle_close()

    def handle_connect(self) -> None:
        sock, self.socket = self.socket, None
        self._data.opened(sock, self._address, "S")

    def handle_write(self) -> None:
        """Nothing: it was handed over."""

    def handle_timeout(self) -> None:
        self._data.fail()

    def handle_close(self) -> None:
        if not self._closed:
            self._data.fail()

    def handle_error(self) -> None:
        self.handle_close()


class DataConnection(DTPHandler):
    """A data connection that stands. Until its transfer begins nothing is read from it."""

    timeout = 0  # what it has not is checked here
    ac_in_buffer_size = ac_out_buffer_size = _AT_ONCE

    def __init__(self, wire: socket.socket, control: Connection, data: Data, tap: DataTap) -> None:
        self._data = data
        self._tap = tap
        self._transfer: Transfer | None = None
        self._received = BytesIO()  # which grows without being copied, and gives its octets so
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
        if transfer.sends:
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
        if self._length > self._transfer.limit:
            self.end("aborted", "S", "over-quota")

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
