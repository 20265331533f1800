"""The pages of zones: those of a lab, and those of an activity's own world, of which its labs get copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.may import Action, may
from portal.courses.models import Activity, Course
from portal.labs.editing import save_in_lab
from portal.labs.models import Lab
from portal.labs.views import find_lab
from portal.requests import Request
from portal.worlds.editing import Edit, EditRefused, compare, read_edit, save_edit
from portal.worlds.models import World
from portal.worlds.zones import ROOT, Zone
from protocols.dns.zone import next_serial
from protocols.world import parse_world


@dataclass(frozen=True, slots=True)
class Place:
    """Where zones are: a lab, or the world of an activity. `route` with `values` is the list's, `zone_route` that of
    one zone; `save` writes an edit, or raises EditRefused."""

    course: Course
    activity: Activity
    lab: Lab | None
    world: World
    route: str
    zone_route: str
    values: dict[str, object]
    save: Callable[[Edit], None]

    @property
    def url(self) -> str:
        """The address of the list."""
        return reverse(self.route, kwargs=self.values)

    def url_of(self, zone: str) -> str:
        """The address of a zone, by its name."""
        return reverse(self.zone_route, kwargs=self.values | {"zone": zone})


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone as the list has it; `servers` are the hosts that are authoritative for it."""

    title: str
    url: str
    serial: int
    records: int
    servers: list[str]
    is_edited: bool


@login_required
@require_safe
def list_lab_zones(request: Request, lab: int) -> HttpResponse:
    """The zones of a lab."""
    return _list_zones(request, _find_in_lab(request, lab, "see zones"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lab_zone(request: Request, lab: int, zone: str) -> HttpResponse:
    """A zone of a lab: its master file, which can be edited, and its records."""
    return _edit_zone(request, _find_in_lab(request, lab, _action_of(request)), zone)


@login_required
@require_safe
def list_activity_zones(request: Request, course: str, activity: str) -> HttpResponse:
    """The zones of an activity's world."""
    return _list_zones(request, _find_in_activity(request, course, activity, "see zones"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_activity_zone(request: Request, course: str, activity: str, zone: str) -> HttpResponse:
    """A zone of an activity's world, of which the labs that are opened later get a copy."""
    return _edit_zone(request, _find_in_activity(request, course, activity, _action_of(request)), zone)


def _action_of(request: Request) -> Action:
    return "edit zone" if request.method == "POST" else "see zones"


def _find_in_lab(request: Request, pk: int, action: Action) -> Place:
    lab = find_lab(request, pk, action)
    return Place(lab.course, lab.activity, lab, lab.world, "zones", "zone", {"lab": lab.pk}, partial(save_in_lab, lab))


def _find_in_activity(request: Request, course: str, slug: str, action: Action) -> Place:
    activity = get_object_or_404(
        Activity.objects.select_related("unit__course", "world"),
        unit__course__slug=course,
        slug=slug,
        world__isnull=False,
    )
    if not may(request.user, action, activity):
        raise Http404
    values: dict[str, object] = {"course": course, "activity": slug}
    return Place(
        activity.unit.course, activity, None, activity.world, "activity-zones", "activity-zone", values, save_edit
    )


def _list_zones(request: Request, place: Place) -> HttpResponse:
    servers = _find_servers(place.world)
    zones = sorted(place.world.zones.defer("source").annotate(count=Count("records")), key=_place_in_tree)
    rows = [
        ZoneRow(
            zone.title, place.url_of(zone.name), zone.serial, zone.count, servers.get(zone.name, []), zone.is_edited
        )
        for zone in zones
    ]
    return render(request, "labs/zones.html", {"place": place, "course": place.course, "zones": rows})


def _find_servers(world: World) -> dict[str, list[str]]:
    """The hosts that are authoritative for each zone."""
    servers: dict[str, list[str]] = {}
    for host in parse_world(world.source).hosts:
        for name in host.dns.zones if host.dns else ():
            servers.setdefault(name, []).append(host.name)
    return servers


def _place_in_tree(zone: Zone) -> list[str]:
    """What zones are sorted by: each after the one that it is below."""
    return [] if zone.name == ROOT else zone.name.split(".")[::-1]


def _edit_zone(request: Request, place: Place, name: str) -> HttpResponse:
    zone = get_object_or_404(place.world.zones, name=name)
    if request.method != "POST":
        return _show_zone(request, place, zone, zone.source)
    typed = request.POST.get("source", "").replace("\r\n", "\n")
    try:
        if typed != zone.source:  # sent twice it is there already
            place.save(read_edit(zone, _read_serial(request), typed))
    except EditRefused as refusal:
        return _show_zone(request, place, zone, typed, refusal)
    zone.refresh_from_db(fields=["serial"])
    messages.success(request, _say_saved(place, zone))
    return redirect(place.url_of(name))


def _read_serial(request: Request) -> int:
    """The serial that the form was made on; one that no zone has where a page of ours did not make it."""
    given = request.POST.get("serial", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 10 else -1


def _say_saved(place: Place, zone: Zone) -> str:
    if place.lab is None:
        then = "Labs that are opened from now on get it; those that are there keep theirs."
    elif place.lab.state in Lab.UP:
        then = "Its servers answer from it; a resolver goes on with what it has cached, until that is too old."
    else:
        then = "Its servers answer from it when the lab is opened again."
    return f"{zone.title} has serial {zone.serial} now. {then}"


def _show_zone(
    request: Request, place: Place, zone: Zone, typed: str, refusal: EditRefused | None = None
) -> HttpResponse:
    """The zone's page, with what was typed, whatever became of it."""
    lines = typed.split("\n")
    line = refusal.line if refusal and refusal.line and refusal.line <= len(lines) else None
    context = {
        "place": place,
        "course": place.course,
        "zone": zone,
        "form_url": place.url_of(zone.name),
        "servers": _find_servers(place.world).get(zone.name, []),
        "records": zone.records.all(),
        "typed": typed,
        # The form goes on from the serial that it was made on; from the new one where the difference is shown.
        "serial": _read_serial(request) if refusal and not refusal.is_stale else zone.serial,
        "next_serial": next_serial(zone.serial),
        "refusal": refusal,
        "line": line,
        "line_text": lines[line - 1] if line else None,
        "difference": compare(zone.source, typed) if refusal and refusal.is_stale else None,
    }
    return render(request, "labs/zone.html", context)
