"""How programs are answered (geo/ogc.py): known by session or password, in JSON whatever happens, and cheaply again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers

from inventory.server import limits
from inventory.server.asked import basic_credentials

View = Callable[..., HttpResponse]
_READING = ("GET", "HEAD", "OPTIONS")


class Unusable(ValueError):
    """A parameter that cannot be understood; the message says what to write."""


def answers_programs(view: View) -> View:
    """For programs: who is not logged in is asked for a password instead of being sent to a page.

    Nothing is written here, so no form's token is asked for, and another method is a 405. An answer carries its hash
    (ETag): whoever has it already gets a 304. Nothing secret stands beside what a request chose, so it may be packed.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if (refusal := _unknown(request)) is not None:
            return refusal
        if request.method not in _READING:
            answer = _fault(405, _("Bu adres yalnızca okunur: GET kullanınız."))
            answer.headers["Allow"] = ", ".join(_READING)
            return answer
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": ", ".join(_READING)})
        try:
            return view(request, *args, **kwargs)
        except Unusable as error:
            return _fault(400, str(error))
        except Http404:
            return _fault(404, _("Böyle bir katman ya da nesne yok, ya da sizin görebileceğiniz bir yerde değil."))

    for decorate in (conditional_page, gzip_page, vary_on_headers("Cookie", "Authorization")):
        answered = decorate(answered)
    return login_not_required(csrf_exempt(cache_control(private=True, no_cache=True)(answered)))


def _unknown(request: HttpRequest) -> HttpResponse | None:
    """The refusal of who is not known by session or password; None for everybody else, who then is `request.user`."""
    if request.user.is_authenticated:
        return None
    name, password = basic_credentials(request) or ("", "")
    user = authenticate(request, username=name, password=password) if name else None
    if user is None:
        answer = _fault(401, _("Kullanıcı adı ve parola gerekli."))
        answer.headers["WWW-Authenticate"] = 'Basic realm="register", charset="UTF-8"'
        return answer
    if user.second_factor_since:
        return _fault(
            403,
            _("Bu hesap girişte ikinci adım ister; yalnızca parolayla bağlanılamaz. Harita programı için ikinci adımı "
              "olmayan, yalnızca görme yetkili bir hesap kullanınız."),
        )  # fmt: skip
    limits.know(request, name)
    request.user = user
    return None


def _fault(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"code": str(status), "description": sentence}, status=status)


def link(
    request: HttpRequest,
    rel: str,
    name: str,
    at: Mapping[str, object] | None = None,
    *,
    kind: str = "application/json",
    query: QueryDict | None = None,
) -> dict[str, str]:
    """A link of OGC API – Features to the URL of this name and these arguments; of a filter that is given twice both
    stay."""
    url = request.build_absolute_uri(reverse(name, kwargs=dict(at or {})))
    return {"rel": rel, "type": kind, "href": f"{url}?{query.urlencode()}" if query else url}
