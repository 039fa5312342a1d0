from __future__ import annotations

import datetime as dt
from ipaddress import ip_network

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from inventory import access, registers
from inventory.api.models import Token
from inventory.editing.fields import DayField
from inventory.pages.widgets import DateInput

#: A token is renewed at least once in so many days.
LONGEST = 730
_USUAL = 365


class TokenForm(forms.ModelForm):
    registers = forms.MultipleChoiceField(
        label=_("Kütükler"),
        required=False,
        widget=forms.SelectMultiple(attrs={"class": "form-select", "data-searchable": ""}),
        help_text=_("Boş bırakılırsa gördüğünüz bütün kütükler."),
    )
    expires_on = DayField(label=_("Son günü"), widget=DateInput(attrs={"class": "form-control"}))

    class Meta:
        model = Token
        fields = ["name", "may_write", "registers", "networks", "expires_on"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            "may_write": forms.CheckboxInput(attrs={"class": "form-check-input"}),
            "networks": forms.Textarea(attrs={"class": "form-control", "rows": 2, "spellcheck": "false"}),
        }
        help_texts = {
            "name": _("Örneğin: Excel’deki araç listesi, muhasebe programı."),
            "may_write": _("İşaretlenmezse anahtar yalnızca okur."),
            "networks": _("Anahtarın kullanılabileceği adresler ya da ağlar, her satıra bir tane: 10.1.2.0/24. "
                          "Boş bırakılırsa her yerden."),
        }  # fmt: skip

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seen = {each.granted_as for each in registers.every() if access.may_see(each, user)}
        field = self.fields["registers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(slug, title) for slug, title in registers.grantable() if slug in seen]
        # A new token has none, which the form would take for its beginning.
        self.initial["expires_on"] = self.initial["expires_on"] or timezone.localdate() + dt.timedelta(days=_USUAL)

    def clean_registers(self) -> str:
        return ",".join(self.cleaned_data["registers"])

    def clean_networks(self) -> str:
        lines = self.cleaned_data["networks"].split()
        for line in lines:
            try:
                ip_network(line, strict=False)
            except ValueError as error:
                message = now("“%(text)s” bir adres ya da ağ değil; 10.1.2.3 ya da 10.1.2.0/24 gibi yazınız.")
                raise forms.ValidationError(message % {"text": line}) from error
        return "\n".join(lines)

    def clean_expires_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today <= day <= today + dt.timedelta(days=LONGEST):
            message = now("Bugünden başlayarak en çok %(days)d gün sonrasını yazınız.")
            raise forms.ValidationError(message % {"days": LONGEST})
        return day
