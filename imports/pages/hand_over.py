"""Everything that names a row, over all registers, given to another in one step: what a person holds, what stands at a
place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.by_hand import Part, in_lists
from imports.pages import many
from inventory import access, registers
from inventory.columns import Column
from inventory.editing import saving
from inventory.models import GONE, Row
from inventory.organization.models import Asker
from inventory.pages.forms import field
from inventory.pages.shared import detail_url, form_page, may_hand_over, shown, title_of
from inventory.registers import Register

# So many items of each register are named.
_NAMED = 10


@dataclass(frozen=True)
class Held:
    """The items of one register that name the row in one column: those that go with it, and how many stay."""

    register: Register
    column: Column
    rows: QuerySet[Any]
    count: int
    #: In service, but not the user's to change.
    stay: int
    named: list[Any]


class HandOverForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Gerekçe"),
        max_length=250,
        help_text=gettext_lazy("Her varlığın tarihçesinde görünür."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, row: Row, first: Held, user: Asker, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.row = row
        to = field(first.register, first.column, user)
        to.label, to.required, to.help_text = _("Kime / nereye"), True, ""
        self.fields = {"to": to, **self.fields}

    def clean_to(self) -> Any:
        if self.cleaned_data["to"] == self.row:
            raise forms.ValidationError(_("Zaten burada; başka birini seçiniz."))
        return self.cleaned_data["to"]


@form_page
def hand_over(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """What goes and what stays, to whom and why; the number that was shown is sent back and must still hold."""
    shown(register, request.user)
    row = get_object_or_404(access.visible_to(register, request.user), pk=pk)
    if not may_hand_over(register, request.user):
        raise Http404
    held = _held(register, row, request.user)
    title, count = title_of(register, request.user, row), sum(each.count for each in held)
    form = HandOverForm(row, held[0], request.user, request.POST or None) if count else None
    context = {"register": register, "row": row, "title": title, "held": held, "count": count, "form": form}
    if request.method == "POST" and form and form.is_valid():
        to = form.cleaned_data["to"]
        context |= many.doubted(_parts(held, to), request.user)
        if request.POST.get("count") != str(count):
            messages.warning(request, _("Varlıkların sayısı bu arada değişti; yeni sayıyı onaylayınız."))
        elif not context["doubts"] or saving.accepted(request) == context["stamp"]:
            name = _("Devir: %(row)s → %(to)s") % {"row": title, "to": title_of(register, request.user, to)}
            reason, back = form.cleaned_data["reason"], detail_url(request, register, pk)
            if done := many.write(request, form, name, reason, _parts(held, to), back):
                return done
    return render(request, "imports/hand_over.html", context)


def _held(register: Register, row: Row, user: Asker) -> list[Held]:
    """What is out of service stays where it was last; what names the row in a register that the user may not even see
    is not counted."""
    found = []
    for other, column in registers.naming(register.model, "asset"):
        names = {column.name: row}
        here = access.visible_to(other, user).filter(**names).exclude(status__in=GONE)
        rows = access.editable_by(other, user).filter(**names).exclude(status__in=GONE)
        count = rows.count()
        named = list(rows.select_related(*other.joined).order_by("pk")[:_NAMED])
        access.veil(other, user, named)
        found.append(Held(other, column, rows, count, here.count() - count, named))
    return sorted((each for each in found if each.count or each.stay), key=lambda each: not each.count)


def _parts(held: list[Held], to: Row) -> list[Part]:
    return [
        Part(each.register, in_lists(each.register, each.rows), {each.column.name: to}) for each in held if each.count
    ]
