"""Directories and files, without what they contain: CWD, CDUP, PWD, MKD, RMD, DELE, RNFR, RNTO, SIZE, MDTM, MLST, and
STAT with a name. Pure."""

from __future__ import annotations

from collections.abc import Callable

from protocols.ftp import listing
from protocols.ftp.access import Access
from protocols.ftp.answers import Outcome
from protocols.ftp.filesystem import Entry, FileError, FileSystem
from protocols.ftp.parameters import Parameters
from protocols.ftp.wire import Command
from protocols.world.model import Account

_OF_THE_OLD = ("no-such-file", "root-stays")  # what is wrong with the old name where a renaming fails

Act = Callable[[Account, str], Outcome]


class Places:
    """Where a session stands in the `files` that its `access` opens: in the directory `cwd`. `renaming` is the old name
    from RNFR to the next command."""

    def __init__(self, files: FileSystem, access: Access, parameters: Parameters, clock: Callable[[], int]) -> None:
        self._files = files
        self._access = access
        self._parameters = parameters
        self._clock = clock
        self.cwd = "/"
        self.renaming = ""

    def at(self, name: str, act: Act) -> Outcome:
        """What comes of `act` for the account that is logged in, at the absolute path that `name` stands for, a name as
        it was typed, one character per octet. A FileError is the answer, with its cause."""
        path = ""
        try:
            path = self._files.resolve(self.cwd, name.encode("latin-1"))
            return act(self._access.account(), path)
        except FileError as error:
            return Outcome(error.why, {"path": path})

    # Directories: RFC 959 section 4.1.1 and appendix II

    def change_directory(self, command: Command) -> Outcome:
        """CWD, and CDUP, which stays in the root where it is there."""

        def enter(who: Account, path: str) -> Outcome:
            self._files.enter(who, path)
            self.cwd = path
            return Outcome("entered" if command.verb == "CWD" else "entered-parent", {"path": path})

        return self.at(command.argument if command.verb == "CWD" else "..", enter)

    def tell_directory(self, command: Command) -> Outcome:
        """PWD."""
        return Outcome("directory", {"path": _doubled(self.cwd)})

    def make_directory(self, command: Command) -> Outcome:
        """MKD."""

        def make(who: Account, path: str) -> Outcome:
            changes = self._files.make_directory(who, path)
            return Outcome("made", {"path": _doubled(path)}, changes=tuple(changes))

        return self.at(command.argument, make)

    def remove_directory(self, command: Command) -> Outcome:
        """RMD."""

        def remove(who: Account, path: str) -> Outcome:
            changes = self._files.remove_directory(who, path)
            return Outcome("directory-removed", {"path": path}, changes=tuple(changes))

        return self.at(command.argument, remove)

    # Files: RFC 959 section 4.1.3

    def remove_file(self, command: Command) -> Outcome:
        """DELE."""

        def remove(who: Account, path: str) -> Outcome:
            return Outcome("removed", {"path": path}, changes=tuple(self._files.remove(who, path)))

        return self.at(command.argument, remove)

    def rename_from(self, command: Command) -> Outcome:
        """RNFR. The old name is kept for the command that follows, and for no other."""

        def keep(who: Account, path: str) -> Outcome:
            self._files.stat(who, path)
            self.renaming = path
            return Outcome("rename-from", {"path": path})

        return self.at(command.argument, keep)

    def rename_to(self, command: Command) -> Outcome:
        """RNTO."""
        old, self.renaming = self.renaming, ""

        def rename(who: Account, path: str) -> Outcome:
            try:
                return Outcome("renamed", {"path": path}, changes=tuple(self._files.rename(who, old, path)))
            except FileError as error:
                return Outcome(error.why, {"path": old if error.why in _OF_THE_OLD else path})

        return self.at(command.argument, rename) if old else Outcome("rnto-before-rnfr")

    # What is told of them

    def tell_size(self, command: Command) -> Outcome:
        """SIZE: what a transfer of the file would bring in the type that is set, RFC 3659 section 4."""

        def tell(who: Account, path: str) -> Outcome:
            content = self._file(who, path).octets
            return Outcome("size", {"path": path, "octets": str(len(self._parameters.to_wire(content)))})

        return self.at(command.argument, tell)

    def tell_modified(self, command: Command) -> Outcome:
        """MDTM: RFC 3659 section 3."""

        def tell(who: Account, path: str) -> Outcome:
            return Outcome("modified", {"path": path, "time": listing.write_time(self._file(who, path).modified)})

        return self.at(command.argument, tell)

    def tell_facts(self, command: Command) -> Outcome:
        """MLST: the facts are a line that begins with a space, RFC 3659 section 7.2."""

        def tell(who: Account, path: str) -> Outcome:
            entry = self._files.stat(who, path)
            allowed = self._files.permissions(who, path)
            facts = listing.write_facts(entry, path, allowed, self._parameters.facts)
            return Outcome("facts", {"path": path}, tells=(f" {facts.decode()}",))

        return self.at(command.argument, tell)

    def tell_status(self, command: Command) -> Outcome:
        """STAT with a name: LIST over the control connection."""

        def tell(who: Account, path: str) -> Outcome:
            lines = listing.write_list(self._files.list(who, path), self._clock()).decode()
            return Outcome("status-of", {"path": path}, tells=tuple(lines.split("\r\n")[:-1]))

        return self.at(command.argument, tell)

    def _file(self, who: Account, path: str) -> Entry:
        entry = self._files.stat(who, path)
        if entry.is_directory:
            raise FileError("is-a-directory")
        return entry


def _doubled(path: str) -> str:
    """A path as it stands between quotation marks: RFC 959 appendix II."""
    return path.replace('"', '""')
