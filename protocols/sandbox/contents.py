"""The contents of files between a lab and its supervisor: how they are cut, and how what comes of a lab is checked.

A lab hands a content over in chunks, each when the last is kept, and then says the event that names it. So there is
never more than one that is not whole, or that no event has named; and a lab is hostile: what comes otherwise breaks the
control protocol.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from protocols import limits
from protocols.events import Stored
from protocols.sandbox.control import ControlError
from protocols.sandbox.messages import Chunk, Content
from protocols.world import World

_DIGEST = re.compile(r"[0-9a-f]{64}")

Contents = Iterable[tuple[str, bytes]]  # with their SHA-256


class ContentMissing(Exception):
    """A file of the world has no content. The text is one sentence."""


def choose_contents(world: World, contents: Contents) -> dict[str, bytes]:
    """Those of `contents` that the files of `world` name. Raises ContentMissing where one is not among them."""
    given = dict(contents)
    chosen = {}
    for host in world.hosts:
        for file in host.files:
            if file.is_directory or file.text is not None:
                continue
            octets = given.get(file.sha256)
            if octets is None or len(octets) != file.size:
                what = f"The content of {file.path} on {host.name} is missing"
                raise ContentMissing(f"{what}; put the file there again.")
            chosen[file.sha256] = octets
    return chosen


def cut_contents(contents: Contents) -> Iterator[Content]:
    """The messages that hand these down, each content in order and whole."""
    for sha256, octets in contents:
        for offset in _offsets(len(octets)):
            yield Content(sha256, octets[offset : offset + limits.FILE_CHUNK])


def cut_chunks(sha256: str, octets: bytes) -> Iterator[Chunk]:
    """The messages that hand a content up, the next of which may go when this is kept."""
    for offset in _offsets(len(octets)):
        yield Chunk(sha256, len(octets), offset, octets[offset : offset + limits.FILE_CHUNK])


def _offsets(size: int) -> Iterable[int]:
    return range(0, size, limits.FILE_CHUNK) if size else (0,)  # an empty content is one empty piece


@dataclass(slots=True)
class _Coming:
    """A content that is not whole yet: its SHA-256, its size in all, and what came of it."""

    sha256: str
    size: int
    length: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


class HandedOver:
    """What a lab hands over, of one start."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}  # by the SHA-256 of what is whole
        self._coming: _Coming | None = None
        self._unnamed: str | None = None  # the SHA-256 of a content that is whole and that no event names yet

    def check_chunk(self, chunk: Chunk) -> None:
        """Take note of the lab's next chunk. Raises ControlError where no such one can come."""
        coming = self._coming or self._begin(chunk)
        if (chunk.sha256, chunk.size, chunk.offset) != (coming.sha256, coming.size, coming.length):
            raise ControlError(f"A chunk came that does not go on where {coming.sha256} ended.")
        if len(chunk.octets) != min(limits.FILE_CHUNK, coming.size - coming.length):
            raise ControlError(f"A chunk of {len(chunk.octets)} octets came, which is no whole one and no last one.")
        coming.digest.update(chunk.octets)
        coming.length += len(chunk.octets)
        self._coming = coming
        if coming.length == coming.size:
            self._end(coming)

    def _begin(self, chunk: Chunk) -> _Coming:
        if self._unnamed:
            raise ControlError(f"A content came before the event that names {self._unnamed}.")
        if not _DIGEST.fullmatch(chunk.sha256) or chunk.sha256 in self._sizes:
            raise ControlError(f"A content came whose SHA-256 cannot be {chunk.sha256!r}, or came before.")
        if not 0 <= chunk.size <= limits.FILES:
            raise ControlError(f"A content cannot have {chunk.size} octets.")
        return _Coming(chunk.sha256, chunk.size)

    def _end(self, coming: _Coming) -> None:
        if coming.digest.hexdigest() != coming.sha256:
            raise ControlError(f"A content came whose SHA-256 is not {coming.sha256}.")
        self._sizes[coming.sha256] = coming.size
        self._coming, self._unnamed = None, coming.sha256

    def check_event(self, event: Stored) -> None:
        """Take note of the lab's next event that names a content. Raises ControlError where that was not handed over:
        who knows a content's SHA-256 has not got the content."""
        if self._sizes.get(event.sha256) != event.size:
            raise ControlError(f"A file has the content {event.sha256!r}, which was not handed over.")
        if event.sha256 == self._unnamed:
            self._unnamed = None
