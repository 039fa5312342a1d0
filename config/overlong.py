"""What a user reads when the database gave her question up (REQUEST_QUERY_SECONDS)."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# PostgreSQL's query_canceled.
_CANCELLED = "57014"


class Overlong:
    """Middleware: a page of its own (503) instead of the one for faults of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) == _CANCELLED:
            answer = render(request, "503.html", status=503)
            answer.headers["Retry-After"] = "60"
            return answer
        return None
