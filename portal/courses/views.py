"""The pages about courses. What a user may not know of is not found."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.accounts.may import Action, may
from portal.courses.models import Course
from portal.requests import Request


@login_required
@require_safe
def show_home(request: Request) -> HttpResponse:
    """The courses that the user is in."""
    enrolments = request.user.enrolments.filter(ended=None).select_related("course").order_by("course__code")
    return render(request, "home.html", {"enrolments": enrolments})


def find_course(request: Request, slug: str, action: Action) -> Course:
    """The course, if the user may do `action` to it; raises Http404 otherwise."""
    course = get_object_or_404(Course, slug=slug)
    if not may(request.user, action, course):
        raise Http404
    return course
