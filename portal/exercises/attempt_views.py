"""The pages of an attempt: its lab's page with what the exercise adds, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.may import Action, may
from portal.exercises import attempts, grading, limits
from portal.exercises.models import Attempt
from portal.exercises.progress import Points, count_points, list_hints, list_questions, list_remarks, list_results
from portal.labs.models import Lab
from portal.labs.opening import LimitReached
from portal.labs.views import describe_lab, find_lab
from portal.requests import Request

RIGHT = "That is right: your transcript shows it."
NOT_RIGHT = "Your answer is kept, and your transcript does not show that it is right. You can answer again."


@login_required
@require_safe
def show_lab(request: Request, lab: int) -> HttpResponse:
    """The page of a lab; of an attempt's lab with what the exercise adds to it."""
    return render_lab(request, find_lab(request, lab, "see lab"))


def render_lab(request: Request, lab: Lab, comment: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a lab. `comment` is what was to be commented, where that was refused."""
    context = describe_lab(request, lab)
    attempt = _find_attempt_of(lab)
    if attempt is None or not may(request.user, "see attempt", attempt):
        return render(request, "labs/lab.html", context)
    context |= describe_progress(request, attempt)
    questions = list_questions(attempt)
    right = {each.key for each in questions if each.is_right}  # which no event says
    context |= {
        "goals": [replace(each, status="met") if each.key in right else each for each in context["goals"]],
        "questions": questions if context["is_own"] else [],
        "remarks": [{"seq": each.seq, "author": each.author, "text": each.text} for each in list_remarks(attempt)],
        "may_comment": may(request.user, "comment", attempt),
        "comment": comment,
        "comment_limit": limits.COMMENT,
        "answer_limit": limits.ANSWER,
    }
    return render(request, "exercises/lab.html", context)


def _find_attempt_of(lab: Lab) -> Attempt | None:
    pk = Attempt.objects.filter(lab=lab).values_list("pk", flat=True).first()
    return Attempt.find(pk) if pk else None


def describe_progress(request: Request, attempt: Attempt) -> dict[str, Any]:
    """How far an attempt is, for exercises/_progress.html."""
    exercise, is_own = attempt.exercise, attempt.person_id == request.user.pk
    return {
        "attempt": attempt,
        "is_own": is_own,
        "points": count_points([attempt])[attempt.pk],
        "due": attempts.say_time(exercise, exercise.due_at) if exercise.due_at else "",
        "submitted": attempts.say_time(exercise, attempt.submitted_at) if attempt.submitted_at else "",
        "hints": list_hints(attempt, timezone.now()) if is_own else None,
    }


@login_required
@require_safe
def show_progress(request: Request, attempt: int) -> HttpResponse:
    """How far an attempt is, as parts of its lab's page."""
    found = find_attempt(request, attempt, "see attempt")
    return render(request, "exercises/_progress.html", describe_progress(request, found))


@login_required
@require_safe
def show_attempt(request: Request, attempt: int) -> HttpResponse:
    """What an attempt has reached, goal by goal, and what was said of it."""
    return render_attempt(request, find_attempt(request, attempt, "see attempt"))


def render_attempt(
    request: Request, attempt: Attempt, refusal: str = "", typed: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of an attempt; with why points were not adjusted, and what was typed, where that was refused."""
    grading.settle(attempt)
    results = list_results(attempt)
    context = _describe(request, attempt) | {
        "results": results,
        "points": _add_up(attempt, results),
        "remarks": list_remarks(attempt),
        "may_adjust": may(request.user, "adjust points", attempt) and not attempt.is_up,
        "refusal": refusal,
        "typed": typed or {"points": attempt.adjusted, "reason": attempt.reason},
        "reason_limit": limits.REASON,
        "points_limit": limits.POINTS,
    }
    return render(request, "exercises/attempt.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit_attempt(request: Request, attempt: int) -> HttpResponse:
    """What is met and what is not, before an attempt is submitted; and its submission."""
    found = find_attempt(request, attempt, "submit attempt")
    if request.method == "POST":
        return _submit(request, found)
    if not found.is_up:
        return redirect("attempt", found.pk)
    results = list_results(found)
    left = attempts.count_left(found.exercise, found.person)
    context = _describe(request, found) | {"results": results, "points": _add_up(found, results), "left": left}
    context |= {"missing": [each for each in results if not each.verdict["met"]]}
    return render(request, "exercises/submit.html", context)


def _submit(request: Request, attempt: Attempt) -> HttpResponse:
    try:
        attempts.submit(attempt)
    except LimitReached as limit:
        messages.error(request, str(limit))
    return redirect("attempt", attempt.pk)


@login_required
@require_POST
def answer_question(request: Request, attempt: int) -> HttpResponse:
    """Keep an answer, and say whether it is right. A page's script is told; without one the page is shown again."""
    found = find_attempt(request, attempt, "submit attempt")
    try:
        is_right = attempts.answer(found, request.POST.get("key", ""), request.POST.get("text", ""))
        said, is_kept = RIGHT if is_right else NOT_RIGHT, True
    except LimitReached as limit:
        said, is_right, is_kept = str(limit), False, False
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"sentence": said, "right": is_right, "kept": is_kept})
    (messages.success if is_right else messages.error)(request, said)
    return redirect("lab", found.lab_id) if found.lab_id else redirect("attempt", found.pk)


def find_attempt(request: Request, pk: int, action: Action) -> Attempt:
    """The attempt, if the user may do `action` to it; raises Http404 otherwise. That they looked at its lab is kept."""
    try:
        attempt = Attempt.find(pk)
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    if not may(request.user, action, attempt):
        raise Http404
    if attempt.lab:
        attempt.lab.record_visit(request.user)
    return attempt


def _describe(request: Request, attempt: Attempt) -> dict[str, Any]:
    """What the pages about an attempt show of it."""
    exercise = attempt.exercise
    return {
        "attempt": attempt,
        "lab": attempt.lab,
        "activity": exercise.activity,
        "course": exercise.course,
        "is_own": attempt.person_id == request.user.pk,
        "started": attempts.say_time(exercise, attempt.started_at),
        "submitted": attempts.say_time(exercise, attempt.submitted_at) if attempt.submitted_at else "",
        "due": attempts.say_time(exercise, exercise.due_at) if exercise.due_at else "",
    }


def _add_up(attempt: Attempt, results: list[Any]) -> Points:
    """The points that count; while the attempt is up, those of the goals that are met now."""
    total = sum(each.verdict["worth"] for each in results)
    met = sum(each.verdict["worth"] for each in results if each.verdict["met"])
    return Points(met if attempt.is_up else attempt.reached, total)
