"""The first page: what I answer for, what falls due, what changed last. All of it within what I may see.

The counts are brought after the page, so that it opens at once however large the registers are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from inventory import access, registers, stock
from inventory.history import DELETED
from inventory.listing import Listing
from inventory.models import IN_SERVICE
from inventory.organization.models import Unit
from inventory.registers import Register
from inventory.search import turkish_key

# Lines of the table of units; above it the branches are told with their directorates only.
MOST_UNITS = 40
MOST_DUE = 10
MOST_CHANGES = 15


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = {"registers": _seen(request.user, "asset"), "changes": last_changes(request.user)}
    return render(request, "inventory/home.html", context)


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """A fragment: how many items each unit answers for, by register."""
    seen = _seen(request.user, "asset")
    lines = unit_lines(seen, request.user)
    totals = [(r, sum(line.own[r.slug] for line in lines if not line.depth)) for r in seen]
    context = {
        "registers": seen,
        "lines": lines,
        "totals": totals,
        "kept": _kept_query(),
        "is_drawn": sum(line.is_drawn for line in lines) > 1,
    }
    return render(request, "inventory/_home_counts.html", context)


@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """A fragment: what is overdue or falls due within 30 days."""
    return render(
        request, "inventory/_home_due.html", {"parts": due_parts(request.user), "today": timezone.localdate()}
    )


def _seen(user, *groups: str) -> list[Register]:
    return [register for register in registers.every(*groups) if access.may_see(register, user)]


def _kept_query() -> str:
    return "&".join(f"status={value}" for value in IN_SERVICE)


# Units ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitLine:
    """A unit with the items of itself and of all below it, as the list filtered by it counts them."""

    unit: Unit
    depth: int
    own: Counter  # by slug
    cells: list[tuple[Register, int]]

    @property
    def is_drawn(self) -> bool:
        """The chart compares directorates; what stands above or below one would be counted twice."""
        return self.unit.kind == Unit.Kind.DIRECTORATE


def unit_lines(seen: list[Register], user) -> list[UnitLine]:
    """One query for each register and one for the units."""
    by_id = {unit.pk: unit for unit in Unit.objects.all()}
    by_path = {unit.path: unit for unit in by_id.values()}
    counted: dict[str, Counter] = defaultdict(Counter)
    for register in seen:
        for unit_id, _measure, count in stock.figures(stock.chosen(register, user, {"status": IN_SERVICE}), "unit"):
            for path in _paths(by_id[unit_id].path):
                counted[path][register.slug] += count
    units = [unit for path, unit in by_path.items() if path in counted]
    if len(units) > MOST_UNITS:
        units = [unit for unit in units if unit.kind != Unit.Kind.BRANCH]
    units.sort(key=lambda unit: [turkish_key(by_path[path].name) for path in _paths(unit.path)])
    # Whoever answers for one directorate needs no line for each unit above it.
    while len(units) > 1 and counted[units[0].path] == counted[units[1].path]:
        del units[0]
    top = min((unit.depth for unit in units), default=0)
    return [
        UnitLine(unit, unit.depth - top, counted[unit.path], [(r, counted[unit.path][r.slug]) for r in seen])
        for unit in units
    ]


def _paths(path: str) -> list[str]:
    """The paths of a unit and of all above it, the highest first."""
    ends = [place + 1 for place, letter in enumerate(path) if letter == "."]
    return [path[:end] for end in ends]


# What falls due -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DuePart:
    """A register's rows that ask for attention; `lines`: (id, title, date), the longest overdue first."""

    register: Register
    overdue: int
    soon: int
    overdue_query: str
    soon_query: str
    lines: list[tuple[int, str, dt.date]]


def due_parts(user) -> list[DuePart]:
    parts = [_due_part(register, user) for register in _seen(user) if register.due]
    return [part for part in parts if part.overdue or part.soon]


def _due_part(register: Register, user) -> DuePart:
    overdue, soon = (Listing(register, user, {"due": state}) for state in ("overdue", "soon"))
    lines = []
    for listing in (overdue, soon):
        rows = listing.matching.select_related(*register.references).order_by(register.due, "pk")
        lines += rows[: MOST_DUE - len(lines)]
    return DuePart(
        register,
        overdue.matching.count(),
        soon.matching.count(),
        overdue.query(),
        soon.query(),
        [(row.pk, str(row), getattr(row, register.due)) for row in lines],
    )


# Last changes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What somebody wrote at one moment in one register: a row, or the first of many."""

    register: Register
    row_id: int | None  # None when the row is no longer there
    title: str
    others: bool
    at: dt.datetime
    kind: str
    user: object | None


def last_changes(user) -> list[Change]:
    """The newest changes over all registers; one query for each."""
    changes = [change for register in _seen(user) for change in _changes(register, user)]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


def _changes(register: Register, user) -> list[Change]:
    past = access.visible_to(register, user, register.model.history.all())
    # A row that has left my scope since is no longer mine to read about.
    # Asked row by row: PostgreSQL goes through a long list of ids anew for each entry when it is one side of an "or".
    mine = Exists(access.visible_to(register, user).filter(pk=OuterRef("id")))
    still_mine = mine | Q(history_type=DELETED)
    newest = past.filter(still_mine).select_related("history_user", *register.references)
    newest = newest.order_by("-history_date", "-history_id")[:MOST_CHANGES]
    return [
        _change(register, list(entries))
        for _, entries in groupby(newest, lambda entry: (entry.history_date, entry.history_type))
    ]


def _change(register: Register, entries: list) -> Change:
    entry = entries[0]
    return Change(
        register=register,
        row_id=None if entry.history_type == DELETED else entry.id,
        # A history row has the columns of its model, but a name of its own that says less.
        title=register.model.__str__(entry),
        others=len(entries) > 1,
        at=entry.history_date,
        kind=entry.history_type,
        user=entry.history_user,
    )
