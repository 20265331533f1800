"""The contents of files on their way from a lab, and how long they stay.

A lab is hostile: what it hands over counts when it is whole and has the SHA-256 that it was said to have, and for that
lab alone, whoever has the same octets already. What it may not do is logged and not kept; its log goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.labs import limits
from portal.labs.models import ArrivingContent, KnownContent, Lab
from portal.worlds.contents import Content
from protocols.limits import FILE_CHUNK, FILES
from protocols.sandbox.log import StaleOwner

_SHA256 = re.compile(r"[0-9a-f]{64}")

log = structlog.get_logger("portal.labs")


def keep(lab_id: int, epoch: int, sha256: str, size: int, offset: int, octets: bytes) -> None:
    """Commit the octets from `offset` on of a content of `size` octets that a lab hands over: one content at a time, in
    order. The last make it one that the lab may name, if it has the SHA-256 `sha256`. The same octets given again
    change nothing.

    Raises StaleOwner where the lab has another owner by now. What no lab of ours hands over is logged, and dropped.
    """
    try:
        content = _take(lab_id, epoch, sha256, size, offset, octets)
        if content and content.length == size:
            _finish(lab_id, epoch, sha256, content)
    except _NotKept as error:
        log.error("a lab handed over what is not kept", lab=lab_id, because=str(error))


class _NotKept(Exception):
    """What no lab of ours hands over."""


def _take(lab_id: int, epoch: int, sha256: str, size: int, offset: int, octets: bytes) -> Content | None:
    """Write the octets; the content with them, None where the lab may name it already. Raises _NotKept."""
    if not (_SHA256.fullmatch(sha256) and 0 <= offset <= offset + len(octets) <= size <= FILES):
        raise _NotKept("no place in a content")
    if len(octets) > FILE_CHUNK or (size and not octets):
        raise _NotKept("no chunk of a content")
    with transaction.atomic():
        _lock(lab_id, epoch)
        if KnownContent.objects.filter(lab=lab_id, content__sha256=sha256).exists():
            return None
        content = _find_arriving(lab_id, sha256, size) or _begin(lab_id, sha256, size, offset)
        if offset > content.length:
            raise _NotKept("not the next octets of a content")
        if octets and offset == content.length:
            content.add(octets)
    return content


def _lock(lab_id: int, epoch: int) -> None:
    """Keep the lab's owner until the transaction's end. Raises StaleOwner."""
    if not Lab.objects.select_for_update().filter(pk=lab_id, epoch=epoch).values_list("pk").first():
        raise StaleOwner(f"Lab {lab_id} has another owner than that of epoch {epoch}.")


def _find_arriving(lab_id: int, sha256: str, size: int) -> Content | None:
    return Content.objects.filter(arriving_for__lab=lab_id, arriving_for__sha256=sha256, size=size).first()


def _begin(lab_id: int, sha256: str, size: int, offset: int) -> Content:
    """A content that has only just begun, in the place of another that did not come to its end."""
    if offset:
        raise _NotKept("a content without its beginning")
    ArrivingContent.objects.filter(lab=lab_id).delete()
    content = Content.objects.create(size=size)
    ArrivingContent.objects.create(lab_id=lab_id, sha256=sha256, content=content)
    return content


def _finish(lab_id: int, epoch: int, sha256: str, content: Content) -> None:
    """Let the lab name a content that is whole, if it is what it was said to be. Raises _NotKept."""
    is_true = content.is_whole(sha256)  # outside of the transaction: it reads all there is
    with transaction.atomic():
        _lock(lab_id, epoch)
        ArrivingContent.objects.filter(content=content).delete()
        settled = content.settle(sha256) if is_true else None
        if settled:
            KnownContent.objects.create(lab_id=lab_id, content=settled)
    if settled != content:
        content.discard()
    if settled is None:
        raise _NotKept("another content than it said")


def find_known(lab_id: int, hashes: Iterable[str]) -> dict[str, Content]:
    """The contents of these that the lab may name, by SHA-256."""
    found = Content.objects.filter(known_to__lab=lab_id, sha256__in=set(hashes))
    return {content.sha256 or "": content for content in found}


def record_named(lab_id: int, contents: Iterable[Content]) -> None:
    """Keep that the log names these contents: they stay for as long as it."""
    unnamed = KnownContent.objects.filter(lab=lab_id, is_logged=False)
    unnamed.filter(content__in={content.pk for content in contents}).update(is_logged=True)


def forget_unnamed(lab_id: int, sha256: str) -> None:
    """The lab does not get this content, unless its log names it already."""
    KnownContent.objects.filter(lab=lab_id, is_logged=False, content__sha256=sha256).delete()


def forget_all_unnamed(lab_id: int) -> None:
    """The lab has ended: what its log does not name, and what is half there, it has not got any more."""
    KnownContent.objects.filter(lab=lab_id, is_logged=False).delete()
    ArrivingContent.objects.filter(lab=lab_id).delete()


def sweep() -> None:
    """Remove the contents that no file and no log refers to, and those whose upload was given up."""
    given_up = timezone.now() - timedelta(seconds=limits.CONTENT_UNFINISHED)
    unreferred = Content.objects.filter(files=None, known_to=None, arriving_for=None)
    for content in unreferred.filter(Q(sha256__isnull=False) | Q(begun_at__lt=given_up)):
        with transaction.atomic():
            # Whoever refers to it holds it until then; a statement after that sees whether they did.
            Content.objects.select_for_update().filter(pk=content.pk).first()
            is_over = unreferred.filter(pk=content.pk).update(sha256=None) == 1
        if is_over:
            content.discard()
