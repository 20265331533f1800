"""The log of a lab: one way in, one way out.

`append` is called by the lab's owner alone. Everything that shows a lab reads it with `after`, and describes what it
read with `describe`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import format_tb
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from portal.labs import models
from portal.labs.contents import find_known, forget_all_unnamed, keep, record_named
from portal.worlds.contents import Content
from portal.worlds.editing import check_text
from portal.worlds.models import Message, World
from portal.worlds.tree import Impossible, Tree
from portal.worlds.zones import Zone, write_zones
from protocols import explain
from protocols.description import Description
from protocols.dns import zone as files
from protocols.events import Delivered, Event, Lab, Stored, TreeChanged, ZoneEdited
from protocols.sandbox.supervisor import StaleOwner

__all__ = ["after", "append", "describe", "keep"]

LAST_SECOND = 253_402_300_799  # of the year 9999: a lab may say any time, dates end there

log = structlog.get_logger("portal.labs")


def append(lab_id: int, epoch: int, events: Sequence[Event]) -> None:
    """Commit `events`, whose seqs go on where the log ends, together with what they change: the mailboxes, the zones,
    the files and the lab's state. All of it or nothing. The same events given again change nothing.

    Raises StaleOwner where the lab has another owner by now, or its log does not end where these events begin.
    """
    first, last = events[0].seq, events[-1].seq
    # Made before: while a transaction writes, on SQLite nobody else does.
    rows, changes = [models.Event.row(lab_id, event) for event in events], _find_changes(events)
    messages = [(event.mailbox, _read_message(event)) for event in events if isinstance(event, Delivered)]
    zones = _read_zones(lab_id, events)
    files = _read_files(lab_id, events)
    with transaction.atomic():
        world = models.Lab.advance(lab_id, epoch, first - 1, last)
        if world is None:
            if models.Lab.objects.filter(pk=lab_id, epoch=epoch, last_seq=last).exists():
                return  # committed before, and whoever gave them did not hear of it
            raise StaleOwner(f"Lab {lab_id} has another owner than that of epoch {epoch}.")
        if changes:
            models.Lab.objects.filter(pk=lab_id).update(**changes)
        models.Event.insert(rows)
        if messages:
            World(pk=world).deliver(messages)
        if zones:
            write_zones(World(pk=world), zones)
        if files:
            files.tree.write()
            record_named(lab_id, files.named)
        if changes.get("ended_at"):
            forget_all_unnamed(lab_id)


def after(lab_id: int, seq: int, limit: int) -> list[Event]:
    """The first `limit` events of the log after `seq`, in order."""
    rows = models.Event.objects.filter(lab_id=lab_id, seq__gt=seq).order_by("seq")[:limit]
    return [row.event() for row in rows]


def describe(lab_id: int, events: Sequence[Event]) -> list[dict[str, Any]]:
    """What a reader is shown of `events`, as plain JSON values. Causes not among them are read from the log."""
    known = {event.seq: event for event in events}
    missing = {event.because for event in events if event.because is not None} - known.keys()
    if missing:
        rows = models.Event.objects.filter(lab_id=lab_id, seq__in=missing)
        known |= {row.seq: row.event() for row in rows}
    return [_describe_one(event, known.get(event.because or 0)).to_json() for event in events]


def _describe_one(event: Event, cause: Event | None) -> Description:
    try:
        return explain.describe(event, cause)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        # A hostile lab can say what no server of ours says. The rest of its log is shown all the same. The error's own
        # text stays out of ours: it may quote what was said.
        where = "".join(format_tb(error.__traceback__))
        log.error("an event cannot be described", kind=event.kind, seq=event.seq, error=type(error).__name__, at=where)
        return Description(seq=event.seq, at=event.at, kind=event.kind, note="An event that cannot be explained.")


def _find_changes(events: Sequence[Event]) -> dict[str, Any]:
    """What the events change of the lab's own row."""
    changes: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Lab):
            state = _STATES[event.change]
            is_over = state not in models.Lab.UP
            changes |= {"state": state, "why": event.why or "", "ended_at": timezone.now() if is_over else None}
            if is_over:
                changes |= {"owner": "", "lease_until": None}
    return changes


_STATES = {
    "started": models.Lab.State.RUNNING,
    "failed": models.Lab.State.FAILED,
    "ended": models.Lab.State.ENDED,
}


def _read_zones(lab_id: int, events: Sequence[Event]) -> dict[str, tuple[str, files.Zone]]:
    """What the events leave in the zones that the lab has: by a zone's name, its new file and what was read of that."""
    edits = (each for each in events if isinstance(each, ZoneEdited) and each.why == "loaded")
    # An id says that a page asked for it, once: a hostile lab has no more files read than that.
    loaded = {each.zone: each.raw for each in edits if each.client_id}
    if not loaded:
        return {}
    zones = {}
    for name in Zone.objects.filter(world__lab=lab_id, name__in=loaded).values_list("name", flat=True):
        try:
            source = loaded[name].decode()
            zones[name] = (source, files.parse_zone(name, check_text(source)))
        except ValueError as error:
            # Only a hostile lab says so. Its log goes on, its zone stays. The error's own text may quote it.
            log.error("a lab loaded what is no zone", zone=name, error=type(error).__name__)
    return zones


@dataclass(frozen=True, slots=True)
class _Files:
    """What the events leave of the lab's files, and the contents that they name."""

    tree: Tree
    named: list[Content]


def _read_files(lab_id: int, events: Sequence[Event]) -> _Files | None:
    told = [event for event in events if isinstance(event, Stored | TreeChanged)]
    world = models.Lab.objects.filter(pk=lab_id).values_list("world", flat=True).first() if told else None
    if world is None:
        return None
    tree = Tree(world)
    contents = find_known(lab_id, {event.sha256 for event in told if isinstance(event, Stored)})
    impossible: Counter[str] = Counter()
    for event in told:
        try:
            tree.apply(event, contents)
        except Impossible as error:
            impossible[str(error)] += 1
    if impossible:
        # Only a hostile lab says so. Its log goes on.
        log.error("a lab's files cannot be what it says", lab=lab_id, because=dict(impossible))
    return _Files(tree, list(contents.values()))


def _read_message(event: Delivered) -> Message:
    return Message.of(event.sender, event.raw, datetime.fromtimestamp(min(event.at // 1_000_000, LAST_SECOND), UTC))
