"""Files on the student's own machine, as their client sends and keeps them. Pure.

The client has no working directory there. A name is taken as it was typed, from the root; where nothing is there its
last part counts, since it may be a name at the server.
"""

from __future__ import annotations

from protocols.ftp.commands import Kind
from protocols.ftp.filesystem import FileError, FileSystem

_ROOT = "/"


def find(files: FileSystem, name: bytes) -> str | None:
    """The path of the file to send that is meant by `name`: the one typed, else the first one of that name, wherever it
    is. Without a name, as STOU has none, it is the first file there is. None: there is none."""
    try:
        typed = files.resolve(_ROOT, name)
    except FileError:
        return None
    paths = [entry.path for entry in files.entries() if not entry.is_directory]
    if not name:
        return next(iter(paths), None)
    if typed in paths:
        return typed
    return next((path for path in paths if _last(path) == _last(typed)), None)


def place(files: FileSystem, name: bytes) -> str:
    """The path at which a file that is got under `name` is kept. Raises FileError."""
    typed = files.resolve(_ROOT, name)
    directory = typed.rpartition("/")[0] or _ROOT
    try:
        files.enter(None, directory)
    except FileError:
        return _ROOT + _last(typed)
    return typed


def to_wire(octets: bytes, kind: Kind) -> bytes:
    """A file's octets as they go over a data connection: in ASCII a line ends in CRLF (RFC 959 section 3.1.1.1)."""
    return octets.replace(b"\n", b"\r\n") if kind == "A" else octets


def from_wire(octets: bytes, kind: Kind) -> bytes:
    """The octets of the file that came over a data connection so."""
    return octets.replace(b"\r\n", b"\n") if kind == "A" else octets


def _last(path: str) -> str:
    return path.rpartition("/")[2]
