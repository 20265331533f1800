"""How a data connection is arranged: PORT, EPRT, PASV and EPSV (RFC 959 section 4.1.2, RFC 2428). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from protocols.ftp import wire
from protocols.ftp.answers import Listen, Outcome
from protocols.ftp.wire import Command, HostPortError

LOWEST_PORT = 1024  # that a server connects to: RFC 2577 section 3


class Arranging:
    """The data connection to come between the server at the address `host` and its client at `client`: `address` is
    where the server is to connect to, `port` where it listens, at most one of them is there. `is_open` where the
    client has connected already."""

    def __init__(self, host: str, client: str) -> None:
        self._host = host
        self._client = client
        self._only_extended = False  # EPSV ALL holds for the connection, REIN or not: what is on its way relies on it
        self.forget()

    def forget(self) -> None:
        """Nothing is arranged."""
        self.address: tuple[str, int] | None = None
        self.port: int | None = None
        self.is_open = False

    def give_port(self, command: Command) -> Outcome:
        """PORT and EPRT."""
        if self._only_extended:
            return Outcome("after-epsv-all")
        parse = wire.parse_host_port if command.verb == "PORT" else wire.parse_extended
        try:
            address, port = parse(command.argument)
        except HostPortError as error:
            return Outcome(error.why)
        about = _about(address, port)
        if address != self._client:
            return Outcome("third-party", about)  # RFC 2577 section 3
        if port < LOWEST_PORT:
            return Outcome("low-port", about)
        self.forget()
        self.address = (address, port)
        return Outcome("port-ok" if command.verb == "PORT" else "eprt-ok", about)

    def ask_to_listen(self, command: Command) -> Outcome | Listen:
        """PASV and EPSV, before the server listens."""
        if command.verb == "EPSV":
            return self._extended(command.argument.upper())
        return Outcome("after-epsv-all") if self._only_extended else self._listen(extended=False)

    def listens(self, port: int) -> Mapping[str, str]:
        """The server listens on that port now. Returns what words may tell of it."""
        self.forget()
        self.port = port
        return _about(self._host, port)

    def _extended(self, argument: str) -> Outcome | Listen:
        """EPSV: RFC 2428 sections 3 and 4."""
        if argument == "ALL":
            self._only_extended = True
            return Outcome("epsv-all")
        if argument in ("", "1"):
            return self._listen(extended=True)
        return Outcome("network-protocol" if argument.isascii() and argument.isdigit() else "epsv-bad")

    def _listen(self, extended: bool) -> Listen:
        self.forget()
        return Listen(extended)


def _about(address: str, port: int) -> Mapping[str, str]:
    return {"address": address, "port": str(port), "host_port": wire.write_host_port(address, port)}
