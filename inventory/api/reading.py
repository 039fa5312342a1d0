"""A listing's rows as JSON objects: what the list's page shows, as values that programs read.

Rows are read as bare values and never become model objects. The names of what they refer to are looked up once for each
chunk, so the number of queries does not grow with the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import Model, QuerySet
from django.utils import timezone

from inventory import access, former, normal, registers
from inventory.columns import Column, Type
from inventory.listing.address import Listing
from inventory.many import chunked
from inventory.organization.models import Asker

CHUNK = 1_000
Values = list[Any]
# So many are looked up in one query.
IDS = 900
# So many names of a reference column are remembered; beyond, all are looked up anew.
_REMEMBERED = 20_000
# What every object begins with, whichever columns are asked for.
ALWAYS = ("id", "version")


def columns_of(listing: Listing) -> list[Column]:
    return [column for column in listing.columns if column.name not in ALWAYS]


class Objects:
    """`is_plain`: for a sheet, where a reference is its name and a choice its label."""

    def __init__(self, listing: Listing, *, is_plain: bool = False):
        self._columns = columns_of(listing)
        self.names = [*ALWAYS, *(column.name for column in self._columns)]
        self._fields = [*ALWAYS, *(column.field.attname for column in self._columns)]
        maker = _Maker(listing.user, listing.end, is_plain=is_plain)
        self._makers: list[Callable[[Sequence[Any]], Sequence[Any]]] = [
            *([_as_they_are] * len(ALWAYS)), *(maker.of(column) for column in self._columns)
        ]  # fmt: skip

    def of(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """The objects of as many rows as fit into memory."""
        return self._objects(list(rows.values_list(*self._fields)))

    def chunks(self, rows: QuerySet[Any]) -> Iterator[list[dict[str, Any]]]:
        """The same of any number, a chunk at a time."""
        reading = rows.values_list(*self._fields).iterator(chunk_size=CHUNK)
        chunk: list[tuple[Any, ...]] = []
        for values in reading:
            chunk.append(values)
            if len(chunk) == CHUNK:
                yield self._objects(chunk)
                chunk = []
        yield self._objects(chunk)

    def _objects(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        if not rows:
            return []
        made = [make(values) for make, values in zip(self._makers, zip(*rows, strict=True), strict=True)]
        return [dict(zip(self.names, values, strict=True)) for values in zip(*made, strict=True)]


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


class _Maker:
    """From the stored values of a column to those of the objects."""

    def __init__(self, user: Asker, end: dt.datetime | None, *, is_plain: bool):
        self._user, self._end, self._is_plain = user, end, is_plain

    def of(self, column: Column) -> Callable[[Sequence[Any]], Sequence[Any]]:
        if column.is_personal:
            return lambda values: [normal.masked(v) if v else None for v in values]
        if column.type == Type.REFERENCE:
            return _References(column.target, self._user, self._end, is_plain=self._is_plain)
        if column.type == Type.CHOICE and self._is_plain:
            texts = {value: str(text) for value, text in column.choices.items()}
            return lambda values: [None if v is None or v == "" else texts.get(v, v) for v in values]
        if column.type in (Type.CHOICE, Type.TEXT, Type.LONG_TEXT):
            return lambda values: [None if v == "" else v for v in values]
        if column.type == Type.CODE:
            return lambda values: [None if v is None or v == "" else str(v) for v in values]
        if column.type in (Type.DECIMAL, Type.MONEY, Type.AREA):
            return lambda values: [None if v is None else decimal(v) for v in values]
        if column.type == Type.MOMENT and not self._is_plain:
            # With the zone, since a program may stand in another.
            return lambda values: [None if v is None else timezone.make_aware(v).isoformat() for v in values]
        return _as_they_are


def decimal(value: Decimal) -> str:
    return format(value, "f")


def code_column(model: type[Model]) -> str | None:
    """The column by which programs know a row of the model: its number, else the text that identifies it last."""
    target = registers.of(model)
    if target is None:
        return None
    if (number := next(iter(target.model.numbered or ()), "")) in target.columns:
        return number
    column = target.column(target.identity[0][-1])
    return column.name if column.type in (Type.TEXT, Type.CODE) and not column.is_personal else None


def reference(row: object, column: str | None) -> dict[str, object]:
    """A row as others name it; of one beyond the reader's reach, that there is one and no more."""
    if isinstance(row, access.Unseen):
        return {"id": None, "text": str(row), "code": None}
    code = getattr(row, column, None) if column else None
    return {"id": getattr(row, "pk", None), "text": str(row), "code": code or None}


class _References:
    def __init__(self, model: type[Model], user: Asker, end: dt.datetime | None, *, is_plain: bool):
        self._model, self._user, self._end, self._is_plain = model, user, end, is_plain
        self._code = code_column(model)
        self._known: dict[int | None, object] = {None: None}

    def __call__(self, ids: Sequence[int | None]) -> list[object]:
        named = {pk for pk in ids if pk is not None}
        if missing := named - self._known.keys():
            if len(self._known) > _REMEMBERED:
                self._known, missing = {None: None}, named
            hidden = access.hidden(registers.of(self._model), self._user, missing, self._end)
            for pk, row in self._named(missing):
                named_row = access.Unseen(pk) if pk in hidden else row
                # Packed once, however many rows name it.
                self._known[pk] = (
                    str(named_row)
                    if self._is_plain
                    else orjson.Fragment(orjson.dumps(reference(named_row, self._code)))
                )
        return [self._known.get(pk) for pk in ids]

    def _named(self, ids: set[int]) -> Iterable[tuple[int, Any]]:
        """`former.rows_at`, of today without the columns that stand in no name. A row lasts until the next one: one
        object is filled with each, since where every row has a place of its own, making them costs the most."""
        if self._end or former.naming(self._model):
            yield from former.rows_at(self._model, ids, self._end).items()
            return
        names = ["pk", *{*former.named_after(self._model), *filter(None, [self._code])}]
        fields = [self._model._meta.pk.attname, *names[1:]]
        row = self._model()
        state = row._state
        state.adding = False
        rows = self._model._default_manager.order_by().values_list(*names)
        for part in chunked(sorted(ids), IDS):
            first, last = part[0], part[-1]
            # A long list of ids costs more than a few rows too many.
            is_dense = last - first < 2 * len(part)
            for values in rows.filter(pk__range=(first, last)) if is_dense else rows.filter(pk__in=part):
                if values[0] in ids:
                    # What else its name should read is still fetched, as of any row without some columns.
                    row.__dict__ = {"_state": state, **dict(zip(fields, values, strict=True))}
                    yield values[0], row
