"""One search box over all registers. What has the words at the beginning of its own comes first; a single hit of that
kind is opened at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory import access, registers, seen
from inventory.items import Item
from inventory.naming import text_of
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import words

# The first rows of each register; its list shows the rest.
MOST = 10
# So many hits of a register are ranked; who finds more writes another word.
_RANKED = 100


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Plate, ada/parsel, serial number, name: every word must be in the row's search text."""
    query = request.GET.get("q", "").strip()
    hits = _hits(request.user, query) if words(query) else {}
    if [len(found) for found in hits.values()] == [1]:
        ((register, ((pk, begins),)),) = hits.items()
        if begins:
            return redirect("register-detail", register, pk)
    shown = {register: [pk for pk, _begins in found[:MOST]] for register, found in hits.items()}
    items = _items(shown)
    results = [
        {
            "register": register,
            "rows": items[register.slug] if register.group == "asset" else _rows(register, ids),
            "more": len(hits[register]) > MOST,
        }
        for register, ids in shown.items()
    ]
    sees_items = any(access.may_see(register, request.user) for register in registers.every("asset"))
    context = {"query": query, "results": results, "may_be_deleted": bool(words(query)) and sees_items}
    return render(request, "inventory/search.html", context)


def _is_searched(register: Register) -> bool:
    """Records of one register's items are found with these."""
    return register.group != "record" or register.belongs_to is None


def _hits(user: Asker, query: str) -> dict[Register, list[tuple[int, bool]]]:
    """Of each register the first ids, one more than is shown, and whether the words begin words there; those first in
    which they do. One query for all registers."""
    looked_in = [
        register for register in registers.every() if _is_searched(register) and access.may_see(register, user)
    ]
    if not looked_in:
        return {}
    parts = []
    for register in looked_in:
        rows = seen.matching(register, user, access.visible_to(register, user), query)
        # SQLite takes no LIMIT in a part of a UNION, but in what the part asks for.
        first = rows.order_by("pk").values("pk")[:_RANKED]
        part: QuerySet[Any] = register.model._default_manager.filter(pk__in=first).order_by()
        named = {"_register": Value(register.slug), "_begins": seen.begins(register, user, query)}
        parts.append(part.annotate(**named).values_list("_register", "pk", "_begins"))
    by_register: dict[Register, list[tuple[int, bool]]] = {}
    for slug, pk, is_begun in sorted(parts[0].union(*parts[1:], all=True), key=lambda hit: (not hit[2], hit[1])):
        by_register.setdefault(registers.get(slug), []).append((pk, is_begun))
    found = [register for register in looked_in if register in by_register]
    found.sort(key=lambda register: not by_register[register][0][1])
    return {register: by_register[register][: MOST + 1] for register in found}


def _items(hits: dict[Register, list[int]]) -> dict[str, list[dict[str, Any]]]:
    """What is shown of the items among them, by register; one query."""
    items = {register: ids for register, ids in hits.items() if register.group == "asset"}
    if not items:
        return {}
    named = Q()
    for register, ids in items.items():
        named |= Q(register=register.slug, row__in=ids)
    lines: dict[str, list[dict[str, Any]]] = {}
    # Nothing that is shown of an item may hide from who sees it (tests/inventory/test_items.py).
    for item in Item.objects.filter(named).select_related("kind", "responsible_unit"):
        of = {"pk": item.row, "title": item.title, "about": [item.kind, item.responsible_unit]}
        lines.setdefault(item.register, []).append(of)
    return {register.slug: _as(ids, lines.get(register.slug, [])) for register, ids in items.items()}


def _rows(register: Register, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The same of a list's rows."""
    rows = register.model._default_manager.filter(pk__in=ids).order_by().select_related(*register.joined)
    return _as(ids, [{"pk": row.pk, "title": text_of(row), "about": []} for row in rows])


def _as(ids: Sequence[int], lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines in the order of their ids."""
    return sorted(lines, key=lambda line: ids.index(line["pk"]))
