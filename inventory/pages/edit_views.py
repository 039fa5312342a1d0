"""What changes one row: new, edit, an earlier version, another status, delete."""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory import access, history, hooks, registers, writes
from inventory.editing import copying, saving
from inventory.editing.doubts import stored
from inventory.editing.lines import save as save_with_lines
from inventory.editing.merging import merge
from inventory.models import Asset
from inventory.pages.forms import StatusForm, row_form
from inventory.pages.lines import Lines, lines_of, say_faults
from inventory.pages.shared import author, changeable, detail_url, form_page, template, title_of
from inventory.past import Trail
from inventory.registers import Register
from inventory.sameness.showing import linked, message_and_link
from inventory.server.asked import whole
from inventory.trail.keeping import detail


@form_page
def new(request: HttpRequest, register: Register) -> HttpResponse:
    changeable(register, request.user)
    # A record is begun from its parent's page, which names itself in the query.
    begun: dict[str, object] = {**request.GET.dict()}
    copied = _copied(request, register)
    if copied is not None:
        begun |= copying.values(register, copied, request.user)
    form = row_form(register, request.user, request.POST or None, initial=begun)
    lines = lines_of(register, request.user, None, request.POST or None)
    if request.method == "POST" and _are_valid(form, lines) and (row := _save(request, register, form, {}, lines)):
        messages.success(request, _("%(row)s eklendi.") % {"row": row})
        detail(row=row.pk)
        return redirect(_parent(request, register) or reverse("register-detail", args=[register, row.pk]))
    context = {"register": register, "form": form, "lines": lines, "parent": _parent(request, register)}
    if copied is not None:
        blank = copying.left_blank(register, copied, request.user)
        context |= {
            "copied": title_of(register, request.user, copied),
            "left_blank": [column.label for column in blank],
        }
    return render(request, template(register, "form"), context)


def _copied(request: HttpRequest, register: Register):
    """The row that a new one is begun from, where the query names one. What was typed is saved though it goes
    meanwhile."""
    if "copy" not in request.GET or not copying.may_be_copied(register):
        return None
    row = access.visible_to(register, request.user).filter(pk=whole(request.GET["copy"]) or 0).first()
    if row is None and request.method != "POST":
        raise Http404
    return row


def _are_valid(form, lines: list[Lines]) -> bool:
    """What is wrong anywhere is said together."""
    if all([form.is_valid(), *(each.is_valid() for each in lines)]):
        return True
    say_faults(form, lines)
    return False


def _parent(request: HttpRequest, register: Register) -> str:
    """The page of the row from which a record was begun."""
    for name in register.parents:
        target = registers.of(register.column(name).related_model)
        if (pk := whole(request.GET.get(name, ""))) is not None:
            return reverse("register-detail", args=[target, pk])
    return ""


@form_page
def edit(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    changeable(register, request.user)
    title = None
    while True:
        row = _for_edit(register, request.user).filter(pk=pk).first()
        if row is None and title is None:
            raise Http404
        if row is None:
            message = _("%(row)s siz düzenlerken silindi veya yetkinizden çıktı; değişikliğiniz kaydedilmedi.")
            messages.error(request, message % {"row": title})
            return redirect("register-list", register)
        title = title_of(register, request.user, row)
        try:
            return _edited(request, register, row, title)
        except writes.Conflict:
            # Saved by somebody, or gone, within this very request: judged again beside what stands now.
            continue


def _edited(request: HttpRequest, register: Register, row, title: str) -> HttpResponse:
    """The form, or the way back once it is saved. Raises Conflict."""
    # Kept now: the form is about to put what was typed into the row.
    stands = copy(row)
    form = row_form(register, request.user, request.POST or None, instance=row)
    lines = lines_of(register, request.user, stands, request.POST or None)
    context = {"register": register, "form": form, "lines": lines, "row": row, "title": title}
    if request.method == "POST" and _are_valid(form, lines):
        seen = form.cleaned_data["version"]
        merged = merge(register, form, seen, stands, request.user) if seen != stands.version else None
        if merged and merged.conflicts:
            last = next(history.entries(register, row.pk, request.user, most=1), None)
            context |= {"conflict": merged, "their_entry": last}
        elif _save(request, register, form, stored(stands), lines):
            is_changed = form.instance.version != stands.version or any(each.changed for each in lines)
            messages.success(request, _("Kaydedildi.") if is_changed else _("Değişen bir şey yok; kayıt olduğu gibi."))
            if merged and merged.theirs:
                columns = ", ".join(change.column.label for change in merged.theirs)
                message = _("Siz çalışırken değişen şu alanlara dokunulmadı: %(columns)s.")
                messages.info(request, message % {"columns": columns})
            if vanished := sum(each.vanished for each in lines):
                message = _("%(count)d satır siz düzenlerken çıkarılmıştı; onlara yazdıklarınız kaydedilmedi.")
                messages.warning(request, message % {"count": vanished})
            return redirect(detail_url(request, register, row.pk))
    return render(request, template(register, "form"), context)


def _for_edit(register: Register, user):
    return access.editable_by(register, user).select_related(*register.joined)


def _save(request: HttpRequest, register: Register, form, before: dict[str, object], lines: list[Lines]):
    """The saved row, or None with the errors or doubts set. A Conflict is the caller's."""
    by, accepted = author(request, form.cleaned_data.get("reason", "")), saving.accepted(request)
    if not lines:
        return saving.save(register, form, form.instance, before, by, accepted)
    typed = {each.register: each.changed for each in lines}
    if (row := save_with_lines(register, form, before, typed, by, accepted)) is None:
        say_faults(form, lines)
    return row


@require_POST
def restore(request: HttpRequest, register: Register, pk: int, entry: int) -> HttpResponse:
    """Give the row back the values of an earlier day; the restoring is a change like any other."""
    row = get_object_or_404(access.editable_by(register, request.user), pk=pk)
    then: Trail = get_object_or_404(register.model.history, history_id=entry, id=pk)
    day = timezone.localtime(then.history_date).strftime("%d.%m.%Y %H:%M")
    try:
        kept = access.unseen_in(register, request.user, row)
        by = author(request, _("%(day)s sürümüne dönüldü") % {"day": day})
        writes.restore(register, row, entry, by, keep=[column.name for column in kept])
        messages.success(request, _("%(day)s tarihli değerlere dönüldü.") % {"day": day})
        if kept:
            message = _("Şu alanlarda size görünmeyen bir kayıt var, olduğu gibi kaldı: %(columns)s.")
            messages.info(request, message % {"columns": ", ".join(column.label for column in kept)})
    except (ValidationError, writes.Refused) as refusal:
        why, url = message_and_link(refusal)
        messages.error(request, linked(_("Bu sürüme dönülemedi: %(why)s") % {"why": why}, url))
    return redirect("register-history", register, pk)


@form_page
def retire(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Give an item another status: a store, a repair, out of service and back; the row and its history stay."""
    row = get_object_or_404(access.editable_by(register, request.user), pk=pk)
    if not isinstance(row, Asset):
        raise Http404
    before, was = stored(row), row.get_status_display()
    form = StatusForm(row.status, request.POST or None, initial={"status_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(row, name, value)
        by = author(request, form.cleaned_data["status_reason"])
        try:
            if saving.save(register, form, row, before, by, saving.accepted(request)):
                message = _("%(row)s: durum “%(status)s” oldu.") % {"row": row, "status": row.get_status_display()}
                messages.success(request, message)
                detail(changes=[[register.slug, "status", before["status"], row.status, 1]])
                return redirect(detail_url(request, register, pk))
        except writes.Conflict as conflict:
            form.add_error(None, str(conflict))
    context = {"register": register, "row": row, "form": form, "was": was}
    return render(request, template(register, "retire"), context)


@form_page
def delete(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Delete for good, after a page that names what hangs on the row."""
    row = get_object_or_404(access.managed_by(register, request.user), pk=pk)
    hanging = [
        (child.title, access.visible_to(child, None).filter(**{column.name: row}).count())
        for child, column in registers.naming(register.model)
    ]
    hanging += [found for ask in hooks.hanging for found in ask(register, [pk]).values()]
    hanging = [(title, count) for title, count in hanging if count]
    if request.method == "POST":
        try:
            title = title_of(register, request.user, row)
            writes.delete(register, row, author(request, request.POST.get("reason", "")))
            messages.success(request, _("%(row)s silindi; tarihçesi duruyor.") % {"row": title})
            return redirect("register-list", register)
        except writes.Refused as refusal:
            messages.error(request, str(refusal))
    access.veil(register, request.user, [row])
    return render(request, template(register, "delete"), {"register": register, "row": row, "hanging": hanging})
