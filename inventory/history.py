"""Who wrote what, when and why: history written in one statement, read as changes or as of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connections, models, router
from django.db.models import OuterRef, QuerySet, Subquery, Value
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


def record(model: type[models.Model], ids: list[int], kind: str, by: Author) -> None:
    """Copy the rows as they stand into the history: one INSERT … SELECT for each chunk of ids."""
    past = model.history.model
    values = {
        "history_date": Value(by.at, models.DateTimeField()),
        "history_type": Value(kind, models.CharField()),
        "history_change_reason": Value(by.reason or None, models.TextField()),
        "history_user": Value(by.user and by.user.pk, past._meta.get_field("history_user").target_field),
        "batch_id": Value(by.batch_id, models.BigIntegerField()),
    }
    fields = [f for f in past._meta.concrete_fields if f.name != "history_id"]
    sources = [f"_{f.name}" if f.name in values else f.attname for f in fields]
    annotations = {f"_{name}": value for name, value in values.items()}
    database = router.db_for_write(model)
    quote = connections[database].ops.quote_name
    columns = ", ".join(quote(f.column) for f in fields)
    for start in range(0, len(ids), CHUNK):
        rows = model.objects.using(database).filter(pk__in=ids[start : start + CHUNK])
        rows = rows.annotate(**annotations).order_by("pk").values_list(*sources)
        select, params = rows.query.sql_with_params()
        with connections[database].cursor() as cursor:
            cursor.execute(f"INSERT INTO {quote(past._meta.db_table)} ({columns}) {select}", params)


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
    changes: list[Change]


def entries(register: Register, row_id: int, most: int | None = None) -> Iterator[Entry]:
    """A row's history, newest first."""
    past = register.model.history.model
    found = past.objects.filter(id=row_id).select_related("history_user", *register.references)
    found = list(found.order_by("-history_date", "-history_id")[: most and most + 1])
    for newer, older in zip(found, [*found[1:], None], strict=True):
        if most is not None and newer is found[-1] and len(found) > most:
            return
        yield Entry(
            id=newer.history_id,
            at=newer.history_date,
            kind=newer.history_type,
            user=newer.history_user,
            reason=newer.history_change_reason or "",
            batch_id=newer.batch_id,
            changes=differences(register, older, newer) if older and newer.history_type == CHANGED else [],
        )


def differences(register: Register, old: models.Model, new: models.Model) -> list[Change]:
    """The columns in which two states of a row differ."""
    return [
        Change(column, column.text(old), column.text(new))
        for column in register.all_columns()
        if getattr(old, column.field.attname) != getattr(new, column.field.attname)
    ]
