"""What all pages share: their common context, the error pages, and the two pages that belong to no app."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every template can use: the request's id, and whether demo accounts can sign in."""
    return {"request_id": getattr(request, "request_id", ""), "demo": settings.DEMO}


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """What the portal is, and how its pages are used. For anyone."""
    return render(request, "help.html")


def refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def refuse_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from this portal's own page, or from one that is too old."""
    return render(request, "403.html", {"stale": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, for what is not there and for what this user may not know of."""
    return render(request, "404.html", status=404)


def fail(request: HttpRequest) -> HttpResponse:
    """500; or 503 where it is the database that does not answer."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return render(request, "503.html", status=503)
    return render(request, "500.html", status=500)
