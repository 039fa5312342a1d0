"""How long a login lasts: SESSION_HOURS in all, SESSION_IDLE_MINUTES without anybody doing anything.

When somebody last did something is kept in a signed cookie, bound to the session, and not in the session's row:
a write for each page would wait for SQLite's one writer, which an import may keep for a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.signing import BadSignature, Signer
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from inventory.history import CHANGED
from inventory.hooks import Write
from inventory.organization.models import Person, User

#: Also what shows the login page that somebody was in before; gone once she has logged out herself.
COOKIE = "seen"
#: What static/session.js says of a request that nobody made: a progress that asks by itself. Moving the map is work.
POLL = "X-Poll"
_BEGAN = "began"
# Written again only so often, so that most answers carry no cookie.
_FRESH = 60


def begin(sender, request: HttpRequest, user: User, **kwargs) -> None:
    """Note when somebody logged in, whichever way she came (user_logged_in)."""
    request.session[_BEGAN] = time.time()


def lasting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one that knows the user: ends a session that is over; notes that somebody is there."""

    def answer(request: HttpRequest) -> HttpResponse:
        if _BEGAN in request.session and request.user.is_authenticated and _is_over(request):
            logout(request)
        response = get_response(request)
        if request.resolver_match and request.resolver_match.url_name == "logout":
            response.delete_cookie(COOKIE, samesite="Lax")
        elif _BEGAN in request.session and POLL not in request.headers and _unseen_for(request) > _fresh():
            _note(request, response)
        return response

    return answer


def off_duty(write: Write) -> None:
    """Who is taken off duty is out for good: back on duty, she logs in anew."""
    if write.register.model is Person and write.kind == CHANGED and "active" in write.columns:
        gone = User.objects.filter(person__in=write.ids, person__active=False)
        gone.update(session_number=F("session_number") + 1)


def ends(request: HttpRequest) -> int:
    """When the session ends at the latest, in milliseconds since 1970."""
    return int((request.session.get(_BEGAN, 0) + settings.SESSION_COOKIE_AGE) * 1000)


def end_everywhere(user: User) -> None:
    """End all sessions of the account, on every computer."""
    User.objects.filter(pk=user.pk).update(session_number=F("session_number") + 1)
    user.refresh_from_db(fields=["session_number"])


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """Without an age of its own: it lasts until the browser is closed, so that the login page knows."""
    seen = _signer(request).sign(str(int(time.time())))
    response.set_cookie(COOKIE, seen, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")


def _is_over(request: HttpRequest) -> bool:
    age = time.time() - request.session[_BEGAN]
    return age > settings.SESSION_COOKIE_AGE or min(age, _unseen_for(request)) > settings.SESSION_IDLE_SECONDS


def _fresh() -> float:
    return min(_FRESH, settings.SESSION_IDLE_SECONDS / 10)


def _unseen_for(request: HttpRequest) -> float:
    """Seconds since this session's cookie was written; endless without one of ours."""
    try:
        return time.time() - int(_signer(request).unsign(request.COOKIES.get(COOKIE, "")))
    except BadSignature:
        return float("inf")


def _signer(request: HttpRequest) -> Signer:
    return Signer(salt=f"seen {request.session.session_key}")
