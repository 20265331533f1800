"""The student's side: what is typed becomes octets on a real connection from the student's host.

While nothing is connected the console understands what opens a connection, and runs the programs that ask for names.
While one is, it understands nothing: a line goes to the server as it was typed, at an FTP server's port through the
student's FTP client.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from protocols import limits
from protocols.dns.programs import Programs
from protocols.events import Console as Said
from protocols.ftp.client import Client
from protocols.ftp.store import Store
from protocols.recorder import Address, Recorder
from protocols.world import Host, World

_CONNECT = (b"connect", b"telnet", b"nc")
_OF_NSLOOKUP = (b"set", b"server", b"lserver")  # words of its prompt
_CRLF = b"\r\n"
InVain = Callable[[bytes, int], None]  # told what was sent and not heard, and because of which event


class Console:
    """Console `number` on the student's host of `world`. What is typed and what the client prints are recorded with
    `recorder`; what goes over the wire is recorded by the tap at the server. The student's files are in `store`."""

    def __init__(self, number: int, world: World, recorder: Recorder, store: Store) -> None:
        student = world.host(world.student)
        if student is None:
            raise ValueError(f"The world has no host {world.student}.")
        self._number = number
        self._world = world
        self._recorder = recorder
        self._student = student
        self._store = store
        self._connection: _Connection | None = None
        self._client: Client | None = None  # that speaks on it, if it does not go as it is typed
        self._programs = Programs(world, recorder, self._print)
        self._is_closed = False

    async def typed(self, client_id: str, text: bytes) -> asyncio.Task[None] | None:
        """The student typed `text`, a line without its ending, which the page calls `client_id`. One line at a
        time: this returns within limits.CONNECT_SECONDS, or limits.COMMAND_SECONDS where it runs a program. Where
        something is left to do then, and other lines can be typed meanwhile, it returns what ends when that is done."""
        typed = self._recorder.record(Said, console=self._number, action="typed", raw=text, client_id=client_id)
        if self._connection is not None and self._connection.is_open():
            if self._client is not None:
                return self._client.typed(text, typed)
            self._connection.send(text + _CRLF, typed)
        elif self._programs.take(text):
            await self._programs.run(text, typed)
        else:
            await self._obey(text, typed)
        return None

    async def hang_up(self, client_id: str) -> None:
        """The student closes the connection without a word of the protocol."""
        typed = self._recorder.record(
            Said, console=self._number, action="typed", raw=b"", client_id=client_id, why="hang-up"
        )
        if self._connection is not None and self._connection.is_open():
            self._connection.close()
        else:
            self._print("nothing-open", b"", typed)

    async def close(self) -> None:
        """The lab ends: close the connection, if there is one, and give it limits.GRACE_SECONDS to end. After that
        nothing more is recorded here."""
        if self._connection is not None:
            self._connection.close()
            await asyncio.wait([self._connection.lost], timeout=limits.GRACE_SECONDS)
        self._is_closed = True
        if self._client is not None:
            await self._client.close()

    async def _obey(self, text: bytes, typed: int) -> None:
        words = text.split()
        verb = words[0].lower() if words else b""
        if verb in _CONNECT:
            await self._connect(words[1:], typed)
        elif verb == b"help" and len(words) == 1:
            self._print("help", text, typed)
        elif verb == b"exit" and len(words) == 1:
            self._print("nothing-to-leave", text, typed)
        elif verb in _OF_NSLOOKUP:
            self._print("not-in-nslookup", text, typed)
        else:
            self._print("not-connected", text, typed)

    async def _connect(self, words: list[bytes], typed: int) -> None:
        if not words:
            return self._print("no-host", b"", typed)
        host = self._world.host(words[0].decode("latin-1"))
        if host is None:
            return self._print("unknown-host", words[0], typed)
        port = _port(words[1]) if len(words) > 1 else _first_port(host)
        if port is None:
            return self._print(*(("bad-port", words[1]) if len(words) > 1 else ("no-server", words[0])), typed)
        client = self._client_of(host, port)
        try:
            async with asyncio.timeout(limits.CONNECT_SECONDS):
                self._connection = await _open(
                    self._student, (host.address, port), self._recorder, typed, self._in_vain, client
                )
            self._client = client
        except TimeoutError:
            self._print("unanswered", words[0], typed)
        except OSError:
            self._print("refused", words[0], typed)
        return None

    def _client_of(self, host: Host, port: int) -> Client | None:
        """What speaks for the student on a connection to that port."""
        if ("ftp", port, "tcp") not in host.services():
            return None
        return Client(self._student, host.address, self._store, self._send, self._print)

    def _send(self, octets: bytes, because: int) -> None:
        if self._connection is not None and self._connection.is_open():
            self._connection.send(octets, because)
        else:
            self._in_vain(octets, because)

    def _in_vain(self, octets: bytes, because: int) -> None:
        """A line was typed in the moment between the server's close and its arrival here."""
        self._print("not-connected", octets.removesuffix(_CRLF), because)

    def _print(self, why: str, about: bytes, because: int) -> None:
        if not self._is_closed:
            self._recorder.record(Said, because=because, console=self._number, action="printed", raw=about, why=why)


def _port(word: bytes) -> int | None:
    port = int(word) if word.isdigit() and len(word) <= 5 else 0
    return port if 1 <= port <= 65535 else None


def _first_port(host: Host) -> int | None:
    return next((port for _, port, transport in host.services() if transport == "tcp"), None)


async def _open(
    student: Host, server: Address, recorder: Recorder, because: int, in_vain: InVain, client: Client | None
) -> _Connection:
    """A connection from the student's host to `server`. Raises OSError where none can be had."""
    loop = asyncio.get_running_loop()
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    own.setblocking(False)
    try:
        own.bind((student.address, 0))
        name: Address = own.getsockname()
        recorder.sends(name, b"", because)
        try:
            await loop.sock_connect(own, server)
        except BaseException:
            recorder.take_unheard(name)
            raise
    except BaseException:
        own.close()
        raise
    _, connection = await loop.create_connection(lambda: _Connection(recorder, name, in_vain, client), sock=own)
    return connection


class _Connection(asyncio.Protocol):
    """The client's end. What the server sends is for the `client`, or is dropped: the tap at the server has recorded
    it. What the server did not hear any more when the connection ends is told to `in_vain`."""

    def __init__(self, recorder: Recorder, name: Address, in_vain: InVain, client: Client | None) -> None:
        self._recorder = recorder
        self._name = name
        self._in_vain = in_vain
        self._client = client
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ended = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._client is not None:
            self._client.heard(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        for octets, because in self._recorder.take_unheard(self._name):
            self._in_vain(octets, because)
        if self._client is not None:
            self._client.ended()
        self.lost.set_result(None)

    def is_open(self) -> bool:
        """Whether a server still hears what is sent here. It may have closed a moment ago, before that got here."""
        open_here = self._transport is not None and not self._transport.is_closing() and not self._ended
        return open_here and self._recorder.is_heard(self._name)

    def send(self, octets: bytes, because: int) -> None:
        """Send `octets` because of event `because`. Raises nothing: a connection that broke says so by itself."""
        if self._transport is not None:
            self._recorder.sends(self._name, octets, because)
            self._transport.write(octets)

    def close(self) -> None:
        """Say that nothing more comes, and let the server close: a socket that is closed with unread octets in it would
        reset the connection instead."""
        if self._transport is not None and not self._ended:
            self._ended = True
            with suppress(OSError):  # the server is gone already
                self._transport.write_eof()
            asyncio.get_running_loop().call_later(limits.LINGER_SECONDS, self._transport.abort)
