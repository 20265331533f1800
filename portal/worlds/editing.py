"""A zone that a person edits: what they typed, read; whether it can follow what is there; and what lies between."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import dns.serial

from portal.worlds.zones import Zone, rewrite_zone
from protocols import limits
from protocols.dns import zone as files

COMPARED = 500  # lines of each of two files, without those that both begin and end with
AROUND = 3  # lines shown before and after a difference


@dataclass(frozen=True, slots=True)
class Edit:
    """Another master file for a zone, read. `serial` is the zone's when its editor began."""

    zone: Zone
    serial: int
    source: str
    parsed: files.Zone


class EditRefused(Exception):
    """The zone stays as it is. The text is one sentence for the editor; `line` is the line that it is about. With
    `is_stale` the zone was changed since its editor began."""

    def __init__(self, sentence: str, *, line: int | None = None, is_stale: bool = False) -> None:
        super().__init__(sentence)
        self.line = line
        self.is_stale = is_stale


def read_edit(zone: Zone, serial: int, typed: str) -> Edit:
    """The edit that was typed into a form that was made on `serial`. Raises EditRefused."""
    source = typed.replace("\r\n", "\n")
    try:
        parsed = files.parse_zone(zone.name, check_text(source))
    except files.ZoneError as error:
        raise EditRefused(str(error), line=error.line) from error
    if serial != zone.serial:
        raise refuse_stale(zone)
    if not is_newer(parsed.serial, zone.serial):
        raise _refuse_serial(source, parsed.serial, zone.serial)
    _check_room(zone, source)
    return Edit(zone, serial, source, parsed)


def check_text(source: str) -> str:
    """The same text. Raises ZoneError where it has what no database keeps."""
    before, nul, _ = source.partition("\0")
    if nul:
        raise files.ZoneError(before.count("\n") + 1, r"an octet of 0 is written \000; put that in its place.")
    return source


def _refuse_serial(source: str, serial: int, present: int) -> EditRefused:
    """What is said of a serial that no secondary would notice, with the line where it stands."""
    found = re.search(rf"\bSOA\b.*?\b{serial}\b", source, re.DOTALL | re.IGNORECASE)
    line = source.count("\n", 0, found.end()) + 1 if found else None
    return EditRefused(
        f"{f'Line {line}: the' if line else 'The'} serial has to be greater than {present}, the zone's own, since that "
        f"is how secondaries notice a change (RFC 1034 section 4.3.5); write {files.next_serial(present)}.",
        line=line,
    )


def _check_room(zone: Zone, source: str) -> None:
    """Refuse a file that grows beyond what the files of all zones of a world may have together."""
    others = zone.world.zones.exclude(pk=zone.pk).values_list("source", flat=True)
    size, room = len(source.encode()), limits.ZONE_FILES - sum(len(other.encode()) for other in others)
    if size > max(room, len(zone.source.encode())):
        raise EditRefused(
            f"The files of all zones here have at most {limits.ZONE_FILES:,} octets together, which leaves "
            f"{max(room, 0):,} for this one, and it has {size:,}; shorten it, or another."
        )


def save_edit(edit: Edit) -> None:
    """Write the zone anew, where no lab runs it. Raises EditRefused."""
    if not rewrite_zone(edit.zone, edit.serial, edit.source, edit.parsed):
        raise refuse_stale(edit.zone)


def refuse_stale(zone: Zone) -> EditRefused:
    """What the editor of a zone is told who began before another change of it, be it their own."""
    zone.refresh_from_db()
    return EditRefused(
        f"This zone was changed since you opened it; it has serial {zone.serial} now. Take from the difference below "
        f"what you want to keep, write serial {files.next_serial(zone.serial)}, and save again.",
        is_stale=True,
    )


def is_newer(serial: int, than: int) -> bool:
    """Whether a serial is greater, as RFC 1982 section 3.2 compares them."""
    return bool(dns.serial.Serial(serial) > dns.serial.Serial(than))


@dataclass(frozen=True, slots=True)
class DifferingLine:
    """A line of a difference: only in the new file, only in the old, in both; or a place, where lines were left out."""

    kind: Literal["added", "removed", "same", "place"]
    text: str


def compare(old: str, new: str, of: str = "your text") -> list[DifferingLine] | None:
    """The lines of `new` that are not in `old` and the other way round, with some around them; None where they are more
    than are compared. `of` is what `new` is called."""
    before, after = _cut_what_is_shared(old.split("\n"), new.split("\n"))
    # What difflib has to do may grow with the square of the lines.
    if max(len(before.lines), len(after.lines)) > COMPARED:
        return None
    return list(_compare(before, after, of))


@dataclass(frozen=True, slots=True)
class _Middle:
    """What is left of a file, and how many lines of it stand before that."""

    lines: list[str]
    offset: int


def _cut_what_is_shared(before: list[str], after: list[str]) -> tuple[_Middle, _Middle]:
    """Both without the lines that both begin and end with, but for some of them."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    tail = next((n for n in range(shorter - head) if before[-1 - n] != after[-1 - n]), shorter - head)
    start, end = max(0, head - AROUND), max(0, tail - AROUND)
    return _Middle(before[start : len(before) - end], start), _Middle(after[start : len(after) - end], start)


def _compare(before: _Middle, after: _Middle, of: str) -> Iterator[DifferingLine]:
    for group in difflib.SequenceMatcher(None, before.lines, after.lines).get_grouped_opcodes(AROUND):
        yield DifferingLine("place", f"From line {after.offset + group[0][3] + 1} of {of}")
        for kind, *places in group:
            old, new = before.lines[places[0] : places[1]], after.lines[places[2] : places[3]]
            if kind == "equal":
                yield from (DifferingLine("same", line) for line in new)
            else:
                yield from (DifferingLine("removed", line) for line in old)
                yield from (DifferingLine("added", line) for line in new)
