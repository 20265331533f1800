"""A host's tree: its files and directories by their absolute names, and the way to each. Pure."""

from __future__ import annotations

from dataclasses import replace

from protocols.ftp.entries import ENTER, Entry, FileError, Room, demand
from protocols.world import names
from protocols.world.model import Account


class Tree:
    """What stands under which name. Here everything is done at once: what it needs was checked by who asks. `room`
    counts what is in it."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._entries: dict[str, Entry] = {}

    def get(self, path: str) -> Entry | None:
        """What has this name, if anything has."""
        return self._entries.get(path)

    def above(self, path: str) -> Entry:
        """The directory that `path` stands in, which exists."""
        return self._entries[names.parent_of(path)]

    def all(self) -> list[Entry]:
        """Everything but the root, by path."""
        return [entry for path, entry in sorted(self._entries.items()) if path != names.ROOT]

    def children(self, path: str) -> list[Entry]:
        """What stands in the directory `path`, by name."""
        found = [
            each for each in self._entries.values() if each.path != names.ROOT and names.parent_of(each.path) == path
        ]
        return sorted(found, key=lambda entry: entry.name)

    def is_empty(self, path: str) -> bool:
        """Whether nothing stands in the directory `path`, which is not the root."""
        return self.below(path) == [path]

    def below(self, path: str) -> list[str]:
        """`path` and the names of all below it."""
        return [each for each in self._entries if each == path or each.startswith(f"{path}/")]

    def walk(self, who: Account | None, path: str) -> None:
        """Pass the directories above `path`. Raises FileError: no-such-directory, not-a-directory,
        permission-denied."""
        for each in names.parents_of(path):
            self._directory(each)
            demand(who, self._entries[each], ENTER)

    def existing(self, who: Account | None, path: str) -> Entry:
        """What has this name. Raises FileError: no-such-file, and those of `walk`."""
        self.walk(who, path)
        entry = self._entries.get(path)
        if entry is None:
            raise FileError("no-such-file")
        return entry

    def directory(self, who: Account | None, path: str) -> Entry:
        """The directory of this name. Raises FileError: those of `walk`, of this directory too."""
        self.walk(who, path)
        return self._directory(path)

    def _directory(self, path: str) -> Entry:
        entry = self._entries.get(path)
        if entry is None:
            raise FileError("no-such-directory")
        if not entry.is_directory:
            raise FileError("not-a-directory")
        return entry

    def put(self, entry: Entry) -> None:
        """Let `entry` have its name, in the place of whatever has it."""
        if entry.path in self._entries:
            self.drop(entry.path)
        self._entries[entry.path] = entry
        self._count(entry, 1)

    def drop(self, path: str) -> None:
        """Let nothing have this name."""
        self._count(self._entries.pop(path), -1)

    def move(self, old: str, new: str) -> None:
        """Let what is `old`, with all below it, be `new`."""
        for path in self.below(old):
            to = new + path.removeprefix(old)
            self._entries[to] = replace(self._entries.pop(path), path=to)

    def _count(self, entry: Entry, sign: int) -> None:
        self._room.octets_used += sign * entry.size
        self._room.entries_used += sign * (entry.path != names.ROOT)
