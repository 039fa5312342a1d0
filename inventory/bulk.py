"""Bulk edit: one change for chosen rows, or for all that the list's filter finds."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory import access, writes
from inventory.asked import wholes
from inventory.forms import BulkForm
from inventory.listing import Listing
from inventory.registers import Register
from inventory.views import author, changeable, template


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, register: Register) -> HttpResponse:
    """Three steps on one page: choose the columns, see how many rows change, write.

    The list posts `selected` ids, or `all=1` with its query; the later steps post them on.
    """
    changeable(register, request.user)
    if request.method != "POST":
        # Opened from a bookmark: nothing is selected.
        return redirect("register-list", register)
    chosen = _chosen(request, register)
    editable = access.editable_by(register, request.user).filter(pk__in=chosen.values("pk"))
    step = request.POST.get("step", "choose")
    form = BulkForm(register, request.user, request.POST if step != "choose" else None)
    back = f"{reverse('register-list', args=[register])}?{request.POST.get('query', '')}"
    context = {
        "register": register,
        "form": form,
        "step": step,
        "count": chosen.count(),
        "editable": editable.count(),
        "selected": request.POST.getlist("selected"),
        "all": request.POST.get("all", ""),
        "query": request.POST.get("query", ""),
        "back": back,
    }
    if step != "choose" and form.is_valid():
        context["values"] = [(register.column(n), _shown(register, n, v)) for n, v in form.values().items()]
        if step == "write" and request.POST.get("count") == str(context["editable"]):
            if _write(request, register, form, editable):
                return redirect(back)
        elif step == "write":
            messages.warning(request, _("Seçilen kayıtların sayısı bu arada değişti; yeni sayıyı onaylayınız."))
        context["step"] = "confirm"
    elif step != "choose":
        context["step"] = "choose"
    return render(request, template(register, "bulk"), context)


def _chosen(request: HttpRequest, register: Register):
    if request.POST.get("all"):
        return Listing(register, request.user, QueryDict(request.POST.get("query", ""))).matching
    return access.visible_to(register, request.user).filter(pk__in=wholes(request.POST.getlist("selected")))


def _write(request: HttpRequest, register: Register, form: BulkForm, rows) -> bool:
    try:
        changed = writes.set_values(register, rows, form.values(), author(request, form.cleaned_data["reason"]))
    except ValidationError as error:
        form.add_error(None, _("Hiçbir kayıt değişmedi. %(why)s") % {"why": " ".join(error.messages)})
    except writes.Refused as refusal:
        form.add_error(None, _("Hiçbir kayıt değişmedi. %(why)s") % {"why": refusal})
    else:
        messages.success(request, _("%(count)d kayıt değişti.") % {"count": changed})
        return True
    return False


def _shown(register: Register, name: str, value: object) -> str:
    column = register.column(name)
    if value in (None, ""):
        return _("(boş)")
    return column.show(column.choices.get(value, value) if column.field.choices else value)
