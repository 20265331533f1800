"""Zones as they are kept: the master files of a world's zones, each with the records that are in it.

A zone is made of what its world's document says until a person edits it; from then on it is what they wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from portal.rows import insert
from protocols.dns import zone as files

if TYPE_CHECKING:
    from portal.worlds.models import World

ROOT = "."
AT_ONCE = 5_000  # rows in one statement: SQLite takes 32,766 values


class Zone(models.Model):
    """A zone of a world, by its name without the last dot ("." is the root): its whole master file (RFC 1035 section
    5), and the serial that this gives it."""

    world = models.ForeignKey("worlds.World", models.CASCADE, related_name="zones")
    name = models.CharField(max_length=253)
    serial = models.PositiveBigIntegerField()
    source = models.TextField()
    is_edited = models.BooleanField(
        "edited", default=False, help_text="A person wrote it: what the world's document says does not change it."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "name"], name="one_zone_a_name")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What readers call it."""
        return "The root" if self.name == ROOT else self.name


class ResourceRecord(models.Model):
    """A record of a zone, in presentation form; `place` counts the zone's records from 1, `ttl` is in seconds. They are
    the table of the zone's file, and change with it alone."""

    COLUMNS = ("zone_id", "place", "name", "ttl", "type", "data")

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="records")
    place = models.PositiveIntegerField()
    name = models.TextField()
    ttl = models.PositiveBigIntegerField()
    type = models.CharField(max_length=20)
    data = models.TextField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["zone", "place"], name="one_record_a_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.ttl} {self.type} {self.data}"


def make_zones(world: World, sources: Mapping[str, str]) -> None:
    """Make the zones of `sources`, which are master files by the zones' names, in a world that has none of these.
    Raises ZoneError."""
    parsed = {name: files.parse_zone(name, source) for name, source in sources.items()}
    zones = [Zone(world=world, name=name, serial=parsed[name].serial, source=sources[name]) for name in parsed]
    with transaction.atomic():
        made = Zone.objects.bulk_create(zones)
        _make_records((zone, parsed[zone.name]) for zone in made)


def copy_zones(world: World, copy: World) -> None:
    """Give `copy`, which has none, the zones of `world`."""
    old = list(world.zones.order_by("pk"))
    new = Zone.objects.bulk_create(
        Zone(world=copy, name=zone.name, serial=zone.serial, source=zone.source, is_edited=zone.is_edited)
        for zone in old
    )
    twins = {zone.pk: twin.pk for zone, twin in zip(old, new, strict=True)}
    records = ResourceRecord.objects.filter(zone__world=world).values_list(*ResourceRecord.COLUMNS)
    _insert([(twins[zone], *rest) for zone, *rest in records])


def write_zones(world: World, edits: Mapping[str, tuple[str, files.Zone]]) -> None:
    """Write zones of `world` anew: by the zone's name its master file and what was read of that. A zone that is not
    there is not made. The caller is the one writer of this world's zones: the feed of the lab that it belongs to. It
    takes as many statements for all as for one, but for the records of the largest."""
    with transaction.atomic():
        zones = list(world.zones.filter(name__in=edits))
        for zone in zones:
            zone.source, parsed = edits[zone.name]
            zone.serial, zone.is_edited = parsed.serial, True
        Zone.objects.bulk_update(zones, ["source", "serial", "is_edited"])
        _change_records([(zone, edits[zone.name][1]) for zone in zones])


def rewrite_zone(zone: Zone, serial: int, source: str, parsed: files.Zone) -> bool:
    """Write a zone anew, if it still has `serial`; says whether it had."""
    with transaction.atomic():
        unchanged = Zone.objects.filter(pk=zone.pk, serial=serial)
        if not unchanged.update(source=source, serial=parsed.serial, is_edited=True):
            return False
        _change_records([(zone, parsed)])
    return True


def _change_records(zones: list[tuple[Zone, files.Zone]]) -> None:
    ResourceRecord.objects.filter(zone__in=[zone for zone, _ in zones]).delete()
    _make_records(zones)


def _make_records(zones: Iterable[tuple[Zone, files.Zone]]) -> None:
    _insert(
        [
            (zone.pk, place, each.name, each.ttl, each.type, each.data)
            for zone, parsed in zones
            for place, each in enumerate(parsed.records(), 1)
        ]
    )


def _insert(rows: list[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        insert(ResourceRecord, ResourceRecord.COLUMNS, rows[start : start + AT_ONCE])
