"""An FTP session as its server sees it: octets in, answers out. Pure; no octets make it raise.

What may be said when is looked up in `states`, what is said comes from `causes.CAUSES` and the world's words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from protocols import limits
from protocols.ftp import about, wire
from protocols.ftp.access import Access
from protocols.ftp.answers import Answer, Listen, Outcome, Transfer
from protocols.ftp.arranging import Arranging
from protocols.ftp.causes import CAUSES
from protocols.ftp.filesystem import FileSystem
from protocols.ftp.parameters import Parameters
from protocols.ftp.places import Places
from protocols.ftp.states import ARRANGED, MACHINE, OUT_OF_ORDER
from protocols.ftp.transfers import Transfers
from protocols.ftp.wire import Command
from protocols.world import Host
from protocols.world.model import Ftp

__all__ = ["Answer", "Listen", "Session", "Transfer"]

_LONGEST_COMMAND = limits.FTP_COMMAND_LINE + 1  # octets of a line that are looked at
_MEANWHILE = ("ABOR", "STAT")  # what is answered while a transfer runs: RFC 959 section 4.1.3

# The causes that end a session, with the reason of the connection's end as `events.Closed` names it.
_CLOSES = {
    "bye": "quit",
    "too-many-connections": "limit",
    "too-many-commands": "limit",
    "idle": "idle",
    "lab-ends": "ended",
    "server-failed": "fault",
}


class Session:
    """One session of the FTP server on `host` with the client at the address `client`. `files` are the host's; `clock`
    tells seconds since the Unix epoch."""

    def __init__(self, host: Host, files: FileSystem, client: str, clock: Callable[[], int]) -> None:
        if host.ftp is None:
            raise ValueError(f"{host.name} has no FTP server.")
        self.state = MACHINE.initial
        self._host = host
        self._ftp: Ftp = host.ftp
        self._client = client
        self._buffer = bytearray()
        self._end = 0  # octets of the client's stream that were answered
        self._commands = 0
        self._verb = wire.UNASKED  # of the command that is being answered
        self._transfer_end = 0  # where the command of the transfer that runs ended
        self._aborts = False  # the transfer was broken off, and ABOR is still to be answered
        self._access = Access(self._ftp)
        self._parameters = Parameters()
        self._arranging = Arranging(host.address, client)
        self._places = Places(files, self._access, self._parameters, clock)
        self._transfers = Transfers(files, self._places, self._parameters, self._arranging, clock)
        self._obeys = self._handlers()

    def open(self) -> Answer:
        """The greeting: RFC 959 section 5.4."""
        return self._answer(wire.UNASKED, Outcome("ready"))

    def refuse(self, why: str) -> Answer:
        """The 421 with which the server ends the session unasked, for the cause `why`."""
        return self._answer(wire.UNASKED, Outcome(why))

    def receive(self, data: bytes) -> None:
        """Octets from the client."""
        self._buffer += data

    def next(self) -> Answer | Listen | None:
        """The answer to the next command; None until more octets come, or until the transfer that runs has ended. To
        `Listen` the server says with `listening` how it went, before it asks again."""
        if self.state == "closed":
            return None
        if self._aborts:
            self._aborts = False
            return self._answer("ABOR", Outcome("aborted"))
        newline = self._buffer.find(b"\n")
        if newline < 0:
            # What is too long for a command already is not kept: only its beginning is looked at.
            self._end += len(self._buffer[_LONGEST_COMMAND:])
            del self._buffer[_LONGEST_COMMAND:]
            return None
        if self.state == "transfer" and wire.verb_of(bytes(self._buffer[: newline + 1]), self.state) not in _MEANWHILE:
            return None  # RFC 959 section 4.2: it is queued until the transfer's second reply
        return self._next_command(wire.parse_command(self._take(newline + 1)))

    def listening(self, port: int | None) -> Answer:
        """The answer to PASV or EPSV, where the server listens on `port` now; None: no port is free."""
        if port is None:
            return self._answer(self._verb, Outcome("no-passive-port"))
        about_port = self._arranging.listens(port)
        return self._answer(self._verb, Outcome("passive" if self._verb == "PASV" else "extended-passive", about_port))

    def opened(self) -> None:
        """The client has connected to the passive port, before it asked for a transfer."""
        self._arranging.is_open = self._arranging.port is not None

    def finish(self, why: str, received: bytes = b"") -> Answer:
        """The second answer to a transfer's command, when the transfer has ended for the cause `why`:
        "transfer-complete" with what was `received`, "cannot-connect", "connection-lost", "over-quota", "transfer-idle"
        or "local-error". Not to be called for one that an Answer with `aborts` broke off, as the one that ends the
        session does. The octet at which its command ended may be before that of an answer given meanwhile."""
        transfer = self._transfers.running
        if transfer is None:
            raise LookupError("No transfer runs.")
        self._verb = transfer.verb
        return self._answer(transfer.verb, self._transfers.finish(transfer, why, received), end=self._transfer_end)

    def fail(self) -> Answer:
        """The answer where the server failed at the last command, or at the end of a transfer."""
        if self._verb in wire.TRANSFERS:
            self._transfers.abort()
        return self._answer(self._verb, Outcome("local-error"))

    # Octets to commands

    def _take(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._end += length
        return taken

    def _next_command(self, command: Command) -> Answer | Listen:
        self._verb = command.verb
        self._commands += 1
        if self._commands > limits.COMMANDS:
            return self._answer(command.verb, Outcome("too-many-commands"))
        if command.verb != "RNTO":
            self._places.renaming = ""  # RFC 959 section 4.1.3: RNTO follows RNFR at once
        if command.verb not in wire.TRANSFERS and self.state != "transfer":
            self._parameters.take_marker()  # and REST's transfer follows it
        if self.state == "transfer" and command.why is None:
            return self._meanwhile(command)
        outcome = self._obey(command)
        return outcome if isinstance(outcome, Listen) else self._answer(command.verb, outcome)

    # Commands

    def _obey(self, command: Command) -> Outcome | Listen:
        if command.why is not None:
            return Outcome(command.why)
        out_of_order = OUT_OF_ORDER.get((self.state, command.verb))
        return Outcome(out_of_order) if out_of_order else self._obeys[command.verb](command)

    def _handlers(self) -> dict[str, Callable[[Command], Outcome | Listen]]:
        return {
            "USER": self._access.give_user,
            "PASS": self._give_password,
            "ACCT": self._give_account,
            "REIN": self._reinitialize,
            "QUIT": lambda command: Outcome("bye"),
            "CWD": self._places.change_directory,
            "CDUP": self._places.change_directory,
            "PWD": self._places.tell_directory,
            "MKD": self._places.make_directory,
            "RMD": self._places.remove_directory,
            "DELE": self._places.remove_file,
            "RNFR": self._places.rename_from,
            "RNTO": self._places.rename_to,
            "SIZE": self._places.tell_size,
            "MDTM": self._places.tell_modified,
            "MLST": self._places.tell_facts,
            "PORT": self._arranging.give_port,
            "EPRT": self._arranging.give_port,
            "PASV": self._arranging.ask_to_listen,
            "EPSV": self._arranging.ask_to_listen,
            "TYPE": self._parameters.set_type,
            "STRU": self._parameters.set_structure,
            "MODE": self._parameters.set_mode,
            "REST": self._parameters.restart,
            "ALLO": self._parameters.allocate,
            "OPTS": self._parameters.set_option,
            "RETR": self._transfers.retrieve,
            "STOR": self._transfers.store,
            "STOU": self._transfers.store_unique,
            "APPE": self._transfers.append,
            "LIST": self._transfers.list,
            "NLST": self._transfers.list,
            "MLSD": self._transfers.list,
            "ABOR": lambda command: Outcome("nothing-to-abort"),
            "STAT": self._tell_status,
            "SYST": lambda command: Outcome("system"),
            "HELP": about.help_on,
            "FEAT": lambda command: about.tell_features(self._parameters),
            "SITE": about.obey_site,
            "NOOP": lambda command: Outcome("nothing-done"),
        }

    def _give_password(self, command: Command) -> Outcome:
        return self._go_home(self._access.give_password(command))

    def _give_account(self, command: Command) -> Outcome:
        return self._go_home(self._access.give_account(command))

    def _go_home(self, outcome: Outcome) -> Outcome:
        if outcome.why in ("logged-in", "account-ok"):
            self._places.cwd = self._access.account().home
        return outcome

    def _reinitialize(self, command: Command) -> Outcome:
        """REIN: everything is as after the greeting, RFC 959 section 4.1.1."""
        self._access.forget()
        self._parameters.reset()
        return Outcome("reinitialized")

    def _tell_status(self, command: Command) -> Outcome:
        if command.argument:
            return self._places.tell_status(command)
        return about.tell_status(self._client, self._access, self._parameters, self._arranging)

    def _meanwhile(self, command: Command) -> Answer:
        """ABOR and STAT while a transfer runs. ABOR has two replies, the first of them to the transfer's command."""
        transfer = self._transfers.running
        if transfer is None:
            raise LookupError("No transfer runs.")
        if command.verb == "STAT":
            return self._answer("STAT", about.tell_transfer(transfer))
        self._transfers.abort()
        self._aborts = True
        return self._answer(transfer.verb, Outcome("transfer-aborted", {"path": transfer.path}), end=self._transfer_end)

    # Answers

    def _answer(self, verb: str, outcome: Outcome, end: int | None = None) -> Answer:
        cause = CAUSES[outcome.why]
        state = self.state
        then = MACHINE.step(state, verb, cause.code, outcome.why)
        if then is None:
            raise LookupError(f"The state table of FTP has no row for {state}, {verb!r}, {cause.code}, {outcome.why}.")
        self.state = then
        if outcome.begins is not None:
            self._transfer_end = self._end
        if then not in ARRANGED:
            self._arranging.forget()
        if then == "closed":
            self._transfers.abort()
        leaves = then not in (state, "transfer") and outcome.why not in ("passive", "extended-passive")  # see Listen
        return Answer(
            lines=tuple(wire.format_reply(cause.code, self._texts(outcome))),
            state=state,
            verb=verb,
            why=outcome.why,
            then=then,
            end=None if verb == wire.UNASKED else end or self._end,
            changes=outcome.changes,
            begins=outcome.begins,
            drops=state in ARRANGED and (leaves or outcome.why in ("port-ok", "eprt-ok")),
            aborts=state == "transfer" and (self._aborts or then == "closed"),
            closes=_CLOSES.get(outcome.why),
        )

    def _texts(self, outcome: Outcome) -> tuple[str, ...]:
        """The lines of the words, with what is to be told between the first and the last of them."""
        values = defaultdict(str, outcome.about, host=self._host.name, user=self._access.name)
        words = self._ftp.words.get(outcome.why, CAUSES[outcome.why].words).split("\n")[: limits.REPLY_LINES]
        texts = [text.format_map(values) for text in words]
        last = texts[1:][-1:] or ["End"] * bool(outcome.tells)
        return (*texts[: max(1, len(texts) - 1)], *outcome.tells, *last)
