"""Forms that ask for a password or for a code, both under the same lockout as the login page."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.accounts.signing_in import guesses, second_factor
from inventory.organization.models import User
from inventory.server import limits
from inventory.trail.models import Event


class _CodeInput(forms.TextInput):
    """A code is typed anew: what came back wrong or used would only be in the way."""

    def format_value(self, value) -> None:
        return None


def _code_field() -> forms.CharField:
    look = {"class": "form-control code", "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=_("Uygulamadaki altı haneli kod"), max_length=64, widget=_CodeInput(look))


class _Proof(forms.Form):
    def __init__(self, request: HttpRequest, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user


class CodeForm(_Proof):
    """A code of the account's second factor; a good one is used up. `how` then says which kind it was."""

    code = _code_field()
    how: str | None = None
    refusal = _("Bu kod geçmiyor. Uygulamanın şu anda gösterdiği altı haneyi yazınız; her kod bir kez geçer. "
                "Yine olmazsa telefonun saatini otomatik ayara alınız.")  # fmt: skip

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.errors:
            return code
        # One set up anew begins anew.
        since = self.user.second_factor_since
        assert since is not None  # nobody else is asked
        account = f"{self.user.pk} {since.timestamp():.0f}"
        guesses.allow(self.request, self.user, account)
        self.how = second_factor.take(self.user, code)
        if not self.how:
            guesses.failed(self.request, self.user, account, Event.Kind.CODE_FAILED)
            raise forms.ValidationError(self.refusal)
        return code


class RecoveryForm(CodeForm):
    """The same, for whoever has no phone at hand."""

    refusal = _("Bu kurtarma kodu geçmiyor veya kullanılmış; listenizden başka birini yazınız.")
    code = forms.CharField(
        label=_("Kurtarma kodu"),
        max_length=64,
        widget=_CodeInput({"class": "form-control", "autocomplete": "off", "autofocus": True}),
        help_text=_("Kurulumda verilen on koddan kullanılmamış biri; büyük küçük harf ve çizgiler önemli değildir."),
    )


class ConfirmForm(forms.Form):
    """The first code of a new secret, which says that the phone has it."""

    code = _code_field()

    def __init__(self, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.recovery_codes: list[str] = []

    def clean_code(self) -> str:
        codes = second_factor.confirm(self.user, self.cleaned_data["code"])
        if codes is None:
            raise forms.ValidationError(
                _("Bu kod, yukarıdaki anahtarın kodu değil. Uygulamanın şu anda gösterdiği altı haneyi yazınız; "
                  "olmazsa telefonun saatini otomatik ayara alınız.")
            )  # fmt: skip
        self.recovery_codes = codes
        return self.cleaned_data["code"]


class PasswordForm(_Proof):
    """The own password once more, so that nobody does it on a computer that was left open.

    Who logs in through an identity provider has none here, and is not asked.
    """

    password = forms.CharField(
        label=_("Parolanız"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, user: User, *args, **kwargs):
        super().__init__(request, user, *args, **kwargs)
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password, counted = self.cleaned_data["password"], guesses.password_of(self.user)
        guesses.allow(self.request, self.user, counted)
        # Informs the lockout and the trail itself.
        account = authenticate(self.request, username=self.user.get_username(), password=password)
        if account is None or account.pk != self.user.pk:
            limits.count("code", counted)
            raise forms.ValidationError(_("Parola yanlış."))
        return password


class RemoveForm(CodeForm, PasswordForm):
    """Password and code: either may be known to somebody else, both are the holder's."""

    code = forms.CharField(
        label=_("Uygulamadaki kod veya bir kurtarma kodu"),
        max_length=64,
        widget=_CodeInput({"class": "form-control", "autocomplete": "one-time-code"}),
    )
    field_order = ("password", "code")
