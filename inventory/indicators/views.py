"""The programme's page: every indicator with its target and what the register counts; on an indicator's own page its
last two years, month by month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from inventory import access, registers
from inventory.editing.fields import DayField
from inventory.hooks import Panel
from inventory.indicators.figures import figures
from inventory.indicators.models import Indicator
from inventory.organization.models import Asker
from inventory.pages.widgets import DateInput
from inventory.registers import Register
from inventory.server import replica


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=_("Yıl"),
        required=False,
        min_value=2000,
        widget=forms.TextInput({"class": "form-control", "inputmode": "numeric"}),
        error_messages={"invalid": _("Yılı dört haneyle yazınız."), "min_value": _("2000 veya sonrası olmalı.")},
    )
    as_of = DayField(
        label=_("Hangi tarihteki durum"), required=False, widget=DateInput(attrs={"class": "form-control"})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["year"].widget.attrs["placeholder"] = str(timezone.localdate().year)

    def clean_year(self) -> int:
        year = self.cleaned_data["year"] or timezone.localdate().year
        if year > timezone.localdate().year:
            raise forms.ValidationError(_("Bu yıl henüz başlamadı."))
        return int(year)

    def clean_as_of(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Bu gün henüz gelmedi; bugünü veya geçmiş bir günü yazınız."))
        return day


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """A year or a day that is not understood gives no figures."""
    register = registers.get("indicators")
    if not access.may_see(register, request.user):
        raise Http404
    form, years = YearForm(request.GET), registers.get("indicator-years")
    context: dict[str, Any] = {"form": form, "register": register, "years": years}
    context["may_enter"] = access.may_change(years, request.user)
    if form.is_valid():
        year, as_of = form.cleaned_data["year"], form.cleaned_data["as_of"]
        with replica.reading():
            rows = sorted(access.visible_to(register, request.user), key=lambda row: row.place)
            found = list(figures(rows, year, request.user, as_of))
        context |= {"year": year, "as_of": as_of, "printed_at": timezone.localtime()}
        context |= {"computed": [each for each in found if each.indicator.counted]}
        context |= {"others": [each for each in found if not each.indicator.counted]}
        context |= {"partial": any(figure.partial for figure in found)}
    return render(request, "indicators/overview.html", context)


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    if register.model is not Indicator or not row.counted:
        return None
    year = timezone.localdate().year
    years = [next(figures([row], each, user)) for each in (year, year - 1)]
    return Panel("indicators/_panel.html", {"years": years})
