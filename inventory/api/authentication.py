"""Who asks: a program by its token, or somebody who is logged in and reads the documentation."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from inventory.api import tokens
from inventory.server import limits
from inventory.trail.keeping import detail


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request):
        if "Authorization" not in request.headers:
            return None
        token = tokens.find(request)
        if token is None:
            # Which of these it is is said to its owner alone, on her page.
            raise AuthenticationFailed(
                _("Bu anahtar geçmiyor: yanlış, iptal edilmiş, süresi dolmuş ya da bu adresten kullanılamaz. "
                  "Hesabınızın “API anahtarları” sayfasına bakınız.")
            )  # fmt: skip
        limits.know(request._request, limits.login_name(request._request))
        tokens.use(token)
        detail(token=token.pk)
        return token.owner, token

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="register"'


class BySession(SessionAuthentication):
    """DRF's own, which asks for the CSRF token of whatever writes."""
