"""Every file that goes out and every request that changed something leaves an entry, whichever page it was."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from inventory.registers import Register
from inventory.trail.keeping import asking, record
from inventory.trail.models import Event

# Programs get rows as JSON, which no browser keeps as a file.
FEATURES = {"features-items", "features-item"}
# Logins have entries of their own; a language is nobody's business.
_SILENT = {"login", "second-step", "logout", "set_language"}
_DONE = {201, 204, 302, 303}


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one that knows the user."""

    def answer(request: HttpRequest) -> HttpResponse:
        turn = asking.set(request)
        try:
            response = get_response(request)
        finally:
            asking.reset(turn)
        if kind := _kind(request, response):
            named = request.resolver_match.kwargs
            register, number = named.get("register"), named.get("pk")
            record(
                kind,
                request=request,
                user=request.user,
                register=register.slug if isinstance(register, Register) else "",
                row_id=number if isinstance(number, int) else None,
                text=f"{request.method} {request.path}",
                query=request.META.get("QUERY_STRING", "")[:2_000],
                # A redirect leads to what was made.
                then=response.headers.get("Location", "")[:300],
            )
        return response

    return answer


def _kind(request: HttpRequest, response: HttpResponse) -> str | None:
    match = request.resolver_match
    if match is None or not request.user.is_authenticated:
        return None
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    if request.method in ("GET", "POST") and response.status_code == 200 and (is_file or match.url_name in FEATURES):
        return Event.Kind.WENT_OUT
    if request.method == "POST" and response.status_code in _DONE and match.url_name not in _SILENT:
        return Event.Kind.CHANGE
    return None
