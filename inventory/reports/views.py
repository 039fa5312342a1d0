"""The page of the physical resources report, and its workbook."""

import datetime as dt
import io

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from inventory import access, registers
from inventory.organization.models import Unit
from inventory.pages.form_fields import row_choice
from inventory.pages.widgets import DateInput
from inventory.reports import sheets
from inventory.reports.layout import age_section, sections
from inventory.reports.physical_resources import Report, physical_resources
from inventory.server import replica


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        # Many directorates have a branch of the same name.
        above = unit.parent if unit.kind == Unit.Kind.BRANCH else None
        return f"{unit.name} ({above.short_name or above.name})" if above else unit.name


class ReportForm(forms.Form):
    unit = UnitField(
        label=_("Birim (altındakilerle)"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("Tüm belediye"),
        widget=forms.Select({"class": "form-select", "data-searchable": "", "data-placeholder": _("Tüm belediye")}),
        error_messages={"invalid_choice": _("Böyle bir birim yok; listeden seçiniz.")},
    )
    as_of = forms.DateField(
        label=_("Hangi tarihteki durum"),
        required=False,
        widget=DateInput({"class": "form-control"}),
        error_messages={"invalid": _("Geçerli bir gün yazınız, örneğin 31.12.2024.")},
    )

    def clean_as_of(self) -> dt.date | None:
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Bu gün henüz gelmedi; bugünü veya geçmiş bir günü yazınız."))
        return day

    def __init__(self, data, user):
        super().__init__(data)
        row_choice(self, "unit").queryset = access.visible_to(registers.get("units"), user).select_related("parent")


@require_safe
def physical_resources_page(request: HttpRequest) -> HttpResponseBase:
    """A unit or a day that is not understood gives no figures, so that none are taken for its own."""
    if not any(access.may_see(register, request.user) for register in registers.every()):
        raise Http404
    form = ReportForm(request.GET, request.user)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        with replica.reading():
            report = physical_resources(request.user, form.cleaned_data["as_of"], form.cleaned_data["unit"])
        if request.GET.get("format") == "xlsx":
            return _workbook(report, request.user)
        made = sections(report)
        query = request.GET.copy()
        query["format"] = "xlsx"
        context |= {
            "report": report,
            "sections": made,
            "is_compared": any(section.is_compared for section in made),
            "printed_at": timezone.localtime(),
            "xlsx_query": query.urlencode(),
            "ages_query": request.GET.urlencode() if access.may_see(registers.get("equipment"), request.user) else None,
        }
    return render(request, "reports/physical_resources.html", context)


@require_safe
def ages(request: HttpRequest) -> HttpResponse:
    """A fragment of the report, brought after it: no kept figures know days, so the devices are gone through."""
    form = ReportForm(request.GET, request.user)
    if not access.may_see(registers.get("equipment"), request.user) or not form.is_valid():
        raise Http404
    with replica.reading():
        made = age_section(request.user, form.cleaned_data["as_of"], form.cleaned_data["unit"])
    return render(request, "reports/_card.html", {"section": made})


def _workbook(report: Report, user) -> FileResponse:
    target = io.BytesIO()
    sheets.write(report, target, user)
    target.seek(0)
    day = report.as_of or timezone.localdate()
    return FileResponse(target, as_attachment=True, filename=f"fiziki-kaynaklar-{day:%Y-%m-%d}.xlsx")
