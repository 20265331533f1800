"""A transfer at the client's side: a file of the student's machine goes, or one comes and is kept there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocols.ftp import local, wire
from protocols.ftp.client_data import DataConnection
from protocols.ftp.commands import Kind
from protocols.ftp.filesystem import FileError
from protocols.ftp.store import Store

Tell = Callable[[str], None]  # told a printed event's why

_FULL = ("over-quota", "lab-full", "too-many-files")


@dataclass(frozen=True, slots=True)
class Manner:
    """In which type a transfer goes, and how many octets on the wire it leaves out at the beginning (RFC 3659 section
    5)."""

    kind: Kind
    restart: int


class LocalFiles:
    """The files of the student's machine, which is called `host`, in `store`."""

    def __init__(self, host: str, store: Store) -> None:
        self._host = host
        self._store = store
        self._files = store.of(host)

    def has(self, name: bytes) -> bool:
        """Whether a file can be sent that is meant by `name`."""
        return local.find(self._files, name) is not None

    def read(self, name: bytes) -> bytes | None:
        """The content of that file; None where there is none."""
        path = local.find(self._files, name)
        return None if path is None else self._files.read(None, path)

    def room(self, name: bytes) -> int:
        """The octets on the wire of the largest file that can be kept under `name`: in ASCII each may be two."""
        try:
            return 2 * self._files.room_for(None, local.place(self._files, name))
        except FileError:
            return 0

    async def keep(self, name: bytes, octets: bytearray | None, how: Manner, typed: int, tell: Tell) -> None:
        """Keep what came over the wire under `name`, because of event `typed`, or say why not. None: it was too much.
        After a restart it follows what is there already."""
        try:
            path = local.place(self._files, name)
            if octets is None:
                raise FileError(self._files.why_full(None, path))
            begun = self._beginning(path, how)
            changes = self._files.store(None, path, local.from_wire(begun + octets, how.kind))
        except FileError as error:
            tell("no-local-room" if error.why in _FULL else "not-kept")
            return
        if len(begun) < how.restart:
            tell("only-the-rest")
        await self._store.tell(self._host, changes, because=typed)

    def _beginning(self, path: str, how: Manner) -> bytes:
        """What a restart left out, of the file that is there; nothing where that is too short to go on from."""
        try:
            there = self._files.read(None, path) if how.restart else b""
        except FileError:
            return b""
        begun = local.to_wire(there, how.kind)[: how.restart]
        return begun if len(begun) == how.restart else b""


async def carry_out(verb: str, octets: bytes, data: DataConnection, how: Manner, room: int) -> bytearray | None:
    """Send `octets` over `data` for a `verb` that stores, else return what comes: None for more than `room`. Raises
    OSError where it breaks off."""
    if verb in wire.RECEIVING:
        await data.send(local.to_wire(octets, how.kind)[how.restart :])
        return None
    return await data.receive(room)
