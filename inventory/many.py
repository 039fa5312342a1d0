"""Many rows at once: in pieces, or in one statement."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, connections, models
from django.db.models import QuerySet

from inventory.columns import field_of

T = TypeVar("T")
# A statement and its parameters.
Statement = tuple[str, list[Any]]
# A row's values in the order of its table's columns.
_Values = tuple[Any, ...]
_Prepare = Callable[[Any, Any], Any]
# In the place of the id in a statement that is composed once for all rows; no row has it.
_ANY = 2**62 + 1


def chunked(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of `size`, the last one shorter."""
    values = iter(values)
    while chunk := list(islice(values, size)):
        yield chunk


def by_id(rows: QuerySet[Any, T], size: int = 2_000) -> Iterator[list[T]]:
    """The rows in lists of `size`, in order of their ids, each list a query of its own: writing disturbs no reading.

    Objects, or `values_list(…, named=True)` with "pk".
    """
    last, rows = 0, rows.order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:size]):
        yield chunk
        end: Any = chunk[-1]
        last = end.pk


def held_by_id(rows: QuerySet[Any, T], size: int = 2_000) -> Iterator[list[T]]:
    """The same objects, each list held before it is read, so that what its rows name is read as of then, too."""
    for part in by_id(rows.select_related(None).only("pk").select_for_update(no_key=True), size):
        held: Any = part
        yield list(rows.filter(pk__in=[row.pk for row in held]).order_by("pk"))


def hold(model: type[models.Model], ids: Iterable[int]) -> dict[int, int]:
    """{id: version} of rows that nobody else changes until the caller's transaction ends.

    In one order for all, so that two who change the same rows wait for each other and never both.
    """
    versions: dict[int, int] = {}
    for part in chunked(sorted(ids), 500):
        held = model._default_manager.filter(pk__in=part).select_for_update(no_key=True).order_by("pk")
        versions |= dict(held.values_list("pk", "version"))
    return versions


def insert_select(model: type[models.Model], names: Sequence[str], *rows: QuerySet[Any], end: str = "") -> None:
    """INSERT … SELECT: rows made of the querysets' without passing through Python.

    Their values stand in the order of the names; `end` closes the statement.
    """
    execute(inserting(model, names, *rows, end=end))


def inserting(model: type[models.Model], names: Sequence[str], *rows: QuerySet[Any], end: str = "") -> Statement:
    """The statement of `insert_select`."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field_of(model, name).column or name) for name in names)
    selects, params = zip(*(each.query.sql_with_params() for each in rows), strict=True)
    # Names are the models' own; every value is a parameter.
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {' UNION ALL '.join(selects)} {end}"
    return insert, [value for each in params for value in each]


def about(ids: Sequence[int], compose: Callable[..., Statement], *of: Hashable) -> Statement:
    """`compose(ids, *of)`. For one row it is composed once, since that takes several times as long as to run it."""
    if len(ids) != 1:
        return compose(ids, *of)
    sql, params = _composed(compose, *of)
    return sql, [ids[0] if value == _ANY else value for value in params]


@cache
def _composed(compose: Callable[..., Statement], *of: Hashable) -> Statement:
    return compose([_ANY], *of)


def execute(statement: Statement) -> int:
    """How many rows it wrote or found."""
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return int(cursor.rowcount)


# New rows -------------------------------------------------------------------------------------------------


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows, all of one model, and give them their ids; in the caller's transaction. Django's `bulk_create`
    takes most of its time to compose its statement.

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
