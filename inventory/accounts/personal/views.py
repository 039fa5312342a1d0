"""A personal value in full, and all that is kept of a person: neither is given out without an entry in the trail."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from inventory import access
from inventory.accounts.personal import person_file as files
from inventory.organization.models import Person
from inventory.organization.views import administrators_only
from inventory.registers import Register
from inventory.trail.keeping import record
from inventory.trail.models import Event


@require_POST
@never_cache
def reveal(request: HttpRequest, register: Register, pk: int, column: str) -> HttpResponse:
    """The value in full, for who may change the row; a part of its page."""
    chosen = {each.name: each for each in register.personal}.get(column)
    if chosen is None:
        raise Http404
    row = get_object_or_404(access.personal_of(register, request.user), pk=pk)
    if value := getattr(row, chosen.name):
        record(
            Event.Kind.PERSONAL_READ,
            request=request,
            user=request.user,
            register=register.slug,
            row_id=pk,
            text=f"{chosen.label}: {row}",
            columns=[chosen.name],
        )
    return render(request, "personal/_value.html", {"value": value})


@require_POST
@administrators_only
@never_cache
def person_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All that is kept of a person, as a workbook to hand over to her (KVKK, article 11)."""
    person = get_object_or_404(Person.objects.select_related("unit"), pk=pk)
    files.keep_trail(person, request)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    files.write(person, target, request.user)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{person.staff_no}-{timezone.localdate():%Y-%m-%d}.xlsx")
