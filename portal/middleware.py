"""What every request passes through, beside Django's own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

log = structlog.get_logger("portal.requests")


class RequestLog:
    """Gives every request an id, which the log, the error pages and the answer's `X-Request-ID` show, and logs it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = secrets.token_hex(6)
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.monotonic()
        # Left in place afterwards, since Django logs refusals later still; the next request has a context of its own.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self._get_response(request)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            user=getattr(getattr(request, "_cached_user", None), "pk", None),  # not looked up for this alone
            milliseconds=round((time.monotonic() - began) * 1000),
        )
        response["X-Request-ID"] = request_id
        return response


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, with a body that an ASGI server can send as it is: Django warns of a file's blocking iterator."""

    @staticmethod
    def serve(static_file, request):  # type: ignore[no-untyped-def, override]
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file:
                content = answer.file.read()
        response = HttpResponse(content, status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response
