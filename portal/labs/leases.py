"""Who owns which lab: claims, renewals and takeovers. Each is one conditional statement: of two workers one wins."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone

from portal.labs import feed, limits
from portal.labs.models import Event, KnownContent, Lab
from protocols import events
from protocols.world import World


@dataclass(frozen=True, slots=True)
class Claim:
    """A lab that a worker has just become the owner of, and what its start needs: where its log ends, the octets that
    it and the contents that it names hold, and the ids of the lines that it has already."""

    lab: int
    epoch: int
    start: int
    last_seq: int
    octets: int
    client_ids: frozenset[str]


def claim(lab_id: int, owner: str) -> Claim | None:
    """Make `owner` the owner of a lab that waits for its start; None where it does not, or another was faster."""
    waiting = Lab.objects.filter(pk=lab_id, state=Lab.State.STARTING, owner="")
    with transaction.atomic():
        if not waiting.update(owner=owner, epoch=F("epoch") + 1, starts=F("starts") + 1, lease_until=_next_end()):
            return None
        lab = Lab.objects.get(pk=lab_id)
    # Outside: the log may be long, and nobody else writes it now.
    ids = Event.objects.filter(lab=lab, client_id__isnull=False).values_list("client_id", flat=True)
    return Claim(lab.pk, lab.epoch, lab.starts, lab.last_seq, _measure_log(lab), frozenset(filter(None, ids)))


def _measure_log(lab: Lab) -> int:
    size = Sum(Length("raw") + Length(Cast("data", TextField())))
    octets: int | None = Event.objects.filter(lab=lab).aggregate(octets=size)["octets"]
    contents = KnownContent.objects.filter(lab=lab).aggregate(octets=Sum("content__size"))["octets"]
    return (octets or 0) + (contents or 0)


def read_world(lab_id: int) -> tuple[World, list[tuple[str, bytes]]]:
    """The lab's world for a sandbox, and what is in its files, by SHA-256. Raises WorldError."""
    world = Lab.objects.select_related("world").get(pk=lab_id).world
    return world.document(), world.contents()


def has_room(owner: str) -> bool:
    """Whether `owner` has no more labs, with the last that it claimed, than a machine may run."""
    return Lab.up().filter(owner=owner).count() <= limits.LABS_A_MACHINE


def renew(owner: str, epochs: Mapping[int, int]) -> set[int]:
    """Renew the owner's leases on the labs that it has, by their epochs; those that another has taken over since. One
    that has just ended was not taken over: its epoch is the same."""
    Lab.up().filter(owner=owner, pk__in=epochs).update(lease_until=_next_end())
    now = dict(Lab.objects.filter(pk__in=epochs).values_list("pk", "epoch"))
    return {lab for lab, epoch in epochs.items() if now.get(lab) != epoch}


def find_unwatched(owner: str) -> list[int]:
    """The owner's labs that no page has shown for so long that they are to end."""
    recent = timezone.now() - timedelta(seconds=limits.UNWATCHED)
    return list(Lab.up().filter(owner=owner, watched_at__lt=recent).values_list("pk", flat=True))


def find_waiting() -> list[int]:
    """Labs that asked for a start and waited too long for their task: it was lost with its queue."""
    return list(_lapsed().filter(owner="").values_list("pk", flat=True))


def find_abandoned() -> list[int]:
    """Labs whose owner has not renewed its lease in time."""
    return list(_lapsed().exclude(owner="").values_list("pk", flat=True))


def bury(lab_id: int, owner: str) -> list[events.Lab]:
    """Take an abandoned lab over and end it in its log; the events of that, none where another was faster."""
    with transaction.atomic():
        if not _lapsed().filter(pk=lab_id).update(owner=owner, epoch=F("epoch") + 1, lease_until=_next_end()):
            return []
        lab = Lab.objects.get(pk=lab_id)
        end = events.Lab(
            seq=lab.last_seq + 1, at=time.time_ns() // 1000, change="ended", start=lab.starts, why="owner-lost"
        )
        feed.append(lab.pk, lab.epoch, [end])
    return [end]


def _lapsed() -> QuerySet[Lab]:
    return Lab.up().filter(lease_until__lt=timezone.now())


def _next_end() -> datetime:
    return timezone.now() + timedelta(seconds=limits.LEASE)
