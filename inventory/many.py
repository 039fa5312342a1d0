"""Many rows at once: in pieces, or in one statement."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

from inventory.columns import field_of

T = TypeVar("T")
# A statement and its parameters.
Statement = tuple[str, list[Any]]
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
