"""A page of rows as a list shows it, without one query for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from inventory.columns import Column, Type
from inventory.computed.columns import computed, is_state
from inventory.listing.address import Listing
from inventory.listing.paging import Place, find
from inventory.registers import Register


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str
    state: str = ""  # of `computed.validity.State`
    said: str = ""  # the state in words, where the text does not say it
    spared: str = ""  # the part of the text that a list leaves out (`Row.spared`)


@dataclass(frozen=True)
class TableLine:
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
    lines: list[TableLine]
    number: int
    previous: str  # what the address's `page` says for the page before; empty where there is none
    next: str
    is_too_far: bool = False


def page(listing: Listing) -> Page:
    """The page that the address asks for."""
    paged = find(listing, Place.read(listing.params.get("page", "")))
    number, rows = paged.number, paged.rows
    before = f"{number - 1}-before-{rows[0].pk}" if rows else str(number - 1)
    return Page(
        _headings(listing),
        _lines(listing, rows),
        number,
        before if number > 1 else "",
        f"{number + 1}-after-{rows[-1].pk}" if paged.more else "",
        paged.is_too_far,
    )


def whole(listing: Listing, most: int) -> Page:
    """All rows of the list on one page, no more than `most`."""
    rows = listing.name(list(listing.rows[:most]))
    return Page(_headings(listing), _lines(listing, rows), 1, "", "")


def _lines(listing: Listing, rows: Sequence[Any]) -> list[TableLine]:
    # An entry of the past has a name of its own, which says less than its register's.
    name = listing.register.model.__str__
    return [TableLine(row.id, name(row), cells(listing.register, listing.columns, row)) for row in rows]


def cells(register: Register, columns: list[Column], row: Model) -> list[Cell]:
    """A row of a list as its page shows it."""
    return [_cell(register, column, row) for column in columns]


def _cell(register: Register, column: Column, row: Model) -> Cell:
    text = register.text(column, row)
    if is_state(column):
        return Cell(column, text, getattr(row, column.name))
    if column.type == Type.REFERENCE:
        return Cell(column, text, spared=getattr(getattr(row, column.name), "spared", ""))
    states = computed(register).get(getattr(column, "state", ""))
    return Cell(column, text, getattr(row, states.name), states.text(row)) if states else Cell(column, text)


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
