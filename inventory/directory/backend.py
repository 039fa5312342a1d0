"""The login form, answered by the directory when no account of ours has this name and password."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from inventory.directory.persons import Refused, account_of
from inventory.limits import client_address
from inventory.organization.models import User
from inventory.signing_in.backend import StaffBackend


class LdapBackend(StaffBackend):
    """After Axes, so that a locked name is asked of nobody. What the page should say besides stands in the request."""

    def authenticate(self, request: HttpRequest | None, username=None, password=None, **kwargs) -> User | None:
        # Only where LDAP is set is its library there.
        from inventory.directory import ldap_server

        try:
            entry = ldap_server.entry_of(username or "", password or "", client_address(request) if request else "")
            return account_of(entry, request) if entry else None
        except ldap_server.Unreachable:
            told = _(
                "Kurum dizinine şu anda ulaşılamıyor; kurum parolanızla giriş yapılamaz. Buradaki hesabınızın kendi "
                "parolasını yazdıysanız kullanıcı adı veya parola yanlış."
            )
            _tell(request, problem=told)
        except ldap_server.TooOften as often:
            told = _(
                "Bu kurum hesabıyla buradan çok kez yanlış parola yazıldı. %(minutes)d dakika sonra yeniden deneyiniz."
            )
            _tell(request, problem=told % {"minutes": often.minutes})
        except Refused as refused:
            _tell(request, refused=refused)
        return None


def _tell(request: HttpRequest | None, **told) -> None:
    if request is not None:
        request.directory_told = told
