"""The first page: what I answer for, what falls due, what changed last. All of it within what I may see.

The counts are brought after the page, so that it opens at once however large the registers are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from inventory import access, former, registers, stock
from inventory.computed.columns import computed, find, on
from inventory.computed.validity import ASKING, State
from inventory.former import DELETED, EVER
from inventory.listing.address import Listing
from inventory.models import IN_SERVICE
from inventory.organization.models import Unit
from inventory.registers import Register
from inventory.search import turkish_key

# Lines of the table of units; above it the branches are shown with their directorates only.
MOST_UNITS = 40
MOST_DUE = 10
MOST_CHANGES = 15


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {"registers": _seen(request.user, "asset"), "changes": last_changes(request.user)}
    return render(request, "inventory/home.html", context)


@require_safe
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


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """A fragment: what is overdue, is missing or falls due within 30 days."""
    return render(request, "inventory/_home_due.html", {"parts": due_parts(request.user)})


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
    """A register's rows that ask for attention by one of its columns, the longest overdue first."""

    register: Register
    label: str
    #: State, number of rows and the list's query; only those that have rows.
    counts: list[tuple[State, int, str]]
    lines: list[tuple[int, str, dt.date | None, State]]


def due_parts(user) -> list[DuePart]:
    """By each column that says until when a row is valid; what has none is named by its register alone."""
    validities = [(register, *columns) for register in _seen(user) for columns in _due_columns(register)]
    return [part for register, state, day in validities if (part := _due_part(register, user, state, day)).counts]


def _due_columns(register: Register) -> Iterator[tuple[str, str]]:
    """(the column of states, the column of days) that speak of rows of this register. A record's state is named by its
    item, which alone knows what is missing."""
    for column in computed(register).values():
        if column.state:
            yield column.state, column.name
    if register.validity and not register.validity.of:
        yield "due", register.validity.ends


def _due_part(register: Register, user, state: str, day: str) -> DuePart:
    """Two queries: the rows by their state, and the first of those that ask."""
    rows = on(Listing(register, user, {}).matching, [find(register, state)], None)
    numbers = dict(rows.order_by().values_list(state).annotate(Count("id")))
    asking = [each for each in ASKING if numbers.get(each)]
    counts = [(each, numbers[each], urlencode({state: each})) for each in asking]
    asked = Listing(register, user, {state: asking, "sort": day, "columns": f"{day},{state}"})
    first = access.veil(register, user, asked.rows.select_related(*register.references)[:MOST_DUE]) if asking else ()
    lines = [(row.pk, str(row), getattr(row, day), State(getattr(row, state))) for row in first]
    return DuePart(register, find(register, day).label, counts, lines)


# Last changes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastChange:
    """What somebody wrote at one moment in one register: a row, or the first of many."""

    register: Register
    row_id: int | None  # None when the row is no longer there
    title: str
    others: bool
    at: dt.datetime
    kind: str
    user: object | None


def last_changes(user) -> list[LastChange]:
    """The newest changes over all registers. What was not written to of late is only asked for when that was."""
    seen = _seen(user)
    written = [(moment, register) for register in seen if (moment := _last_written(register))]
    changes: list[LastChange] = []
    for moment, register in sorted(written, key=lambda each: each[0], reverse=True):
        if len(changes) == MOST_CHANGES and changes[-1].at > moment:
            break
        changes += _changes(register, user)
        changes.sort(key=lambda change: seen.index(change.register))
        changes.sort(key=lambda change: change.at, reverse=True)
        del changes[MOST_CHANGES:]
    return changes


def _last_written(register: Register) -> dt.datetime | None:
    """By whomever, and wherever it lies."""
    entries = register.model.history.model.objects.order_by("-history_id")
    return entries.values_list("history_date", flat=True).first()


def _changes(register: Register, user) -> list[LastChange]:
    past = access.visible_to(register, user, register.model.history.all())
    # A row that has left my scope since is no longer mine to read about.
    # Asked row by row: PostgreSQL goes through a long list of ids anew for each entry when it is one side of an "or".
    mine = Exists(access.visible_to(register, user).filter(pk=OuterRef("id")))
    writes = _last_writes(past.filter(mine | Q(history_type=DELETED)).select_related("history_user"))
    entries = [entry for some in writes for entry in some]
    former.name_rows(register.model, entries, former.naming(register.model), EVER)
    access.veil(register, user, entries, EVER)
    return [_change(register, some) for some in writes]


def _last_writes(past: QuerySet[Any]) -> list[list[Any]]:
    """The newest writes, each with its first entries: two where it wrote many rows, which may be a whole sheet's."""
    writes: list[list[Any]] = []
    some = past.order_by("-history_id")
    while len(writes) < MOST_CHANGES:
        newest = list(some[: MOST_CHANGES + 1])
        read = [list(entries) for _, entries in groupby(newest, _write_of)]
        # The last one may go on beyond what was read; alone it would pass for a write of one row.
        writes += read[:-1] if len(newest) > MOST_CHANGES and len(read) > 1 else read
        if len(newest) <= MOST_CHANGES:
            break
        moment = writes[-1][0].history_date
        kinds = [entries[0].history_type for entries in writes if entries[0].history_date == moment]
        known = past.filter(history_date__lte=moment).exclude(history_date=moment, history_type__in=kinds)
        some = known.order_by("-history_date", "-history_id")
    return writes[:MOST_CHANGES]


def _write_of(entry: Any) -> tuple[dt.datetime, str]:
    return entry.history_date, entry.history_type


def _change(register: Register, entries: list) -> LastChange:
    entry = entries[0]
    return LastChange(
        register=register,
        row_id=None if entry.history_type == DELETED else entry.id,
        # A history row has the columns of its model, but a name of its own that says less.
        title=register.model.__str__(entry),
        others=len(entries) > 1,
        at=entry.history_date,
        kind=entry.history_type,
        user=entry.history_user,
    )
