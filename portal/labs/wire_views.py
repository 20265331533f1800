"""What somebody on the wire reads of a lab: the log as `protocols.eavesdrop` has it, a page of it at a time."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from portal.labs import feed, limits, models
from portal.labs.views import find_lab
from portal.requests import Request
from protocols.eavesdrop import Heard, overhear
from protocols.events import Event, Opened


@login_required
@require_safe
def show_wire(request: Request, lab: int) -> JsonResponse:
    """What is heard of the first events after the seq `after`: `last` is the seq up to which this goes, and `whole`
    says whether that is the end of the log."""
    found = find_lab(request, lab, "see lab")
    after = _read_after(request)
    events = feed.after(found.pk, after, limits.CHUNK)
    heard = [each.to_json() for each in _overhear_all(found.pk, events)]
    last = events[-1].seq if events else after
    return JsonResponse({"last": last, "whole": len(events) < limits.CHUNK, "heard": heard})


def _read_after(request: Request) -> int:
    """The place in the log that the page asks for; its beginning where a page of ours did not ask."""
    given = request.GET.get("after", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 15 else 0


def _overhear_all(lab: int, events: Sequence[Event]) -> list[Heard]:
    connections = _find_connections(lab, events)
    heard = (overhear(event, connections.get(getattr(event, "conn", None) or "")) for event in events)
    return [each for each in heard if each]


def _find_connections(lab: int, events: Sequence[Event]) -> dict[str, Opened]:
    """The beginnings of the connections that these events belong to. Those before them are read from the log."""
    known = {event.conn: event for event in events if isinstance(event, Opened)}
    missing = {getattr(event, "conn", None) for event in events} - known.keys() - {None}
    if missing:
        rows = models.Event.objects.filter(lab_id=lab, kind=Opened.kind, data__conn__in=missing)
        known |= {event.conn: event for event in (row.event() for row in rows) if isinstance(event, Opened)}
    return known
