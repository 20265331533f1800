"""Whether the portal can do its work."""

from __future__ import annotations

from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.labs.bus import BusError
from portal.labs.workers import find_workers


@never_cache
@require_safe
def show_health(request: HttpRequest) -> JsonResponse:
    """200 while the database, Redis and a worker with a complete sandbox are there, else 503. The body names what is
    missing, in `missing`."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        missing.append("the database")
    try:
        workers = find_workers()
    except BusError:
        missing += ["Redis", "a worker"]
    else:
        if not workers:
            missing.append("a worker")
        elif not any(worker.complete for worker in workers):
            missing.append("a worker with a complete sandbox")
    return JsonResponse({"missing": missing}, status=503 if missing else 200)
