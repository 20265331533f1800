"""How an FTP server comes by a data connection: it listens on a passive port, or connects to its client's.

pyftpdlib does so otherwise than RFC 959 has it. Here a passive port is the one that was chosen; and in active mode the
server connects from port 20, when it is told to.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Any

from pyftpdlib.handlers.ftp.dispatchers import ActiveDTP, PassiveDTP
from pyftpdlib.ioloop import Acceptor, Connector

from protocols import limits
from protocols.recorder import Address

if TYPE_CHECKING:
    from protocols.ftp.control import Connection
    from protocols.ftp.data import Data

PORT = 20  # the server's own, of a connection that it opens: RFC 959 section 3.2, "L-1"
_WAITING = 5  # connections to a passive port that are not accepted yet: others' may be before the client's
_AGAIN_SECONDS = 0.2  # until a connection is tried again between two ports that have just had one


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
        if self.cmd_channel.server.recorder.has_room():
            self._data.fail()
        else:
            self.wait()  # the log holds the client

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
        self._wait()
        self._try()

    def _wait(self) -> None:
        self.call_later(limits.DATA_CONNECT_SECONDS, self.handle_timeout)

    def _try(self) -> None:
        self.create_socket()
        self.set_reuse_addr()  # connections to other clients are from this port too
        try:
            self.bind((self.cmd_channel.server.host.address, PORT))
            self.connect(self._address)
        except OSError as error:
            # A connection between these ports has just ended: RFC 9293 section 3.3.2, TIME-WAIT.
            if error.errno == errno.EADDRNOTAVAIL:
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
        if self.cmd_channel.server.recorder.has_room():
            self._data.fail()
        else:
            self._wait()  # the log holds what the client answered

    def handle_close(self) -> None:
        if not self._closed:
            self._data.fail()

    def handle_error(self) -> None:
        self.handle_close()
