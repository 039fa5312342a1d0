"""New rows of one table, written in one go: Django's `bulk_create` takes most of its time to compose its statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, connections, models

# A row's values in the order of its table's columns.
_Values = tuple[Any, ...]
_Prepare = Callable[[Any, Any], Any]


def insert(rows: Sequence[models.Model]) -> None:
    """Write the rows, all of one model, and give them their ids; in the caller's transaction.

    Raises Django's IntegrityError and DataError as `bulk_create` does, ValueError if a row has an id.
    """
    if not rows:
        return
    if any(row.pk is not None for row in rows):
        raise ValueError("A row that has an id is in its table.")
    model = type(rows[0])
    for row in rows:
        # What a row names may have got its id after it was set; without one Django refuses it.
        row._prepare_related_fields_for_save("insert")  # type: ignore[attr-defined]  # Django's own
        for field in _filled(model):
            setattr(row, field.attname, field.pre_save(row, add=True))
    for row, pk in zip(rows, _new_ids(model, len(rows)), strict=True):
        row.pk = pk
    try:
        (_copy if connection.vendor == "postgresql" else _insert)(model, _values(model, rows))
    except Exception:
        for row in rows:
            row.pk = None
        raise
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _values(model: type[models.Model], rows: Sequence[models.Model]) -> Iterator[_Values]:
    """As the database takes them, which is what `bulk_create` asks of each field."""
    attributes, prepared = _prepared(model)
    # The connection itself: the fields ask it much, and `connection` finds it anew at each question.
    into = connections[connection.alias]
    for row in rows:
        pairs = zip(prepared, attributes(row), strict=True)
        yield tuple([None if value is None else prepare(value, into) for prepare, value in pairs])


@cache
def _prepared(model: type[models.Model]) -> tuple[Callable[[models.Model], _Values], list[_Prepare]]:
    fields = model._meta.concrete_fields
    return attrgetter(*[str(field.attname) for field in fields]), [field.get_db_prep_save for field in fields]


@cache
def _filled(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields that get their value when they are written: a day does if it is the day of writing."""
    own = (field for field in model._meta.concrete_fields if type(field).pre_save is not models.Field.pre_save)
    return [f for f in own if getattr(f, "auto_now", True) or getattr(f, "auto_now_add", True)]


@cache
def _table(model: type[models.Model]) -> tuple[str, list[str]]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), [quote(str(field.column)) for field in model._meta.concrete_fields]


def _new_ids(model: type[models.Model], number: int) -> list[int]:
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ask = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(ask, [connection.ops.quote_name(table), key, number])
            return [pk for (pk,) in cursor.fetchall()]
        # Nobody else writes until the transaction ends; it counts on from whatever id is written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + number))


def _insert(model: type[models.Model], values: Iterator[_Values]) -> None:
    table, columns = _table(model)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names from models
        cursor.executemany(statement, list(values))


def _copy(model: type[models.Model], values: Iterator[_Values]) -> None:
    table, columns = _table(model)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for each in values:
            copy.write_row(each)
