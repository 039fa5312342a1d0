"""Documents of rows: they come in on a row's page, from a list's selection and by their names; they go out as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from inventory import access, registers
from inventory.documents import keeping, links, matching
from inventory.documents.archive import archive
from inventory.documents.forms import MatchForm, UploadForm, choices
from inventory.documents.models import Document
from inventory.documents.sending import sent
from inventory.documents.sending import whole as whole_file
from inventory.listing.address import Listing
from inventory.models import Row
from inventory.normal import capitals
from inventory.pages.shared import author, changeable, form_page, rows_chosen, selection, shown
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.search import fold
from inventory.server.asked import whole
from inventory.trail.keeping import detail

# So many rows take a document at once.
_MOST = 200
# Letters of what a row is known by, and rows that a refusal names.
_LONGEST, _NAMED = 60, 5


def document_of(request: HttpRequest, pk: int) -> Document:
    rows = access.visible_to(links.documents(), request.user).select_related("stored", "kind")
    document: Document = get_object_or_404(rows, pk=pk)
    return document


# Going out -----------------------------------------------------------------------------------------------


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bytes as they were brought, to be saved."""
    document = document_of(request, pk)
    detail(row=pk, register="documents")
    return whole_file(document)


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The small copy of a picture, which knows no place."""
    document = document_of(request, pk)
    return sent(document, document.stored.picture.name if document.stored else "", "image/jpeg", is_shown=True)


@require_safe
@xframe_options_sameorigin
def pages(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A PDF for the browser's own viewer, in a frame of the document's page."""
    document = document_of(request, pk)
    if document.extension != "pdf" or document.stored is None:
        raise Http404
    response = sent(document, document.stored.file.name, "application/pdf", is_shown=True)
    # Nothing in it is ours: it may load and run nothing here.
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": ["'none'"], "object-src": ["'self'"], "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
    }  # fmt: skip
    return response


@require_safe
def zipped(request: HttpRequest) -> HttpResponseBase:
    """The files of the documents in a list, under its filter, with the list itself."""
    shown(links.documents(), request.user)
    asked = Listing(links.documents(), request.user, request.GET)
    if asked.as_of:
        raise Http404
    try:
        made = archive(asked.matching.select_related("kind", "stored").order_by("pk"), request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('register-list', args=['documents'])}?{asked.query()}")
    detail(register="documents")
    return FileResponse(made, as_attachment=True, filename=_("belgeler.zip"), content_type="application/zip")


# Coming in -----------------------------------------------------------------------------------------------


@form_page
def attach(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Files for one row."""
    rows = access.editable_by(_may_have(register, request), request.user).select_related(*register.joined)
    row = get_object_or_404(rows, pk=pk)
    form = UploadForm(register, request.POST or None, request.FILES or None)
    here = reverse("register-detail", args=[register, pk])
    if request.method == "POST" and form.is_valid() and _keep_all(request, register, [row], form):
        detail(row=pk)
        return redirect(f"{here}#documents")
    return render(request, "documents/upload.html", {"register": register, "rows": [row], "form": form, "back": here})


@form_page
def attach_many(request: HttpRequest, register: Register) -> HttpResponse:
    """Files for all rows that a list's selection holds: a deed of ten parcels, an invoice of forty laptops."""
    _may_have(register, request)
    if request.method != "POST":
        return redirect("register-list", register)
    chosen = rows_chosen(request, register)
    editable = access.editable_by(register, request.user).filter(pk__in=chosen.values("pk"))
    rows = list(editable.order_by("pk")[: _MOST + 1])
    context = {"register": register, "rows": rows, "count": len(rows)} | selection(request, register)
    if not rows or len(rows) > _MOST:
        message = _("Belge eklenecek kayıt seçiniz; bir kerede en çok %(count)d kayda eklenir ve yalnızca "
                    "değiştirebildiklerinize.")  # fmt: skip
        messages.error(request, message % {"count": _MOST})
        return redirect(str(context["back"]))
    is_sent = "kind" in request.POST
    form = UploadForm(register, request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid() and _keep_all(request, register, rows, form):
        return redirect(str(context["back"]))
    return render(request, "documents/upload.html", context | {"form": form})


def _may_have(register: Register, request: HttpRequest) -> Register:
    changeable(register, request.user)
    if register not in access.followed(links.documents()):
        raise Http404
    return register


def _keep_all(request: HttpRequest, register: Register, rows: Sequence[Row], form: UploadForm) -> bool:
    """Keep each file by itself, and say of each that is not why; whether any is there now."""
    kept, there = 0, list[str]()
    to: links.Rows = [(register, row) for row in rows]
    for each in form.cleaned_data["file"]:
        document, why = _kept(request, to, each, form)
        said = _("%(name)s: %(why)s") % {"name": each.name, "why": why}
        if document is None:
            form.add_error("file", said)
        elif document.is_new:
            kept += 1
        else:
            there.append(said)
    if not kept and not there:
        return False
    # What is kept stays kept; the page that comes next says what is not.
    refused: list[Any] = list(form.errors.get("file", ()))
    for sentence in there:
        messages.warning(request, sentence)
    for error in refused:
        messages.error(request, str(error))
    if kept:
        said = ngettext("%(count)d belge eklendi.", "%(count)d belge eklendi.", kept) % {"count": kept}
        if refused:
            said += " " + _("Alınmayan dosya: %(count)d.") % {"count": len(refused)}
        messages.success(request, said)
    return True


def _said(refused: Refused | ValidationError) -> str:
    return str(refused) if isinstance(refused, Refused) else " ".join(refused.messages)


@form_page
def match(request: HttpRequest) -> HttpResponse:
    """Many files, each for the row that its name means; what means none or several is listed and not kept."""
    if not (offered := choices(request.user)):
        raise Http404
    slug = request.POST.get("register") or request.GET.get("register") or offered[0][0]
    if slug not in dict(offered):
        raise Http404
    register = registers.get(slug)
    chooser = MatchForm(request.user, {"register": slug})
    most = settings.DOCUMENT_MATCH_MAX_FILES
    form = UploadForm(register, request.POST or None, request.FILES or None, most=most)
    context: dict[str, Any] = {"chooser": chooser, "form": form, "register": register}
    if request.method == "POST" and form.is_valid():
        outcome = _matched(request, register, form)
        refused = sum(bool(line["why"]) for line in outcome)
        context |= {"outcome": outcome, "kept": len(outcome) - refused, "refused": refused}
    return render(request, "documents/match.html", context)


def _matched(request: HttpRequest, register: Register, form: UploadForm) -> list[dict[str, Any]]:
    """Of each file: its name, the rows that it means, and why it is not kept; those first that are not."""
    files = form.cleaned_data["file"]
    found, outcome = matching.rows_named(register, [each.name for each in files], request.user), []
    for each in files:
        rows = found[each.name]
        if not rows:
            why = _("Adı hiçbir kaydın numarasını taşımıyor.")
        elif len(rows) > 1:
            why = _("Adı birden çok kayda uyuyor.")
        else:
            _document, why = _kept(request, [(register, rows[0])], each, form)
        outcome.append({"name": each.name, "rows": rows[:5], "why": why})
    return sorted(outcome, key=lambda line: not line["why"])


def _kept(request: HttpRequest, rows: links.Rows, file: UploadedFile, form: UploadForm) -> tuple[Document | None, str]:
    """The document of a file; what is to be said where none was made of it now."""
    by, kind = author(request), form.cleaned_data["kind"].code
    try:
        document = keeping.keep(file, file.name or "", kind, rows, by, **form.values)
    except (Refused, ValidationError) as refused:
        return None, _said(refused)
    if document.is_new:
        return document, ""
    return document, _("Bu dosya “%(title)s” adıyla zaten ekli; yeniden eklenmedi.") % {"title": document.title}


@form_page
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """A newer file in place of a document, which stays and says what came after it."""
    document = _changeable(request, pk)
    slug = next((register.slug for register, _row in links.rows_of(document, request.user)), "")
    if not slug:
        raise Http404
    initial = {"kind": document.kind, "confidential": document.confidential}
    form = UploadForm(registers.get(slug), request.POST or None, request.FILES or None, most=1, initial=initial)
    form.fields.pop("kind")
    here = reverse("register-detail", args=["documents", pk])
    if request.method == "POST" and form.is_valid():
        (each,) = form.cleaned_data["file"]
        try:
            new = keeping.replace(document, each, each.name, author(request), **form.values)
            messages.success(request, _("Yeni sürüm eklendi; eskisi de duruyor."))
            return redirect("register-detail", "documents", new.pk)
        except (Refused, ValidationError) as refused:
            form.add_error("file", _said(refused))
    context = {"register": links.documents(), "replaced": document, "form": form, "back": here}
    return render(request, "documents/upload.html", context)


def _changeable(request: HttpRequest, pk: int) -> Document:
    rows = access.editable_by(links.documents(), request.user).select_related("kind", "stored")
    document: Document = get_object_or_404(rows, pk=pk)
    return document


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a document belong to one more row, by what it is known by."""
    document, number = _changeable(request, pk), request.POST.get("number", "")[:_LONGEST]
    try:
        register, row = _meant(request, number)
        if not links.attach(document, [(register, row)], author(request)):
            raise Refused(_("Belge bu kayda zaten bağlı."))
        messages.success(request, _("Belge %(row)s kaydına da bağlandı.") % {"row": row})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("register-detail", "documents", pk)


def _meant(request: HttpRequest, number: str) -> tuple[Register, Row]:
    """The row with that inventory number, else the only one that the text means in any register: a plate, block and
    parcel, a policy's number. Raises Refused."""
    item = access.visible_items(request.user).filter(inventory_no=capitals(fold(number)), deleted_at=None).first()
    row: Any = item and item.of.model._default_manager.filter(pk=item.row).first()
    if item and row:
        return item.of, row
    found: list[tuple[Register, Row]] = []
    for register in access.followed(links.documents()):
        if access.may_change(register, request.user):
            found += [(register, each) for each in matching.rows_meant(register, [number], request.user)[number]]
    if len(found) == 1:
        return found[0]
    if found:
        message = _("“%(number)s” birden çok kayda uyuyor: %(rows)s. Varlığın envanter numarasını yazınız.")
        rows = ", ".join(f"{of.one} {row}" for of, row in found[:_NAMED])
        raise Refused(message % {"number": number, "rows": rows + (" …" if len(found) > _NAMED else "")})
    message = _(
        "“%(number)s” değiştirebildiğiniz hiçbir kayda uymuyor. "
        "Envanter numarası, plaka, ada/parsel veya poliçe numarası yazınız."
    )
    raise Refused(message % {"number": number})


@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a document belong to a row no longer."""
    document = _changeable(request, pk)
    wanted = (request.POST.get("register", ""), whole(request.POST.get("row", "")))
    try:
        for register, row in links.rows_of(document, request.user):
            if (register.slug, row.pk) == wanted:
                links.detach(document, register, row, author(request))
                messages.success(request, _("Belge %(row)s kaydından ayrıldı.") % {"row": row})
                break
        else:
            raise Refused(_("Belge artık bu kayda bağlı değil; sayfayı yenileyip bakınız."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("register-detail", "documents", pk)
