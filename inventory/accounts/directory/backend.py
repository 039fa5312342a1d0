"""The login form, answered by the directory when no account of ours has this name and password."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from inventory.accounts.directory.persons import Refused, account_of
from inventory.accounts.signing_in.backend import StaffBackend
from inventory.organization.models import User
from inventory.server.limits import client_address


class LdapBackend(StaffBackend):
    """After Axes, so that a locked name is asked of nobody. What the page should say besides stands in the request."""

    def authenticate(self, request: HttpRequest | None, username=None, password=None, **kwargs) -> User | None:
        # Only where LDAP is set is its library there.
        from inventory.accounts.directory import ldap_server

        try:
            entry = ldap_server.entry_of(username or "", password or "", client_address(request) if request else "")
            return account_of(entry, request) if entry else None
        except ldap_server.Unreachable:
            message = _(
                "Kurum dizinine şu anda ulaşılamıyor; kurum parolanızla giriş yapılamaz. Buradaki hesabınızın kendi "
                "parolasını yazdıysanız kullanıcı adı veya parola yanlış."
            )
            _keep(request, problem=message)
        except ldap_server.TooOften as often:
            message = _(
                "Bu kurum hesabıyla buradan çok kez yanlış parola yazıldı. %(minutes)d dakika sonra yeniden deneyiniz."
            )
            _keep(request, problem=message % {"minutes": often.minutes})
        except Refused as refused:
            _keep(request, refused=refused)
        return None


def _keep(request: HttpRequest | None, **values) -> None:
    if request is not None:
        request.directory_message = values  # type: ignore[attr-defined]  # what we add to a request no stub knows
