"""Bulk edit: one change for chosen rows, or for all that the list's filter finds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from imports.by_hand import Part, in_lists
from imports.pages import many
from imports.pages.old_values import counted
from inventory import access
from inventory.columns import Column
from inventory.editing import saving
from inventory.pages.forms import BulkForm, bulk_columns
from inventory.pages.shared import changeable, rows_chosen, selection, template
from inventory.registers import Register


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, register: Register) -> HttpResponse:
    """Three steps on one page: choose the columns, see how many rows change, write; and back.

    The list posts `selected` ids, or `all=1` with its query; the later steps post them on. Where a column is chosen,
    the page asks what the rows hold in it (`holds`).
    """
    changeable(register, request.user)
    if request.method != "POST":
        # Opened from a bookmark: nothing is selected.
        return redirect("register-list", register)
    chosen = rows_chosen(request, register)
    editable = access.editable_by(register, request.user).filter(pk__in=chosen.values("pk"))
    if name := request.POST.get("holds"):
        return _holds(register, request.user, editable, name)
    step = request.POST.get("step", "choose")
    form = BulkForm(register, request.user, request.POST if step != "choose" else None)
    context: dict[str, Any] = {
        **selection(request, register),
        "register": register,
        "form": form,
        "step": "choose",
        "count": chosen.count(),
        "editable": editable.count(),
    }
    if step in ("preview", "write") and form.is_valid():
        values = form.values()
        context["kept"] = _kept(register, request.user, values, editable)
        context |= many.doubted([Part(register, in_lists(register, editable), values)], request.user)
        context["values"] = _old_and_new(register, request.user, values, editable)
        if step == "write" and context["doubts"] and saving.accepted(request) != context["stamp"]:
            messages.warning(request, _("Değerler hakkında söylenecek bir şey var; okuyup yeniden onaylayınız."))
        elif step == "write" and request.POST.get("count") == str(context["editable"]):
            if done := _write(request, register, form, editable, context["back"]):
                return done
        elif step == "write":
            messages.warning(request, _("Seçilen kayıtların sayısı bu arada değişti; yeni sayıyı onaylayınız."))
        context["step"] = "confirm"
    return render(request, template(register, "bulk"), context)


def _holds(register: Register, user, rows: QuerySet, name: str) -> HttpResponse:
    """What the rows hold in a column, as a part of the page."""
    column = next((column for column in bulk_columns(register) if column.name == name), None)
    if column is None:
        raise Http404
    text = counted(register, user, rows, column)
    return HttpResponse(escape(_("Şu an: %(values)s") % {"values": text}) if text else "")


def _old_and_new(register: Register, user, values: dict[str, object], rows: QuerySet) -> list[tuple[Column, str, str]]:
    """Each column that is written: what the rows hold, and what they will."""
    columns = {name: register.column(name) for name in values}
    return [(columns[name], counted(register, user, rows, columns[name]), _shown(columns[name], value))
            for name, value in values.items()]  # fmt: skip


def _kept(register: Register, user, values: dict[str, object], rows: QuerySet) -> list[tuple[Column, int]]:
    """The references that are to be emptied and stay, since the user may not see what they name; in how many rows."""
    found = []
    for name in register.references:
        column = register.column(name)
        if values.get(name, rows) is None and (unseen := access.unseen_by(register, user, column)) is not None:
            found.append((column, rows.filter(**{f"{name}__in": unseen}).count()))
    return [(column, count) for column, count in found if count]


def _write(request: HttpRequest, register: Register, form: BulkForm, rows: QuerySet, back: str) -> HttpResponse | None:
    columns = ", ".join(register.column(name).label for name in form.values())
    name = _("Toplu değişiklik: %(columns)s") % {"columns": columns}
    part = Part(register, in_lists(register, rows), form.values())
    return many.write(request, form, name, form.cleaned_data["reason"], [part], back)


def _shown(column: Column, value: Any) -> str:
    if value in (None, ""):
        return _("(boş)")
    return column.show(column.choices.get(value, value) if column.field.choices else value)
