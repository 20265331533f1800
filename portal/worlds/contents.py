"""What is in files, kept once by its SHA-256, however many files and logs refer to it.

A content is written in chunks, each in a transaction of its own, since on SQLite nobody else writes meanwhile. Until it
is whole and its SHA-256 was computed here it has none, so that nobody finds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from protocols import limits

LONG_AGO = datetime.fromtimestamp(0, UTC)


class Content(models.Model):
    """The octets of files: `size` of them, with this SHA-256 in hexadecimal digits; None while `length` of them are
    here so far, and after nobody referred to them any more."""

    sha256 = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - NULL is not unique, "" would be
    size = models.PositiveIntegerField()
    length = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Content {self.sha256 or self.pk}"

    def octets(self) -> bytes:
        """All that is here of it."""
        return b"".join(self.read())

    def read(self) -> Iterator[bytes]:
        """The octets in their order, as they came."""
        for octets in self.chunks.order_by("offset").values_list("octets", flat=True).iterator(chunk_size=8):
            yield bytes(octets)

    def add(self, octets: bytes) -> None:
        """Write the next octets."""
        with transaction.atomic():
            Chunk.objects.create(content=self, offset=self.length, octets=octets)
            self.length += len(octets)
            Content.objects.filter(pk=self.pk).update(length=self.length)

    def is_whole(self, sha256: str) -> bool:
        """Whether all octets are here, and have this SHA-256."""
        if self.length != self.size:
            return False
        digest = hashlib.sha256()
        for octets in self.read():
            digest.update(octets)
        return digest.hexdigest() == sha256

    def settle(self, sha256: str) -> Content:
        """Give a whole content its SHA-256; returns the one to refer to, which is another where these octets were here
        before. Whoever refers to it does so in the transaction that this was called in: until its end it stays."""
        while True:
            found = Content.objects.select_for_update().filter(sha256=sha256).first()
            if found:
                return found
            try:
                with transaction.atomic():
                    Content.objects.filter(pk=self.pk).update(sha256=sha256)
            except IntegrityError:  # another was faster
                continue
            self.sha256 = sha256
            return self

    def discard(self) -> None:
        """Remove it, in transactions as short as those that wrote it. Nobody refers to it or finds it any more."""
        Content.objects.filter(pk=self.pk).update(sha256=None, begun_at=LONG_AGO)
        for chunk in self.chunks.values_list("pk", flat=True):
            Chunk.objects.filter(pk=chunk).delete()
        self.delete()


class Chunk(models.Model):
    """The octets of a content from `offset` on, as they came."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="chunks")
    offset = models.PositiveIntegerField()
    octets = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content", "offset"], name="one_chunk_an_offset")]

    def __str__(self) -> str:
        return f"{self.content_id} from {self.offset}"


@contextmanager
def uploaded(octets: bytes) -> Iterator[Content]:
    """A content that is whole and waits for its SHA-256 (`settle`). It is gone afterwards where it got none."""
    content = upload(octets)
    try:
        yield content
    finally:
        if content.sha256 is None:
            content.discard()


def upload(octets: bytes) -> Content:
    """A content that is whole and waits for its SHA-256, written in short transactions."""
    content = Content.objects.create(size=len(octets))
    for offset in range(0, len(octets), limits.FILE_CHUNK):
        content.add(octets[offset : offset + limits.FILE_CHUNK])
    return content


def find_content(sha256: str, octets: bytes) -> Content:
    """The content that is `octets`, few enough for one transaction, which have this SHA-256; made where it is not
    there. Whoever refers to it does so in the same transaction."""
    found = Content.objects.select_for_update().filter(sha256=sha256).first()
    return found or upload(octets).settle(sha256)


def read_content(sha256: str) -> bytes | None:
    """The octets that have this SHA-256, if they are here."""
    content = Content.objects.filter(sha256=sha256).first()
    return content.octets() if content else None
