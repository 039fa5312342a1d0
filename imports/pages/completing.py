"""What rows lack that follows from others by now, filled in for all of them at once: fills whose vehicle has come."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from imports.by_hand import Part, in_lists
from imports.pages import many
from inventory import access
from inventory.listing.address import Listing
from inventory.pages.shared import changeable, form_page
from inventory.registers import Register


@form_page
def complete(request: HttpRequest, register: Register) -> HttpResponse:
    changeable(register, request.user)
    if register.completing is None:
        raise Http404
    waiting = Listing(register, request.user, register.completing.waiting).matching
    rows = access.editable_by(register, request.user).filter(pk__in=waiting.values("pk"))
    back = f"{reverse('register-list', args=[register])}?{urlencode(register.completing.waiting)}"
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        parts = [Part(register, in_lists(register, rows), {})]
        if done := many.write(request, form, str(register.completing.label), "", parts, back):
            return done
    return render(
        request, "imports/complete.html", {"register": register, "count": rows.count(), "back": back, "form": form}
    )
