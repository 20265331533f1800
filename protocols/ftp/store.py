"""The files of a lab: one file system for each of its hosts, and the way of what changes there into the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from protocols import limits
from protocols.events import NotStored, Stored, TreeChanged
from protocols.ftp.filesystem import Change, Entry, FileError, FileSystem, Made, Put, Removed, Room
from protocols.recorder import Recorder
from protocols.world import Host, World
from protocols.world.model import Account

Keep = Callable[[str, bytes], Awaitable[None]]


class Store:
    """The file systems of `world`, by the names of their hosts, all in one room. They are made when one is first asked
    for: in most labs nobody speaks FTP.

    `keep` is given a content with its SHA-256 before the event that names it, each once, one at a time; it returns when
    the log has it. `contents` are those that the world's files name, by their SHA-256.
    """

    def __init__(self, world: World, recorder: Recorder, keep: Keep, contents: Mapping[str, bytes]) -> None:
        self._world = world
        self._recorder = recorder
        self._keep = keep
        self._contents = contents
        self._trees: dict[str, FileSystem] = {}
        self._kept: set[str] = set()
        self._turn = asyncio.Lock()
        self._telling: set[asyncio.Task[None]] = set()

    def of(self, host: str) -> FileSystem:
        """The file system of the host of that name. Raises KeyError."""
        if not self._trees:
            room = Room()
            self._trees = {each.name: self._grow(each, room) for each in self._world.hosts}
            self._contents = {}  # the trees have them now, as long as there are such files
        return self._trees[host]

    def _grow(self, host: Host, room: Room) -> FileSystem:
        accounts = host.ftp.accounts if host.ftp else ()
        return FileSystem(host.files, self._contents, room, lambda: self._recorder.now() // 1_000_000, accounts)

    async def tell(
        self,
        host: str,
        changes: Iterable[Change],
        *,
        because: int | None,
        conn: str | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record what was just changed on `host`, because of event `because`, over the connection `conn`; or since a
        page asked for it with the id `client_id`, which then is one file. Called before anything else happens there:
        what is told first is recorded first. Returns when all is recorded, and goes on where its caller is cancelled:
        what was changed is told."""
        telling = asyncio.create_task(self._tell(host, tuple(changes), because, conn, client_id))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        await asyncio.shield(telling)

    async def place(self, host: str, path: str, owner: str, octets: bytes, client_id: str) -> None:
        """Somebody puts a file on `host` on a page, for its account `owner` ("": for nobody). What became of it is an
        event with this id: Stored, or NotStored where that account may not have it."""
        files = self.of(host)
        try:
            changes = files.store(self._account(host, owner), files.resolve("/", path), octets)
        except FileError as error:
            self._recorder.record(NotStored, host=host, path=_printable(path), why=error.why, client_id=client_id)
            return
        await self.tell(host, changes, because=None, client_id=client_id)

    async def close(self) -> None:
        """The lab ends: what is being told has limits.GRACE_SECONDS left. After that nothing more is recorded here."""
        if self._telling:
            _, untold = await asyncio.wait(self._telling, timeout=limits.GRACE_SECONDS)
            for telling in untold:
                telling.cancel()

    def _account(self, host: str, user: str) -> Account | None:
        """The account of that name, or None for nobody's. Raises FileError where the host has none of that name."""
        if not user:
            return None
        found = self._world.host(host)
        accounts = found.ftp.accounts if found and found.ftp else ()
        account = next((each for each in accounts if each.user == user), None)
        if account is None:
            raise FileError("permission-denied")
        return account

    async def _tell(
        self, host: str, changes: tuple[Change, ...], because: int | None, conn: str | None, client_id: str | None
    ) -> None:
        async with self._turn:  # in the order of the changes, though a large content is long under way
            for change in changes:
                if isinstance(change, Put):
                    await self._hand_over(change.entry)
                    values = _describe_file(change.entry) | {"client_id": client_id}
                    self._recorder.record(Stored, because=because, host=host, conn=conn, **values)
                else:
                    self._recorder.record(TreeChanged, because=because, host=host, conn=conn, **_describe(change))

    async def _hand_over(self, entry: Entry) -> None:
        if entry.sha256 not in self._kept:
            await self._keep(entry.sha256, entry.octets)
            self._kept.add(entry.sha256)


@dataclass(frozen=True, slots=True)
class Lab:
    """What the FTP servers of one lab share with each other and with its client."""

    world: World
    recorder: Recorder
    store: Store


def _describe_file(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "owner": entry.owner,
        "mode": entry.mode,
        "modified": entry.modified,
        "size": entry.size,
        "sha256": entry.sha256,
    }


def _describe(change: Change) -> dict[str, Any]:
    if isinstance(change, Made):
        made = change.entry
        return {
            "change": "made",
            "path": made.path,
            "owner": made.owner,
            "mode": made.mode,
            "modified": made.modified,
        }
    if isinstance(change, Removed):
        return {"change": "removed", "path": change.path}
    assert not isinstance(change, Put)
    return {"change": "renamed", "path": change.path, "to": change.to}


def _printable(path: str) -> str:
    """What an event can hold of a path that no file system has."""
    return "".join(each if each.isprintable() else "?" for each in path[: limits.FILE_PATH])
