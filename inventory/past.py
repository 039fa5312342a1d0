"""What has happened stays: the database itself refuses to change or delete a history's row or an entry of the trail.

The triggers are made after every `migrate`, since SQLite loses a table's triggers when the table is altered. Lawful
commands (`forget_trail`, `forget_personal`, `demo --remove`) open a door, a row of a table that nobody else sees before
the transaction ends, and it is gone by then; during a migration it stands open. Who owns the tables can take triggers
away: nothing in a database keeps its owner out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalChanges, HistoricalRecords

from inventory.sameness.constraints import DoubledField, SameField

if TYPE_CHECKING:
    from inventory.organization.models import User

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} "
    "WHEN NOT EXISTS (SELECT 1 FROM past_door) BEGIN SELECT RAISE(ABORT, 'what has happened is not changed'); END"
)
_POSTGRESQL = "CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION past_stays()"
_FUNCTION = """
    CREATE OR REPLACE FUNCTION past_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM past_door) THEN
            RAISE integrity_constraint_violation USING MESSAGE = 'what has happened is not changed';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
"""


class Trail(models.Model):
    """What a history entry carries besides who, when and why, which django-simple-history adds."""

    id: int
    history_id: int
    history_date: dt.datetime
    history_type: str
    history_user: User | None
    history_change_reason: str | None

    batch_id = models.BigIntegerField(_("aktarım no"), null=True, blank=True, db_index=True)
    sheet_row = models.PositiveIntegerField(_("dosyadaki satır"), null=True, blank=True)

    class Meta:
        abstract = True


class _Managers(HistoryManager):
    """Made once: the library writes a new class at each `model.history`, a tenth of the time of a page."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


class Past(HistoricalRecords):
    """The history of a row, without the helper columns of uniqueness, which only the present needs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(bases=[Trail], history_manager=_Managers, **options)

    def fields_included(self, model: type[models.Model]) -> list[Any]:
        return [f for f in super().fields_included(model) if not isinstance(f, SameField | DoubledField)]


@contextmanager
def opened() -> Iterator[None]:
    """A transaction in which the past may be changed, by this connection alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO past_door VALUES (1)")
        yield
        cursor.execute("DELETE FROM past_door")


def tables() -> list[str]:
    """Those whose rows stay as they were written."""
    past = [model for model in apps.get_models() if issubclass(model, HistoricalChanges)]
    return [model._meta.db_table for model in (apps.get_model("trail", "Event"), *past)]


def open_for_migrating(using: str, **_: object) -> None:
    """Before `migrate`: a new column may be filled in old rows."""
    if using == connection.alias and "past_door" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO past_door VALUES (1)")


def close(using: str, **_: object) -> None:
    """After `migrate`: the triggers are there, and the door is shut."""
    if using != connection.alias:
        return
    quote, there = connection.ops.quote_name, set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS past_door (open INTEGER NOT NULL)")
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        form = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
        for table in sorted(there.intersection(tables())):
            for verb in ("UPDATE", "DELETE"):
                name = quote(f"{table}_stays_{verb.lower()}")
                cursor.execute(form.format(name=name, verb=verb, table=quote(table)))
        cursor.execute("DELETE FROM past_door")
