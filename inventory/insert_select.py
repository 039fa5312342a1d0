"""Rows made of others without passing through Python: INSERT … SELECT."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models import QuerySet


def insert_select(model: type[models.Model], names: Sequence[str], *rows: QuerySet, end: str = "") -> None:
    """Insert the rows of the querysets, whose values stand in the order of the names; `end` closes the statement."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in names)
    selects, params = zip(*(each.query.sql_with_params() for each in rows), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            # Names are the models' own; every value is a parameter.
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {' UNION ALL '.join(selects)} {end}",
            [value for each in params for value in each],
        )
