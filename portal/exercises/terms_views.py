"""The page on which instructors say when an exercise opens, is due and closes, and how often it can be attempted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.exercises import limits
from portal.exercises.author_views import find_exercise
from portal.exercises.models import Exercise
from portal.requests import Request

_TIMES = ("opens_at", "due_at", "closes_at")
_NO_TIME = "Give a day and a time, as 2026-11-24 13:00, or nothing."
_NO_NUMBER = f"Attempts are a number from 0 to {limits.ATTEMPTS:,}; 0 is any number."


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]  # the class takes one in its stubs only
    """Its times are shown and read in the time zone that is active."""

    class Meta:
        model = Exercise
        fields = (*_TIMES, "allowed", "counts")
        labels = {
            "opens_at": "Opens",
            "due_at": "Due",
            "closes_at": "Closes",
            "allowed": "Attempts a person",
            "counts": "Which attempt counts",
        }
        help_texts = {
            "opens_at": "Before that nobody can begin. Any of the three can stay empty: then it sets no limit.",
            "due_at": "What is submitted later is marked as late, and counts.",
            "closes_at": "From then on nothing can be begun or submitted.",
            "allowed": "0 is any number.",
        }
        error_messages = {
            **{name: {"invalid": _NO_TIME} for name in _TIMES},
            "allowed": dict.fromkeys(("invalid", "min_value", "max_value", "required"), _NO_NUMBER),
        }
        widgets = {
            name: forms.DateTimeInput({"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
            for name in _TIMES
        }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_terms(request: Request, course: str, activity: str) -> HttpResponse:
    """An exercise's times, by the clock of its course, and its attempts."""
    exercise = find_exercise(request, course, activity)
    with timezone.override(exercise.course.zone):
        form = TermsForm(request.POST if request.method == "POST" else None, instance=exercise)
        if form.is_bound and form.is_valid():
            form.save()
            messages.success(request, "That holds from now on, for attempts that are up as well.")
            return redirect("terms", course, activity)
        context: dict[str, Any] = {"course": exercise.course, "exercise": exercise, "form": form}
        return render(request, "exercises/terms.html", context)
