"""The pages of an import: upload, what the check found, apply, and the list of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from imports import batches, profiles, steps, tasks
from imports.forms import MatchingForm, UploadForm
from imports.meaning_forms import UnknownForm
from imports.models import Batch
from imports.plan import Line, Verdict
from inventory import access
from inventory.listing import Listing
from inventory.registers import Register

# A file of at most so many bytes and rows is checked, and so many rows are written, while the user waits.
AT_ONCE_BYTES = 200_000
AT_ONCE_ROWS = 500
_PAGE = 50

State = Batch.State
# In these the user may choose anew and have it checked again.
CHECKABLE = (State.CHECKED, State.REFUSED, State.FAILED)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, register: Register) -> HttpResponse:
    if not access.may_change(register, request.user):
        raise Http404
    # The list that led here tells its filter: the file may be meant to hold just these rows.
    query = Listing(register, request.user, request.GET).query(page=None, sort=None, columns=None, size=None)
    form = UploadForm(request.POST or None, request.FILES or None, register=register, user=request.user, query=query)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data.pop("file")
        batch = batches.upload(register, request.user, file, file.name, **form.cleaned_data)
        if batch.profile:
            profiles.use(batch, batch.profile)
            batch.save()
        check(batch)
        return redirect("import-batch", batch.pk)
    return render(request, "imports/upload.html", {"register": register, "form": form})


@require_GET
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(batches.visible_batches(request.user), _PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/batches.html", {"page": page})


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    is_own = found.user_id == request.user.pk
    repeatable = is_own and found.state in CHECKABLE
    return page_of(request, found, MatchingForm(instance=found, user=request.user) if repeatable else None)


def page_of(request: HttpRequest, found: Batch, form: MatchingForm | None) -> HttpResponse:
    context = {
        "batch": found,
        "register": found.of,
        "is_own": found.user_id == request.user.pk,
        "form": form,
        "form_open": form is not None and (form.is_bound or (found.state != State.CHECKED and not found.unknown)),
        "fillable": [h["text"] for h in found.headings if form and h["fillable"] and h["text"] not in found.filled],
        "unknown": UnknownForm(found) if form and found.unknown else None,
        "suggested": profiles.suggested(found) if form and not found.profile else None,
    }
    if not found.is_busy and found.plan_file:
        with found.plan() as plan:
            for name in ("errors", "warnings"):
                findings = getattr(plan, name)()
                context[name] = _part(partial(_slice, findings), len(findings), request.GET.get(name))
            changed = partial(plan.lines, Verdict.CHANGED)
            context["changed"] = _part(changed, found.counts["changed"], request.GET.get("changed"))
        context["changed_lines"] = _changes(request, found, context["changed"]["items"])
        context["may_apply"] = context["is_own"] and found.state == State.CHECKED and _writes(found) > 0
        context["tiles"] = _tiles(found)
    return render(request, "imports/batch.html", context)


def _part(part: Callable[[int, int], Iterable], count: int, page: str | None) -> dict:
    """One page of a list in the plan's file."""
    pages = max(1, -(-count // _PAGE))
    number = min(max(int(page), 1), pages) if page and page.isdecimal() and len(page) < 9 else 1
    return {"items": list(part((number - 1) * _PAGE, _PAGE)), "count": count, "number": number, "pages": pages}


def _slice(items: list, first: int, most: int) -> list:
    return items[first : first + most]


def _changes(request: HttpRequest, found: Batch, lines: list[Line]) -> list[tuple]:
    """(line, the row's name, its changes by label); values stay hidden of rows that are no longer hers to see."""
    register = found.of
    rows = access.visible_to(register, request.user).select_related(*register.references)
    rows = rows.in_bulk([line.id for line in lines])
    return [
        (line, str(rows[line.id]), [(register.column(c.column).label, c.old, c.new) for c in line.changes])
        for line in lines
        if line.id in rows
    ]


def _tiles(found: Batch) -> list[tuple[str, int, str]]:
    counts = found.counts
    return [
        (_("Yeni"), counts["new"], "text-green" if counts["new"] else ""),
        (_("Değişen"), counts["changed"], "text-blue" if counts["changed"] else ""),
        (_("Aynı"), counts["unchanged"], ""),
        (_("Hatalı satır"), counts["refused"], "text-danger" if counts["refused"] else ""),
        (_("Uyarı"), counts["warnings"], ""),
    ]


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """What a busy batch's page asks for every two seconds; a finished one makes the page load anew."""
    found = _visible(request, pk)
    if steps.is_stale(found):
        _take_up(found)
    answer = render(request, "imports/_progress.html", {"batch": found})
    if not found.is_busy:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again, with other choices or headings."""
    found = own(request, pk)
    if found.state not in CHECKABLE:
        return redirect("import-batch", pk)
    form = MatchingForm(request.POST, instance=found, user=request.user)
    if form.is_valid():
        kept = form.keep()
        kept.save()
        check(kept)
        return redirect("import-batch", pk)
    return page_of(request, found, form)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was checked; the form names the numbers that the user saw."""
    found = own(request, pk)
    seen = (request.POST.get("new"), request.POST.get("changed"))
    if found.state != State.CHECKED or seen != tuple(str(found.counts[name]) for name in ("new", "changed")):
        messages.warning(request, _("Aktarımın durumu bu arada değişti; sayılara bakıp yeniden onaylayınız."))
        return redirect("import-batch", pk)
    if _writes(found) > AT_ONCE_ROWS:
        Batch.objects.filter(pk=pk, state=State.CHECKED).update(state=State.APPLYING, heartbeat=None)
        tasks.apply_batch.enqueue(pk, get_language())
    else:
        batches.run_apply(found)
        _tell_applied(request, found)
    return redirect("import-batch", pk)


def _tell_applied(request: HttpRequest, found: Batch) -> None:
    if found.state == State.APPLIED:
        count = _writes(found)
        told = ngettext("%(count)d kayıt yazıldı.", "%(count)d kayıt yazıldı.", count) % {"count": count}
        messages.success(request, told)


@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    found = _visible(request, pk)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)


# What the pages share -------------------------------------------------------------------------------------


def _visible(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(batches.visible_batches(request.user), pk=pk)


def own(request: HttpRequest, pk: int) -> Batch:
    """The batch, for the one in whose name it is written, and only while she may still change the register."""
    found = get_object_or_404(Batch.objects.select_related("user"), pk=pk, user=request.user)
    if not access.may_change(found.of, request.user):
        raise Http404
    return found


def _writes(found: Batch) -> int:
    return found.counts["new"] + found.counts["changed"] + found.counts["retiring"]


def check(found: Batch) -> None:
    if found.size > AT_ONCE_BYTES or not batches.run_check(found, most_rows=AT_ONCE_ROWS):
        Batch.objects.filter(pk=found.pk).update(state=State.UPLOADED, heartbeat=None)
        tasks.check_batch.enqueue(found.pk, get_language())


def _take_up(found: Batch) -> None:
    """Give a step whose worker died to another one."""
    step = tasks.apply_batch if found.state == State.APPLYING else tasks.check_batch
    if steps.release(found):
        step.enqueue(found.pk, get_language())
