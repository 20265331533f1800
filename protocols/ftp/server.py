"""The FTP server of a host, on pyftpdlib, which gives the connections and moves the octets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

from pyftpdlib.ioloop import Acceptor

from protocols import limits
from protocols.events import Endpoint, Fault
from protocols.ftp.control import Connection
from protocols.ftp.loop import Loop
from protocols.ftp.store import Lab
from protocols.recorder import Address
from protocols.world import Host

_ACCEPT_AGAIN_SECONDS = 1  # where no descriptor was free


class Server(Acceptor):
    """A listening FTP server. `close` and `wait_closed` are those of an asyncio.Server."""

    def __init__(self, host: Host, listener: socket.socket, lab: Lab) -> None:
        assert host.ftp is not None, "an FTP server's host has its accounts"
        self.host = host
        self.recorder = lab.recorder
        self.store = lab.store
        self.connections: set[Connection] = set()
        self.ip_map: list[str] = []  # pyftpdlib's count of connections, which is not used
        self._names = {known.address: known.name for known in lab.world.hosts}
        self._ports = range(host.ftp.passive_ports[0], host.ftp.passive_ports[1] + 1)
        self._next_port = 0
        self._moving = 0  # octets of transfers that run
        Acceptor.__init__(self, ioloop=Loop(lab.recorder))
        self.set_socket(listener)
        self.accepting = True

    def close(self) -> None:
        """Accept no more connections, and end those there are, each with a 421: RFC 959 section 5.4."""
        super().close()
        for connection in tuple(self.connections):
            connection.end("lab-ends")

    async def wait_closed(self) -> None:
        """Wait until the last connection is gone."""
        while self.connections:
            await asyncio.wait([connection.gone for connection in self.connections])
        self.ioloop.close()

    def endpoint(self, address: Address) -> Endpoint:
        """The end of a connection that has that address and port."""
        return Endpoint(self._names.get(address[0], ""), address[0], address[1])

    def passive_ports(self) -> Iterator[int]:
        """The ports to listen on for a client, each once: the first is that after the one that was taken last."""
        for _ in self._ports:
            port = self._ports[self._next_port]
            self._next_port = (self._next_port + 1) % len(self._ports)
            yield port

    def takes(self, octets: int) -> bool:
        """Whether so many octets of a transfer may be in memory too, until it gives them back."""
        if self._moving + octets > limits.TRANSFERS:
            return False
        self._moving += octets
        return True

    def give_back(self, octets: int) -> None:
        """So many octets of a transfer are not in memory any more, or belong to a file."""
        self._moving -= octets

    def handle_accepted(self, sock: socket.socket, addr: Address) -> None:
        Connection(sock, addr, self)

    def handle_error(self) -> None:
        # Mostly no descriptor is free. The client waits, and is not asked for all the time.
        self.recorder.record(Fault, why="server-error")
        self.del_channel()
        self.call_later(_ACCEPT_AGAIN_SECONDS, self.add_channel)


async def serve(host: Host, listener: socket.socket, lab: Lab) -> Server:
    """Serve FTP for `host` on `listener`, which is bound, listens and does not block. The files are those of the lab's
    store, which is told what changes there; every other event goes to its recorder."""
    return Server(host, listener, lab)
