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

from django.db.models import Model, Q, QuerySet

from inventory.listing import Listing

# Beyond it a database would be asked to leave out more rows than it can count.
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
        found = _ASKED.fullmatch(text.strip())
        if not found or not 1 <= int(found[1]) <= _LAST:
            return cls()
        return cls(int(found[1]), found[2] or "", int(found[3] or 0))


def rows_of_page(listing: Listing, place: Place) -> tuple[list[Model], bool]:
    """The page's rows, and whether others follow."""
    size = listing.size
    if place.side and (beside := _Beside.find(listing, place.row)):
        if place.side == "after":
            rows = list(islice(beside.after(size + 1), size + 1))
            return rows[:size], len(rows) > size
        return list(islice(beside.before(size), size))[::-1], True
    start = (place.number - 1) * size
    # Ids first: what is left out is then read from an index alone, without the rows that it names.
    ids = list(listing.rows.values_list("id", flat=True)[start : start + size + 1])
    found = {row.id: row for row in listing.with_references(listing.matching.filter(id__in=ids[:size]))}
    return [found[each] for each in ids[:size] if each in found], len(ids) > size


def neighbours(listing: Listing, row_id: int) -> tuple[int | None, int | None]:
    """The ids of the rows before and after a row in the list; None at the ends, and where it is not in the list."""
    beside = _Beside.find(listing, row_id)
    if beside is None:
        return None, None
    return tuple(next((row.id for row in rows), None) for rows in (beside.before(1), beside.after(1)))


class _Beside:
    """What lies before and behind one row, nearest first. The rows that have a value and the blank ones, which come
    last, are asked for one after the other, since no index serves both at once."""

    def __init__(self, listing: Listing, row_id: int, value: object):
        column = listing.sorting
        self._id, self._value, self._ascending = row_id, value, listing.ascending
        self._order = column.order
        rows = listing.with_references(listing.matching).annotate(_sorted=column.order)
        blank = Q(_sorted__isnull=True) if column.field.null else Q(**{column.name: ""}) if column.blank_text else None
        self._valued = rows if blank is None else rows.exclude(blank)
        self._blank = rows.none() if blank is None else rows.filter(blank)

    @classmethod
    def find(cls, listing: Listing, row_id: int) -> _Beside | None:
        """None where the row is not in the list, or no longer."""
        found = listing.matching.filter(id=row_id).annotate(_sorted=listing.sorting.order).values_list("_sorted")
        for (value,) in found:
            return cls(listing, row_id, value)
        return None

    def after(self, most: int) -> Iterator[Model]:
        """The rows behind it, at most so many of each kind."""
        if not self._is_blank:
            yield from self._run(forwards=True)[:most]
            yield from self._blank.order_by("id")[:most]
        else:
            yield from self._blank.filter(id__gt=self._id).order_by("id")[:most]

    def before(self, most: int) -> Iterator[Model]:
        """The rows before it, at most so many of each kind."""
        if self._is_blank:
            yield from self._blank.filter(id__lt=self._id).order_by("-id")[:most]
            yield from self._in_order(self._valued, forwards=False)[:most]
        else:
            yield from self._run(forwards=False)[:most]

    @property
    def _is_blank(self) -> bool:
        return self._value is None or self._value == ""

    def _run(self, *, forwards: bool) -> QuerySet:
        """The rows that have a value, from this one's on."""
        side = "gt" if forwards == self._ascending else "lt"
        same = Q(**{"id__gt" if forwards else "id__lt": self._id})
        further = Q(**{f"_sorted__{side}": self._value})
        # The range by itself, too: an index is read from there, which an "or" would not tell.
        rows = self._valued.filter(Q(**{f"_sorted__{side}e": self._value}), further | same)
        return self._in_order(rows, forwards=forwards)

    def _in_order(self, rows: QuerySet, *, forwards: bool) -> QuerySet:
        order = self._order.asc() if forwards == self._ascending else self._order.desc()
        return rows.order_by(order, "id" if forwards else "-id")
