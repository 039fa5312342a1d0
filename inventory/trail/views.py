"""The auditor's pages: what was done, by whom and from where, and the same as a file."""

from __future__ import annotations

import tempfile
from functools import wraps

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inventory import access
from inventory.printing.paper import Paper
from inventory.server.asked import whole
from inventory.trail import keeping
from inventory.trail.forms import EventFilter
from inventory.trail.sheet import FORMS
from inventory.trail.words import in_words

PAGE = 100


def auditors_only(view):
    """For everybody else the page is not there."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not access.may_audit(request.user):
            raise Http404
        keeping.fold()
        return view(request)

    return checked


@require_safe
@auditors_only
def trail(request: HttpRequest) -> HttpResponse:
    """Newest first, a page at a time by the last entry's number: the thousandth page costs what the first does."""
    form = EventFilter(request.GET)
    narrowed = form.narrowed()
    if before := whole(request.GET.get("before", "")):
        narrowed = narrowed.filter(id__lt=before)
    events = list(narrowed[: PAGE + 1])
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "form": form,
        "lines": in_words(events[:PAGE], request.user),
        "next": events[PAGE - 1].id if len(events) > PAGE else None,
        "is_first": not before,
        "kept": kept.urlencode(),
    }
    return render(request, "trail/trail.html", context)


@require_safe
@auditors_only
def trail_file(request: HttpRequest) -> HttpResponseBase:
    """The same entries as a file; that it was taken out is an entry itself."""
    form, ending = EventFilter(request.GET), request.GET.get("format", "xlsx")
    if ending not in FORMS:
        raise Http404
    if not form.is_valid():
        # An empty file would say that nothing happened.
        return redirect(f"{reverse('trail')}?{request.GET.urlencode()}")
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    paper = Paper(_("Denetim izi"), form.described(), request.user)
    FORMS[ending](form.narrowed().order_by("id"), target, paper)
    target.seek(0)
    name = f"{_('denetim-izi')}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return FileResponse(target, as_attachment=True, filename=name)
