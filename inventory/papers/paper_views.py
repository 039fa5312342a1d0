"""Pages of papers: the versions of a template, printing a row, and what a print's code tells."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory import access, registers
from inventory.columns import Type
from inventory.papers import printing, values
from inventory.papers.models import PaperTemplate, Print, Version
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.trail.keeping import detail

_TEMPLATES = "paper-templates"


def _file(content: bytes, suffix: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=printing.MEDIA[suffix])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return answer


# Versions of a template -----------------------------------------------------------------------------------------


def _template(request: HttpRequest, pk: int) -> PaperTemplate:
    """404 for whoever may not change it."""
    return get_object_or_404(access.editable_by(registers.get(_TEMPLATES), request.user), pk=pk)


def _version(request: HttpRequest, pk: int, number: int) -> Version:
    return get_object_or_404(Version, template=_template(request, pk), number=number)


def _to_template(pk: int) -> HttpResponse:
    return redirect("register-detail", _TEMPLATES, pk)


@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A file as the template's next version, if it can be filled."""
    template = _template(request, pk)
    file = request.FILES.get("file")
    try:
        if file is None or not file.name:
            raise Refused(_("Önce bir .docx ya da .xlsx dosyası seçiniz."))
        suffix = printing.suffix_of(file.name)
        # One byte more tells that it is too large.
        version = printing.add_version(template, file.read(printing.MOST_BYTES + 1), suffix, _user(request))
        text = _("%(n)d. sürüm yüklendi. Bir kayıtla deneyiniz; denendikten sonra geçerli yapılabilir.")
        messages.success(request, text % {"n": version.number})
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_template(template.pk)


@require_safe
def version_file(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    chosen = _version(request, pk, version)
    return _file(bytes(chosen.content), chosen.suffix, f"sablon-{chosen.template_id}-{chosen.number}")


@require_POST
def try_out(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """A version filled with a real row, which its number or its whole name says."""
    chosen = _version(request, pk, version)
    try:
        register, row = _named(request, chosen.template, request.POST.get("row", ""))
        content = printing.tried(chosen, register, row, _user(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return _to_template(chosen.template_id)
    Version.objects.filter(pk=chosen.pk).update(tried_at=timezone.now())
    return _file(content, chosen.suffix, f"deneme-{chosen.template_id}-{chosen.number}")


def _named(request: HttpRequest, template: PaperTemplate, text: str) -> tuple[Register, Any]:
    """The row of which one of the columns by which a person names it is this text."""
    text = text.strip()
    for register in registers.every():
        if text and values.serves(template.subject, register):
            rows = access.visible_to(register, request.user).select_related(*register.joined)
            for name in _naming(register):
                if (row := rows.filter(**{f"{name}__iexact": text}).order_by("pk").first()) is not None:
                    return register, row
    raise Refused(_("“%(text)s” diye bir kayıt bulunamadı; numarasını ya da tam adını yazınız.") % {"text": text[:60]})


def _naming(register: Register) -> list[str]:
    # What a sheet finds rows by is no column where it is their id.
    named = [name for name in (register.key.name, *register.named_by) if name in register.columns]
    alone = [names[0] for names in register.identity if len(names) == 1]
    columns = map(register.column, dict.fromkeys([*named, *alone]))
    texts = (Type.TEXT, Type.CODE)
    return [each.name for each in columns if each.type in texts and not each.is_personal and not each.field.primary_key]


@require_POST
def use(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """From now on it is printed by this version; later ones that counted do no more."""
    chosen = _version(request, pk, version)
    if chosen.tried_at is None and not chosen.counts:
        messages.error(request, _("Bu sürüm henüz denenmedi; önce bir kayıtla deneyiniz."))
    else:
        Version.objects.filter(template=chosen.template_id, number__gt=chosen.number).update(counts=False)
        Version.objects.filter(pk=chosen.pk).update(counts=True)
        messages.success(request, _("Artık %(n)d. sürümle basılır.") % {"n": chosen.number})
    return _to_template(chosen.template_id)


def _user(request: HttpRequest) -> Any:
    return request.user


# Printing ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """What can be printed of a row, and what was; posted, a version's number and the form of the file."""
    row = access.visible_to(register, request.user).select_related(*register.joined).filter(pk=pk).first()
    if row is None:
        raise Http404
    offered = printing.templates_for(register, request.user)
    if request.method == "POST":
        version = next((each for each in offered if str(each.pk) == request.POST.get("version")), None)
        try:
            if version is None:
                raise Refused(_("Bu şablonun geçerli sürümü değişti; listeden yeniden seçiniz."))
            as_pdf, site = request.POST.get("as") == "pdf", request.build_absolute_uri("/")
            made = printing.printed(version, register, row, _user(request), as_pdf, site)
            return _file(bytes(made.content), made.suffix, made.code)
        except Refused as refused:
            messages.error(request, str(refused))
            detail(refused=True)
            return redirect("row-papers", register, pk)
    (row,) = access.veil(register, request.user, [row])
    context = {
        "register": register,
        "row": row,
        "offered": offered,
        "has_pdf": bool(printing.settings.SOFFICE),
        "prints": _prints(register, pk)[:20],
    }
    return render(request, "papers/papers.html", context)


def _prints(register: Register, pk: int) -> Any:
    # Their files are large, and are not shown.
    rows = Print.objects.filter(register=register.slug, row=pk).defer("content", "version__content")
    return rows.select_related("version", "printed_by").order_by("-number")


def by_code(request: HttpRequest, code: str) -> HttpResponse | None:
    """The page of a print: what it is of, and whether that is still so. For those who see the row."""
    made = Print.objects.filter(code=code.strip().upper()).defer("content", "version__content").first()
    if made is None or not _seen(request, made):
        return None
    register = registers.get(made.register)
    newer = _prints(register, made.row).filter(number__gt=made.number)
    state = printing.state_of(made.subject, register, made.row)
    context = {
        "made": made,
        "register": register,
        "is_gone": not state,
        "is_unknown": printing.UNKNOWN in (state, made.state),
        "is_last": state == made.state,
        "newer": newer.filter(paper=made.paper).first(),
        "may_download": _may_download(request, made),
    }
    return render(request, "papers/print.html", context)


def _seen(request: HttpRequest, made: Print) -> bool:
    """By whoever sees the row now. Who saw one that is gone is not known: it is for its printer, while the register is
    still hers."""
    if access.is_administrator(request.user):
        return True
    register = registers.get(made.register)
    if access.visible_to(register, request.user).filter(pk=made.row).exists():
        return True
    is_gone = not access.visible_to(register, None).filter(pk=made.row).exists()
    return is_gone and made.printed_by_id == request.user.pk and access.may_see(register, request.user)


def _may_download(request: HttpRequest, made: Print) -> bool:
    """It says what its printer might see, which another who sees the row may not."""
    is_hers = made.printed_by_id == request.user.pk or access.is_administrator(request.user)
    return is_hers and _seen(request, made)


@require_safe
def print_file(request: HttpRequest, code: str) -> HttpResponse:
    made = get_object_or_404(Print, code=code)
    if not _may_download(request, made):
        raise Http404
    detail(row=made.row, register=made.register)
    return _file(bytes(made.content), made.suffix, made.code)
