"""Whatever is done to a host's files, who only hears the changes has the same tree, and nothing is ever too full."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from protocols.ftp.filesystem import Change, Entry, FileError, FileSystem, Made, Put, Removed, Renamed, Room
from protocols.world import Account, File

ALICE, BOB = Account("alice", quota=60), Account("bob", quota=200)
NAMES = st.sampled_from(["a", "b", "ü", "u\u0308", "a ", "x" * 200])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/tmp/" + "/".join(names))
WHO = st.sampled_from([ALICE, BOB, None])
OCTETS = st.binary(max_size=3) | st.sampled_from([b"x" * 50, b"y" * 100])
ROOM = 250
ENTRIES = 8


class Changing(RuleBasedStateMachine):
    """A file system, another of the same lab, and what a listener made of the first one's changes."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(ROOM, ENTRIES)
        self.clock = 0
        files = [File("/tmp/", mode=0o777)]
        self.files = FileSystem(files, {}, self.room, self.tick, (ALICE, BOB))
        self.other = FileSystem(files, {}, self.room, self.tick)
        self.heard = {entry.path: entry for entry in self.files.entries()}

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def hear(self, changes: list[Change]) -> None:
        for change in changes:
            if isinstance(change, Put | Made):
                self.heard[change.entry.path] = change.entry
            elif isinstance(change, Removed):
                del self.heard[change.path]
            elif isinstance(change, Renamed):
                self.move(change.path, change.to)

    def move(self, old: str, new: str) -> None:
        for path in [path for path in self.heard if path == old or path.startswith(f"{old}/")]:
            entry, to = self.heard.pop(path), new + path[len(old) :]
            self.heard[to] = Entry(to, entry.owner, entry.mode, entry.modified, entry.octets, entry.is_directory)

    def attempt(self, act: str, *arguments: object) -> str:
        """Do it; return "" or the cause for which it was refused."""
        try:
            self.hear(getattr(self.files, act)(*arguments))
        except FileError as error:
            return error.why
        return ""

    @rule(who=WHO, path=PATHS, octets=OCTETS)
    def store(self, who: Account | None, path: str, octets: bytes) -> None:
        if not self.attempt("store", who, path, octets):
            assert self.files.read(None, path) == octets

    @rule(who=WHO, path=PATHS, octets=OCTETS)
    def append(self, who: Account | None, path: str, octets: bytes) -> None:
        before = self.heard[path].octets if path in self.heard else b""
        if not self.attempt("append", who, path, octets):
            assert self.files.read(None, path) == before + octets

    @rule(who=WHO, path=PATHS)
    def store_as_much_as_there_is_room_for(self, who: Account | None, path: str) -> None:
        try:
            room, full = self.files.room_for(who, path), self.files.why_full(who, path)
        except FileError as error:
            why = error.why
            assert self.attempt("store", who, path, b"") == why
        else:
            assert self.attempt("store", who, path, b"z" * (room + 1)) == full
            assert self.attempt("store", who, path, b"z" * room) == ""

    @rule(who=WHO, path=PATHS)
    def remove(self, who: Account | None, path: str) -> None:
        self.attempt("remove", who, path)

    @rule(who=WHO, path=PATHS)
    def make_directory(self, who: Account | None, path: str) -> None:
        self.attempt("make_directory", who, path)

    @rule(who=WHO, path=PATHS)
    def remove_directory(self, who: Account | None, path: str) -> None:
        self.attempt("remove_directory", who, path)

    @rule(who=WHO, old=PATHS, new=PATHS)
    def rename(self, who: Account | None, old: str, new: str) -> None:
        self.attempt("rename", who, old, new)

    @rule(octets=OCTETS)
    def store_on_the_other_host(self, octets: bytes) -> None:
        with suppress(FileError):  # where it is full already
            self.other.store(None, "/tmp/other", octets)

    @invariant()
    def who_hears_the_changes_has_the_same_tree(self) -> None:
        assert [self.heard[path] for path in sorted(self.heard)] == self.files.entries()

    @invariant()
    def the_room_is_the_sum_and_never_too_full(self) -> None:
        entries = [*self.files.entries(), *self.other.entries()]
        assert self.room.octets_used == sum(entry.size for entry in entries) <= ROOM
        assert self.room.entries_used == len(entries) <= ENTRIES
        for account in (ALICE, BOB):
            assert sum(entry.size for entry in self.files.entries() if entry.owner == account.user) <= account.quota

    @invariant()
    def everything_stands_in_a_directory(self) -> None:
        directories = {"/", *(entry.path for entry in self.files.entries() if entry.is_directory)}
        assert {entry.path.rpartition("/")[0] or "/" for entry in self.files.entries()} <= directories


Changing.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestChanging = Changing.TestCase
