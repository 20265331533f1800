"""What goes over data connections: RETR, STOR, STOU, APPE, LIST, NLST and MLSD (RFC 959 section 4.1.3, RFC 3659 section
7). Pure: contents are taken and given whole, so that no boundary of blocks matters."""

from __future__ import annotations

import re
from collections.abc import Callable

from protocols.ftp import listing
from protocols.ftp.answers import Outcome, Transfer
from protocols.ftp.arranging import Arranging
from protocols.ftp.filesystem import FileError, FileSystem
from protocols.ftp.parameters import Parameters
from protocols.ftp.places import Places
from protocols.ftp.wire import Command
from protocols.world.model import Account

_OPTIONS = re.compile(r"(?:-[A-Za-z0-9]+(?: +|$))*")


class Transfers:
    """The transfers of a session, of which at most one runs: `running`."""

    def __init__(
        self,
        files: FileSystem,
        places: Places,
        parameters: Parameters,
        arranging: Arranging,
        clock: Callable[[], int],
    ) -> None:
        self._files = files
        self._places = places
        self._parameters = parameters
        self._arranging = arranging
        self._clock = clock
        self.running: Transfer | None = None
        self._who: Account | None = None  # whose it is
        self._kept = b""  # what stands before what comes, where a STOR restarts: octets on the wire

    # They begin

    def retrieve(self, command: Command) -> Outcome:
        """RETR."""
        marker = self._parameters.take_marker()

        def begin(who: Account, path: str) -> Outcome:
            octets = self._parameters.to_wire(self._files.read(who, path))
            if marker > len(octets):
                raise FileError("restart-beyond")
            return self._begin(command, who, path, octets=octets[marker:])

        return self._places.at(command.argument, begin)

    def store(self, command: Command) -> Outcome:
        """STOR. After REST the file keeps what stands before the marker; what comes takes the place of all the rest
        (RFC 3659 section 5.3)."""
        marker = self._parameters.take_marker()

        def begin(who: Account, path: str) -> Outcome:
            room = self._parameters.on_wire(self._files.room_for(who, path))
            kept = self._parameters.to_wire(self._content(path)) if marker else b""
            if marker > len(kept):
                raise FileError("restart-beyond")
            return self._begin(command, who, path, kept=kept[:marker], limit=room - marker)

        return self._places.at(command.argument, begin)

    def append(self, command: Command) -> Outcome:
        """APPE."""
        self._parameters.take_marker()

        def begin(who: Account, path: str) -> Outcome:
            room = self._files.room_for(who, path) - len(self._content(path))
            return self._begin(command, who, path, limit=self._parameters.on_wire(room))

        return self._places.at(command.argument, begin)

    def store_unique(self, command: Command) -> Outcome:
        """STOU. The name is the server's, whatever the client proposes; the answer has it: RFC 1123 section 4.1.2.9."""
        self._parameters.take_marker()

        def begin(who: Account, directory: str) -> Outcome:
            path = self._files.resolve(directory, self._files.unique_name(who, directory))
            return self._begin(command, who, path, limit=self._parameters.on_wire(self._files.room_for(who, path)))

        return self._places.at(".", begin)

    def list(self, command: Command) -> Outcome:
        """LIST, NLST and MLSD. A list is text whatever the type: RFC 1123 section 4.1.2.7."""
        self._parameters.take_marker()
        name = command.argument if command.verb == "MLSD" else _without_options(command.argument)

        def begin(who: Account, path: str) -> Outcome:
            write = {"LIST": self._write_list, "NLST": self._write_names, "MLSD": self._write_facts}
            return self._begin(command, who, path, octets=write[command.verb](who, path, name), is_list=True)

        return self._places.at(name, begin)

    def _begin(
        self,
        command: Command,
        who: Account,
        path: str,
        *,
        octets: bytes | None = None,
        kept: bytes = b"",
        limit: int = 0,
        is_list: bool = False,
    ) -> Outcome:
        transfer = Transfer(
            verb=command.verb,
            sends=octets is not None,
            path="" if is_list else path,
            octets=octets or b"",
            limit=limit,
            address=self._arranging.address,
        )
        self.running, self._who, self._kept = transfer, who, kept
        why = "already-open" if self._arranging.is_open else "opening"
        return Outcome("stored-as" if command.verb == "STOU" else why, {"path": path}, begins=transfer)

    def _content(self, path: str) -> bytes:
        """What is in the file that is to be written, whether its writer may read it or not."""
        try:
            return self._files.read(None, path)
        except FileError:
            return b""

    # Lists

    def _write_list(self, who: Account, path: str, name: str) -> bytes:
        return listing.write_list(self._files.list(who, path), self._clock())

    def _write_names(self, who: Account, path: str, name: str) -> bytes:
        """Each is a name that RETR takes as it stands: RFC 1123 section 4.1.2.7."""
        is_directory = self._files.stat(who, path).is_directory
        name = name.encode("latin-1").decode()
        prefix = name if is_directory else name.rpartition("/")[0] + "/" * ("/" in name)
        if is_directory and prefix and not prefix.endswith("/"):
            prefix += "/"
        return listing.write_names(self._files.list(who, path), prefix)

    def _write_facts(self, who: Account, path: str, name: str) -> bytes:
        if not self._files.stat(who, path).is_directory:
            raise FileError("lists-directories")  # RFC 3659 section 7.2.1: 501
        return b"".join(
            listing.write_facts(entry, entry.name, self._files.permissions(who, entry.path), self._parameters.facts)
            + b"\r\n"
            for entry in self._files.list(who, path)
        )

    # They end

    def abort(self) -> None:
        """The transfer is broken off. Of what came nothing is kept."""
        self.running, self._kept = None, b""

    def finish(self, transfer: Transfer, why: str, received: bytes) -> Outcome:
        """What comes of the transfer when it has ended for the cause `why`. A file is written now or never."""
        kept = self._kept
        self.abort()
        about = {"path": transfer.path}
        try:
            if why == "over-quota":
                return Outcome(self._files.why_full(self._who, transfer.path), about)
            if why != "transfer-complete" or transfer.sends:
                return Outcome(why, about)
            content = self._parameters.from_wire(kept + received)
            write = self._files.append if transfer.verb == "APPE" else self._files.store
            return Outcome(why, about, changes=tuple(write(self._who, transfer.path, content)))
        except FileError as error:
            return Outcome(error.why, about)


def _without_options(argument: str) -> str:
    """The name in the argument of LIST or NLST. RFC 959 has nothing else there, but people say LIST -la as to ls, and
    most servers let that pass. A name that begins with a hyphen is then written "./-l"."""
    options = _OPTIONS.match(argument)
    return argument[options.end() :] if options else argument
