"""The data connection of a control connection: RFC 959 section 3.2."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.events import Side
from protocols.ftp.answers import Transfer
from protocols.ftp.moving import DataConnection
from protocols.ftp.opening import Active, Passive
from protocols.ftp.tap import DataTap
from protocols.recorder import Address

if TYPE_CHECKING:
    from protocols.ftp.control import Connection

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
