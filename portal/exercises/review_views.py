"""The instructor's pages: everybody's attempts at an exercise, comments, points, and grading again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.may import Action, may
from portal.exercises import grading, limits, regrading
from portal.exercises.attempt_views import find_attempt, render_attempt, render_lab
from portal.exercises.models import Exercise, Regrade, Regraded
from portal.exercises.progress import count_points
from portal.exercises.reviewing import ReviewRefused, adjust, comment
from portal.labs.opening import LimitReached
from portal.requests import Request


@dataclass(frozen=True, slots=True)
class Change:
    """What grading again proposes for an attempt; `goals` are what becomes of goals: (title, met before, met after),
    None where the goal is not there."""

    proposal: Regraded
    goals: list[tuple[str, bool | None, bool | None]]


@login_required
@require_safe
def list_attempts(request: Request, course: str, activity: str) -> HttpResponse:
    """Everybody's attempts at an exercise."""
    exercise = _find_exercise(request, course, activity, "see attempts")
    attempts = exercise.attempts.select_related("person", "version", "lab").order_by("person__username", "number")
    found = list(attempts[: limits.ATTEMPTS_SHOWN])
    for attempt in found:
        grading.settle(attempt)
    points = count_points(found)
    context = {
        "exercise": exercise,
        "activity": exercise.activity,
        "course": exercise.course,
        "rows": [(each, points[each.pk]) for each in found],
        "more": max(0, exercise.attempts.count() - len(found)),
        "current": exercise.current,
        "regrade": exercise.regrades.filter(state__in=Regrade.OPEN).first(),
    }
    return render(request, "exercises/attempts.html", context)


@login_required
@require_POST
def add_comment(request: Request, attempt: int) -> HttpResponse:
    """Comment on a line of an attempt's transcript."""
    found = find_attempt(request, attempt, "comment")
    given = request.POST.get("seq", "")
    seq = int(given) if given.isascii() and given.isdecimal() and len(given) <= 18 else 0
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        comment(found, request.user, seq, text)
    except ReviewRefused as refusal:
        if not found.lab:
            messages.error(request, str(refusal))
            return redirect("attempt", found.pk)
        return render_lab(request, found.lab, {"seq": seq, "text": text, "refusal": str(refusal)})
    return redirect(f"{reverse('lab', args=[found.lab_id])}#event-{seq}")


@login_required
@require_POST
def adjust_points(request: Request, attempt: int) -> HttpResponse:
    """Have other points count for an attempt, for a reason; or those again that it reached."""
    found = find_attempt(request, attempt, "adjust points")
    typed = {"points": request.POST.get("points", "").strip(), "reason": request.POST.get("reason", "")}
    try:
        adjust(found, request.user, _read_points(request, typed["points"]), typed["reason"])
    except ReviewRefused as refusal:
        return render_attempt(request, found, str(refusal), typed)
    return redirect("attempt", found.pk)


def _read_points(request: Request, given: str) -> int | None:
    if "undo" in request.POST:
        return None
    if given.isascii() and given.isdecimal() and len(given) <= 9:
        return int(given)
    raise ReviewRefused(f"Points are a number from 0 to {limits.POINTS:,}.")


@login_required
@require_POST
def grade_again(request: Request, course: str, activity: str) -> HttpResponse:
    """Have all submitted attempts at an exercise graded again, as a proposal."""
    exercise = _find_exercise(request, course, activity, "regrade")
    try:
        regrade = regrading.ask(exercise, request.user)
    except LimitReached as limit:
        messages.error(request, str(limit))
        return redirect("attempts", course, activity)
    return redirect("regrade", regrade.pk)


@login_required
@require_safe
def show_regrade(request: Request, regrade: int) -> HttpResponse:
    """What grading again would change, and how far it is."""
    found = _find_regrade(request, regrade)
    regrading.wake(found)  # whoever does its work may be lost
    is_working = found.state in (Regrade.State.WORKING, Regrade.State.APPLYING)
    changes = [] if is_working else [_describe_change(each) for each in regrading.list_changes(found)]
    context = {
        "regrade": found,
        "exercise": found.exercise,
        "activity": found.exercise.activity,
        "course": found.exercise.course,
        "is_working": is_working,
        "changes": changes,
    }
    return render(request, "exercises/regrade.html", context)


@login_required
@require_POST
def confirm_regrade(request: Request, regrade: int) -> HttpResponse:
    """Have what is proposed applied, once."""
    found = _find_regrade(request, regrade)
    regrading.confirm(found)
    return redirect("regrade", found.pk)


@login_required
@require_POST
def drop_regrade(request: Request, regrade: int) -> HttpResponse:
    """Leave all attempts as they are."""
    found = _find_regrade(request, regrade)
    if not regrading.drop(found):
        messages.error(request, "This grading was confirmed or dropped already.")
    return redirect("regrade", found.pk)


def _describe_change(proposal: Regraded) -> Change:
    before = {each["key"]: each for each in proposal.before["verdicts"]}
    after = {each["key"]: each for each in proposal.after["verdicts"]}
    goals = []
    for key in dict.fromkeys((*after, *before)):
        was, becomes = before.get(key), after.get(key)
        met = (was["met"] if was else None, becomes["met"] if becomes else None)
        if met[0] != met[1]:
            goals.append(((becomes or was or {})["title"], *met))
    return Change(proposal, goals)


def _find_exercise(request: Request, course: str, activity: str, action: Action) -> Exercise:
    """The exercise, if the user may do `action` to it; raises Http404 otherwise."""
    try:
        exercise = Exercise.find(course, activity)
    except Exercise.DoesNotExist as error:
        raise Http404 from error
    if not may(request.user, action, exercise):
        raise Http404
    return exercise


def _find_regrade(request: Request, pk: int) -> Regrade:
    found = Regrade.objects.select_related("version", "exercise__activity__unit__course").filter(pk=pk).first()
    if found is None or not may(request.user, "regrade", found):
        raise Http404
    return found
