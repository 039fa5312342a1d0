"""The page on which labels are asked for: of the rows chosen in a list, or of all that its filter finds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory import access, former, registers
from inventory.listing.address import Listing
from inventory.models import Asset
from inventory.organization.models import Unit
from inventory.papers import labels as drawing
from inventory.papers.labels import Label
from inventory.papers.models import LabelFormat
from inventory.registers import Register
from inventory.search import turkish
from inventory.server.asked import wholes
from inventory.trail.keeping import detail

# Drawn in some three seconds, while the page waits.
MOST_LABELS = 1_500


class LabelForm(forms.Form):
    format = forms.ModelChoiceField(
        label=gettext_lazy("Etiket biçimi"),
        queryset=LabelFormat.objects.none(),
        empty_label=None,
        widget=forms.Select({"class": "form-select"}),
    )
    start = forms.IntegerField(
        label=gettext_lazy("Kaçıncı etiketten başlasın?"),
        initial=1,
        min_value=1,
        help_text=gettext_lazy(
            "Kullanılmış bir tabakada ilk boş etiketin sırası; soldan sağa, yukarıdan aşağıya sayınız."
        ),
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None, formats: QuerySet[LabelFormat]):
        super().__init__(data)
        field: Any = self.fields["format"]
        field.queryset = formats

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        form, start = values.get("format"), values.get("start")
        if form and start and start > form.on_a_page:
            message = _("Bu biçimde sayfada %(most)d etiket var; 1 ile %(most)d arasında bir sayı yazınız.")
            self.add_error("start", message % {"most": form.on_a_page})
        return values


@require_http_methods(["GET", "HEAD", "POST"])
def labels(request: HttpRequest, register: Register) -> HttpResponse:
    """The list posts `selected` ids, or `all=1` with its `query`; a link names all of a query, or one row. The page
    posts them on, with `as`: pdf or zpl."""
    if register.group != "asset" or not access.may_see(register, request.user):
        raise Http404
    listing, selected = _asked(request, register)
    count = 0 if listing.as_of else listing.matching.count()
    formats = access.visible_to(registers.get("label-formats"), request.user).order_by(turkish("name"))
    form = LabelForm(request.POST if "as" in request.POST else None, formats)
    if form.is_bound and form.is_valid() and 0 < count <= MOST_LABELS:
        return _file(request, listing, form.cleaned_data)
    query = listing.query(page=None)
    context = {
        "register": register,
        "form": form,
        "count": count,
        "most": MOST_LABELS,
        "refusal": _refusal(listing, count),
        "formats": formats,
        "selected": selected,
        "all": "" if selected else "1",
        "query": query,
        "back": f"{reverse('register-list', args=[register])}?{query}",
    }
    return render(request, "papers/labels.html", context)


def _asked(request: HttpRequest, register: Register) -> tuple[Listing, list[int]]:
    """The rows in the order of their list, and the ids of those that were chosen in it."""
    if request.method != "POST":
        query, ids = request.GET.copy(), wholes(request.GET.getlist("selected"))
        query.pop("selected", None)
    else:
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        ids = [] if request.POST.get("all") else wholes(request.POST.getlist("selected"))
        if not ids and not request.POST.get("all"):
            return Listing(register, request.user, query, Q(pk__in=[])), []
    return Listing(register, request.user, query, Q(pk__in=ids) if ids else None), ids


def _refusal(listing: Listing, count: int) -> str:
    if listing.as_of:
        return _("Etiketler bugünkü kayıtlar için basılır; listede “Bugüne dön”e basıp yeniden deneyiniz.")
    if listing.errors:
        return _("Listenin süzgeçlerinden biri anlaşılmadı; listeye dönüp düzeltiniz.")
    if not count:
        return _("Etiketi basılacak kayıt yok; listeye dönüp kayıt seçiniz.")
    if count > MOST_LABELS:
        message = _("%(count)s kayıt var; bir defada en çok %(most)s etiket basılır. Listeyi süzerek bölünüz.")
        return message % {"count": intcomma(count), "most": intcomma(MOST_LABELS)}
    return ""


def _file(request: HttpRequest, listing: Listing, values: dict[str, Any]) -> HttpResponse:
    made = [_label(request, row) for row in _rows(listing)]
    detail(rows=len(made), query=listing.query(page=None))
    if request.POST["as"] == "zpl":
        answer = HttpResponse(drawing.as_zpl(values["format"], made), content_type="text/plain; charset=utf-8")
        name = "etiketler.zpl"
    else:
        answer = HttpResponse(drawing.as_pdf(values["format"], made, values["start"]), content_type="application/pdf")
        name = "etiketler.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(listing: Listing) -> list[Asset]:
    rows = former.with_names(listing.rows.select_related(None)).select_related("responsible_unit")
    return list(access.veil(listing.register, listing.user, rows))


def _label(request: HttpRequest, row: Asset) -> Label:
    number: str = row.inventory_no
    unit: Any = row.responsible_unit
    name = (unit.short_name or unit.name) if isinstance(unit, Unit) else str(unit)
    # A number that is a part of the name stands above already.
    title = str(row).replace(f"({number})", "").strip() or str(row)
    return Label(number, request.build_absolute_uri(reverse("item", args=[number])), title, name)
