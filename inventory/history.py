"""Who wrote what, when and why: history written in one statement, read as changes or as of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from django.db import connections, models, router
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from inventory.columns import Column
from inventory.registers import Register

CREATED, CHANGED, DELETED = "+", "~", "-"
# Bounded, since a statement may carry only so many values (32,766 on SQLite).
CHUNK = 5_000


@dataclass(frozen=True)
class Author:
    """Who writes, and why; no user means the system itself (a command run on the machine)."""

    user: object | None = None
    reason: str = ""
    batch_id: int | None = None
    at: dt.datetime = field(default_factory=timezone.now)


def record(
    model: type[models.Model], ids: list[int], kind: str, by: Author, sheet_rows: Mapping[int, int] | None = None
) -> None:
    """Copy the rows as they stand into the history: one INSERT … SELECT for each chunk of ids.

    `sheet_rows`: id → the row of the sheet from which it was written, of all ids or of none.
    """
    past = model.history.model
    given = {
        "history_date": by.at,
        "history_type": kind,
        "history_change_reason": by.reason or None,
        "history_user": by.user,
        "batch_id": by.batch_id,
    }
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    told = {past._meta.get_field(name): value for name, value in given.items()}
    copied = [f for f in past._meta.concrete_fields if f not in told and f.name not in ("history_id", "sheet_row")]
    columns = ", ".join(quote(f.column) for f in (*copied, *told, past._meta.get_field("sheet_row")))
    values = [f.get_db_prep_save(getattr(value, "pk", value), connection) for f, value in told.items()]
    given_values = ", ".join(["%s"] * len(values))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = model.objects.using(connection.alias).filter(pk__in=part).order_by("pk")
        select, params = rows.values_list(*(f.attname for f in copied)).query.sql_with_params()
        number, numbered = "NULL", ""
        if sheet_rows:
            # Joined as a table of their own: a CASE would be gone through anew for each row.
            number, key = "numbered.column2", quote(model._meta.pk.column)
            # Whole numbers may stand in the statement itself; parameters would be read one by one.
            pairs = ", ".join(f"({pk:d}, {sheet_rows[pk]:d})" for pk in part)
            numbered = f"JOIN (VALUES {pairs}) AS numbered ON numbered.column1 = stored.{key}"
        with connection.cursor() as cursor:
            # Names are the models' own; every value is a parameter.
            insert = f"INSERT INTO {quote(past._meta.db_table)} ({columns}) SELECT stored.*, {given_values}, {number}"
            cursor.execute(f"{insert} FROM ({select}) AS stored {numbered}", [*values, *params])


def as_of(register: Register, day: dt.date) -> QuerySet:
    """The register's rows as they stood at the end of a day, as rows of its history: one query."""
    past = register.model.history.model
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    latest = (
        past.objects.filter(id=OuterRef("id"), history_date__lt=end)
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    return past.objects.filter(history_id=Subquery(latest)).exclude(history_type=DELETED)


def deleted(register: Register, row_id: int) -> QuerySet:
    """The last entry of a row that is no more, as rows of the history; none while the row is there."""
    past = register.model.history.model.objects.filter(id=row_id)
    last = past.order_by("-history_date", "-history_id").values("history_id")[:1]
    return past.filter(history_id=Subquery(last), history_type=DELETED)


@dataclass(frozen=True)
class Change:
    """One column's old and new text."""

    column: Column
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One line of a row's history; a creation or deletion has no changes."""

    id: int
    at: dt.datetime
    kind: str
    user: object | None
    reason: str
    batch_id: int | None
    sheet_row: int | None
    changes: list[Change]


def entries(register: Register, row_id: int, most: int | None = None) -> Iterator[Entry]:
    """A row's history, newest first."""
    past = register.model.history.model
    found = past.objects.filter(id=row_id).select_related("history_user", *register.references)
    found = list(found.order_by("-history_date", "-history_id")[: most and most + 1])
    # A row that came into the table in another way than through the application has none.
    for newer, older in zip_longest(found, found[1:]):
        if most is not None and newer is found[-1] and len(found) > most:
            return
        yield Entry(
            id=newer.history_id,
            at=newer.history_date,
            kind=newer.history_type,
            user=newer.history_user,
            reason=newer.history_change_reason or "",
            batch_id=newer.batch_id,
            sheet_row=newer.sheet_row,
            changes=differences(register, older, newer) if older and newer.history_type == CHANGED else [],
        )


def last_entries(register: Register, ids: list[int]) -> dict[int, models.Model]:
    """{id: the row's last history entry, with its user}; in one query, so for a page of rows at most."""
    past = register.model.history.model.objects
    last = past.filter(id__in=ids).values("id").annotate(last=Max("history_id")).values("last")
    found = past.filter(history_id__in=list(last.values_list("last", flat=True))).select_related("history_user")
    return {each.id: each for each in found}


def differences(register: Register, old: models.Model, new: models.Model) -> list[Change]:
    """The columns in which two states of a row differ."""
    return [
        Change(column, column.text(old), column.text(new))
        for column in register.all_columns()
        if getattr(old, column.field.attname) != getattr(new, column.field.attname)
    ]
