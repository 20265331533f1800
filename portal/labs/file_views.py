"""The pages of files: those of a lab's hosts, and those of an activity's own world, of which its labs get copies."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.may import Action, may
from portal.courses.models import Activity
from portal.labs.file_places import Place, find_place, find_template
from portal.labs.placing import PlaceRefused, read_upload
from portal.labs.trees import grow_trees, read_file, write_mode
from portal.labs.views import find_lab
from portal.requests import Request
from portal.worlds.files import VirtualFile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_lab_files(request: Request, lab: int) -> HttpResponse:
    """The trees of a lab's hosts, as a part of its page; or a file that is to be put there."""
    place = _find_in_lab(request, lab, "place file" if request.method == "POST" else "see lab")
    if request.method == "POST":
        return _put(request, place, reverse("lab", kwargs=place.values))
    trees = grow_trees(place, place.world.document())
    may_place = place.lab is not None and may(request.user, "place file", place.lab)
    return render(request, "labs/_trees.html", {"place": place, "trees": trees, "may_place": may_place})


@login_required
@require_safe
def show_lab_file(request: Request, lab: int, file: int) -> HttpResponse:
    """A file of a lab: what is known of it, and what is in it."""
    return _show(request, _find_in_lab(request, lab, "see lab"), file)


@login_required
@require_safe
def download_lab_file(request: Request, lab: int, file: int) -> HttpResponse:
    """A file of a lab, to be kept."""
    return _download(_find_in_lab(request, lab, "see lab"), file)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_activity_files(request: Request, course: str, activity: str) -> HttpResponse:
    """The trees of an activity's world, of which the labs that are opened later get copies; or a file to put there."""
    place = _find_in_activity(request, course, activity)
    if request.method == "POST":
        return _put(request, place, place.url)
    context = {
        "place": place,
        "course": place.course,
        "trees": grow_trees(place, place.world.document()),
        "may_place": True,
    }
    return render(request, "labs/files.html", context)


@login_required
@require_safe
def show_activity_file(request: Request, course: str, activity: str, file: int) -> HttpResponse:
    """A file of an activity's world."""
    return _show(request, _find_in_activity(request, course, activity), file)


@login_required
@require_safe
def download_activity_file(request: Request, course: str, activity: str, file: int) -> HttpResponse:
    """A file of an activity's world, to be kept."""
    return _download(_find_in_activity(request, course, activity), file)


def _find_in_lab(request: Request, pk: int, action: Action) -> Place:
    return find_place(find_lab(request, pk, action))


def _find_in_activity(request: Request, course: str, slug: str) -> Place:
    activity = get_object_or_404(
        Activity.objects.select_related("unit__course", "world"),
        unit__course__slug=course,
        slug=slug,
        world__isnull=False,
    )
    if not may(request.user, "edit template", activity):
        raise Http404
    return find_template(activity)


# A file and its content


def _show(request: Request, place: Place, pk: int) -> HttpResponse:
    file = _find_file(place, pk)
    reading = read_file(file.octets())
    context = {
        "place": place,
        "course": place.course,
        "file": file,
        "download_url": place.url_of(file, "-content"),
        "mode": write_mode(file),
        "reading": reading,
        "rest": file.size - reading.shown,
    }
    return render(request, "labs/file.html", context)


def _download(place: Place, pk: int) -> HttpResponse:
    """The octets as no browser shows them: kept under the file's own name."""
    file = _find_file(place, pk)
    response = HttpResponse(file.octets(), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _find_file(place: Place, pk: int) -> VirtualFile:
    return get_object_or_404(place.world.files.select_related("content"), pk=pk, is_directory=False)


# Putting a file there


def _put(request: Request, place: Place, back: str) -> HttpResponse:
    """Put what was sent there. A page's script is told what became of it; without one the page is shown again."""
    try:
        said, is_done = _take(request, place), True
    except PlaceRefused as refusal:
        said, is_done = str(refusal), False
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"sentence": said, "done": is_done})
    (messages.success if is_done else messages.error)(request, said)
    return redirect(back)


def _take(request: Request, place: Place) -> str:
    """Put a file there; the sentence that says so. Raises PlaceRefused."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise PlaceRefused("Choose a file of your own computer first, then put it there.")
    directory = "/" + request.POST.get("directory", "").strip().strip("/")
    wanted = read_upload(request.POST.get("host", ""), directory, request.POST.get("owner", ""), sent)
    place.put(wanted)
    return f"{wanted.path} is on {wanted.host} now."
