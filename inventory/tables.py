"""A page of rows as a list shows it, without one query for each row."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.columns import Column
from inventory.listing import Listing
from inventory.paging import Place, find


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    id: int
    title: str
    cells: list[Cell]


@dataclass(frozen=True)
class Heading:
    column: Column
    sorted: str  # "", "ascending" or "descending", as aria-sort says it
    query: str  # the list sorted by this column, or turned round; "" where it may not be


@dataclass(frozen=True)
class Page:
    headings: list[Heading]
    lines: list[Line]
    number: int
    previous: str  # what the address's `page` says for the page before; empty where there is none
    next: str
    is_too_far: bool = False


def page(listing: Listing) -> Page:
    """The page that the address asks for."""
    found = find(listing, Place.read(listing.params.get("page", "")))
    number, rows = found.number, found.rows
    lines = [Line(row.id, str(row), [Cell(column, column.text(row)) for column in listing.columns]) for row in rows]
    before = f"{number - 1}-before-{rows[0].id}" if rows else str(number - 1)
    return Page(
        _headings(listing),
        lines,
        number,
        before if number > 1 else "",
        f"{number + 1}-after-{rows[-1].id}" if found.more else "",
        found.is_too_far,
    )


def _headings(listing: Listing) -> list[Heading]:
    made = []
    for column in listing.columns:
        order = ""
        if listing.sort.removeprefix("-") == column.name:
            order = "ascending" if listing.ascending else "descending"
        turned = f"-{column.name}" if order == "ascending" else column.name
        query = "" if column.is_personal else listing.query(sort=turned, page=None)
        made.append(Heading(column, order, query))
    return made
