"""The pages of an import: upload, what the check found, apply, and the list of all."""

from __future__ import annotations

from django.contrib import messages
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

# A file of at most so many bytes and rows is checked, and so many rows are written, while the user waits.
AT_ONCE_BYTES = 200_000
AT_ONCE_ROWS = 1_000
_PAGE = 50
_LONGEST_NAME = 100

State = Batch.State
CHECKABLE = batches.CHECKABLE


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
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen(request, pk)
    if found.whole_id and batches.visible_batches(request.user).filter(pk=found.whole_id).exists():
        return redirect("import-batch", found.whole_id)
    is_own = found.user_id == request.user.pk
    repeatable = is_own and found.state in CHECKABLE
    return page_of(request, found, MatchingForm(instance=found, user=request.user) if repeatable else None)


def constants_form(found: Batch, data=None) -> ConstantsForm:
    """What may be given for all rows: what no heading fills."""
    filled = {name for heading in found.headings for name in heading["columns"].split("+")}
    return ConstantsForm(found.of, found.user, data, given=found.constants, filled=filled)


@require_POST
def fill_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Give columns that the file lacks for all rows, and check it again."""
    found = own(request, pk)
    form = constants_form(found, request.POST)
    if found.state not in CHECKABLE:
        return redirect("import-batch", pk)
    if not form.is_valid():
        matching = MatchingForm(instance=found, user=request.user)
        return page_of(request, found, matching, for_all=form)
    found.constants = form.given()
    found.save()
    check(found)
    return redirect("import-batch", pk)


def page_of(
    request: HttpRequest, found: Batch, form: MatchingForm | None, for_all: ConstantsForm | None = None
) -> HttpResponse:
    repeatable = form is not None and found.headings
    context = {
        "for_all": for_all or (constants_form(found) if repeatable else None),
        "batch": found,
        "register": found.of,
        "is_own": found.user_id == request.user.pk,
        "as_of": batches.as_of(found),
        "form": form,
        "unread": sum(heading["reading"] == "unknown" and heading["share"] > 0 for heading in found.headings),
        "form_open": form is not None and (form.is_bound or found.state == State.FAILED),
        "fillable": [h["text"] for h in found.headings if form and h["fillable"] and h["text"] not in found.filled],
        "unknown": UnknownForm(found) if form and found.unknown else None,
        "suggested": profiles.suggested(found) if form and not found.profile else None,
    }
    if found.is_busy:
        context |= _busy(request, found)
    elif found.plan_file:
        context |= _checked(request, found)
    context["may_undo"] = may_undo(found, request.user)
    return render(request, "imports/batch.html", context)


def _checked(request: HttpRequest, found: Batch) -> dict:
    """What the check found, and whether it may be written; its message alone where that cannot be read any more."""
    try:
        shown = preview.page(found, request.user, request.GET.get("show", ""), request.GET.get("page", ""))
    except Refused as refusal:
        found.message = str(refusal)
        return {}
    may_write = found.user_id == request.user.pk and batches.writes_of(found)
    return {
        "preview": shown,
        "tabs": preview.tabs(found.counts),
        "may_apply": may_write and found.state == State.CHECKED,
        "may_apply_rest": may_write and batches.may_leave_out(found),
    }


def _busy(request: HttpRequest, found: Batch) -> dict:
    return {
        "progress": steps.progress(found),
        "stopping": steps.is_asked_to_stop(found),
        "may_cancel": may_cancel(request, found),
    }


def may_cancel(request: HttpRequest, found: Batch) -> bool:
    return request.user.pk in (found.user_id, found.undone_by_id)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """What a busy batch's page asks for every two seconds; a finished one makes the page load anew."""
    found = seen(request, pk)
    watching.take_up(found)
    answer = render(request, "imports/_progress.html", {"batch": found} | _busy(request, found))
    if not found.is_busy:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what is being done; nothing is written then."""
    found = seen(request, pk)
    if not may_cancel(request, found):
        raise Http404
    if found.is_busy:
        endings.cancel(found, str(request.user))
    return redirect("import-batch", pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file up that was not applied: it stays in the list of imports, but can no longer be written."""
    found = own(request, pk)
    if Batch.objects.filter(pk=pk, state__in=CHECKABLE).update(state=State.DROPPED):
        messages.success(request, _("“%(file)s” aktarımından vazgeçildi; hiçbir şey yazılmadı.") % {"file": found.name})
        return redirect("batches")
    return redirect("import-batch", pk)


@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again, with other choices or headings."""
    found = own(request, pk)
    if found.state not in CHECKABLE:
        return redirect("import-batch", pk)
    form = MatchingForm(request.POST, instance=found, user=request.user)
    if form.is_valid():
        kept = form.keep()
        meanings.remember_headings(kept, form.changed_headings())
        kept.save()
        check(kept)
        return redirect("import-batch", pk)
    return page_of(request, found, form)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again as was chosen before: the register has changed meanwhile."""
    found = own(request, pk)
    if found.state in CHECKABLE:
        check(found)
    return redirect("import-batch", pk)


@require_POST
def decide_later(request: HttpRequest, pk: int) -> HttpResponse:
    """Which cells are written though somebody changed their column since the sheet was made; then check again.

    `shown` are the cells that stood on the page, `taken` those that were ticked ("row:column").
    """
    found = own(request, pk)
    if found.state in CHECKABLE:
        shown, ticked = ({_cell(text) for text in request.POST.getlist(name)} for name in ("shown", "taken"))
        taken = {(row, column) for row, column in found.taken} - shown | ticked & shown
        found.taken = sorted(taken - {None})
        found.save(update_fields=["taken"])
        check(found)
    return redirect("import-batch", pk)


def _cell(text: str) -> tuple[int, str] | None:
    row, _colon, column = text.partition(":")
    number = whole(row)
    return (number, column) if number and len(column) <= _LONGEST_NAME else None


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was checked; the form names the numbers that the user saw, and whether refused rows are left out."""
    found = own(request, pk)
    shown = {name: str(found.counts.get(name)) for name in ("new", "changed", "retiring", "refused")}
    may = found.state == State.CHECKED or ("leave_out" in request.POST and batches.may_leave_out(found))
    if found.state == State.APPLIED:
        messages.info(request, _("Bu aktarım zaten uygulandı; ikinci kez yazılmadı."))
    elif not may or any(request.POST.get(name) != count for name, count in shown.items()):
        messages.warning(request, _("Aktarımın durumu bu arada değişti; sayılara bakıp yeniden onaylayınız."))
    elif batches.writes_of(found) > AT_ONCE_ROWS:
        if batches.ask_to_apply(found):
            watching.start(found)
    else:
        batches.run_apply(found, before=(found.state,))
        _report_applied(request, found)
    return redirect("import-batch", pk)


def _report_applied(request: HttpRequest, found: Batch) -> None:
    if found.state == State.APPLIED:
        count = batches.writes_of(found)
        message = ngettext("%(count)d kayıt yazıldı.", "%(count)d kayıt yazıldı.", count) % {"count": count}
        messages.success(request, message)


# What the pages share -------------------------------------------------------------------------------------


def seen(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(batches.visible_batches(request.user).select_related("user", "undone_by"), pk=pk)


def own(request: HttpRequest, pk: int) -> Batch:
    """The batch, for the one in whose name it is written, and only while she may still change the register."""
    found = get_object_or_404(Batch.objects.select_related("user"), pk=pk, user=request.user)
    if not access.may_change(found.of, request.user):
        raise Http404
    return found


def check(found: Batch) -> None:
    if found.size > AT_ONCE_BYTES or not batches.run_check(found, most_rows=AT_ONCE_ROWS):
        Batch.objects.filter(pk=found.pk).update(state=State.UPLOADED, heartbeat=None)
        steps.forget(found)
        found.state = State.UPLOADED
        watching.start(found)
