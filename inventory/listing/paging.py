"""Pages of a list, and the rows beside a row of it.

The next page is what comes behind the last row of this one: found by that row's own value, so that the ten
thousandth page costs what the second does, and nothing is shown twice or left out when somebody adds a row meanwhile.
Only a page that is asked for by its bare number is counted from the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model, Q, QuerySet

from inventory.listing.address import Listing

# Rows that are left out at most for a page that is asked for by its bare number, since all of them are gone through.
FARTHEST = 100_000
_LAST = 10**8
_ASKED = re.compile(r"([0-9]{1,9})(?:-(after|before)-([0-9]{1,18}))?", re.ASCII)


@dataclass(frozen=True)
class Place:
    """What the address's `page` says: "3", or "3-after-17", "3-before-42" with the row beside which it lies."""

    number: int = 1
    side: str = ""
    row: int = 0

    @classmethod
    def read(cls, text: str) -> Place:
        asked = _ASKED.fullmatch(text.strip())
        if not asked or not 1 <= int(asked[1]) <= _LAST:
            return cls()
        return cls(int(asked[1]), asked[2] or "", int(asked[3] or 0))


@dataclass(frozen=True)
class RowPage:
    """A page's rows, none behind the last page and none where it is too far to be counted to (`FARTHEST`); `number`
    may be another one than was asked for, `more`: whether others follow."""

    number: int
    rows: list[Model]
    more: bool
    is_too_far: bool = False


def find(listing: Listing, place: Place) -> RowPage:
    """The page that the place names.

    Going back ends at the true first page, also when rows came or went meanwhile.
    """
    size = listing.size
    if place.side and (beside := _Beside.find(listing, place.row)):
        if place.side == "after":
            return _page_of(listing, place.number, list(islice(beside.after(size + 1), size + 1)))
        ids = list(islice(beside.before(size), size))[::-1]
        if place.number > 1 and len(ids) == size:
            return _page_of(listing, place.number, ids, more=True)
        place = Place()
    if place.number == 1:
        return _page_of(listing, 1, list(islice(_Runs(listing).all(size + 1), size + 1)))
    start = (place.number - 1) * size
    if start > FARTHEST:
        # A list that ends before has no such page at all.
        beyond = listing.rows.values_list("id", flat=True)[FARTHEST : FARTHEST + 1]
        return RowPage(place.number, [], False, is_too_far=bool(beyond))
    return _page_of(listing, place.number, list(listing.rows.values_list("id", flat=True)[start : start + size + 1]))


def _page_of(listing: Listing, number: int, ids: list[int], more: bool = False) -> RowPage:
    """The page of these ids; one more than fits on it says that others follow.

    Ids are looked for first: what is sorted or left out is then read without the rows that it names.
    """
    shown = ids[: listing.size]
    unsorted = list(listing.with_references(listing.matching.filter(id__in=shown)))
    rows = {row.id: row for row in listing.name(unsorted)}
    return RowPage(number, [rows[each] for each in shown if each in rows], more or len(ids) > len(shown))


def neighbours(listing: Listing, row_id: int) -> tuple[int | None, int | None]:
    """The ids of the rows before and after a row in the list; None at the ends, and where it is not in the list."""
    beside = _Beside.find(listing, row_id)
    if beside is None:
        return None, None
    return next(beside.before(1), None), next(beside.after(1), None)


class _Runs:
    """The ids of the rows that have a value in the list's order, and of the blank ones, which come last: asked for one
    after the other, since no index serves both at once."""

    def __init__(self, listing: Listing):
        column = listing.sorting
        self._ascending, self._order, self._is_unique = listing.ascending, listing.order, column.field.unique
        rows = listing.matching.annotate(_sorted=listing.order)
        blank = Q(_sorted__isnull=True) if listing.has_blanks else Q(**{column.name: ""}) if column.blank_text else None
        self._valued = rows if blank is None else rows.exclude(blank)
        self._blank = rows.none() if blank is None else rows.filter(blank)

    def all(self, most: int) -> Iterator[int]:
        """The rows from the first on, at most so many of each kind."""
        yield from self._in_order(self._valued, forwards=True)[:most]
        yield from self._by_id(self._blank, forwards=True)[:most]

    def _in_order(self, rows: QuerySet[Any], *, forwards: bool) -> QuerySet[Any]:
        rising = forwards == self._ascending
        rows = rows.order_by(*((self._order.asc(), "id") if rising else (self._order.desc(), "-id")))
        return rows.values_list("id", flat=True)

    def _by_id(self, rows: QuerySet[Any], *, forwards: bool) -> QuerySet[Any]:
        return rows.order_by("id" if forwards == self._ascending else "-id").values_list("id", flat=True)


class _Beside(_Runs):
    """What lies before and behind one row, nearest first."""

    def __init__(self, listing: Listing, row_id: int, value: object):
        super().__init__(listing)
        self._id, self._value = row_id, value

    @classmethod
    def find(cls, listing: Listing, row_id: int) -> _Beside | None:
        """None where the row is not in the list, or no longer."""
        rows = listing.matching.filter(id=row_id).annotate(_sorted=listing.order).values_list("_sorted")
        for (value,) in rows:
            return cls(listing, row_id, value)
        return None

    def after(self, most: int) -> Iterator[int]:
        """The rows behind it, at most so many of each kind."""
        if not self._is_blank:
            yield from self._run(most, forwards=True)
            yield from self._by_id(self._blank, forwards=True)[:most]
        else:
            yield from self._further(self._blank, forwards=True)[:most]

    def before(self, most: int) -> Iterator[int]:
        """The rows before it, at most so many of each kind."""
        if self._is_blank:
            yield from self._further(self._blank, forwards=False)[:most]
            yield from self._in_order(self._valued, forwards=False)[:most]
        else:
            yield from self._run(most, forwards=False)

    @property
    def _is_blank(self) -> bool:
        return self._value is None or self._value == ""

    def _run(self, most: int, *, forwards: bool) -> Iterator[int]:
        """The rows that have a value, from this one's on: first those of the same value. Two queries, since one would
        scan all rows of that value, and a third of the devices may be of one make."""
        if not self._is_unique:
            yield from self._further(self._valued.filter(_sorted=self._value), forwards=forwards)[:most]
        side = "gt" if forwards == self._ascending else "lt"
        yield from self._in_order(self._valued.filter(**{f"_sorted__{side}": self._value}), forwards=forwards)[:most]

    def _further(self, rows: QuerySet[Any], *, forwards: bool) -> QuerySet[Any]:
        side = "gt" if forwards == self._ascending else "lt"
        return self._by_id(rows.filter(**{f"id__{side}": self._id}), forwards=forwards)
