"""A grown SQLite installation moved to PostgreSQL: every table, its history, and what comes next in each sequence.

All in one transaction of the target, which is only kept when every table has the same rows with the same values.
The uploaded files stay where they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import AutoField, Field, JSONField, Model
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged, tables
from inventory.backups.databases import opened
from inventory.backups.tables import Tally
from inventory.columns import target_of
from inventory.fields import MomentField
from inventory.many import chunked

# Rows in one COPY; after it the database looks at their references.
_ROWS = 10_000
# What `migrate` itself writes into new tables.
_MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}

OnProgress = Callable[[str, int], None]


def move(source: Path, on_progress: OnProgress) -> dict[str, Tally]:
    """Copy the SQLite file into the database of DATABASE_URL, whose tables must be empty; returns every table's tally.

    Nobody can write to the source meanwhile. `on_progress(table, rows)` is called after each table. Raises CannotKeep
    when it may not or could not be done, Damaged when the rows came out otherwise; both leave the target's tables
    empty.
    """
    if connection.vendor != "postgresql":
        raise CannotKeep(_("DATABASE_URL, satırların gideceği PostgreSQL veritabanını göstermeli."))
    if not source.is_file():
        raise CannotKeep(_("%(file)s: böyle bir dosya yok.") % {"file": source})
    # A connection on which writing begins with the lock of the one writer.
    with opened(source, transaction_mode="IMMEDIATE", timeout=20) as alias:
        try:
            with transaction.atomic(using=alias):
                return _move(alias, on_progress)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise CannotKeep(_("%(why)s; hiçbir şey taşınmadı.") % {"why": str(error).strip()}) from error


def _move(alias: str, on_progress: OnProgress) -> dict[str, Tally]:
    if set(tables.applied(alias)) != tables.known():
        raise CannotKeep(_("SQLite dosyası başka bir sürümün; önce onda `manage.py migrate` çalıştırınız."))
    call_command("migrate", verbosity=0)
    models = tables.models_of(tables.as_migrated(alias))
    if full := [m._meta.db_table for m in models if m._meta.db_table not in _MADE_BY_MIGRATE and _any_row(m)]:
        raise CannotKeep(
            _("Hedefte zaten satır var (%(names)s); boş bir veritabanı yapınız (createdb).")
            % {"names": ", ".join(full[:5])}
        )
    with transaction.atomic():
        _clear(models)
        _fill(alias, models, on_progress)
        # Whatever is still to be looked at, so that a broken reference is reported as one.
        _look_at_references()
        _set_sequences(alias, models)
        moved = tables.tally("default", models)
        if odd := tables.differing(tables.tally(alias, models), moved):
            raise Damaged(_("Satırlar başka çıktı, hiçbir şey taşınmadı:") + "\n  " + "\n  ".join(odd))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return moved


def _any_row(model: type[Model]) -> bool:
    return model._base_manager.exists()


def _clear(models: list[type[Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), [model._meta.db_table for model in models]):
            cursor.execute(statement)


def _fill(alias: str, models: list[type[Model]], on_progress: OnProgress) -> None:
    there: set[str] = set()
    for model in _referred_first(models):
        rows, owed = 0, _refers_to(model) - there
        values = tables.values_of(alias, model)
        for chunk in chunked(values, _ROWS):
            _copy(model, chunk)
            rows += len(chunk)
            if not owed:
                # Else the server would remember every reference until the end.
                _look_at_references()
        there.add(model._meta.db_table)
        if owed <= there:
            _look_at_references()
        on_progress(model._meta.db_table, rows)


def _copy(model: type[Model], chunk: list[tuple]) -> None:
    quote, fields = connection.ops.quote_name, model._meta.concrete_fields
    names = ", ".join(quote(column) for field in fields if (column := field.column))
    # Those whose values are another thing in Python than in the database.
    prepared = [(place, field) for place, field in enumerate(fields) if isinstance(field, JSONField | MomentField)]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in chunk:
            copy.write_row(_prepared(row, prepared) if prepared else row)


def _prepared(row: tuple, fields: Sequence[tuple[int, Field]]) -> list:
    values = list(row)
    for place, field in fields:
        values[place] = field.get_db_prep_value(values[place], connection)
    return values


def _refers_to(model: type[Model]) -> set[str]:
    return {target_of(field)._meta.db_table for field in model._meta.concrete_fields if field.is_relation}


def _referred_first(models: list[type[Model]]) -> Iterator[type[Model]]:
    """Each model after those that it refers to, as far as they do not go round in a circle."""
    waiting = list(models)
    there: set[str] = set()
    while waiting:
        ready = [m for m in waiting if _refers_to(m) <= there | {m._meta.db_table}] or waiting[:1]
        for model in ready:
            waiting.remove(model)
            there.add(model._meta.db_table)
        yield from ready


def _look_at_references() -> None:
    connection.check_constraints()


def _set_sequences(alias: str, models: list[type[Model]]) -> None:
    """Go on where SQLite would: the number of a row that was deleted stands in histories and is not given again."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        last = dict(cursor.fetchall())
    with connection.cursor() as cursor:
        for model in models:
            table, pk = model._meta.db_table, model._meta.pk
            if isinstance(pk, AutoField) and last.get(table):
                sequence = [connection.ops.quote_name(table), pk.column, last[table]]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", sequence)
