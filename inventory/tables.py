"""A page of rows as a list shows it, without one query for each row."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.columns import Column
from inventory.listing import Listing


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    """A row's cells; `place` is its number in the list, by which its page finds its neighbours."""

    id: int
    title: str
    place: int
    cells: list[Cell]


@dataclass(frozen=True)
class Heading:
    column: Column
    sorted: str  # "", "ascending" or "descending", as aria-sort says it
    query: str  # the list sorted by this column, or turned round


@dataclass(frozen=True)
class Page:
    headings: list[Heading]
    lines: list[Line]
    number: int
    more: bool


def page(listing: Listing) -> Page:
    """One query: a row more than is shown tells whether another page follows."""
    start = (listing.page - 1) * listing.size
    rows = list(listing.rows[start : start + listing.size + 1])
    lines = [
        Line(row.id, str(row), start + place, [Cell(column, column.text(row)) for column in listing.columns])
        for place, row in enumerate(rows[: listing.size])
    ]
    return Page(_headings(listing), lines, listing.page, len(rows) > listing.size)


def _headings(listing: Listing) -> list[Heading]:
    made = []
    for column in listing.columns:
        order = ""
        if listing.sort.removeprefix("-") == column.name:
            order = "ascending" if listing.ascending else "descending"
        turned = f"-{column.name}" if order == "ascending" else column.name
        made.append(Heading(column, order, listing.query(sort=turned, page=None)))
    return made


def neighbours(listing: Listing, place: int, row_id: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The (id, place) before and after a row in the list it was opened from; None at the ends, and for
    both when the list has changed so that the row no longer stands there."""
    first = max(0, place - 1)
    ids = list(listing.rows.values_list("id", flat=True)[first : place + 2])
    at = place - first
    if at >= len(ids) or ids[at] != row_id:
        return None, None
    before = (ids[at - 1], place - 1) if at else None
    after = (ids[at + 1], place + 1) if at + 1 < len(ids) else None
    return before, after
