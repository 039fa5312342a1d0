"""The pages of every register: list, detail, form, history. What is unusual stands in a register's own views."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventory import access, history, registers, saved, writes
from inventory.asked import whole
from inventory.columns import Type
from inventory.filters import drawn, grouped
from inventory.forms import RetireForm, row_form
from inventory.listing import SIZES, Listing
from inventory.models import GONE, Asset, Status
from inventory.naming import candidates
from inventory.paging import Place, neighbours
from inventory.registers import Register
from inventory.search import LONGEST, fold, matching, turkish
from inventory.tables import page
from inventory.writes import Author

form_page = require_http_methods(["GET", "HEAD", "POST"])


def shown(register: Register, user) -> Register:
    """The register, or 404 for somebody who may see none of its rows."""
    if not access.may_see(register, user):
        raise Http404
    return register


def changeable(register: Register, user) -> Register:
    if not access.may_change(register, user):
        raise Http404
    return register


def template(register: Register, name: str) -> list[str]:
    """The register's own page where there is one, else the shared one."""
    return [f"inventory/{register.slug}/{name}.html", f"inventory/{name}.html"]


def author(request: HttpRequest, reason: str = "") -> Author:
    return Author(user=request.user, reason=reason)


@require_GET
def listing(request: HttpRequest, register: Register) -> HttpResponse:
    return render(request, template(register, "list"), list_context(request, register))


def list_context(request: HttpRequest, register: Register) -> dict:
    """What the list's page shows, for whoever shows the same list in another way."""
    shown(register, request.user)
    asked = Listing(register, request.user, request.GET)
    first, rest = grouped(register, asked.filters.form)
    return {
        "register": register,
        "listing": asked,
        "page": page(asked),
        "sizes": SIZES,
        "first_filters": first,
        "more_filters": drawn(register, rest),
        # A filter in force is never hidden.
        "more_open": any(request.GET.get(field.html_name) for _, fields in rest for field in fields),
        "views": saved.seen_by(request.user, register, saved.Kind.VIEW),
        "column_sets": [
            (one, asked.query(page=None, columns=saved.columns_of(one)))
            for one in saved.seen_by(request.user, register, saved.Kind.COLUMNS)
        ],
        "may_change": access.may_change(register, request.user) and not asked.as_of,
        "query": asked.query(page=None),
        "query_all_columns": asked.query(page=None, columns="all"),
        "query_now": asked.query(page=None, as_of=None),
        "kept": [(n, v) for n, values in request.GET.lists() if n not in ("size", "page") for v in values if v],
        "all_columns": register.all_columns(),
        "query_anywhere": asked.query(page=None, within=None),
    }


@require_GET
def totals(request: HttpRequest, register: Register) -> HttpResponse:
    """The exact number of rows and their sums; asked for after the rows, so that the list never waits."""
    shown(register, request.user)
    asked = Listing(register, request.user, request.GET)
    count, sums = asked.totals()
    context = {
        "register": register,
        "listing": asked,
        "count": count,
        "sums": [(column, column.show(value if value is not None else 0)) for column, value in sums],
        "number": Place.read(request.GET.get("page", "")).number,
        "pages": -(-count // asked.size),
    }
    return render(request, "inventory/_totals.html", context)


@require_GET
def options(request: HttpRequest, register: Register, column: str) -> JsonResponse:
    """The rows that a reference column may name, found by a text; the first fifty."""
    shown(register, request.user)
    if column not in register.columns or register.column(column).type != Type.REFERENCE:
        raise Http404
    chosen = register.column(column)
    rows = candidates(register, chosen, request.user, new="all" not in request.GET)
    target = registers.of(chosen.related_model)
    if target:
        rows = matching(rows, request.GET.get("q", "")).select_related(*target.references)
        # Whose name begins so stands before whoever has the word somewhere.
        begins = Case(When(search_text__startswith=fold(request.GET.get("q", "")), then=0), default=1)
        rows = rows.order_by(begins, target.column(target.order.removeprefix("-")).order, "pk")
    else:
        rows = rows.filter(name__icontains=request.GET.get("q", "")[:LONGEST]).order_by(turkish("name"))
    return JsonResponse({"options": [{"value": str(row.pk), "text": str(row)} for row in rows[:50]]})


@require_GET
def detail(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    shown(register, request.user)
    row = access.visible_to(register, request.user).select_related(*register.references).filter(pk=pk).first()
    if row is None and _deleted(request, register, pk):
        # A past day's list, or an old link, leads to what has been deleted since.
        return redirect("register-history", register, pk)
    if row is None:
        raise Http404
    context = {
        "register": register,
        "row": row,
        "sections": [
            (heading, [(column, column.text(row), _link(request.user, column, row)) for column in columns])
            for heading, columns in register.sectioned()
        ],
        "records": [
            *(_records(child, name, row, request.user) for child, name in register.children()),
            *(
                found
                for each in register.naming()
                if register.shows_items and (found := _items(*each, row, request.user))
            ),
        ],
        "entries": list(history.entries(register, row.pk, most=5)),
        "may_change": access.in_scope(register, request.user, row),
        "may_delete": access.managed_by(register, request.user).filter(pk=pk).exists(),
        "may_retire": isinstance(row, Asset),
        **_place(request, register, row),
    }
    return render(request, template(register, "detail"), context)


def _link(user, column, row) -> str:
    """The page of the row that a reference names, if it has one for this user."""
    target = registers.of(column.related_model) if column.type == Type.REFERENCE else None
    value = getattr(row, column.field.attname)
    if target is None or value is None or not access.may_see(target, user):
        return ""
    return reverse("register-detail", args=[target, value])


def _items(register: Register, name: str, row, user) -> dict | None:
    """The first of the user's own items that name the row; None where there is none for her to see."""
    found = _records(register, name, row, user)
    return found | {"may_change": False} if found["lines"] else None


def _records(child: Register, name: str, row, user) -> dict:
    """The first ten of a row's records, newest first as the child register orders them."""
    asked = Listing(child, user, {name: str(row.pk)})
    columns = [column for column in asked.columns if column.name != name]
    found = list(asked.rows[:11]) if access.may_see(child, user) else []
    return {
        "register": child,
        "query": f"{name}={row.pk}",
        "columns": columns,
        "lines": [(record.pk, [(column, column.text(record)) for column in columns]) for record in found[:10]],
        "more": len(found) > 10,
        "may_change": access.may_change(child, user),
    }


def _place(request: HttpRequest, register: Register, row) -> dict:
    """The way back to the list, and the rows before and after this one in it."""
    if "at" not in request.GET:
        return {"back": ""}
    asked = Listing(register, request.user, request.GET)
    links = [
        each and f"{reverse('register-detail', args=[register, each])}?{asked.query()}"
        for each in neighbours(asked, row.pk)
    ]
    return {"back": asked.query(at=None), "before": links[0], "after": links[1]}


def _detail(request: HttpRequest, register: Register, pk: int) -> str:
    """The row's page, at the place in the list from which it was opened."""
    query = f"?{request.GET.urlencode()}" if "at" in request.GET else ""
    return reverse("register-detail", args=[register, pk]) + query


@form_page
def new(request: HttpRequest, register: Register) -> HttpResponse:
    changeable(register, request.user)
    # A record is begun from its parent's page, which names itself in the query.
    form = row_form(register, request.user, request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and (row := _save(request, register, form)):
        messages.success(request, _("%(row)s eklendi.") % {"row": row})
        return redirect(_parent(request, register) or reverse("register-detail", args=[register, row.pk]))
    context = {"register": register, "form": form, "parent": _parent(request, register)}
    return render(request, template(register, "form"), context)


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
    rows = access.editable_by(register, request.user).select_related(*register.references)
    row = get_object_or_404(rows, pk=pk)
    # Told now: the form is about to put what was typed into the row.
    title = str(row)
    form = row_form(register, request.user, request.POST or None, instance=row)
    context = {"register": register, "form": form, "row": row, "title": title}
    if request.method == "POST" and form.is_valid():
        row.version = form.cleaned_data["version"]
        try:
            if _save(request, register, form):
                messages.success(request, _("Kaydedildi."))
                return redirect(_detail(request, register, pk))
        except writes.Conflict:
            theirs = rows.filter(pk=pk).first()
            if theirs is None:
                told = _("%(row)s siz düzenlerken silindi veya yetkinizden çıktı; değişikliğiniz kaydedilmedi.")
                messages.error(request, told % {"row": title})
                return redirect("register-list", register)
            context |= {"conflict": history.differences(register, theirs, form.instance), "theirs": theirs}
            context["their_entry"] = next(history.entries(register, pk, most=1), None)
            # Saving once more is then a choice made with both values in sight.
            form.data = form.data.copy()
            form.data["version"] = theirs.version
    return render(request, template(register, "form"), context)


def _save(request: HttpRequest, register: Register, form):
    """The saved row, or None with the form's errors set. A Conflict is the caller's."""
    try:
        return writes.save(register, form.instance, author(request, form.cleaned_data.get("reason", "")))
    except ValidationError as error:
        for name, errors in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields else None, errors)
    except writes.Conflict:
        raise
    except writes.Refused as refusal:
        form.add_error(None, str(refusal))
    return None


@require_GET
def row_history(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """What happened to a row, also when it has been deleted since."""
    shown(register, request.user)
    row = access.visible_to(register, request.user).filter(pk=pk).first()
    gone = None if row else _deleted(request, register, pk)
    if row is None and gone is None:
        raise Http404
    context = {
        "register": register,
        "row_id": pk,
        "title": str(row or gone.instance),
        "gone": gone,
        "entries": list(history.entries(register, pk)),
        "may_change": row is not None and access.in_scope(register, request.user, row),
    }
    return render(request, template(register, "history"), context)


def _deleted(request: HttpRequest, register: Register, pk: int):
    """The last history entry of a deleted row that the user might see, were it there."""
    return access.visible_to(register, request.user, history.deleted(register, pk)).first()


@require_POST
def restore(request: HttpRequest, register: Register, pk: int, entry: int) -> HttpResponse:
    """Give the row back the values of an earlier day; the restoring is a change like any other."""
    row = get_object_or_404(access.editable_by(register, request.user), pk=pk)
    then = get_object_or_404(register.model.history, history_id=entry, id=pk)
    day = timezone.localtime(then.history_date).strftime("%d.%m.%Y %H:%M")
    try:
        writes.restore(register, row, entry, author(request, _("%(day)s sürümüne dönüldü") % {"day": day}))
        messages.success(request, _("%(day)s tarihli değerlere dönüldü.") % {"day": day})
    except (ValidationError, writes.Refused) as refusal:
        told = "; ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
        messages.error(request, _("Bu sürüme dönülemedi: %(why)s") % {"why": told})
    return redirect("register-history", register, pk)


@form_page
def retire(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Take an item out of service, or bring it back; the row and its history stay."""
    row = get_object_or_404(access.editable_by(register, request.user), pk=pk)
    if not isinstance(row, Asset):
        raise Http404
    gone = row.status in GONE
    choices = [(s.value, s.label) for s in Status if (s in GONE) != gone]
    form = RetireForm(choices, request.POST or None, initial={"status_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(row, name, value)
        try:
            writes.save(register, row, author(request, form.cleaned_data["status_reason"]))
            messages.success(
                request,
                _("%(row)s: durum “%(status)s” oldu.") % {"row": row, "status": row.get_status_display()},
            )
            return redirect(_detail(request, register, pk))
        except ValidationError as error:
            form.add_error(None, error.messages)
        except writes.Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, template(register, "retire"), {"register": register, "row": row, "form": form, "gone": gone})


@form_page
def delete(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Delete for good, after a page that names what hangs on the row."""
    row = get_object_or_404(access.managed_by(register, request.user), pk=pk)
    hanging = [
        (child, access.visible_to(child, None).filter(**{column.name: row}).count())
        for child in registers.every()
        for column in child.all_columns()
        if column.type == Type.REFERENCE and column.related_model is register.model
    ]
    hanging = [(child, count) for child, count in hanging if count]
    if request.method == "POST":
        try:
            title = str(row)
            writes.delete(register, row, author(request, request.POST.get("reason", "")))
            messages.success(request, _("%(row)s silindi; tarihçesi duruyor.") % {"row": title})
            return redirect("register-list", register)
        except writes.Refused as refusal:
            messages.error(request, str(refusal))
    return render(request, template(register, "delete"), {"register": register, "row": row, "hanging": hanging})
