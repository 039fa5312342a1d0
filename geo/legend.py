"""What stands beside a map: how many of a list's rows are on it, where, and what its colours mean."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from geo.models import District
from geo.then import lying, of_location
from inventory import former
from inventory.computed.columns import computed
from inventory.computed.validity import SOON
from inventory.listing.address import Listing
from inventory.models import Kind, Status
from inventory.organization.models import Unit
from inventory.registers import Register

# Okabe and Ito's colours, which the colour-blind distinguish; black is kept for what is drawn over the map.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
OTHERS = "#8a94a1"
#: A day that has passed, that comes within 30 days, that comes later, and no day at all.
DUE_COLOURS = {"overdue": "#d55e00", "soon": "#e69f00", "later": "#0072b2", "none": OTHERS}

LegendLine = dict[str, object]


def about(listing: Listing) -> dict:
    """`{"number", "placed", "bounds": [west, south, east, north] or None, "kinds": {id: name}, "legends"}`.

    A legend is a list of `{"key", "name", "number", "colour"}`: the seven that are most, then the others with the key
    None. The same few queries for any number of rows.
    """
    placed = listing.matching.filter(lying(listing, Q(cell__isnull=False))).order_by()
    counted: Counter[tuple[int | str, ...]] = Counter()
    for *keys, number in placed.values_list("kind", "responsible_unit", "status").annotate(Count("pk")):
        counted[tuple(keys)] += number
    kinds, units, statuses = (_summed(counted, place) for place in range(3))
    names: dict[str, dict[Any, str]] = {
        "kind": {pk: _called(row) for pk, row in former.rows_at(Kind, kinds, listing.end).items()},
        "unit": {pk: _called(row) for pk, row in former.rows_at(Unit, units, listing.end).items()},
        "status": {status.value: str(status.label) for status in Status},
    }
    ends = placed.aggregate(
        west=Min(of_location(listing, "west")),
        south=Min(of_location(listing, "south")),
        east=Max(of_location(listing, "east")),
        north=Max(of_location(listing, "north")),
    )
    bounds = [ends[end] for end in ("west", "south", "east", "north")]
    by = {"kind": kinds, "unit": units, "status": statuses}
    return {
        "number": listing.matching.count(),
        "placed": counted.total(),
        "bounds": None if None in bounds else bounds,
        "kinds": names["kind"],
        "legends": {name: legend(counts, names[name]) for name, counts in by.items()},
    }


def _called(row: object) -> str:
    """A kind without a name by its code; a row that nobody knows any more as what stands in its place says."""
    return getattr(row, "name", "") or getattr(row, "code", "") or str(row)


def _summed(counted: Counter, place: int) -> Counter:
    sums: Counter[int | str] = Counter()
    for keys, number in counted.items():
        sums[keys[place]] += number
    return sums


def legend(counted: Counter, names: dict) -> list[LegendLine]:
    most = counted.most_common(len(COLOURS))
    lines: list[LegendLine] = [
        {"key": key, "name": str(names[key]), "number": number, "colour": colour}
        for (key, number), colour in zip(most, COLOURS, strict=False)
    ]
    if rest := counted.total() - sum(number for _key, number in most):
        lines.append({"key": None, "name": _("Diğerleri"), "number": rest, "colour": OTHERS})
    return lines


def dues(register: Register) -> list[tuple[str, str]]:
    """The properties of a tile's items that hold a day, and what falls due on it."""
    own = register.validity and register.column(register.validity.ends)
    beside = [(column.name, column.label) for column in computed(register).values() if column.state]
    return ([("due", own.label)] if own else []) + beside


def due_key(day: dt.date | None, today: dt.date) -> str:
    """The line of the legend on which a day stands."""
    if day is None:
        return "none"
    if day < today:
        return "overdue"
    return "soon" if day <= today + SOON else "later"


def due_legend() -> list[LegendLine]:
    names = {
        "overdue": _("Süresi geçmiş"),
        "soon": _("30 gün içinde dolacak"),
        "later": _("Daha sonra dolacak"),
        "none": _("Tarihi yok"),
    }
    return [{"key": key, "name": names[key], "colour": colour} for key, colour in DUE_COLOURS.items()]


def home_bounds() -> list[float]:
    """The corners of the districts' points, with a margin: what a map without items shows."""
    ends = District.objects.aggregate(Min("lon"), Min("lat"), Max("lon"), Max("lat"))
    corners = [ends[name] for name in ("lon__min", "lat__min", "lon__max", "lat__max")]
    # The world as far as it is a square, where there are no districts yet.
    if None in corners:
        return [-170, -80, 170, 80]
    return [corner + margin for corner, margin in zip(corners, (-0.2, -0.2, 0.2, 0.2), strict=True)]
