"""The pages of the second factor: the code at the login, and one's own setting up, renewing and taking off."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from inventory.accounts.signed_in import user_of
from inventory.accounts.signing_in import second_factor, second_step
from inventory.accounts.signing_in.second_factor_forms import (
    CodeForm,
    ConfirmForm,
    PasswordForm,
    RecoveryForm,
    RemoveForm,
)
from inventory.organization import accounts
from inventory.organization.views import administrators_only, form_page
from inventory.trail.keeping import record
from inventory.trail.models import Event

# Fewer recovery codes than this are named at each login by one.
FEW = 4


@method_decorator(login_not_required, name="dispatch")
class Login(auth.LoginView):
    """The right password leads on to the code, where the account has a second factor."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method == "GET" and second_step.waiting(request):
            return redirect("second-step")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        message = getattr(self.request, "directory_message", {})
        by = {"by_oidc": bool(settings.OIDC_ISSUER), "by_ldap": bool(settings.LDAP_URL)}
        return super().get_context_data(**kwargs, **by, **message)

    def form_valid(self, form) -> HttpResponse:
        return second_step.admit(self.request, form.get_user(), self.get_success_url())


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@form_page
def step(request: HttpRequest) -> HttpResponse:
    """The code, after the password; `?recovery` asks for one of the other codes."""
    if "other" in request.POST:
        second_step.give_up(request)
    half = second_step.waiting(request)
    if half is None:
        return redirect("home" if request.user.is_authenticated else "login")
    by_recovery = "recovery" in request.GET
    form = (RecoveryForm if by_recovery else CodeForm)(request, half.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        since = half.user.last_login
        second_step.enter(request, half.user, half.backend)
        if form.how == second_factor.RECOVERY:
            _warn_of_recovery(request)
        _warn_of_failures(request, since)
        return redirect(half.then)
    return render(request, "account/second_step.html", {"form": form, "half": half, "by_recovery": by_recovery})


def _warn_of_recovery(request: HttpRequest) -> None:
    record(Event.Kind.RECOVERY_USED, request=request, user=request.user)
    left = second_factor.codes_left(user_of(request))
    message = ngettext("Kurtarma koduyla giriş yaptınız; %(left)d kodunuz kaldı.",
                    "Kurtarma koduyla giriş yaptınız; %(left)d kodunuz kaldı.", left)  # fmt: skip
    messages.warning(request, message % {"left": left})
    if left < FEW:
        messages.warning(request, _("Kodlarınız bitmeden hesap sayfanızdan yenilerini alınız."))


def _warn_of_failures(request: HttpRequest, since) -> None:
    """Who fails at the code knows the password: the holder hears of it, if it was not herself."""
    failed = Event.objects.filter(kind=Event.Kind.CODE_FAILED, username=request.user.get_username())
    count = failed.filter(at__gt=since).count() if since else failed.count()
    if count:
        message = ngettext(
            "Son girişinizden bu yana hesabınızda doğru parolayla %(count)d kez yanlış kod yazıldı. Siz değilseniz "
            "parolanızı hemen değiştiriniz.",
            "Son girişinizden bu yana hesabınızda doğru parolayla %(count)d kez yanlış kod yazıldı. Siz değilseniz "
            "parolanızı hemen değiştiriniz.",
            count,
        )
        messages.warning(request, message % {"count": count})


# One's own --------------------------------------------------------------------------------------------------


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Whether my account has a second factor, what waits for it, and what may be done."""
    user = user_of(request)
    context = {
        "left": second_factor.codes_left(user) if user.second_factor_since else None,
        "few": FEW,
    }
    return render(request, "account/second_factor.html", context)


@never_cache
@sensitive_post_parameters("password")
@form_page
def begin(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if user.second_factor_since:
        return redirect("second-factor")
    form = PasswordForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.begin(user)
        return redirect("second-factor-setup")
    return render(request, "account/second_factor_begin.html", {"form": form})


@never_cache
@sensitive_post_parameters("code")
@form_page
def setup(request: HttpRequest) -> HttpResponse:
    """The secret as a QR code and as text, until a code of it comes back; then the recovery codes, once."""
    user = user_of(request)
    secret = second_factor.unfinished(user)
    if secret is None:
        return redirect("second-factor")
    form = ConfirmForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_step.mark(request, user)
        record(Event.Kind.FACTOR_ON, request=request, user=user)
        return _codes_shown(request, form.recovery_codes, is_new=True)
    address = second_factor.address(user, secret, _("Varlık Kütüğü"))
    context = {
        "form": form,
        "address": address,
        "secret": second_factor.grouped(secret),
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, light="#fff"),
    }
    return render(request, "account/second_factor_setup.html", context)


@never_cache
@sensitive_post_parameters("password", "code")
@form_page
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes in place of those that are left."""
    user = user_of(request)
    if not user.second_factor_since:
        return redirect("second-factor")
    form = (PasswordForm if user.has_usable_password() else CodeForm)(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.renew_recovery_codes(user)
        record(Event.Kind.RECOVERY_NEW, request=request, user=user)
        return _codes_shown(request, codes, is_new=False)
    left = second_factor.codes_left(user)
    return render(request, "account/recovery_codes_new.html", {"form": form, "left": left})


def _codes_shown(request: HttpRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    """Shown once, in the answer itself, since a redirect would have to keep them somewhere."""
    heading = _("Varlık Kütüğü kurtarma kodları: %(name)s, %(day)s") % {
        "name": request.user.get_username(),
        "day": f"{timezone.localdate():%d.%m.%Y}",
    }
    file = "\r\n".join([heading, "", *codes, ""])
    context = {"codes": codes, "heading": heading, "file": file, "is_new": is_new}
    return render(request, "account/recovery_codes.html", context)


@never_cache
@sensitive_post_parameters("password", "code")
@form_page
def remove(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if not user.second_factor_since:
        return redirect("second-factor")
    form = RemoveForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.remove(user)
        second_step.mark(request, user)
        record(Event.Kind.FACTOR_OFF, request=request, user=user)
        messages.success(request, _("İkinci adım kaldırıldı; artık yalnızca parolanızla giriş yapılır."))
        return redirect("second-factor")
    return render(request, "account/second_factor_remove.html", {"form": form})


# A colleague's ----------------------------------------------------------------------------------------------


@require_POST
@administrators_only
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor of somebody who lost her phone; nobody ever reads its secret."""
    account = get_object_or_404(accounts.kept_by(request.user), pk=pk)
    if account == request.user:
        return redirect("second-factor")
    if second_factor.reset(account):
        record(Event.Kind.FACTOR_RESET, request=request, user=request.user, text=account.get_username(), row_id=pk)
        messages.success(request, _("İkinci adım sıfırlandı; kişi parolasıyla girip yenisini kurabilir."))
    return redirect("user", pk)
