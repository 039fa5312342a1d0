"""What every register shows: list, detail, history. What is unusual stands in a register's own views."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Exists, When
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from inventory import access, history, hooks, registers, seen
from inventory.columns import Type
from inventory.computed.columns import on, validities
from inventory.editing import copying
from inventory.editing.lines import line_name
from inventory.listing.address import Listing
from inventory.listing.paging import Place, neighbours
from inventory.models import Asset
from inventory.naming import candidates, choosable, over, text_of
from inventory.pages.facts import at_a_glance, sections
from inventory.pages.lines import MOST
from inventory.pages.shared import list_context, may_hand_over, shown, template, title_of
from inventory.pages.step_views import counted_tabs, steps_from, tabs
from inventory.pages.tables import cells
from inventory.registers import Register
from inventory.search import LONGEST, begins_words, fold, turkish

# So many lines that were taken out are named.
_TAKEN_OUT = 100


@require_safe
def listing(request: HttpRequest, register: Register) -> HttpResponse:
    context = list_context(request, register)
    asked = context["listing"]
    return render(request, template(register, "list"), context | {"tabs": tabs(asked), "steps": steps_from(asked)})


@require_safe
def totals(request: HttpRequest, register: Register) -> HttpResponse:
    """The exact number of rows, in each state too, and their sums; asked for after the rows, so that the list never
    waits."""
    shown(register, request.user)
    asked = Listing(register, request.user, request.GET)
    count, sums = asked.totals()
    context = {
        "register": register,
        "listing": asked,
        "count": count,
        "sums": [(c, c.show(0 if value is None else value)) for c, value in sums if not asked.not_kept_before],
        "number": Place.read(request.GET.get("page", "")).number,
        "pages": -(-count // asked.size),
        "tabs": counted_tabs(asked),
    }
    return render(request, "inventory/_totals.html", context)


@require_safe
def options(request: HttpRequest, register: Register, column: str) -> JsonResponse:
    """The rows that a reference column may name, found by a text; the first fifty."""
    shown(register, request.user)
    if column not in register.columns or register.column(column).type != Type.REFERENCE:
        raise Http404
    chosen = register.column(column)
    rows = (candidates if "all" in request.GET else choosable)(register, chosen, request.user)
    target = registers.of(chosen.related_model)
    if target:
        rows = seen.matching(target, request.user, rows, request.GET.get("q", ""))
        # Whose name begins so stands before whoever has the word somewhere.
        begins = Case(When(search_text__startswith=fold(request.GET.get("q", "")), then=0), default=1)
        ended = over(target)
        # PostgreSQL takes a Case of no condition for the number of a column.
        last = [Case(When(ended, then=1), default=0)] if ended else []
        rows = rows.order_by(begins, *last, target.column(target.order.removeprefix("-")).order, "pk")
    else:
        rows = rows.filter(name__icontains=request.GET.get("q", "")[:LONGEST]).order_by(turkish("name"))
    found = [{"value": str(row.pk), "text": text_of(row)} for row in rows[:50]]
    asked = request.GET.get("q", "")
    return JsonResponse({"options": sorted(found, key=lambda option: _distance(option["text"], asked))})


def _distance(name: str, asked: str) -> int:
    """How far a name is from what was typed: Enter chooses the nearest, which another's number must not be, such as
    that of a vehicle whose chassis number has the digits of the plate."""
    text, words = fold(name), fold(asked)
    if text == words:
        return 0
    return 1 if text.startswith(words) else 2 if begins_words(text, asked) else 3


@require_safe
def detail(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    shown(register, request.user)
    rows = access.visible_to(register, request.user).select_related(*register.joined)
    row = on(rows, validities(register), None).filter(pk=pk).first()
    if row is None and _deleted(request, register, pk):
        # A past day's list, or an old link, leads to what has been deleted since.
        return redirect("register-history", register, pk)
    if row is None:
        raise Http404
    access.veil(register, request.user, [row])
    there = _children(register, row, request.user)
    context = {
        "register": register,
        "row": row,
        **at_a_glance(register, row, request.user),
        "lacking": [child for child in there if not child.has_rows],
        "records": [
            *(_records(child.register, child.name, row, request.user) for child in there if child.has_rows),
            *(
                items
                for child, column in registers.naming(register.model, "asset")
                if register.shows_items and (items := _items(child, column.name, row, request.user))
            ),
        ],
        "panels": [panel for make in hooks.panels if (panel := make(register, row, request.user))],
        "entries": list(history.entries(register, row.pk, request.user, most=5)),
        "may_change": access.in_scope(register, request.user, row),
        "may_delete": access.manages(register, request.user, row),
        "may_retire": isinstance(row, Asset),
        "may_copy": copying.may_be_copied(register) and access.may_change(register, request.user),
        "may_multiply": copying.may_be_multiplied(register),
        "may_hand_over": may_hand_over(register, request.user),
        **_place(request, register, row),
    }
    return render(request, template(register, "detail"), context)


@dataclass(frozen=True)
class _Child:
    """A register of records of the row; `has_rows` for its user, and always of the row's own lines."""

    register: Register
    name: str
    has_rows: bool
    may_change: bool


def _children(register: Register, row, user) -> list[_Child]:
    """Which records there are is one question; those that there are none of cost no more."""
    children = register.children()
    rows = [access.visible_to(child, user).filter(**{name: row.pk}) for child, name in children]
    asked = register.model._default_manager.filter(pk=row.pk).values_list(*map(Exists, rows)) if rows else None
    return [
        _Child(child, name, found or name == child.line_of, access.may_change(child, user))
        for (child, name), found in zip(children, asked.get() if asked else (), strict=True)
    ]


def _items(register: Register, name: str, row, user) -> dict | None:
    """The first of the user's own items that name the row; None where there is none for her to see."""
    records = _records(register, name, row, user)
    return records | {"may_change": False, "wide": True} if records["lines"] else None


def _records(child: Register, name: str, row, user) -> dict:
    """A row's lines, as many as its form has, so that its print is whole; of other records the first ten, as the child
    register orders them: the newest first."""
    most = MOST if name == child.line_of else 10
    asked = Listing(child, user, {name: str(row.pk)})
    # What is seen through the row stands on its page already.
    columns = [column for column in asked.columns if column.name != name and not column.name.startswith(f"{name}_")]
    rows = asked.name(list(asked.rows[: most + 1])) if access.may_see(child, user) else []
    return {
        "register": child,
        "query": f"{name}={row.pk}",
        "columns": columns,
        "lines": [(record.pk, cells(child, columns, record)) for record in rows[:most]],
        "more": len(rows) > most,
        "may_change": access.may_change(child, user),
        "wide": name == child.line_of,
        "sums": _sums(asked) if name == child.line_of else None,
    }


def _sums(asked: Listing) -> dict:
    """How many lines there are, and the sums of their columns."""
    count, sums = asked.totals()
    return {"count": count, "sums": [(column, column.show(value or 0)) for column, value in sums]}


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


@require_safe
def row_history(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """What happened to a row, also when it has been deleted since."""
    shown(register, request.user)
    row = access.visible_to(register, request.user).filter(pk=pk).first()
    gone = None if row else _deleted(request, register, pk)
    if row is None and gone is None:
        raise Http404
    last = history.last_state(register, request.user, gone) if gone else None
    context = {
        "register": register,
        "row_id": pk,
        "title": str(last) if last else title_of(register, request.user, row),
        "gone": gone,
        "sections": sections(register, last) if last else [],
        "entries": list(history.entries(register, pk, request.user)),
        "taken_out": _taken_out(register, pk, request.user),
        "may_change": row is not None and access.in_scope(register, request.user, row),
    }
    return render(request, template(register, "history"), context)


def _taken_out(register: Register, pk: int, user) -> list[tuple[Register, list[tuple]]]:
    """Of each register of lines: (name of a line, entry of its end)."""
    lines = [child for child in register.lines() if access.may_see(child, user)]
    gone = [(child, history.lines_taken_out(child, pk, user, most=_TAKEN_OUT)) for child in lines]
    return [(child, [(line_name(child, row), entry) for row, entry in some]) for child, some in gone if some]


def _deleted(request: HttpRequest, register: Register, pk: int):
    """The last history entry of a deleted row that the user might see, were it there."""
    return access.visible_to(register, request.user, history.deleted(register, pk)).first()
