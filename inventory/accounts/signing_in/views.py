"""One's own account, and how long one stays logged in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory import access
from inventory.accounts.signed_in import user_of
from inventory.accounts.signing_in import sessions
from inventory.organization import accounts
from inventory.organization.views import administrators_only


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, what I may do, and how my account is kept safe."""
    context = {"grants": access.grants_of(request.user), "is_everything": access.is_administrator(request.user)}
    return render(request, "account/own.html", context)


class ChangePassword(auth.PasswordChangeView):
    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"request": self.request}


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End my sessions on all other computers; this one goes on."""
    sessions.end_everywhere(user_of(request))
    update_session_auth_hash(request, user_of(request))
    messages.success(request, _("Öteki bilgisayarlardaki bütün oturumlarınız kapatıldı."))
    return redirect("account")


@require_POST
@administrators_only
def end_all(request: HttpRequest, pk: int) -> HttpResponse:
    """End a colleague's sessions, such as after a computer was lost."""
    user = get_object_or_404(accounts.kept_by(request.user), pk=pk)
    if user == request.user:
        return end_others(request)
    sessions.end_everywhere(user)
    messages.success(request, _("%(user)s hesabının bütün oturumları kapatıldı.") % {"user": user})
    return redirect("user", pk)


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """Asked by an open page: somebody is there. A login in another tab has changed the token of this one's forms."""
    who = {"account": request.user.pk, "name": str(request.user)}
    return JsonResponse({"token": get_token(request), "ends": sessions.ends(request), **who})
