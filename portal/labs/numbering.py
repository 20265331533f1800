"""The numbers of a transcript's lines: what went over the wire is numbered from 1, as static/js/lab.js counts it, and
people talk of it by that number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from portal.labs.models import Event
from protocols import events

ON_THE_WIRE = (events.Line, events.Block, events.Message)


@dataclass(frozen=True, slots=True)
class WireLine:
    """A line of a transcript: its number, and the seq of its event."""

    number: int
    seq: int


def find_lines(lab_id: int | None, seqs: Iterable[int]) -> dict[int, WireLine]:
    """By each seq the line that the event is, or that it came after; none for one before the first line."""
    wanted = set(seqs)
    if not wanted:
        return {}
    rows = Event.objects.filter(lab=lab_id, kind__in=[each.kind for each in ON_THE_WIRE]).order_by("seq")
    lines = list(rows.values_list("seq", flat=True))
    places = {seq: bisect_right(lines, seq) for seq in wanted}
    return {seq: WireLine(number, lines[number - 1]) for seq, number in places.items() if number}
