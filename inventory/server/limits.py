"""How often one may ask for what is costly, or for what is guessed at: logins, searches, files out, files in.

The counts lie in a small SQLite file of their own in VAR_DIR, which all processes of a machine share; not in the
register's database, whose one writer may be busy with an import. Each of several machines counts for itself.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from ipaddress import ip_address, ip_network
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from inventory.server.asked import basic_credentials

log = logging.getLogger(__name__)

#: What is counted, by the name of the URL and the method; what is named twice is counted once.
COUNTED = {
    "search": {("GET", name) for name in ("search", "register-options", "geocode")},
    "export": {
        *(("GET", name) for name in ("register-export", "register-template", "import-preview", "comparison-report")),
        *(("POST", name) for name in ("register-export-choose", "register-reveal", "person-file")),
        *(("POST", name) for name in ("row-papers", "paper-version-try", "register-labels")),
        ("GET", "documents-zip"),
        *(("POST", name) for name in ("webhook-test", "webhook-resend", "webhook-resend-one")),
    },
    "upload": {
        *(("POST", name) for name in ("register-import", "register-compare", "import-take-profile")),
        *(("POST", name) for name in ("register-attach", "register-attach-many", "documents-match")),
        *(("POST", name) for name in ("document-version", "paper-upload")),
    },
}
#: Only attempts that fail are counted, since a whole office may log in from one address at half past eight. A name that
#: has come in from the address is not kept waiting by others' failures: its own lockout (django-axes) holds for it.
LOGINS = {("POST", "login"), ("POST", "second-step"), ("GET", "oidc-login"), ("GET", "oidc-callback")}
#: Where a session keeps who waits for her code (signing_in.second_step).
HALF = "half_login"
_KNOWN_SECONDS = 30 * 86_400
_CREATE = "CREATE TABLE IF NOT EXISTS counts (who TEXT PRIMARY KEY, count INTEGER, ends REAL)"


class RateLimits:
    """Middleware, after the one that knows the user: a 429 that says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        failed = {"form": response.status_code != 302, "header": response.status_code == 401}
        if failed.get(getattr(request, "login_by", "")):
            count("login", _network(request))
        return response

    def process_view(self, request: HttpRequest, _view, _args, _kwargs) -> HttpResponse | None:
        # Who asks for the head alone has the whole made.
        method = "GET" if request.method == "HEAD" else request.method
        asked = (method, _page(request))
        # Programs send name and password with every request (geo/ogc.py).
        by = "form" if asked in LOGINS else "header" if "Authorization" in request.headers else ""
        request.login_by = by  # type: ignore[attr-defined]  # what a middleware adds no stub knows
        if by and (wait := waiting("login", _network(request))) and not _is_known(request):
            return _refusal(request, wait)
        for kind, names in COUNTED.items():
            if asked in names and request.user.is_authenticated and (wait := count(kind, str(request.user.pk))):
                return _refusal(request, wait)
        return None


def know(request: HttpRequest, name: str) -> None:
    """Remember that somebody came in from this address by the name; not written again on the same day."""
    if not name or not settings.RATE_LIMITS.get("login"):
        return
    who, now = _known(request, name), time.time()
    kept = _asked("SELECT ends FROM counts WHERE who = ?", (who,))
    if not kept or kept[0] < now + _KNOWN_SECONDS - 86_400:
        _asked("INSERT OR REPLACE INTO counts VALUES (?, 1, ?) RETURNING count, ends", (who, now + _KNOWN_SECONDS))


def _is_known(request: HttpRequest) -> bool:
    name = login_name(request)
    row = _asked("SELECT ends FROM counts WHERE who = ?", (_known(request, name),)) if name else None
    return bool(row and row[0] > time.time())


def _page(request: HttpRequest) -> str:
    """The name of the page that is asked for."""
    return (request.resolver_match and request.resolver_match.url_name) or ""


def login_name(request: HttpRequest) -> str:
    """By which name a request would log in; "" when it names none. The way by a provider is one name for all."""
    if _page(request).startswith("oidc-"):
        return "oidc:"
    if getattr(request, "login_by", "") == "header":
        scheme, _blank, secret = request.headers["Authorization"].partition(" ")
        # A program that has come in by its token is not kept waiting by others of its network.
        return f"bearer:{secret}" if scheme.lower() == "bearer" else (basic_credentials(request) or ("",))[0]
    half = request.session.get(HALF) or {}
    return request.POST.get("username", "") or half.get("name", "")


def _known(request: HttpRequest, name: str) -> str:
    """Hashed, since a name may be as long as a request."""
    return f"known {hashlib.sha256(name.strip().lower().encode()).hexdigest()} {_network(request)}"


def count(kind: str, who: str) -> float:
    """Count one more; returns the seconds to wait, 0 when it is within the limit."""
    if not (limit := settings.RATE_LIMITS.get(kind)):
        return 0
    number, seconds = counted(kind, who)
    return max(1, seconds) if number > limit[0] else 0


def counted(kind: str, who: str) -> tuple[int, float]:
    """Count one more of what has a limit; returns how many there were, and the seconds until they are forgotten."""
    _most, span = settings.RATE_LIMITS[kind] or (0, 0)
    now = time.time()
    row = _asked(
        "INSERT INTO counts VALUES (?1, 1, ?2 + ?3) ON CONFLICT (who) DO UPDATE SET "
        "count = CASE WHEN ends > ?2 THEN count + 1 ELSE 1 END, ends = CASE WHEN ends > ?2 THEN ends ELSE ?2 + ?3 END "
        "RETURNING count, ends",
        (f"{kind} {who}", now, span),
    )
    return (row[0], row[1] - now) if row else (0, 0)


def waiting(kind: str, who: str) -> float:
    """The seconds to wait, without counting."""
    if not (limit := settings.RATE_LIMITS.get(kind)):
        return 0
    now = time.time()
    row = _asked("SELECT count, ends FROM counts WHERE who = ?1 AND ends > ?2", (f"{kind} {who}", now))
    return max(1, row[1] - now) if row and row[0] >= limit[0] else 0


def _asked(statement: str, values: tuple) -> tuple | None:
    """One statement's row. A count that cannot be kept (a full disk) keeps nobody from her work."""
    file = Path(settings.VAR_DIR) / "limits.sqlite3"
    try:
        with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_CREATE)
            if statement.startswith("INSERT"):
                database.execute("DELETE FROM counts WHERE ends < ?", (time.time() - 60,))
            return database.execute(statement, values).fetchone()
    except sqlite3.Error as error:
        log.warning("rate limits are not counted: %s", error)
        return None


def client_address(request: HttpRequest) -> str:
    """Who asks: the address that our proxy saw, if there is one; what a client says of itself is not believed."""
    message = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    try:
        return str(ip_address(message))
    except ValueError:
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - a name for nobody


def _network(request: HttpRequest) -> str:
    """The address; of IPv6 the network, since one machine has all of its addresses."""
    address = client_address(request)
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address


def _refusal(request: HttpRequest, wait: float) -> HttpResponse:
    seconds = int(wait) + 1
    context = {"seconds": seconds, "minutes": -(-seconds // 60)}
    if _page(request).startswith("api"):
        message = _("Kısa sürede çok istek geldi; %(seconds)d saniye sonra yeniden deneyiniz.") % context
        body = {"title": "Too Many Requests", "status": 429, "detail": message}
        answer: HttpResponse = JsonResponse(body, status=429, content_type="application/problem+json")
    else:
        answer = render(request, "429.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
