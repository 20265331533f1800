"""The pages about labs, and what those pages show that exercises add to: a course's activities, and a lab. What a user
may not know of is not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.may import Action, may
from portal.accounts.models import User
from portal.courses.models import Activity, Course
from portal.courses.views import find_course
from portal.labs.file_places import find_place
from portal.labs.goals import list_goals
from portal.labs.hosts import group_hosts
from portal.labs.models import Lab
from portal.labs.opening import LimitReached, close, open_again
from portal.labs.trees import grow_trees
from portal.requests import Request
from portal.worlds.mail import read_body, read_headers, read_parts
from portal.worlds.models import Message
from protocols.explain import lessons

ENDED_SHOWN = 200  # ended labs on the class's page


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity as the course's page lists it; `lab` is the user's latest lab of it, `zones` and `files` how many its
    world has."""

    title: str
    summary: str
    slug: str
    lab: Lab | None
    zones: int
    files: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the course's page lists it."""

    title: str
    activities: list[ActivityRow]


def list_units(course: Course, user: User) -> list[UnitRow]:
    """A course's units and activities, each with the user's latest lab of it."""
    latest = {lab.activity_id: lab for lab in Lab.objects.filter(person=user).order_by("pk")}
    zones = dict(Activity.objects.filter(unit__course=course).values_list("pk").annotate(Count("world__zones")))
    files = dict(Activity.objects.filter(unit__course=course).values_list("pk").annotate(Count("world__files")))

    def write_row(activity: Activity) -> ActivityRow:
        counts = zones.get(activity.pk, 0), files.get(activity.pk, 0)
        return ActivityRow(activity.title, activity.summary, activity.slug, latest.get(activity.pk), *counts)

    return [
        UnitRow(unit.title, [write_row(each) for each in unit.activities.all()])
        for unit in course.units.prefetch_related("activities")
    ]


@login_required
@require_safe
def show_class(request: Request, course: str) -> HttpResponse:
    """The labs of a course, for its instructors."""
    found = find_course(request, course, "see class")
    labs = Lab.objects.filter(activity__unit__course=found).select_related("person", "activity")
    context = {
        "course": found,
        "running": labs.filter(state__in=Lab.UP).order_by("opened_at"),
        "ended": labs.exclude(state__in=Lab.UP).order_by("-ended_at", "-pk")[:ENDED_SHOWN],
    }
    return render(request, "labs/class.html", context)


def describe_lab(request: Request, lab: Lab) -> dict[str, Any]:
    """What the page of a lab (labs/lab.html) shows: its task, its hosts, its wire. The transcript itself comes by the
    websocket."""
    document = lab.world.document()
    place = find_place(lab)
    return {
        "lab": lab,
        "course": lab.course,
        "unit": lab.activity.unit,
        "activity": lab.activity,
        "hosts": group_hosts(document),
        "student": document.student,
        "goals": list_goals(lab),
        "lessons": lessons(document),
        "may_type": may(request.user, "type", lab),
        "mailboxes": lab.world.list_mailboxes(),
        "zones": lab.world.zones.count(),
        "place": place,
        "trees": grow_trees(place, document),
        "may_place": may(request.user, "place file", lab),
    }


@login_required
@require_POST
def open_lab_again(request: Request, lab: int) -> HttpResponse:
    """Start a lab that ended once more."""
    found = find_lab(request, lab, "open lab again")
    try:
        found = open_again(found)
    except LimitReached as limit:
        messages.error(request, str(limit))
    return redirect("lab", found.pk)


@login_required
@require_POST
def end_lab(request: Request, lab: int) -> HttpResponse:
    """End a lab."""
    found = find_lab(request, lab, "end lab")
    if not close(found):
        messages.error(request, "The lab cannot be reached for the moment; end it again in a minute.")
    return redirect("lab", found.pk)


@login_required
@require_safe
def show_mailboxes(request: Request, lab: int) -> HttpResponse:
    """The mailboxes of a lab's world, as a part of its page."""
    found = find_lab(request, lab, "see lab")
    return render(request, "labs/_mailboxes.html", {"lab": found, "mailboxes": found.world.list_mailboxes()})


@login_required
@require_safe
def show_message(request: Request, lab: int, message: int) -> HttpResponse:
    """A message in one of the lab's mailboxes."""
    found, mail = find_message(request, lab, message)
    raw = bytes(mail.raw)
    context: dict[str, Any] = {"lab": found, "course": found.course, "message": mail}
    context |= {"headers": read_headers(raw), "body": read_body(raw), "parts": read_parts(raw)}
    return render(request, "labs/message.html", context)


@login_required
@require_safe
def show_source(request: Request, lab: int, message: int) -> HttpResponse:
    """A message's octets as they were stored, as plain text that no browser takes for anything else."""
    _, mail = find_message(request, lab, message)
    response = HttpResponse(bytes(mail.raw), content_type="text/plain; charset=us-ascii")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def find_lab(request: Request, pk: int, action: Action) -> Lab:
    """The lab, if the user may do `action` to it; raises Http404 otherwise. That they looked is kept."""
    try:
        lab = Lab.find(pk)
    except Lab.DoesNotExist as error:
        raise Http404 from error
    if not may(request.user, action, lab):
        raise Http404
    lab.record_visit(request.user)
    return lab


def find_message(request: Request, lab: int, message: int) -> tuple[Lab, Message]:
    """A message of a lab that the user may see, and the lab; raises Http404 otherwise."""
    found = find_lab(request, lab, "see lab")
    return found, get_object_or_404(Message.objects.select_related("mailbox"), pk=message, mailbox__world=found.world)
