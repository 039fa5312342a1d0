"""What is recorded of each request: one line in the log, a count and its time for Prometheus, and a number to ask by.

The number stands in the answer's `X-Request-ID`, in every line that is logged meanwhile and on the page of a fault, so
that a clerk can read it out on the telephone. No query, name, token or cookie is recorded: only the route.
"""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger("register.request")
number: ContextVar[str] = ContextVar("request number", default="-")

_GIVEN = re.compile(r"[\w.-]{8,64}", re.ASCII)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_registry = CollectorRegistry()
_requests = Counter("register_requests", "Answers", ["route", "method", "status"], registry=_registry)
_times = Histogram("register_request_seconds", "Time of an answer", ["route"], buckets=_SECONDS, registry=_registry)


def logged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the first of all."""

    def answer(request: HttpRequest) -> HttpResponse:
        ours = _number(request)
        # For the page of a fault.
        request.number = ours  # type: ignore[attr-defined]  # what a middleware adds no stub knows
        turn, began = number.set(ours), time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-ID"] = ours
            _record(request, response, time.perf_counter() - began)
        finally:
            number.reset(turn)
        return response

    return answer


def _number(request: HttpRequest) -> str:
    """The proxy's, where there is one to be trusted; else one of our own."""
    given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex[:12]


def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    # What is asked for at random must not make ever new names.
    route = "static" if request.path.startswith(settings.STATIC_URL) else "unknown"
    route = (request.resolver_match and request.resolver_match.url_name) or route
    method = request.method if request.method in _METHODS else "other"
    _requests.labels(route, method, str(response.status_code)).inc()
    _times.labels(route).observe(seconds)
    milliseconds = round(seconds * 1000, 1)
    # Who asks is named only where it is known already: a line in the log costs no query.
    user = getattr(getattr(request, "_cached_user", None), "pk", None)
    more = {
        "method": method, "route": route, "status": response.status_code, "milliseconds": milliseconds, "user": user,
    }  # fmt: skip
    log.info("%s %s %s %s ms", method, route, response.status_code, milliseconds, extra=more)


def measured() -> CollectorRegistry:
    """The counts of all processes of the machine, where PROMETHEUS_MULTIPROC_DIR is their common folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


class WithNumber(logging.Filter):
    """Every line of the log carries the number of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = number.get()
        # Django adds the request to the lines of faults; written out, it would be its whole address with the query.
        record.__dict__.pop("request", None)
        return True
