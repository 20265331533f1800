"""The files of a world's hosts as a page shows them: trees, and what is in one file."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.labs.file_places import Place
from portal.worlds.files import FtpAccount, VirtualFile
from protocols.eavesdrop import dump
from protocols.world import Host, World, names

TEXT_SHOWN = 64 * 1024  # octets of a file that is text, on its page
OPEN_WITHIN = 40  # entries of a tree whose directories are all open at first

_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f") | {127}


@dataclass(frozen=True, slots=True)
class Node:
    """A file or a directory of a tree, with what stands in it. `url` is the address of a file's page, `mode` is written
    as `ls` writes it."""

    file: VirtualFile
    url: str
    mode: str
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a host, `count` in all: `owners` are the accounts that a file there may belong to, `directories` the
    places for one."""

    host: str
    is_students: bool
    nodes: list[Node]
    owners: list[FtpAccount]
    directories: list[str]
    count: int

    @property
    def is_open(self) -> bool:
        """Whether its directories are open at first."""
        return self.count <= OPEN_WITHIN


def grow_trees(place: Place, document: World) -> list[Tree]:
    """The trees of a place, whose world is this: the student's own machine first, then each host with an FTP server
    or with files. None where no host has such a server: then nothing moves a file."""
    if not any(host.ftp for host in document.hosts):
        return []
    accounts = list(place.world.accounts.order_by("pk"))
    hosts = [host for host in document.hosts if host.ftp or host.files or host.name == document.student]
    hosts.sort(key=lambda host: host.name != document.student)
    return [_grow(place, host, host.name == document.student, accounts) for host in hosts]


def _grow(place: Place, host: Host, is_students: bool, accounts: list[FtpAccount]) -> Tree:
    files = [file for file in place.world.list_files(host.name) if file.path != names.ROOT]
    owners = [account for account in accounts if account.host == host.name]
    directories = [names.ROOT, *(file.path for file in files if file.is_directory)]
    return Tree(host.name, is_students, _plant(place, files), owners, directories, len(files))


def _plant(place: Place, files: Iterable[VirtualFile]) -> list[Node]:
    """The nodes of files that come each after its directory."""
    first: list[Node] = []
    directories: dict[str, Node] = {}
    for file in files:
        node = Node(file, place.url_of(file), write_mode(file))
        above = directories.get(file.path.rpartition("/")[0])
        (above.children if above else first).append(node)
        if file.is_directory:
            directories[file.path] = node
    return first


def write_mode(file: VirtualFile) -> str:
    """The permissions of a file as `ls` writes them: "-rw-r--r--"."""
    return stat.filemode(file.mode | (stat.S_IFDIR if file.is_directory else stat.S_IFREG))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page shows of a file's octets: as text, or as rows of octets; `shown` of them."""

    text: str | None
    rows: tuple[tuple[str, str, str], ...]
    shown: int


def read_file(octets: bytes) -> Reading:
    """What is in a file: as text where all of what is shown is UTF-8 without control characters, else its first octets
    in hexadecimal digits."""
    text = _read_text(octets[:TEXT_SHOWN])
    if text is not None:
        return Reading(text, (), len(text.encode()))
    rows = dump(octets)
    return Reading(None, rows, sum(len(digits.split()) for _, digits, _ in rows))


def _read_text(octets: bytes) -> str | None:
    if not _NO_TEXT.isdisjoint(octets):
        return None
    for cut in range(4):  # the last character may be cut in two: it has up to four octets
        try:
            return octets[: len(octets) - cut].decode()
        except UnicodeDecodeError as error:
            if len(octets) < TEXT_SHOWN or error.start < len(octets) - 4:
                return None
    return None
