"""One search box over all registers; a single hit is opened at once, unless it was hit in the midst of a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory import access, registers, seen
from inventory.items import Item
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import begins_words, words

# The first rows of each register; its list shows the rest.
MOST = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Plate, ada/parsel, serial number, name: every word must be in the row's search text."""
    query = request.GET.get("q", "").strip()
    hits = _hits(request.user, query) if words(query) else {}
    if [len(ids) for ids in hits.values()] == [1]:
        ((register, (pk,)),) = hits.items()
        text = register.model._default_manager.values_list("search_text", flat=True).get(pk=pk)
        if begins_words(text, query):
            return redirect("register-detail", register, pk)
    items = _items(hits)
    results = [
        {
            "register": register,
            "rows": items[register.slug] if register.group == "asset" else _rows(register, ids[:MOST]),
            "more": len(ids) > MOST,
        }
        for register, ids in hits.items()
    ]
    sees_items = any(access.may_see(register, request.user) for register in registers.every("asset"))
    context = {"query": query, "results": results, "may_be_deleted": bool(words(query)) and sees_items}
    return render(request, "inventory/search.html", context)


def _hits(user: Asker, query: str) -> dict[Register, list[int]]:
    """The first ids of each register, one more than is shown; one query for all registers."""
    looked_in = [register for register in registers.every("asset", "list") if access.may_see(register, user)]
    if not looked_in:
        return {}
    parts = []
    for register in looked_in:
        rows = seen.matching(register, user, access.visible_to(register, user), query)
        # SQLite takes no LIMIT in a part of a UNION, but in what the part asks for.
        first = rows.order_by("pk").values("pk")[: MOST + 1]
        part = register.model._default_manager.filter(pk__in=first).order_by()
        parts.append(part.annotate(_register=Value(register.slug)).values_list("_register", "pk"))
    by_register: dict[Register, list[int]] = {}
    for slug, pk in sorted(parts[0].union(*parts[1:], all=True), key=lambda pair: pair[1]):
        by_register.setdefault(registers.get(slug), []).append(pk)
    return {register: by_register[register] for register in looked_in if register in by_register}


def _items(hits: dict[Register, list[int]]) -> dict[str, list[dict[str, Any]]]:
    """What is shown of the items among them, by register; one query."""
    items = {register: ids[:MOST] for register, ids in hits.items() if register.group == "asset"}
    if not items:
        return {}
    named = Q()
    for register, ids in items.items():
        named |= Q(register=register.slug, row__in=ids)
    lines: dict[str, list[dict[str, Any]]] = {}
    # Nothing that is shown of an item may hide from who sees it (tests/inventory/test_items.py).
    for item in Item.objects.filter(named).select_related("kind", "responsible_unit").order_by("row"):
        of = {"pk": item.row, "title": item.title, "about": [item.kind, item.responsible_unit]}
        lines.setdefault(item.register, []).append(of)
    return lines


def _rows(register: Register, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The same of a list's rows."""
    rows = register.model._default_manager.filter(pk__in=ids).order_by("pk").select_related(*register.references)
    return [{"pk": row.pk, "title": str(row), "about": []} for row in rows]
