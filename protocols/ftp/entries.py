"""What a host's files are made of, what becomes of them, and who may do what with one. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from protocols import limits
from protocols.world.model import Account

READ, WRITE, ENTER = 4, 2, 1  # permission bits, of each of three


class FileError(Exception):
    """What was asked for cannot be done; `why` is the cause, a key of FTP's causes."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Entry:
    """A file or a directory: its absolute name (without a slash at its end, but for the root's), the account that owns
    it ("" for nobody), its permission bits, when it was modified (seconds since the Unix epoch), its content (b"" for a
    directory). `number` is its own as long as it exists, whatever its name: an inode's, on Unix."""

    path: str
    owner: str
    mode: int
    modified: int
    octets: bytes = field(default=b"", repr=False)
    is_directory: bool = False
    number: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """The last part of the path; "" for the root."""
        return self.path.rpartition("/")[2]

    @property
    def size(self) -> int:
        return len(self.octets)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hexadecimal digits."""
        return hashlib.sha256(self.octets).hexdigest()

    def know(self, octets: bytes, sha256: str) -> None:
        """Take over the SHA-256 of `octets` if these are the content as they are: it need not be computed again."""
        if self.octets is octets:
            self.__dict__["sha256"] = sha256


@dataclass(frozen=True, slots=True)
class Put:
    """A file is there, new or with a new content."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Made:
    """A directory is there."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Removed:
    """The file or empty directory `path` is gone."""

    path: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """What was `path`, with all below it, is `to`."""

    path: str
    to: str


Change = Put | Made | Removed | Renamed


class Room:
    """What the files of a lab may take, all hosts together: octets of contents, and files and directories. Roots count
    for nothing. A world that takes more is no error, but nothing is added to it."""

    def __init__(self, octets: int = limits.FILES, entries: int = limits.FILE_ENTRIES) -> None:
        self.octets, self.entries = octets, entries
        self.octets_used = self.entries_used = 0
        self.numbers = count(1)


def demand(who: Account | None, entry: Entry, bits: int) -> None:
    if not may(who, entry, bits):
        raise FileError("permission-denied")


def demand_writer(who: Account | None) -> None:
    if who and not who.may_write:
        raise FileError("account-reads-only")


def may(who: Account | None, entry: Entry, bits: int) -> bool:
    """Whether the permissions of `entry` let `who` have all of `bits`."""
    if who is None:
        return True
    mode = entry.mode >> 6 if entry.owner == who.user else entry.mode
    return mode & bits == bits
