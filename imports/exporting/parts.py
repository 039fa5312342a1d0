"""What one sheet of an export holds: a listing's rows, column by column and a chunk at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator
from functools import cached_property
from typing import Any, cast

from django.apps import apps
from django.db.models import Case, Min, Model, Q, When
from django.http import QueryDict

from inventory import access, former, registers
from inventory.columns import Column, Type
from inventory.listing.address import Listing
from inventory.many import chunked
from inventory.registers import Register
from inventory.search import Term
from inventory.server.moment import all_there

CHUNK = 2_000


def beginning() -> dt.datetime:
    """Now, but not later than anything began that is being written: its rows bear that time, and are not there yet.

    To be asked before the reading begins. An import dates its rows before its transaction begins.
    """
    now = all_there()
    batches = apps.get_model("imports", "Batch").objects.filter(state__in=("applying", "undoing"))
    began = batches.aggregate(first=Min(Case(When(state="undoing", then="applied_at"), default="checked_at")))["first"]
    return min(now, began or now)


# So many names of a reference column are remembered; beyond, all are looked up anew.
_REMEMBERED = 20_000

Values = list[object]


class Part:
    """One listing on its way into a sheet; what identifies a person only comes along when it is asked for."""

    def __init__(self, listing: Listing, *, personal: bool = False, read_from: dt.datetime | None = None):
        """`read_from`: of what was written before, nothing is missing."""
        self.listing, self.personal, self.read_from = listing, personal, read_from
        self._reading: list[Generator[tuple[Any, ...], None, None]] = []

    @property
    def register(self) -> Register:
        return self.listing.register

    @cached_property
    def columns(self) -> list[Column]:
        """The list's columns, the key in front: by it a changed sheet finds its rows again."""
        key = self.register.key
        asked = [column for column in self.listing.columns if column.name != key.name]
        return [key, *(column for column in asked if self.personal or not column.is_personal)]

    @cached_property
    def totals(self) -> tuple[int, dict[str, object]]:
        """The number of rows, and the exact sums by column name."""
        count, sums = self.listing.totals()
        return count, {column.name: total for column, total in sums if total is not None}

    def chunks(self, *also: str | Term) -> Iterator[list[Values]]:
        """For each chunk of rows the values of each column, as a person names them: str, int, Decimal, date, None.

        `also`: fields whose stored values follow those of the columns. One query streams the rows; the names of
        referred rows are looked up once for a chunk that brings new ones.
        """
        names = [*(column.field.attname for column in self.columns), *also]
        user, end = self.listing.user, self.listing.end
        makers = [*(_maker(column, user, end) for column in self.columns), *[list] * len(also)]
        # A generator, though it does not say so: it can be closed.
        rows = cast(
            Generator[tuple[Any, ...], None, None], self.listing.rows.values_list(*names).iterator(chunk_size=CHUNK)
        )
        self._reading.append(rows)
        for chunk in chunked(rows, CHUNK):
            yield [make(values) for make, values in zip(makers, zip(*chunk, strict=True), strict=True)]

    def close(self) -> None:
        """End the reading; what an error has broken off would else be ended after its database is closed."""
        while self._reading:
            self._reading.pop().close()


def _maker(column: Column, user, end: dt.datetime | None) -> Callable[[tuple], Values]:
    """From the stored values of a column to what `Column.value` says of each."""
    if column.type == Type.REFERENCE:
        return _References(column.target, user, end).names
    if column.type in (Type.CHOICE, Type.BOOLEAN):
        texts = {value: str(text) for value, text in column.choices.items()} if column.type == Type.CHOICE else {
            flag: column.show(flag) for flag in (True, False)
        }  # fmt: skip
        return lambda values: [None if v is None or v == "" else texts.get(v, v) for v in values]
    if column.type == Type.CODE:
        return lambda values: [None if v is None or v == "" else str(v) for v in values]
    if column.type in (Type.TEXT, Type.LONG_TEXT):
        return lambda values: [v or None for v in values]
    return list


class _References:
    """The names of the rows that a column refers to, by id, as far as the user may see them; `end`: those that they had
    before that moment."""

    def __init__(self, model: type[Model], user, end: dt.datetime | None):
        self._model, self._user, self._end = model, user, end
        self._names: dict[int | None, str | None] = {None: None}

    def names(self, ids: tuple[int | None, ...]) -> Values:
        named = {pk for pk in ids if pk is not None}
        if missing := named - self._names.keys():
            if len(self._names) > _REMEMBERED:
                self._names = {None: None}
                missing = named
            rows = former.rows_at(self._model, missing, self._end)
            hidden = access.hidden(registers.of(self._model), self._user, missing, self._end)
            self._names |= {pk: str(access.Unseen(pk) if pk in hidden else row) for pk, row in rows.items()}
        return [self._names.get(pk) for pk in ids]


# Which parts an export has ---------------------------------------------------------------------------------


def records_of(listing: Listing) -> list[tuple[Register, str]]:
    """The registers of records that the user may take along with the listing, and the column that leads to it."""
    return [
        (child, name) for child, name in listing.register.children() if access.may_see(child, listing.user)
    ]  # fmt: skip


def parts_of(register: Register, user, params: QueryDict | dict, *, personal: bool = False) -> list[Part]:
    """The parts that a query asks for: `parts` names the register itself and records of its rows, by slug.

    Without `parts` it is the list alone. Records come with all their columns. `personal`: with those that identify
    people, which is the caller's to permit and to record (`imports.exporting.personal`).
    """
    listing = Listing(register, user, params)
    asked = ",".join(listing.params.getlist("parts")).split(",")
    parts = [Part(listing, personal=personal)] if register.slug in asked or asked == [""] else []
    for child, name in records_of(listing):
        if child.slug in asked:
            query = {"columns": "all"} | ({"as_of": listing.params["as_of"]} if listing.as_of else {})
            only = Q(**{f"{name}__in": listing.matching.values("id")})
            parts.append(Part(Listing(child, user, query, only=only), personal=personal))
    return parts or [Part(listing, personal=personal)]
