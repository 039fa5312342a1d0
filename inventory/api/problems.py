"""What went wrong, as programs read it: application/problem+json (RFC 9457) with `errors` by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from inventory.refusals import Conflict, Refused

PROBLEM = "application/problem+json"
Errors = Mapping[str, Sequence[object]]


class Problem(Exception):
    """Ends a request with this answer; `errors` are sentences by column or parameter, "" for the whole."""

    def __init__(self, status: int, detail: object, errors: Errors | None = None, **more: object):
        super().__init__(str(detail))
        self.status, self.detail, self.errors, self.more = status, str(detail), errors, more


def problem(status: int, detail: str, errors: Errors | None = None, **more: object) -> dict[str, object]:
    body: dict[str, object] = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = {name: [str(each) for each in some] for name, some in errors.items()}
    return body | more


def handle(exc: Exception, context: Any) -> Response | None:
    """DRF's exception handler; None leaves what is no answer to the page of faults."""
    found = _of(exc)
    if found is None:
        return None
    set_rollback()
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    body = problem(found.status, found.detail, found.errors, **found.more)
    return Response(body, status=found.status, headers=headers, content_type=PROBLEM)


def _of(exc: Exception) -> Problem | None:
    match exc:
        case Problem():
            return exc
        case Http404() | exceptions.NotFound():
            return Problem(404, _("Böyle bir kütük ya da kayıt yok, ya da sizin görebileceğiniz bir yerde değil."))
        case PermissionDenied():
            return Problem(403, _("Buna yetkiniz yok."))
        case ValidationError():
            errors = exc.update_error_dict({})
            named = {"" if name == "__all__" else name: ValidationError(some).messages for name, some in errors.items()}
            return Problem(400, _("Kayıt yazılmadı; alanlardaki hataları gideriniz."), named)
        case Conflict():
            return Problem(412, str(exc), ids=exc.ids)
        case Refused():
            return Problem(409, str(exc))
        case exceptions.Throttled():
            message = _("Kısa sürede çok istek geldi; %(seconds)d saniye sonra yeniden deneyiniz.")
            return Problem(429, message % {"seconds": int(exc.wait or 0) + 1})
        case exceptions.NotAuthenticated():
            return Problem(401, _("Bir API anahtarı gerekli: Authorization: Bearer …"))
        case exceptions.APIException():
            return Problem(exc.status_code, str(exc.detail))
    return None
