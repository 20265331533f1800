"""How a client arranges data connections: RFC 959 sections 3.2 and 4.1.2, RFC 2428."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocols.ftp import wire
from protocols.ftp.client_data import DataConnection
from protocols.ftp.commands import split
from protocols.ftp.hearing import Reply
from protocols.recorder import Address

Say = Callable[[str, bytes, int], None]  # a printed event's why, its octets, and the event that it comes of


class NotSentError(Exception):
    """A line is not sent; `why` is the code of the sentence that says why, `about` the octets that it is about."""

    def __init__(self, why: str, about: bytes) -> None:
        super().__init__(why)
        self.why = why
        self.about = about


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that arranges a data connection: its line, the event that it comes of, and the connection; None where
    the client makes none."""

    line: bytes
    typed: int
    data: DataConnection | None


class Arranging:
    """The data connection that the next transfer uses, between the client's address `own` and that of its `server`.

    It is what stands at the server: replies come in the order of their commands, so what was sent ahead of them changes
    nothing here before its turn."""

    def __init__(self, own: str, server: str, say: Say) -> None:
        self._own = own
        self._server = server
        self._say = say
        self._arranged: DataConnection | None = None
        self._asked = 0  # how many that are asked for have no reply yet

    def stands(self) -> bool:
        """Whether something is arranged, or asked for."""
        return self._arranged is not None or self._asked > 0

    def take(self) -> DataConnection | None:
        """What is arranged, for a transfer that begins: it is no other's then."""
        data, self._arranged = self._arranged, None
        return data

    def give_up(self) -> None:
        """Close what is arranged."""
        _close(self.take())

    def ask(self, line: bytes, typed: int) -> Asked:
        """The command `line`, which event `typed` led to, is about to be sent. A client listens before it says where:
        RFC 959 section 3.2. PORT without an argument gets one: any port will do. Raises NotSentError."""
        verb, argument = split(line)
        data = None
        if verb in ("PASV", "EPSV"):
            data = None if argument.upper() == b"ALL" else DataConnection(self._own)
        elif line == b"PORT":
            data = DataConnection(self._own)
            line += b" " + wire.write_host_port(*data.listen(0, self._server)).encode()
        else:
            data = self._listen_as_told(verb, argument)
        self._asked += data is not None
        return Asked(line, typed, data)

    def settle(self, asked: Asked, reply: Reply | None) -> None:
        """The server answered `reply`; None: the connection ended. What was arranged before stands until then."""
        if asked.data is None:
            return
        self._asked -= 1
        if reply and reply.is_success:
            if asked.data is not self._arranged:
                self.give_up()
            self._arranged = asked.data
            self._dial(asked, asked.data, reply.text)
        elif asked.data is not self._arranged:
            asked.data.close()

    def _listen_as_told(self, verb: str, argument: bytes) -> DataConnection | None:
        """Listen where the line says, if that is at the client's own address. A line that says no such place goes to
        the server all the same, which says what is wrong with it."""
        parse = wire.parse_host_port if verb == "PORT" else wire.parse_extended
        try:
            address, port = parse(argument.decode("latin-1").strip(" "))
        except wire.HostPortError:
            return None
        if address != self._own:
            return None
        if self._arranged and self._arranged.address == (address, port):
            return self._arranged  # it listens there already
        data = DataConnection(address)
        try:
            data.listen(port, self._server)
        except OSError as error:
            raise NotSentError("port-taken", str(port).encode()) from error
        return data

    def _dial(self, asked: Asked, data: DataConnection, text: str) -> None:
        """Connect to where the server listens, as every client does before it asks for a transfer. RFC 959 section 3.2
        leaves the moment open; but a server that waits in vain gives up its port."""
        verb, _ = split(asked.line)
        where: Address | None
        if verb == "PASV":
            where = wire.find_host_port(text)
        elif verb == "EPSV":
            port = wire.find_extended_port(text)
            where = (self._server, port) if port else None
        else:
            return
        if where is None:
            self._say("no-address", b"", asked.typed)
        else:
            name = f"{where[0]}:{where[1]}".encode()
            data.dial(where, lambda why: self._say(why, name, asked.typed))


def _close(data: DataConnection | None) -> None:
    if data:
        data.close()
