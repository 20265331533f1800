"""The pages of an exercise's versions: what each says against the one before, how its solution's run went, and what its
author can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.may import may
from portal.exercises import limits, publishing
from portal.exercises.author_views import find_exercise
from portal.exercises.drafts import list_verdicts, number_lines
from portal.exercises.grading import goals_of
from portal.exercises.models import Exercise, Version
from portal.exercises.trial import read_transcript
from portal.labs import feed
from portal.requests import Request
from portal.worlds.editing import compare
from protocols import limits as lab_limits
from protocols.world import WorldError

NO_LAB = 0  # whose log has no events: all that a run cites is in it
PLAYED_WITHIN = lab_limits.PLAY_SECONDS + 30  # seconds after which a publication is not waited for any more


@dataclass(frozen=True, slots=True)
class RunLine:
    """An event of a run as its page lists it. `number` is that of a line that went over the wire, None of others."""

    seq: int
    number: int | None
    kind: str
    side: str
    tone: str
    parts: list[tuple[str, str]]
    note: str
    help: str
    heading: str


@login_required
@require_safe
def list_versions(request: Request, course: str, activity: str) -> HttpResponse:
    """An exercise's versions, the newest first."""
    exercise = find_exercise(request, course, activity)
    found = exercise.versions.defer("source", "transcript").select_related("author").order_by("-number")
    context = {
        "course": exercise.course,
        "exercise": exercise,
        "versions": found[: limits.VERSIONS_SHOWN],
        "current": exercise.current,
    }
    return render(request, "exercises/versions.html", context)


@login_required
@require_safe
def show_version(request: Request, course: str, activity: str, version: int) -> HttpResponse:
    """A version: its state, its solution's run, and what is other in it than in the one before."""
    found = _find_version(request, course, activity, version)
    before = found.exercise.versions.filter(number=version - 1).first()
    current = found.exercise.current
    asked = found.asked_at
    context = {
        "course": found.exercise.course,
        "exercise": found.exercise,
        "version": found,
        "before": before,
        "difference": compare(before.source, found.source, f"version {version}") if before else None,
        "current": current,
        "is_current": current == found,
        "is_newest": not found.exercise.versions.filter(number__gt=version).exists(),
        "is_lost": bool(asked and (timezone.now() - asked).total_seconds() > PLAYED_WITHIN),
        **_show_run(found),
    }
    return render(request, "exercises/version.html", context)


@login_required
@require_safe
def download(request: Request, course: str, activity: str, version: int) -> HttpResponse:
    """The version's file."""
    found = _find_version(request, course, activity, version)
    response = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{activity}-{version}.yaml"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@login_required
@require_POST
def publish(request: Request, course: str, activity: str, version: int) -> HttpResponse:
    """Ask for the version's publication."""
    found = _find_version(request, course, activity, version)
    publishing.publish(found)
    return redirect("version", course, activity, version)


@login_required
@require_POST
def go_back(request: Request, course: str, activity: str, version: int) -> HttpResponse:
    """Have an older version once more, as the newest, and ask for its publication."""
    found = _find_version(request, course, activity, version)
    try:
        again = publishing.go_back_to(found, request.user)
    except WorldError as error:
        messages.error(request, f"Version {version} cannot be read any more, so all stays as it is. {error}")
        return redirect("version", course, activity, version)
    messages.success(request, f"Version {again.number} says what version {version} says.")
    return redirect("version", course, activity, again.number)


def _find_version(request: Request, course: str, activity: str, number: int) -> Version:
    """A version of an exercise that the user may write; raises Http404 otherwise."""
    exercise: Exercise = find_exercise(request, course, activity)
    found = get_object_or_404(exercise.versions.select_related("author"), number=number)
    if not may(request.user, "author exercise", found):
        raise Http404
    found.exercise = exercise
    return found


def _show_run(version: Version) -> dict[str, Any]:
    """What playing the solution showed."""
    if not version.run:
        return {}
    events = read_transcript(version)
    lines = number_lines(events)
    described = feed.describe(NO_LAB, events)
    shown = [_draw(each, lines.get(each["seq"])) for each in described]
    return {
        "goals": list_verdicts(goals_of(version), version.run["verdicts"], lines),
        "problems": version.run["problems"],
        "lines": [line for line in shown if line.parts or line.note or line.heading],
        "is_cut": len(events) >= limits.RUN_EVENTS,
    }


def _draw(description: dict[str, Any], number: int | None) -> RunLine:
    heading = description.get("heading")
    return RunLine(
        seq=description["seq"],
        number=number,
        kind=description["kind"],
        side=description.get("side") or "",
        tone=description.get("tone") or "",
        parts=[tuple(part) for part in description.get("parts") or ()],
        note=description.get("note") or "",
        help=description.get("help") or "",
        heading=" ".join(heading) if heading else "",
    )
