"""An FTP session as its server sees it: octets in, answers out. Pure; no octets make it raise.

What may be said when is looked up in `states.MACHINE`, what is said comes from `causes.CAUSES` and the world's words.
"""

from __future__ import annotations

from collections.abc import Callable

from protocols.ftp import wire
from protocols.ftp.answers import Answer, Listen, Transfer
from protocols.ftp.causes import CAUSES
from protocols.ftp.filesystem import FileSystem
from protocols.ftp.states import MACHINE
from protocols.world import Host
from protocols.world.model import Ftp

__all__ = ["Answer", "Listen", "Session", "Transfer"]


class Session:
    """One session of the FTP server on `host` with the client at the address `client`. `files` are the host's; `clock`
    tells seconds since the Unix epoch."""

    def __init__(self, host: Host, files: FileSystem, client: str, clock: Callable[[], int]) -> None:
        if host.ftp is None:
            raise ValueError(f"{host.name} has no FTP server.")
        self.state = MACHINE.initial
        self._host = host
        self._ftp: Ftp = host.ftp
        self._files = files
        self._client = client
        self._clock = clock
        self._buffer = bytearray()
        self._end = 0  # octets of the client's stream that were answered
        self._verb = wire.UNASKED  # of the command that is being answered

    def open(self) -> Answer:
        """The greeting: RFC 959 section 5.4."""
        return self._answer(wire.UNASKED, "ready")

    def refuse(self, why: str) -> Answer:
        """The 421 with which the server ends the session unasked, for the cause `why`."""
        return self._answer(wire.UNASKED, why)

    def receive(self, data: bytes) -> None:
        """Octets from the client."""
        self._buffer += data

    def next(self) -> Answer | Listen | None:
        """The answer to the next command; None until more octets come, or until the transfer that runs has ended. To
        `Listen` the server says with `listening` how it went, before it asks again."""
        return None

    def listening(self, port: int | None) -> Answer:
        """The answer to PASV or EPSV, where the server listens on `port` now; None: no port is free."""
        raise NotImplementedError

    def opened(self) -> None:
        """The client has connected to the passive port, before it asked for a transfer."""

    def finish(self, why: str, received: bytes = b"") -> Answer:
        """The second answer to a transfer's command, when the transfer has ended for the cause `why`:
        "transfer-complete" with what was `received`, "cannot-connect", "connection-lost", "over-quota" or
        "transfer-idle". Not to be called for one that an Answer with `aborts` broke off."""
        raise NotImplementedError

    def fail(self) -> Answer:
        """The answer where the server failed at the last command, or at the transfer that runs."""
        return self._answer(self._verb, "local-error")

    def _answer(self, verb: str, why: str) -> Answer:
        cause = CAUSES[why]
        state = self.state
        then = MACHINE.step(state, verb, cause.code, why)
        if then is None:
            raise LookupError(f"The state table of FTP has no row for {state}, {verb!r}, {cause.code}, {why}.")
        words = self._ftp.words.get(why, cause.words).format(host=self._host.name)
        self.state = then
        return Answer(tuple(wire.format_reply(cause.code, (words,))), state, verb, why, then)
