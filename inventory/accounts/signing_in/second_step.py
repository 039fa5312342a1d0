"""Between the right password and the code: nobody is logged in yet.

Whatever way somebody came in, `guarded` stands behind it: a login of an account with a second factor counts only in
a session that has seen its code. Any other is taken back and its holder is led to the page that asks for the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from inventory.organization.models import User
from inventory.server import limits

# How long the page waits for the code.
SECONDS = 600
_HALF, _SEEN = limits.HALF, "second_factor"


@dataclass(frozen=True)
class HalfLogin:
    """Somebody whose password was right."""

    user: User
    backend: str
    #: The path that she wanted to see.
    then: str


def admit(request: HttpRequest, user: User, then: str, *, seen: bool = False) -> HttpResponse:
    """Log in whoever `authenticate` has found, or ask for the code first; every login page ends with this.

    `then` is a path of ours. `seen`: a second factor was asked elsewhere, as an identity provider may do.
    """
    if user.second_factor_since and not seen:
        _wait(request, user, user.backend, then, limits.login_name(request))
        return redirect("second-step")
    enter(request, user)
    return redirect(then)


def enter(request: HttpRequest, user: User, backend: str | None = None) -> None:
    """The session is the user's, and no code is asked in it any more."""
    name = limits.login_name(request)
    give_up(request)
    auth.login(request, user, backend)
    mark(request, user)
    limits.know(request, name)


def mark(request: HttpRequest, user: User) -> None:
    """This session has seen a code of the account's second factor: that one, and none set up later."""
    request.session[_SEEN] = _name(user)


def waiting(request: HttpRequest) -> HalfLogin | None:
    """Who has given the password in this session, and for how long it still counts."""
    half = request.session.get(_HALF)
    if not half or time.time() - half["at"] > SECONDS or half["backend"] not in settings.AUTHENTICATION_BACKENDS:
        return None
    # The backend says whether the account may still be used; a new password asks for the password again.
    user = auth.load_backend(half["backend"]).get_user(half["user"])
    if user is None or not user.second_factor_since:
        return None
    if not constant_time_compare(half["hash"], user.get_session_auth_hash()):
        return None
    return HalfLogin(user, half["backend"], half["then"])


def give_up(request: HttpRequest) -> None:
    """Nobody waits here any more; whoever is logged in stays so."""
    request.session.pop(_HALF, None)


def guarded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, right after the one that knows the user; asks the database nothing."""

    def answer(request: HttpRequest) -> HttpResponse:
        # The user herself, not the lazy one in a lazy one: a page asks her a thousand times what she may.
        request.user = cast(User, SimpleLazyObject(lambda: _proven(request, get_user(request))))
        return get_response(request)

    return answer


def _proven(request: HttpRequest, user):
    # A session that has seen a code of a second factor since taken off ends with it, too.
    if not user.is_authenticated or request.session.get(_SEEN, "") == _name(user):
        return user
    backend = request.session[auth.BACKEND_SESSION_KEY]
    for name in (auth.SESSION_KEY, auth.BACKEND_SESSION_KEY, auth.HASH_SESSION_KEY):
        request.session.pop(name, None)
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    _wait(request, user, backend, request.get_full_path() if is_page else settings.LOGIN_REDIRECT_URL, user.username)
    return AnonymousUser()


def _wait(request: HttpRequest, user: User, backend: str, then: str, name: str) -> None:
    """`name` is the one by which she came, as `limits` knows it."""
    request.session[_HALF] = {
        "name": name,
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "backend": backend,
        "then": then,
        "at": time.time(),
    }


def _name(user: User) -> str:
    return user.second_factor_since.isoformat() if user.second_factor_since else ""
