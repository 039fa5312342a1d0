"""Who wrote what, when and why: history written in one statement, read as changes or as of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.db import connections, models, router
from django.db.models import QuerySet
from django.utils import timezone

from inventory import access, former
from inventory.columns import Column, target_of
from inventory.former import CHANGED, CREATED, DELETED, EVER
from inventory.many import chunked
from inventory.registers import Register
from inventory.server import moment

if TYPE_CHECKING:
    from inventory.models import Row
    from inventory.organization.models import Asker, User
    from inventory.past import Trail

__all__ = ["CHANGED", "CREATED", "DELETED", "Author", "Entry", "as_of", "entries", "record"]
# Bounded, since a statement may carry only so many values (32,766 on SQLite).
CHUNK = 5_000


@dataclass(frozen=True)
class Author:
    """Who writes, and why; no user means the system itself (a command run on the machine).

    `at` is the moment of all that is written; without it each write has its own, since one that is dated before its
    transaction began is missed by whoever reads in between (`moment.all_there`).
    """

    user: Asker = None
    reason: str = ""
    batch_id: int | None = None
    at: dt.datetime | None = None


def dated(by: Author) -> Author:
    """For several writes of one transaction, which all bear one moment."""
    return replace(by, at=by.at or moment.begun())


def record(
    model: type[Row], ids: list[int], kind: str, by: Author, sheet_rows: Mapping[int, int] | None = None
) -> None:
    """Copy the rows as they stand into the history: one INSERT … SELECT for each chunk of ids.

    `sheet_rows`: id → the row of the sheet from which it was written, of all ids or of none.
    """
    past = model.history.model
    given = {
        "history_date": by.at or timezone.now(),
        "history_type": kind,
        "history_change_reason": by.reason or None,
        "history_user": by.user,
        "batch_id": by.batch_id,
    }
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    shown = {past._meta.get_field(name): value for name, value in given.items()}
    copied = [f for f in past._meta.concrete_fields if f not in shown and f.name not in ("history_id", "sheet_row")]
    columns = ", ".join(quote(f.column) for f in (*copied, *shown, past._meta.get_field("sheet_row")))
    key, table = quote(past._meta.get_field("id").column), quote(model._meta.db_table)
    stored = ", ".join(f"stored.{quote(f.column)}" for f in copied)
    values = [f.get_db_prep_save(getattr(value, "pk", value), connection) for f, value in shown.items()]
    given_values = ", ".join(["%s"] * len(values))
    for part in chunked(ids, CHUNK):
        number, numbered = "NULL", ""
        if sheet_rows:
            # Joined as a table of their own: a CASE would be gone through anew for each row.
            number = "numbered.column2"
            pairs = ", ".join(f"({pk:d}, {sheet_rows[pk]:d})" for pk in part)
            numbered = f"JOIN (VALUES {pairs}) AS numbered ON numbered.column1 = stored.{key}"
        with connection.cursor() as cursor:
            # Names are the models' own; every value is a parameter.
            insert = f"INSERT INTO {quote(past._meta.db_table)} ({columns}) SELECT {stored}, {given_values}, {number}"
            # Whole numbers may stand in the statement itself; parameters would be read one by one.
            among = ", ".join(f"{pk:d}" for pk in part)
            chosen = f"FROM {table} AS stored {numbered} WHERE stored.{key} IN ({among}) ORDER BY stored.{key}"
            cursor.execute(f"{insert} {chosen}", values)


def end_of_day(day: dt.date) -> dt.datetime:
    """The last moment of a day, here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def as_of(register: Register, day: dt.date) -> QuerySet[Any]:
    """The register's rows as they stood at the end of a day, as rows of its history: one query."""
    return former.as_of(register.model, day)


def deleted(register: Register, row_id: int) -> QuerySet[Any]:
    """The last entry of a row that is no more, as rows of the history; none while the row is there."""
    return former.last(register.model.history.model.objects.filter(id=row_id)).filter(history_type=DELETED)


def lines_taken_out(register: Register, row_id: int, user: Asker, most: int) -> list[tuple[models.Model, Trail]]:
    """The lines of a row that are no more, as they were last called, each with the entry that says who took it out; the
    newest first, and only those that the user might see, were they there."""
    past = register.model.history.model.objects.filter(history_type=DELETED)
    of_row = past.filter(**{f"{register.line_of}_id": row_id}).select_related("history_user")
    gone = list(access.visible_to(register, user, of_row).order_by("-history_id")[:most])
    rows = [former.row_of(register.model, entry) for entry in gone]
    former.name_rows(register.model, rows, {*register.references, *former.naming(register.model)}, EVER)
    return list(zip(access.veil(register, user, rows, EVER), gone, strict=True))


def last_state(register: Register, user: Asker, entry: Trail) -> models.Model:
    """A row that is no more as it was before it went, what it names by the names of that moment, as far as the user may
    see it."""
    row = former.row_of(register.model, entry)
    end = former.after(entry)
    former.name_rows(register.model, [row], {*register.references, *former.naming(register.model)}, end)
    return access.veil(register, user, [row], EVER)[0]


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
    user: User | None
    reason: str
    batch_id: int | None
    sheet_row: int | None
    changes: list[Change]


def entries(register: Register, row_id: int, user: Asker, most: int | None = None) -> Iterator[Entry]:
    """A row's history, newest first, as the user may read it."""
    past = register.model.history.model
    entries = past.objects.filter(id=row_id).select_related("history_user")
    entries = list(entries.order_by("-history_id")[: most and most + 1])
    names = _Names(register, user, entries)
    # The oldest entry has none before it, and may still be a change: rows can have been inserted by SQL.
    for newer, older in zip_longest(entries, entries[1:]):
        if most is not None and newer is entries[-1] and len(entries) > most:
            return
        yield Entry(
            id=newer.history_id,
            at=newer.history_date,
            kind=newer.history_type,
            user=newer.history_user,
            reason=newer.history_change_reason or "",
            batch_id=newer.batch_id,
            sheet_row=newer.sheet_row,
            changes=names.differences(older, newer) if older and newer.history_type == CHANGED else [],
        )


class _Names:
    """What a row's entries name, as it was called when they were written, as far as the user may see it."""

    def __init__(self, register: Register, user: Asker, entries: list[Trail]):
        self._register, self._hidden = register, access.unseen(register, user, entries, EVER)
        fields = [register.column(name).field for name in register.references]
        named = {field: {getattr(entry, field.attname) for entry in entries} for field in fields}
        # What all entries name alike is no change of any, so nobody asks for its name.
        self._versions = {f: former.Versions(target_of(f), ids) for f, ids in named.items() if len(ids) > 1}

    def differences(self, older: Trail, newer: Trail) -> list[Change]:
        # Both by the names of the day of the change: a unit that was renamed before has not changed here.
        return differences(
            self._register, self._named(older, newer.history_date), self._named(newer, newer.history_date)
        )

    def _named(self, entry: Trail, at: dt.datetime) -> Trail:
        entry = copy(entry)
        for named, versions in self._versions.items():
            pk, end = getattr(entry, named.attname), at + dt.timedelta(microseconds=1)
            seen = access.Unseen(pk) if pk in self._hidden[named.name] else versions.at(pk, end)
            entry._state.fields_cache[named.name] = seen
        return entry


def at_version(register: Register, row_id: int, version: int) -> Any:
    """The row as it stood at a version; None where the history does not know."""
    entries = register.model.history.model.objects.filter(id=row_id, version=version)
    then = entries.order_by("-history_id").first()
    if then is not None:
        former.name_rows(register.model, [then], register.references, EVER)
    return then


def last_entries(register: Register, ids: list[int]) -> dict[int, Trail]:
    """{id: the row's last history entry, with its user}; in one query, so for a page of rows at most."""
    entries = former.last(register.model.history.model.objects.filter(id__in=ids)).select_related("history_user")
    return {each.id: each for each in entries}


def differences(register: Register, old: models.Model, new: models.Model) -> list[Change]:
    """The columns in which two states of a row differ."""
    return [
        Change(column, column.text(old), column.text(new))
        for column in register.all_columns()
        if getattr(old, column.field.attname) != getattr(new, column.field.attname)
    ]
