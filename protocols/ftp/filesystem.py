"""The files of a host, in memory: a tree with owners, permissions, times and quotas. What is done to it is checked
first and done whole, or not at all: a FileError has changed nothing. Pure; the clock is given.

What an account may do is as on Unix, without groups. On a directory r lets it be listed and x lets it be passed, w and
x let names be added, removed and renamed in it; on a file r lets it be read, w written. The owner's bits are for the
owner and those of others for all others. There are no links, and a directory's time is that of its making. Letters in
names are taken as they are, upper and lower case and Unicode's spellings alike: see `world.names`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count

from protocols.ftp.entries import (
    ENTER,
    READ,
    WRITE,
    Change,
    Entry,
    FileError,
    Made,
    Put,
    Removed,
    Renamed,
    Room,
    demand,
    demand_writer,
    may,
)
from protocols.ftp.tree import Tree
from protocols.world import names
from protocols.world.files import with_parents
from protocols.world.model import Account, File

__all__ = ["Change", "Entry", "FileError", "FileSystem", "Made", "Put", "Removed", "Renamed", "Room"]

FILE_MODE, DIRECTORY_MODE = 0o644, 0o755  # of what is new

Entries = list[Entry]  # named here, since FileSystem has a `list` of its own
Changes = list[Change]
Spaces = list[tuple[int, str]]


class FileSystem:
    """The tree of a host. `files` are those of the world, whose parents need not be stated; `contents` those that are
    no text in it, by their SHA-256 (KeyError where one is missing). `room` is the lab's, `clock` tells seconds since
    the Unix epoch, `accounts` are the host's, whose quotas hold for their files whoever writes into these.

    `who` is the account that acts. None is the host itself, which may do everything that room and quotas allow: the
    student on their own machine, and a page.

    Paths are absolute, as `resolve` makes them. Whatever leads through what is no directory raises FileError with
    no-such-directory, not-a-directory or permission-denied."""

    def __init__(
        self,
        files: Iterable[File],
        contents: Mapping[str, bytes],
        room: Room,
        clock: Callable[[], int],
        accounts: Iterable[Account] = (),
    ) -> None:
        self._room = room
        self._clock = clock
        self._quotas = {account.user: account.quota for account in accounts}
        self._given = count(1)  # the numbers in names that unique_name gave
        self._tree = Tree(room)
        for file in with_parents([File(names.ROOT, mode=DIRECTORY_MODE), *files]):
            self._tree.put(_entry(file, contents, next(room.numbers)))

    # What is there

    def resolve(self, cwd: str, path: bytes | str) -> str:
        """The absolute name that `path` stands for in the directory `cwd`: "." is that, ".." the one above, which never
        leads above the root (RFC 959 knows neither; every server does so). It need not exist. Raises FileError:
        bad-name, name-too-long, path-too-long."""
        try:
            text = path.decode() if isinstance(path, bytes) else path
        except UnicodeDecodeError as error:
            raise FileError("bad-name") from error
        parts: list[str] = []
        for part in (text if text.startswith("/") else f"{cwd}/{text}").split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        found = "/" + "/".join(parts)
        fault = names.find_name_fault(text) or names.find_path_fault(found)
        if fault:
            raise FileError(fault)
        return found

    def entries(self) -> Entries:
        """All files and directories but the root, by path."""
        return self._tree.all()

    def enter(self, who: Account | None, path: str) -> None:
        """Check that `who` may make the directory `path` their working directory. Raises FileError."""
        demand(who, self._tree.directory(who, path), ENTER)

    def stat(self, who: Account | None, path: str) -> Entry:
        """The file or directory `path`. Raises FileError: no-such-file."""
        return self._tree.existing(who, path)

    def read(self, who: Account | None, path: str) -> bytes:
        """The content of the file `path`. Raises FileError: no-such-file, is-a-directory, permission-denied."""
        entry = self._tree.existing(who, path)
        if entry.is_directory:
            raise FileError("is-a-directory")
        demand(who, entry, READ)
        return entry.octets

    def list(self, who: Account | None, path: str) -> Entries:
        """What stands in the directory `path`, by name; of a file, itself. Raises FileError: no-such-file,
        permission-denied."""
        entry = self._tree.existing(who, path)
        if not entry.is_directory:
            return [entry]
        demand(who, entry, READ)
        return self._tree.children(path)

    def permissions(self, who: Account | None, path: str) -> str:
        """What `who` may do with `path`, as letters of the fact "perm" (RFC 3659 section 7.5.5). Raises FileError:
        no-such-file."""
        entry = self._tree.existing(who, path)
        writes = who is None or who.may_write
        moves = writes and path != names.ROOT and may(who, self._tree.above(path), WRITE | ENTER)
        if not entry.is_directory:
            changes = writes and may(who, entry, WRITE)
            letters = {"a": changes, "d": moves, "f": moves, "r": may(who, entry, READ), "w": changes}
        else:
            fills = writes and may(who, entry, WRITE | ENTER)
            letters = {
                "c": fills,
                "d": moves and self._tree.is_empty(path),
                "e": may(who, entry, ENTER),
                "f": moves,
                "l": may(who, entry, READ),
                "m": fills,
                "p": fills,
            }
        return "".join(letter for letter, allowed in letters.items() if allowed)

    def room_for(self, who: Account | None, path: str) -> int:
        """How many octets the file `path` may have in all, whatever it has now, if `who` stores it. Raises the
        FileError that `store` would, so that a transfer need not begin."""
        return min(self._spaces(who, path, self._writable(who, path)))[0]

    def why_full(self, who: Account | None, path: str) -> str:
        """Why the file `path` may have no more octets than `room_for`: over-quota or lab-full. Raises FileError."""
        return min(self._spaces(who, path, self._writable(who, path)), key=lambda space: space[0])[1]

    def unique_name(self, who: Account | None, directory: str) -> str:
        """The name of a new file in `directory`, given once (STOU, RFC 959 section 4.1.3). Raises the FileError that
        `store` would."""
        while True:
            path = names.join(directory, f"file-{next(self._given)}")
            if self._writable(who, path) is None:
                return path

    # What changes it

    def store(self, who: Account | None, path: str, octets: bytes) -> Changes:
        """Give the file `path` this content. A new one is owned by `who`, one that is there keeps its owner and its
        mode. Raises FileError: account-reads-only, is-a-directory, permission-denied, too-many-files, over-quota,
        lab-full."""
        there = self._writable(who, path)
        for space, why in self._spaces(who, path, there):
            if len(octets) > space:
                raise FileError(why)
        if there:
            entry = replace(there, octets=octets, modified=self._clock())
        else:
            number = next(self._room.numbers)
            entry = Entry(path, _name_of(who), FILE_MODE, self._clock(), octets, number=number)
        self._tree.put(entry)
        return [Put(entry)]

    def append(self, who: Account | None, path: str, octets: bytes) -> Changes:
        """Put `octets` behind the content of the file `path`, or make it. Raises FileError as `store` does."""
        there = self._writable(who, path)
        return self.store(who, path, there.octets + octets if there else octets)

    def remove(self, who: Account | None, path: str) -> Changes:
        """Remove the file `path`. Raises FileError: account-reads-only, no-such-file, is-a-directory,
        permission-denied."""
        demand_writer(who)
        if self._tree.existing(who, path).is_directory:
            raise FileError("is-a-directory")
        self._demand_place(who, path)
        self._tree.drop(path)
        return [Removed(path)]

    def make_directory(self, who: Account | None, path: str) -> Changes:
        """Make the directory `path`, owned by `who`. Raises FileError: account-reads-only, exists, permission-denied,
        too-many-files."""
        demand_writer(who)
        self._tree.walk(who, path)
        if self._tree.get(path):
            raise FileError("exists")
        self._demand_place(who, path)
        self._demand_entry()
        number = next(self._room.numbers)
        made = Entry(path, _name_of(who), DIRECTORY_MODE, self._clock(), is_directory=True, number=number)
        self._tree.put(made)
        return [Made(made)]

    def remove_directory(self, who: Account | None, path: str) -> Changes:
        """Remove the empty directory `path`. Raises FileError: account-reads-only, root-stays, no-such-directory,
        not-a-directory, not-empty, permission-denied."""
        demand_writer(who)
        if path == names.ROOT:
            raise FileError("root-stays")
        self._tree.directory(who, path)
        self._demand_place(who, path)
        if not self._tree.is_empty(path):
            raise FileError("not-empty")
        self._tree.drop(path)
        return [Removed(path)]

    def rename(self, who: Account | None, old: str, new: str) -> Changes:
        """Give the file or directory `old`, with all below it, the name `new`. A file takes the place of a file that
        has that name. Raises FileError: account-reads-only, root-stays, no-such-file, permission-denied, into-itself,
        exists, path-too-long."""
        demand_writer(who)
        if old == names.ROOT:
            raise FileError("root-stays")
        entry = self._tree.existing(who, old)
        self._demand_place(who, old)
        if entry.is_directory and new.startswith(f"{old}/"):
            raise FileError("into-itself")
        self._tree.walk(who, new)
        there = self._tree.get(new)
        if there is entry:
            return []
        if there and (there.is_directory or entry.is_directory):
            raise FileError("exists")
        self._demand_place(who, new)
        if any(names.find_path_fault(new + path.removeprefix(old)) for path in self._tree.below(old)):
            raise FileError("path-too-long")
        if there:
            self._tree.drop(new)
        self._tree.move(old, new)
        return [*([Removed(new)] if there else []), Renamed(old, new)]

    # What is demanded first

    def _writable(self, who: Account | None, path: str) -> Entry | None:
        """The file that `who` may overwrite, or None for one that they may make."""
        demand_writer(who)
        self._tree.walk(who, path)
        entry = self._tree.get(path)
        if entry is None:
            self._demand_place(who, path)
            self._demand_entry()
            return None
        if entry.is_directory:
            raise FileError("is-a-directory")
        demand(who, entry, WRITE)
        return entry

    def _demand_place(self, who: Account | None, path: str) -> None:
        """That `who` may change what stands under this name in its directory."""
        demand(who, self._tree.above(path), WRITE | ENTER)

    def _demand_entry(self) -> None:
        if self._room.entries_used >= self._room.entries:
            raise FileError("too-many-files")

    def _spaces(self, who: Account | None, path: str, there: Entry | None) -> Spaces:
        """How large the file `path` may be, and what it is then. One that is there may always have what it has."""
        size, owner = (there.size, there.owner) if there else (0, _name_of(who))
        spaces = [(size + max(self._room.octets - self._room.octets_used, 0), "lab-full")]
        quota = who.quota if who and who.user == owner else self._quotas.get(owner)
        if quota is not None:
            owned = sum(entry.size for entry in self._tree.all() if entry.owner == owner)
            spaces.insert(0, (size + max(quota - owned, 0), "over-quota"))
        return spaces


def _entry(file: File, contents: Mapping[str, bytes], number: int) -> Entry:
    path = file.path.rstrip("/") or names.ROOT
    octets = b"" if file.is_directory else contents[file.sha256] if file.text is None else file.text.encode()
    return Entry(path, file.owner, file.mode, file.modified, octets, file.is_directory, number)


def _name_of(who: Account | None) -> str:
    return who.user if who else ""
