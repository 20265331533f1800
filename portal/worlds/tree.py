"""What a lab's log says of its files, done to the models.

A lab is hostile: what no file system does is refused, and what it says of its files afterwards is taken all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection

from portal.rows import insert
from portal.worlds.contents import Content
from portal.worlds.files import FtpAccount, VirtualFile
from portal.worlds.models import World
from protocols import limits
from protocols.events import Stored, TreeChanged
from protocols.world import names, parse_world
from protocols.world.files import LAST_SECOND

MODES = 0o777  # permission bits that a world can state

Place = tuple[str, str]  # a host and a path


class Impossible(Exception):
    """No file system does so. The text says what, for the operator."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the models have of a file or a directory, but for its place. It has the same `pk` as long as it exists, None
    before it was written."""

    pk: int | None
    is_directory: bool
    owner: str
    mode: int
    modified_at: datetime
    size: int = 0
    content_id: int | None = None
    is_placed: bool = False


class Tree:
    """The files of a lab's world, read from the models. `apply` changes them here, `write` there; the caller is their
    one writer: the feed of the lab that the world belongs to."""

    def __init__(self, world: int) -> None:
        self._world = world
        self._hosts = _find_hosts(World.objects.values_list("source", flat=True).get(pk=world))
        accounts = FtpAccount.objects.filter(world=world).values_list("host", "user")
        self._owners: set[tuple[str, str]] = {(host, user) for host, user in accounts}
        self._before: dict[Place, Entry] = {}
        for host, path, *values in VirtualFile.objects.filter(world=world).values_list(
            "host", "path", *Entry.__slots__
        ):
            self._before[host, path] = Entry(*values)
        self._now = dict(self._before)
        self._roots = sum(path == names.ROOT for _, path in self._now)  # which no room is counted for
        self._octets = sum(entry.size for entry in self._now.values())

    def apply(self, event: Stored | TreeChanged, contents: Mapping[str, Content]) -> None:
        """Do what an event tells. `contents` are those that the lab may name, by SHA-256. Raises Impossible."""
        if event.host not in self._hosts:
            raise Impossible("a host that is not there")
        if isinstance(event, Stored):
            self._store(event, contents.get(event.sha256))
        elif event.change == "made":
            self._make(event)
        elif event.change == "removed":
            self._remove(event.host, event.path)
        else:
            self._rename(event.host, event.path, event.to)

    def write(self) -> None:
        """Write the changes, in as many statements for all as for one."""
        gone = [entry.pk for place, entry in self._before.items() if entry.pk and self._now.get(place) != entry]
        new = [(place, entry) for place, entry in self._now.items() if self._before.get(place) != entry]
        # What changed is deleted and written anew, since two files may have changed their names for each other's.
        if gone:
            VirtualFile.objects.filter(pk__in=gone).delete()
        changed = [(entry.pk, *self._row(*place, entry)) for place, entry in new if entry.pk]
        insert(VirtualFile, ("id", *VirtualFile.COLUMNS), changed)
        insert(VirtualFile, VirtualFile.COLUMNS, [self._row(*place, entry) for place, entry in new if not entry.pk])

    def _store(self, event: Stored, content: Content | None) -> None:
        if content is None or content.size != event.size:
            raise Impossible("a content that was not kept")
        there = self._now.get((event.host, event.path))
        if there and there.is_directory:
            raise Impossible("a file in a directory's place")
        if self._octets - (there.size if there else 0) + content.size > limits.FILES:
            raise Impossible("more octets than a lab has room for")
        pk, is_placed = (there.pk, there.is_placed) if there else (None, False)
        self._put(event, Entry(pk, False, *self._read_rights(event), content.size, content.pk, is_placed))

    def _make(self, event: TreeChanged) -> None:
        if (event.host, event.path) in self._now:
            raise Impossible("a directory in another's place")
        self._put(event, Entry(None, True, *self._read_rights(event)))

    def _put(self, event: Stored | TreeChanged, entry: Entry) -> None:
        self._check_place(event.host, event.path)
        place = (event.host, event.path)
        there = self._now.get(place)
        if there is None and len(self._now) - self._roots >= limits.FILE_ENTRIES:
            raise Impossible("more files than a lab has room for")
        self._octets += entry.size - (there.size if there else 0)
        self._now[place] = entry

    def _read_rights(self, event: Stored | TreeChanged) -> tuple[str, int, datetime]:
        if event.owner and (event.host, event.owner) not in self._owners:
            raise Impossible("an owner who is no account")
        if event.mode > MODES:
            raise Impossible("a mode that is none")
        return event.owner, event.mode, datetime.fromtimestamp(min(event.modified, LAST_SECOND), UTC)

    def _check_place(self, host: str, path: str) -> None:
        """Refuse a path that is none, or that no directory is there for."""
        if not path.startswith("/") or {"", ".", ".."} & set(path.split("/")[1:]) or names.find_path_fault(path):
            raise Impossible("a path that is none")
        parent = names.parent_of(path)
        above = self._now.get((host, parent))
        if parent != names.ROOT and (above is None or not above.is_directory):
            raise Impossible("a path in no directory")

    def _remove(self, host: str, path: str) -> None:
        there = self._now.get((host, path))
        if there is None or path == names.ROOT:
            raise Impossible("the end of what is not there")
        if any(other.startswith(f"{path}/") for name, other in self._now if name == host):
            raise Impossible("the end of a directory that is not empty")
        self._octets -= there.size
        del self._now[host, path]

    def _rename(self, host: str, path: str, to: str) -> None:
        if (host, path) not in self._now or path == names.ROOT:
            raise Impossible("another name for what is not there")
        self._check_place(host, to)
        if (host, to) in self._now or to.startswith(f"{path}/"):
            raise Impossible("a name that cannot be given")
        moved = [other for name, other in self._now if name == host and f"{other}/".startswith(f"{path}/")]
        if any(names.find_path_fault(to + other[len(path) :]) for other in moved):
            raise Impossible("a path that is none")
        for other in moved:
            self._now[host, to + other[len(path) :]] = self._now.pop((host, other))

    def _row(self, host: str, path: str, entry: Entry) -> tuple[object, ...]:
        at = connection.ops.adapt_datetimefield_value(entry.modified_at)
        rights = (entry.is_directory, entry.owner, entry.mode, at)
        return (self._world, host, path, *rights, entry.size, entry.content_id, entry.is_placed)


@lru_cache(maxsize=16)
def _find_hosts(source: str) -> frozenset[str]:
    """The hosts of a world's document. The labs of an activity have the same one, and it is long to read."""
    return frozenset(host.name for host in parse_world(source).hosts)
