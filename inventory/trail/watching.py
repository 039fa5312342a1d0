"""Every file that goes out and every request that changed something leaves an entry, whichever page it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from inventory.registers import Register
from inventory.trail.keeping import asking, detailed, record
from inventory.trail.models import Event
from inventory.trail.words import sentence_of

# Programs get rows as JSON, which no browser keeps as a file.
FEATURES = {"features-items", "features-item", "api-list", "api-detail", "api-history", "api-documents"}
# What programs write, by whichever method.
WRITTEN, _WRITING = {"api-list", "api-detail", "api-step"}, ("POST", "PATCH", "DELETE")
# Logins have entries of their own; a language and one's own cards are nobody's business.
_SILENT = {"login", "second-step", "logout", "set_language", "home-arrange"}
_DONE = {201, 204, 302, 303}


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one that knows the user."""

    def answer(request: HttpRequest) -> HttpResponse:
        turn, before = asking.set(request), detailed.set({})
        try:
            response = get_response(request)
            if kind := _kind(request, response):
                _keep(kind, request, response)
        finally:
            detailed.reset(before)
            asking.reset(turn)
        return response

    return answer


def _keep(kind: str, request: HttpRequest, response: HttpResponse) -> None:
    named = request.resolver_match.kwargs if request.resolver_match else {}
    register, number = named.get("register"), named.get("pk")
    details: dict[str, Any] = {
        "row": number if isinstance(number, int) else None,
        "register": register.slug if isinstance(register, Register) else "",
        "query": request.META.get("QUERY_STRING", ""),
        "refused": _is_refused(request),
        **detailed.get(),
    }
    record(
        kind,
        request=request,
        user=request.user,
        row_id=details.pop("row"),
        text=f"{request.method} {request.path}",
        # A redirect leads to what was made.
        then=response.headers.get("Location", "")[:300],
        **details | {"query": details["query"][:2_000]},
    )


def _is_refused(request: HttpRequest) -> bool:
    """Whether all that the page had to say was why not; it led away all the same."""
    said = getattr(messages.get_messages(request), "_queued_messages", [])
    return bool(said) and all(each.level >= messages.WARNING for each in said)


def _kind(request: HttpRequest, response: HttpResponse) -> str | None:
    match = request.resolver_match
    if match is None or not request.user.is_authenticated:
        return None
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    is_read = request.method == "GET" and match.url_name in FEATURES
    if request.method in ("GET", "POST") and response.status_code == 200 and (is_file or is_read):
        return Event.Kind.WENT_OUT
    if match.url_name in WRITTEN and request.method in _WRITING and 200 <= response.status_code < 300:
        return Event.Kind.CHANGE
    if request.method == "POST" and response.status_code in _DONE and match.url_name not in _SILENT:
        sentence = sentence_of(match.url_name or "")
        return Event.Kind.CHANGE if sentence is None or sentence.is_change else Event.Kind.SETUP
    return None
