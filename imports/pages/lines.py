"""Many lines at once (`Register.line_of`): pasted, scanned or taken from a list, then read and checked as a sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from imports import batches
from imports.filling import constants
from imports.pages import pasted
from imports.pages.pasted import PastedForm
from imports.pages.views import check
from inventory import registers
from inventory.editing.lines import own_columns
from inventory.pages.forms import field
from inventory.pages.shared import changeable, form_page, rows_chosen, shown
from inventory.registers import Register


class PasteForm(PastedForm):
    """The row that the lines belong to, and their text."""

    def __init__(self, register: Register, user, *args, **kwargs):
        super().__init__(register, own_columns(register), *args, **kwargs)
        self.fields = {register.line_of: field(register, register.column(register.line_of), user), **self.fields}

    def refuse(self, columns: set[str]) -> None:
        if self.register.line_of in columns:
            message = _("“%(column)s” sütununu çıkarınız: satırların hepsi yukarıda seçtiğinize eklenir.")
            raise forms.ValidationError(message % {"column": self.register.column(self.register.line_of).label})

    def given(self) -> dict[str, dict[str, str]]:
        """What no cell says: the row that the lines belong to, and what they take from it where that is part of
        what they are found by. A line that is there already is then found, and stays as it is."""
        line = self.register.model(**{self.register.line_of: self.cleaned_data[self.register.line_of]})
        line.fill()
        names = {self.register.line_of, *self.register.identity[0]} - self.columns
        values = {
            self.register.column(name): getattr(line, name, None) for name in self.register.columns if name in names
        }
        return {c.name: constants.of_value(c, value) for c, value in values.items() if value not in (None, "")}


@form_page
def paste(request: HttpRequest, register: Register) -> HttpResponse:
    """Lines as a sheet that lacks one column, the row that they all belong to; its check shows them before they are
    written, and it is undone as a whole."""
    if not register.line_of:
        raise Http404
    changeable(register, request.user)
    initial = request.GET.dict()
    if batch := pasted.asked_for(request, register):
        parent = batch.constants[register.line_of]["means"]
        initial |= {register.line_of: parent, "text": pasted.text_of(batch)}
    form = PasteForm(register, request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        name = _("%(parent)s: yapıştırılan satırlar") % {"parent": form.cleaned_data[register.line_of]}
        file = ContentFile(form.cleaned_data["text"].encode())
        name = f"{name.replace('/', '-')}.tsv"
        batch = batches.upload(register, request.user, file, name, constants=form.given(), is_pasted=True)
        check(batch)
        return redirect("import-batch", batch.pk)
    return _page(request, register, form)


@require_POST
def take(request: HttpRequest, register: Register, column: str) -> HttpResponse:
    """The rows chosen in another register's list, as lines to be pasted: the user says to which row, and sends them."""
    changeable(register, request.user)
    named = next((each for each in own_columns(register) if each.name == column), None)
    source = registers.of(named.related_model) if named and register.line_of else None
    if named is None or source is None:
        raise Http404
    rows = rows_chosen(request, shown(source, request.user))
    if rows.count() > pasted.MOST:
        messages.error(
            request, _("En çok %(most)d kayıt satır olarak eklenir; süzgeci daraltınız.") % {"most": pasted.MOST}
        )
        return redirect(f"{reverse('register-list', args=[source])}?{request.POST.get('query', '')}")
    text = "\n".join((named.label, *_names(source, rows)))
    return _page(request, register, PasteForm(register, request.user, initial={"text": text}))


def _names(source: Register, rows: QuerySet[Any]) -> list[str]:
    """What each row is called, such as a car by its plate; by its number where that is blank or another's, too."""
    name = next(iter(source.named_by), source.key.name)
    alike = source.model._default_manager.filter(**{f"{name}__in": rows.order_by().values(name)}).order_by()
    shared = {
        "",
        None,
        *alike.values(name).annotate(count=Count("pk")).filter(count__gt=1).values_list(name, flat=True),
    }
    pairs = rows.order_by("pk").values_list(name, source.key.name)
    return [str(key if text in shared else text) for text, key in pairs]


def _page(request: HttpRequest, register: Register, form: PasteForm) -> HttpResponse:
    parent = registers.serving(register.column(register.line_of).target)
    context = {"register": register, "parent": parent, "form": form, "columns": own_columns(register)}
    return render(request, "imports/lines.html", context)
