"""Pages over the items of all registers: the one that a label names, and those that were deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat, Replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory import access, former, hooks, normal, registers, search
from inventory.former import DELETED, EVER
from inventory.items import Item
from inventory.organization.models import Unit

PAGE = 50


@require_safe
def by_number(request: HttpRequest, number: str) -> HttpResponse:
    """The short address that a label carries: to the item's page, or to the history of a deleted one."""
    item = access.visible_items(request.user).filter(inventory_no=normal.capitals(search.fold(number))).first()
    if item is None:
        if answer := next(filter(None, (named(request, number) for named in hooks.codes)), None):
            return answer
        raise Http404
    return redirect("register-history" if item.deleted_at else "register-detail", item.register, item.row)


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """The items that were deleted from any register, the last first."""
    if not any(access.may_see(register, request.user) for register in registers.every("asset")):
        raise Http404
    query = request.GET.get("q", "").strip()
    lines = access.visible_items(request.user).exclude(deleted_at=None)
    page = Paginator(_having(lines, query).order_by("-deleted_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": _with_who(list(page.object_list)), "query": query}
    return render(request, "inventory/deleted.html", context)


def _having(lines: QuerySet[Item], query: str) -> QuerySet[Item]:
    if search.is_none(query):
        return lines.none()
    # A plate is found without its blanks, too, as in the lists.
    closed = Replace("title", Value(" "), Value(""), output_field=TextField())
    text = Concat("inventory_no", Value(" "), "title", Value(" "), closed, output_field=TextField())
    return lines.filter(search.HasWords(search.folded(text), query)) if query else lines


def _with_who(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Each with the entry of its history that says who deleted it and why, and its unit, which may have gone since;
    one query for each register on the page, and two for the units."""
    entries: dict[tuple[str, int], Any] = {}
    for slug in {item.register for item in items}:
        ids = [item.row for item in items if item.register == slug]
        past = registers.get(slug).model.history.filter(id__in=ids, history_type=DELETED).select_related("history_user")
        entries |= {(slug, entry.id): entry for entry in past.order_by("history_id")}
    units = former.rows_before(Unit, {item.responsible_unit_id for item in items}, EVER)
    return [
        {
            "item": item,
            "entry": entries.get((item.register, item.row)),
            "unit": units.at(item.responsible_unit_id, EVER),
        }
        for item in items
    ]
