"""The pages of what goes out: the list as a file, what the file shall hold, and files made in the background."""

import logging
from typing import IO

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import watching
from imports.exporting import CannotExport, forms_of, jobs, personal, write
from imports.exporting.forms import ExportForm
from imports.exporting.models import Export
from imports.exporting.parts import Part, parts_of
from imports.exporting.template import editable_columns, write_filled_template, write_template
from imports.exporting.writing import DIALECTS, stream
from imports.pages.sending import kept_file, made_file, streamed_file
from inventory.listing.address import Listing
from inventory.pages.shared import changeable, shown
from inventory.registers import Register
from inventory.trail.keeping import detail

log = logging.getLogger(__name__)
_LISTED = 100
# A list that is streamed may be so many times as long.
_STREAMED = 10


@require_safe
def as_file(request: HttpRequest, register: Register) -> HttpResponseBase:
    """The current filter, order and columns as a file; for a long list the page on which it is ordered.

    A filter that is not understood gives no file.
    """
    shown(register, request.user)
    form = request.GET.get("format", "xlsx")
    if form not in forms_of(register):
        raise Http404
    parts = parts_of(register, request.user, request.GET)
    listing = Listing(register, request.user, request.GET)
    if listing.errors:
        return _to_list(request, listing)
    if _is_long(parts) and not _is_streamed(parts, form):
        return redirect(f"{reverse('register-export-choose', args=[register])}?{listing.query(format=form)}")
    try:
        return _answer(request, register, parts, form)
    except CannotExport as refusal:
        messages.error(request, str(refusal))
        return redirect(_list_url(listing))


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, register: Register) -> HttpResponseBase:
    """Form, columns and records of the file; a long one is made in the background."""
    shown(register, request.user)
    listing = Listing(register, request.user, request.GET)
    if listing.errors:
        return _to_list(request, listing)
    asked = request.GET.get("format")
    form = ExportForm(
        listing, request.POST or None, initial={"format": asked if asked in forms_of(register) else "xlsx"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _made_or_asked(request, register, form)
        except CannotExport as refusal:
            form.add_error(None, str(refusal))
    count = listing.matching.count()
    context = {
        "register": register,
        "form": form,
        "count": count,
        "is_long": count > settings.EXPORT_AT_ONCE_ROWS,
        "described": listing.described(),
        "back": _list_url(listing),
    }
    return render(request, "imports/export.html", context)


def _made_or_asked(request: HttpRequest, register: Register, form: ExportForm) -> HttpResponseBase:
    query, chosen = form.query(), form.cleaned_data["format"]
    asked = QueryDict(query, mutable=True)
    parts = parts_of(register, request.user, asked, personal=personal.ASKED in asked)
    if refused := personal.refusal(parts):
        raise CannotExport(refused)
    personal.keep_trail(parts, request)
    asked["format"] = chosen
    detail(rows=_rows(parts), query=asked.urlencode())
    if not _is_long(parts):
        return _answer(request, register, parts, chosen)
    export = jobs.ask(register, request.user, query, chosen)
    if export.state == Export.State.WAITING:
        watching.start(export)
    messages.success(request, _("Dosya arka planda hazırlanıyor; bitince buradan indirebilirsiniz."))
    return redirect("exports")


def _is_long(parts: list[Part]) -> bool:
    return _rows(parts) > settings.EXPORT_AT_ONCE_ROWS


def _rows(parts: list[Part]) -> int:
    return sum(part.totals[0] for part in parts)


def _is_streamed(parts: list[Part], form: str) -> bool:
    """Whether the file begins to arrive before it is whole, so that nobody waits for it."""
    most = _STREAMED * settings.EXPORT_AT_ONCE_ROWS
    return form in DIALECTS and len(parts) == 1 and parts[0].totals[0] <= most


def _answer(request: HttpRequest, register: Register, parts: list[Part], form: str) -> HttpResponseBase:
    detail(rows=_rows(parts))
    name = jobs.file_name(parts[0].listing, form)
    if _is_streamed(parts, form):
        count = parts[0].totals[0]
        log.info("export register=%s rows=%d format=%s user=%s", register.slug, count, form, request.user.pk)
        return streamed_file(stream(parts[0], form), name, "text/csv")

    def written(target: IO[bytes]) -> None:
        rows = write(parts, target, form)
        log.info("export register=%s rows=%d format=%s user=%s", register.slug, rows, form, request.user.pk)

    return made_file(written, name)


@require_safe
def template(request: HttpRequest, register: Register) -> HttpResponseBase:
    """A sheet to fill in: empty, or with the list's rows (`rows=shown`)."""
    changeable(register, request.user)
    query = request.GET.copy()
    with_rows = query.pop("rows", [""])[-1] == "shown"
    asked = Listing(register, request.user, query)
    if asked.errors:
        return _to_list(request, asked)
    query["columns"] = editable_columns(asked)
    # An empty sheet has room for identity numbers; one with rows leaves them out, and so as they are.
    part = Part(Listing(register, request.user, query), personal=not with_rows)
    if with_rows and _is_long([part]):
        message = _("Şablona en çok %(most)d kayıt konur; listeyi süzerek daraltınız veya boş şablon alınız.")
        messages.error(request, message % {"most": settings.EXPORT_AT_ONCE_ROWS})
        return redirect(_list_url(asked))
    if with_rows:
        detail(rows=part.totals[0])
    name = _("%(register)s şablonu.xlsx") % {"register": register.title}
    write = write_filled_template if with_rows else write_template
    return made_file(lambda target: write(part, target), name)


def _to_list(request: HttpRequest, listing: Listing) -> HttpResponse:
    messages.error(request, _("Dosya hazırlanmadı: süzgeçlerden biri anlaşılamadı."))
    return redirect(_list_url(listing))


def _list_url(listing: Listing) -> str:
    return f"{reverse('register-list', args=[listing.register])}?{listing.query(format=None, parts=None, rows=None)}"


# In the background --------------------------------------------------------------------------------------------


@require_safe
def own_exports(request: HttpRequest) -> HttpResponse:
    return render(request, "imports/exports.html", _exports(request))


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The table of the page, which asks for it every two seconds while a file is under way."""
    for export in jobs.own(request.user).filter(state=Export.State.RUNNING):
        watching.take_up(export)
    return render(request, "imports/_exports.html", _exports(request))


def _exports(request: HttpRequest) -> dict:
    exports = list(jobs.own(request.user)[:_LISTED])
    return {
        "exports": exports,
        "is_busy": any(export.is_busy for export in exports),
        "is_waiting": any(export.is_busy and export.heartbeat is None for export in exports),
        "keep_days": settings.EXPORT_KEEP_DAYS,
    }


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, for the one who asked for it, as long as she sees what she saw then."""
    export = get_object_or_404(jobs.own(request.user), pk=pk, state=Export.State.DONE)
    if not jobs.may_fetch(export, request.user):
        messages.error(request, _("Yetkiniz dosya hazırlandıktan sonra değişti; dosyayı yeniden isteyiniz."))
        return redirect("exports")
    query = export.params.copy()
    query["format"] = export.form
    detail(register=export.register, rows=export.rows, query=query.urlencode())
    return kept_file(export.file, export.name)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it while it is being made; remove it afterwards."""
    export = get_object_or_404(jobs.own(request.user), pk=pk)
    jobs.cancel(export, str(request.user))
    messages.success(request, _("Dosyadan vazgeçildi.") if export.is_busy else _("Dosya silindi."))
    return redirect("exports")
