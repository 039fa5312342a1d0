"""The pages of an import: upload, what the check found, apply, and the list of all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import batches, endings, profiles, steps, watching
from imports.checking import meanings
from imports.filling.forms import ConstantsForm
from imports.models import Batch
from imports.pages import preview
from imports.pages.forms import BatchFilter, MatchingForm, UploadForm
from imports.pages.meaning_forms import UnknownForm
from imports.plans.undoing import may_undo
from inventory import access
from inventory.listing.address import Listing
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.server.asked import whole
from inventory.trail.keeping import detail

# A file of at most so many bytes and rows is checked, and so many rows are written, while the user waits.
AT_ONCE_BYTES = 200_000
AT_ONCE_ROWS = 1_000
_PAGE = 50
_LONGEST_NAME = 100

State = Batch.State


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, register: Register) -> HttpResponse:
    if not access.may_change(register, request.user):
        raise Http404
    # The list that led here names its filter: the file may be meant to hold just these rows.
    query = Listing(register, request.user, request.GET).query(page=None, sort=None, columns=None, size=None)
    form = UploadForm(request.POST or None, request.FILES or None, register=register, user=request.user, query=query)
    for_all = ConstantsForm(register, request.user, request.POST or None, given={})
    if request.method == "POST" and form.is_valid() and for_all.is_valid():
        file, given = form.cleaned_data.pop("file"), for_all.given()
        batch = batches.upload(register, request.user, file, file.name, constants=given, **form.cleaned_data)
        if batch.profile:
            profiles.use(batch, batch.profile)
            batch.constants |= given
            batch.save()
        check(batch)
        return redirect("import-batch", batch.pk)
    return render(request, "imports/upload.html", {"register": register, "form": form, "for_all": for_all})


@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    every = batches.visible_batches(request.user)
    # A part stands under the whole, for whoever sees that.
    visible = every.exclude(whole__in=every.order_by().values("pk")).select_related("undone_by")
    form = BatchFilter(request.GET, slugs=every.order_by().values_list("register", flat=True).distinct())
    page = Paginator(form.narrowed(visible).prefetch_related("parts"), _PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"page": page, "form": form, "kept": kept.urlencode(), "narrowed": form.is_narrowing()}
    return render(request, "imports/batches.html", context)


@require_safe
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = seen(request, pk)
    if batch.whole_id and batches.visible_batches(request.user).filter(pk=batch.whole_id).exists():
        return redirect("import-batch", batch.whole_id)
    is_own = batch.user_id == request.user.pk
    repeatable = is_own and batches.may_check(batch)
    return page_of(request, batch, MatchingForm(instance=batch, user=request.user) if repeatable else None)


def constants_form(batch: Batch, data=None) -> ConstantsForm:
    """What may be given for all rows: what no heading fills."""
    filled = {name for heading in batch.headings for name in heading["columns"].split("+")}
    return ConstantsForm(batch.of, batch.user, data, given=batch.constants, filled=filled)


@require_POST
def fill_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Give columns that the file lacks for all rows, and check it again."""
    batch = own(request, pk)
    form = constants_form(batch, request.POST)
    if not batches.may_check(batch):
        return redirect("import-batch", pk)
    if not form.is_valid():
        matching = MatchingForm(instance=batch, user=request.user)
        return page_of(request, batch, matching, for_all=form)
    batch.constants = form.given()
    batch.save()
    check(batch)
    return redirect("import-batch", pk)


def page_of(
    request: HttpRequest, batch: Batch, form: MatchingForm | None, for_all: ConstantsForm | None = None
) -> HttpResponse:
    repeatable = form is not None and batch.headings
    context = {
        "for_all": for_all or (constants_form(batch) if repeatable else None),
        "batch": batch,
        "register": batch.of,
        "is_own": batch.user_id == request.user.pk,
        "as_of": batches.as_of(batch),
        "form": form,
        "unread": sum(heading["reading"] == "unknown" and heading["share"] > 0 for heading in batch.headings),
        "form_open": form is not None and (form.is_bound or batch.state == State.FAILED),
        "fillable": [h["text"] for h in batch.headings if form and h["fillable"] and h["text"] not in batch.filled],
        "unknown": UnknownForm(batch) if form and batch.unknown else None,
        "suggested": profiles.suggested(batch) if form and not batch.profile else None,
    }
    if batch.is_busy:
        context |= _busy(request, batch)
    elif batch.plan_file:
        context |= _checked(request, batch)
    context["may_undo"] = may_undo(batch, request.user)
    context["may_drop"] = batch.user_id == request.user.pk and batch.state in batches.CHECKABLE
    return render(request, "imports/batch.html", context)


def _checked(request: HttpRequest, batch: Batch) -> dict:
    """What the check found, and whether it may be written; its message alone where that cannot be read any more."""
    try:
        shown = preview.page(batch, request.user, request.GET)
    except Refused as refusal:
        batch.message = str(refusal)
        return {}
    may_write = batch.user_id == request.user.pk and batches.writes_of(batch)
    return {
        "preview": shown,
        "may_apply": may_write and batch.state == State.CHECKED,
        "may_apply_rest": may_write and batches.may_leave_out(batch),
    }


def _busy(request: HttpRequest, batch: Batch) -> dict:
    return {
        "progress": steps.progress(batch),
        "stopping": steps.is_asked_to_stop(batch),
        "may_cancel": may_cancel(request, batch),
    }


def may_cancel(request: HttpRequest, batch: Batch) -> bool:
    return request.user.pk in (batch.user_id, batch.undone_by_id)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """What a busy batch's page asks for every two seconds; a finished one makes the page load anew."""
    batch = seen(request, pk)
    watching.take_up(batch)
    answer = render(request, "imports/_progress.html", {"batch": batch} | _busy(request, batch))
    if not batch.is_busy:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what is being done; nothing is written then."""
    batch = seen(request, pk)
    if not may_cancel(request, batch):
        raise Http404
    if batch.is_busy:
        endings.cancel(batch, str(request.user))
    return redirect("import-batch", pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file up that was not applied: it stays in the list of imports, but can no longer be written."""
    batch = own(request, pk)
    if batches.drop(batch):
        messages.success(request, _("“%(file)s” işleminden vazgeçildi; hiçbir şey yazılmadı.") % {"file": batch.name})
        return redirect("batches")
    return redirect("import-batch", pk)


@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again, with other choices or headings."""
    batch = own(request, pk)
    if not batches.may_check(batch):
        return redirect("import-batch", pk)
    form = MatchingForm(request.POST, instance=batch, user=request.user)
    if form.is_valid():
        kept = form.keep()
        meanings.remember_headings(kept, form.changed_headings())
        kept.save()
        check(kept)
        return redirect("import-batch", pk)
    return page_of(request, batch, form)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again as was chosen before: the register has changed meanwhile."""
    batch = own(request, pk)
    if batches.may_check(batch):
        check(batch)
    return redirect("import-batch", pk)


@require_POST
def decide_later(request: HttpRequest, pk: int) -> HttpResponse:
    """Which cells are written though somebody changed their column since the sheet was made; then check again.

    `shown` are the cells that stood on the page, `taken` those that were ticked ("row:column").
    """
    batch = own(request, pk)
    if batches.may_check(batch):
        shown, ticked = ({_cell(text) for text in request.POST.getlist(name)} for name in ("shown", "taken"))
        taken = {(row, column) for row, column in batch.taken} - shown | ticked & shown
        batch.taken = sorted(taken - {None})
        batch.save(update_fields=["taken"])
        check(batch)
    return redirect("import-batch", pk)


def _cell(text: str) -> tuple[int, str] | None:
    row, _colon, column = text.partition(":")
    number = whole(row)
    return (number, column) if number and len(column) <= _LONGEST_NAME else None


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was checked; the form names the numbers that the user saw, and whether refused rows are left out."""
    batch = own(request, pk)
    shown = {name: str(batch.counts.get(name)) for name in ("new", "changed", "retiring", "refused")}
    may = batch.state == State.CHECKED or ("leave_out" in request.POST and batches.may_leave_out(batch))
    if batch.state == State.APPLIED:
        messages.info(request, _("Bu aktarım zaten uygulandı; ikinci kez yazılmadı."))
    elif not may or any(request.POST.get(name) != count for name, count in shown.items()):
        messages.warning(request, _("Aktarımın durumu bu arada değişti; sayılara bakıp yeniden onaylayınız."))
    elif batches.writes_of(batch) > AT_ONCE_ROWS:
        if batches.ask_to_apply(batch):
            detail(register=batch.register, rows=batches.writes_of(batch))
            watching.start(batch)
    else:
        watching.look_after(batch)
        batches.run_apply(batch, before=(batch.state,))
        _report_applied(request, batch)
    return redirect("import-batch", pk)


def _report_applied(request: HttpRequest, batch: Batch) -> None:
    if batch.state == State.APPLIED:
        count = batches.writes_of(batch)
        detail(register=batch.register, rows=count)
        message = ngettext("%(count)s kayıt yazıldı.", "%(count)s kayıt yazıldı.", count) % {"count": intcomma(count)}
        messages.success(request, message)
    else:
        detail(refused=True)


# What the pages share -------------------------------------------------------------------------------------


def seen(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(batches.visible_batches(request.user).select_related("user", "undone_by"), pk=pk)


def own(request: HttpRequest, pk: int) -> Batch:
    """The batch, no part of another, for the one in whose name it is written, and only while she may still change the
    register."""
    batch = get_object_or_404(Batch.objects.select_related("user"), pk=pk, user=request.user, whole=None)
    if not access.may_change(batch.of, request.user):
        raise Http404
    return batch


def check(batch: Batch) -> None:
    if batch.size > AT_ONCE_BYTES or not batches.run_check(batch, most_rows=AT_ONCE_ROWS):
        Batch.objects.filter(pk=batch.pk).update(state=State.UPLOADED, heartbeat=None)
        steps.forget(batch)
        batch.state = State.UPLOADED
        watching.start(batch)
