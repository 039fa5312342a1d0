"""Many new rows like one that stands ("Çoğalt"): their own numbers are pasted, then read and checked as a sheet."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from imports import batches
from imports.filling import constants
from imports.models import Batch
from imports.pages import pasted
from imports.pages.pasted import PastedForm
from imports.pages.views import check
from inventory import access
from inventory.editing import copying
from inventory.pages.shared import changeable, form_page, title_of
from inventory.registers import Register


@form_page
def paste(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """A sheet of the new rows' own columns; all others have one value, that of the row. Its check shows what will come
    before it is written, and it is undone as a whole."""
    changeable(register, request.user)
    if not copying.may_be_multiplied(register):
        raise Http404
    rows = access.visible_to(register, request.user).select_related(*register.joined)
    row = get_object_or_404(rows, pk=pk)
    title = title_of(register, request.user, row)
    own = copying.own(register)
    if register.once:
        # A record is known by what it names, such as its vehicle; an item by its own number alone.
        own |= {name for names in register.identity for name in names}
    offered = [column for column in register.typed_columns() if column.name in own and not column.is_personal]
    before = pasted.asked_for(request, register, row.pk)
    form = PastedForm(
        register, offered, request.POST or None, initial={"text": pasted.text_of(before)} if before else None
    )
    if request.method == "POST" and form.is_valid():
        name = _("%(row)s: çoğaltma") % {"row": title}
        file = ContentFile(form.cleaned_data["text"].encode())
        batch = batches.upload(
            register, request.user, file, f"{name.replace('/', '-')}.tsv", mode=Batch.Mode.ADD,
            constants=_given(register, row, request.user, form), is_pasted=True, copied=row.pk,
        )  # fmt: skip
        check(batch)
        return redirect("import-batch", batch.pk)
    given = [(column.label, column.text(row)) for column in copying.copied(register, row, request.user)]
    context = {"register": register, "row": row, "title": title, "form": form, "columns": offered}
    return render(request, "imports/copies.html", context | {"given": [each for each in given if each[1]]})


def _given(register: Register, row: Any, user, form: PastedForm) -> dict[str, dict[str, str]]:
    """What each new row takes from the one that stands, but for what its own line says."""
    found = {column: getattr(row, column.name) for column in copying.copied(register, row, user)}
    return {
        column.name: constants.of_value(column, value)
        for column, value in found.items()
        if value not in (None, "") and column.name not in form.columns
    }
