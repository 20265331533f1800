"""The pages on which instructors write exercises: the list of a course's exercises, and the editor with its preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.may import may
from portal.courses.markdown import to_html
from portal.courses.models import Course, Unit
from portal.courses.views import find_course
from portal.exercises import document, publishing
from portal.exercises.completing import describe_places
from portal.exercises.drafts import NOT_TEXT, Draft, list_goals, list_transcripts, read_draft, read_file, try_goals
from portal.exercises.models import Exercise, Version
from portal.labs.hosts import group_hosts
from portal.requests import Request
from portal.worlds.editing import compare
from protocols.goals.vocabulary import list_words
from protocols.world import WorldError

EMPTY = """\
exercise: 1
title: Greet a mail server
summary: Speak the first words of SMTP yourself.
text: |
  You are **mx.halva.fr**. Greet the mail server of lentil.edu, and take your leave.

  Connect to `mx.lentil.edu`, say `HELO mx.halva.fr`, then `QUIT`.
world: lecture
goals:
  - title: Greet the server
    needs:
      command: {verb: [HELO, EHLO]}
  - title: Take your leave in order
    points: 2
    needs:
      in order:
        - command: {verb: [HELO, EHLO]}
        - reply: {code: 221, to: QUIT}
hints:
  - tries: 2
    minutes: 5
    text: Begin with `connect mx.lentil.edu 25`.
solution: |
  connect mx.lentil.edu 25
  HELO mx.halva.fr
  QUIT
"""


def find_exercise(request: Request, course: str, activity: str) -> Exercise:
    """The exercise, if the user may write it; raises Http404 otherwise."""
    try:
        found = Exercise.find(course, activity)
    except Exercise.DoesNotExist as error:
        raise Http404 from error
    if not may(request.user, "author exercise", found):
        raise Http404
    return found


@login_required
@require_safe
def list_exercises(request: Request, course: str) -> HttpResponse:
    """A course's exercises with their newest versions, for those who write them."""
    found = find_course(request, course, "author exercise")
    exercises = Exercise.objects.filter(activity__unit__course=found).select_related("activity__unit")
    exercises = exercises.order_by("activity__unit__position", "activity__unit", "activity__position", "pk")
    newest: dict[int, Version] = {}
    current: dict[int, Version] = {}
    for version in Version.objects.filter(exercise__in=exercises).defer("source", "transcript").order_by("number"):
        newest[version.exercise_id] = version
        if version.published_at:
            current[version.exercise_id] = version
    rows = [(each, newest.get(each.pk), current.get(each.pk)) for each in exercises]
    return render(request, "exercises/author_list.html", {"course": found, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_new(request: Request, course: str) -> HttpResponse:
    """The editor for an exercise that does not exist yet, in a unit of the course."""
    found = find_course(request, course, "author exercise")
    return _edit(request, found, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Request, course: str, activity: str) -> HttpResponse:
    """The editor for an exercise's next version, which begins with the newest."""
    exercise = find_exercise(request, course, activity)
    return _edit(request, exercise.course, exercise)


@login_required
@require_POST
def preview(request: Request, course: str) -> HttpResponse:
    """What was typed as students will see it, or its first mistake: a part of the editor's page."""
    found = find_course(request, course, "author exercise")
    draft = read_draft(request.POST.get("source", ""))
    return render(request, "exercises/_preview.html", _show_draft(request, found, draft))


@login_required
@require_POST
def duplicate(request: Request, course: str, activity: str) -> HttpResponse:
    """Make a copy of the exercise, a draft, and go on to write it."""
    exercise = find_exercise(request, course, activity)
    try:
        copy = publishing.duplicate(exercise, request.user)
    except WorldError as error:
        messages.error(request, f"Its newest version cannot be read any more, so there is no copy. {error}")
        return redirect("versions", course, activity)
    messages.success(request, "This is the copy, a draft that no student sees. Give it a title of its own.")
    return redirect("edit-exercise", course, copy.exercise.activity.slug)


def _edit(request: Request, course: Course, exercise: Exercise | None) -> HttpResponse:
    newest = exercise.versions.order_by("-number").first() if exercise else None
    saved = newest.source if newest else ""
    if request.method != "POST":
        return _show_editor(request, course, newest, read_draft(saved or EMPTY))
    typed = request.POST.get("source", "").replace("\r\n", "\n")
    match request.POST.get("do"):
        case "upload":
            return _show_editor(request, course, newest, _read_upload(request, typed), do="upload")
        case "save" | "publish":
            return _save(request, course, newest, read_draft(typed))
    return _show_editor(request, course, newest, read_draft(typed), do="preview")


def _read_upload(request: Request, typed: str) -> Draft:
    """What the uploaded file says, in place of what was typed; what was typed, where no text was uploaded."""
    file = request.FILES.get("file")
    if file is None:
        return Draft(typed, None, "No file was chosen. Choose one, then upload it.")
    if (file.size or 0) > document.DOCUMENT_LIMIT:
        return Draft(typed, None, f"A file has at most {document.DOCUMENT_LIMIT:,} octets; this one has {file.size:,}.")
    try:
        return read_draft(read_file(file.read()))
    except WorldError:
        return Draft(typed, None, NOT_TEXT)


def _save(request: Request, course: Course, newest: Version | None, draft: Draft) -> HttpResponse:
    """Save what was typed as a version, and have it published, if that was asked for."""
    if draft.exercise is None:
        return _show_editor(request, course, newest, draft, do="save")
    if newest is None:
        unit = _find_unit(request, course)
        if unit is None:
            problem = "Choose the unit of the course in which the exercise stands."
            return _show_editor(request, course, None, Draft(draft.typed, None, problem), do="save")
        version = publishing.create(unit, draft.typed, request.user)
    elif newest.source == draft.typed:  # sent twice it is there already
        version = newest
    elif request.POST.get("number") != str(newest.number):
        return _show_editor(request, course, newest, draft, do="save", is_stale=True)
    else:
        version = publishing.make_version(newest.exercise, draft.typed, request.user)
    if request.POST.get("do") == "publish":
        publishing.publish(version)
    else:
        messages.success(request, f"Version {version.number} is saved. Students see it once it is published.")
    return redirect("version", course.slug, version.exercise.activity.slug, version.number)


def _find_unit(request: Request, course: Course) -> Unit | None:
    given = request.POST.get("unit", "")
    is_number = given.isascii() and given.isdecimal() and len(given) <= 18
    return course.units.filter(pk=int(given)).first() if is_number else None


def _show_editor(
    request: Request, course: Course, newest: Version | None, draft: Draft, do: str = "", is_stale: bool = False
) -> HttpResponse:
    """The editor's page with what was typed, whatever became of it. `do` is what was asked for."""
    exercise = newest.exercise if newest else None
    context = {
        "exercise": exercise,
        "newest": newest,
        "units": list(course.units.all()),
        "unit": _find_unit(request, course) if request.method == "POST" else course.units.first(),
        "is_refused": do in ("save", "upload") and draft.exercise is None,
        "is_stale": is_stale,
        "is_saved": draft.typed == (newest.source if newest else EMPTY),
        "difference": compare(newest.source, draft.typed) if is_stale and newest else None,
        "transcripts": list_transcripts(course),
        "words": list_words(),
        "places": describe_places(),
        "document_limit": document.DOCUMENT_LIMIT,
        "not_text": NOT_TEXT,
        **_show_draft(request, course, draft),
    }
    return render(request, "exercises/author.html", context)


def _show_draft(request: Request, course: Course, draft: Draft) -> dict[str, Any]:
    """What the preview shows."""
    context: dict[str, Any] = {"course": course, "draft": draft}
    if draft.exercise:
        lab = _find_transcript(request, course)
        tried = try_goals(draft.exercise, lab) if lab else None
        context |= {
            "tried": tried,
            "goals": tried.goals if tried else list_goals(draft.exercise.goals),
            "text": to_html(draft.exercise.text),
            "hints": [(hint, to_html(hint.text)) for hint in draft.exercise.hints],
            "hosts": group_hosts(draft.exercise.world),
            "points": sum(goal.points for goal in draft.exercise.goals),
        }
    return context


def _find_transcript(request: Request, course: Course) -> Any:
    """The lab on whose transcript the goals are to be tried; None where none is chosen."""
    given = request.POST.get("lab", "")
    return next((lab for lab in list_transcripts(course) if str(lab.pk) == given), None) if given else None
