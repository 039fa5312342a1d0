"""Passwords and codes that somebody types who is already in, or half in: under the lockout of the login page.

Wrong codes are counted per account, too, whatever their address (RATE_LIMIT_CODE): whoever guesses has half a login.
"""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from inventory.organization.models import User
from inventory.server import limits
from inventory.trail.keeping import record


def allow(request: HttpRequest, user: User, what: str) -> None:
    """Raises ValidationError while the account, or its `what` (a code, the password), waits."""
    name = {"username": user.get_username()}
    if not AxesProxyHandler.is_allowed(request, name):
        # Its middleware then answers with the page of a locked login.
        request.axes_locked_out = True  # type: ignore[attr-defined]  # what axes adds to a request no stub knows
        request.axes_credentials = name  # type: ignore[attr-defined]  # as above
        raise ValidationError(_("Giriş bir süre kilitli."))
    if wait := limits.waiting("code", what):
        message = _("Bu hesapta çok kez yanlış kod veya parola yazıldı. %(minutes)d dakika sonra yeniden deneyiniz.")
        raise ValidationError(message % {"minutes": -(-wait // 60)})


def failed(request: HttpRequest, user: User, what: str, kind: str) -> None:
    """Count a wrong one, and keep it in the trail as an event of the kind."""
    limits.count("code", what)
    AxesProxyHandler.user_login_failed(__name__, {"username": user.get_username()}, request)
    record(kind, request=request, user=user)


def password_of(user: User) -> str:
    """By what the account's password is counted."""
    return f"{user.pk} password"
