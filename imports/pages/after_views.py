"""What may be done with a batch besides applying it: its files taken, the batch taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from imports import batches, watching
from imports.checking import besides
from imports.models import Batch
from imports.pages import preview, refused, views
from imports.pages.sending import keep_trail_of_upload, kept_file, made_file
from imports.pages.views import seen
from imports.plans import undoing
from imports.plans.plan import WARNED, Verdict
from imports.reading import UnreadableFile
from inventory import access
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.trail.keeping import detail

# So many rows of each kind are listed before an undo.
_LISTED = 50


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was uploaded."""
    batch = seen(request, pk)
    if not batch.file:
        raise Http404
    keep_trail_of_upload(batch, request)
    return kept_file(batch.file, batch.name)


@require_safe
def preview_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the check found, as a workbook: all rows, or those of one verdict."""
    batch = _planned(request, pk)
    shown = request.GET.get("show", "")
    if shown not in ("", WARNED, *Verdict):
        raise Http404
    return _workbook(request, batch, _("önizleme"), lambda target: preview.write(batch, request.user, shown, target))


@require_safe
def refused_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused rows as the user wrote them, with the reasons."""
    batch = _planned(request, pk)
    if not batch.counts["refused"]:
        raise Http404
    keep_trail_of_upload(batch, request)
    return _workbook(request, batch, _("hatalı satırlar"), lambda target: refused.write(batch, target, request.user))


def _planned(request: HttpRequest, pk: int) -> Batch:
    batch = seen(request, pk)
    if batch.is_busy or not batch.plan_file:
        raise Http404
    return batch


def _workbook(request: HttpRequest, batch: Batch, what: str, write: Callable) -> HttpResponseBase:
    try:
        return made_file(write, f"{PurePath(batch.name).stem} - {what}.xlsx")
    except (UnreadableFile, Refused) as error:
        messages.error(request, str(error))
        return redirect("import-batch", batch.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the batch back, after a page that says what goes, what goes back and what stays."""
    batch = seen(request, pk)
    if not undoing.may_undo(batch, request.user):
        if batch.state in (Batch.State.UNDOING, Batch.State.UNDONE):
            return redirect("import-batch", pk)
        raise Http404
    if request.method == "POST":
        return _undo(request, batch)
    force = "force" in request.GET
    plain = undoing.surveys(batch, request.user)
    surveys = undoing.surveys_with_later_edits(batch, request.user) if force else plain
    for survey in surveys:
        undoing.name(survey.register, survey.left[:_LISTED])
    left = [each for survey in surveys for each in survey.left]
    context = {
        "batch": batch,
        "register": batch.of,
        "force": force,
        "goes": _named(request.user, [(survey.register, survey.goes) for survey in surveys]),
        "back": _named(request.user, [(survey.register, list(survey.back)) for survey in surveys]),
        "left": left[:_LISTED],
        "counts": {
            "goes": sum(len(survey.goes) for survey in surveys),
            "back": sum(len(survey.back) for survey in surveys),
            "left": len(left),
            "beside": sum(besides.to_undo(part) for part in batch.all_parts),
        },
        "edited": sum(each.edited for survey in plain for each in survey.left),
        "listed": _LISTED,
    }
    return render(request, "imports/undo.html", context)


def _named(user, parts: Sequence[tuple[Register, list[int]]]) -> list[tuple[str, int, str]]:
    """(register, id, name) of the first rows."""
    named: list[tuple[str, int, str]] = []
    for register, ids in parts:
        visible = access.visible_to(register, user).select_related(*register.joined)
        rows = visible.in_bulk(ids[: _LISTED - len(named)])
        named += [(register.slug, row.pk, str(row)) for row in access.veil(register, user, rows.values())]
    return named


def _undo(request: HttpRequest, batch: Batch) -> HttpResponse:
    asked = undoing.ask(batch, request.user, request.POST.get("reason", "")[:250], force="force" in request.POST)
    if asked:
        detail(register=batch.register, rows=batches.writes_of(batch))
    if asked and batches.writes_of(batch) > views.AT_ONCE_ROWS:
        watching.start(batch)
    elif asked:
        watching.look_after(batch)
        if undoing.run_undo(batch):
            messages.success(request, _("Geri alındı."))
        else:
            detail(refused=True)
    return redirect("import-batch", batch.pk)
