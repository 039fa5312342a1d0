"""The spine: one line for each item of any register, under one number. Whatever may concern any item names its line.

Kept while rows are written, in their transaction, and never written otherwise; a deleted item's line stays and says so.
It holds no search text: a row's texts name rows that a reader may not see (`inventory.seen`), and a second index of
words would cost an import a quarter of its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import former, registers
from inventory.columns import Column, field_of, target_of
from inventory.fields import InventoryNumberField
from inventory.former import DELETED
from inventory.hooks import Write
from inventory.many import by_id, chunked
from inventory.models import Status
from inventory.organization.models import Person
from inventory.registers import Register

# What every item has, under the same name in its own table.
_SHARED = ("inventory_no", "kind", "responsible_unit", "location", "status")
# Lines in one statement; SQLite allows 32,766 values in it.
_CHUNK = 5_000


def _reference(to: str, name: Any, **values: Any) -> Any:
    """Bound to nothing: the line of a deleted item holds nobody back."""
    unbound: dict[str, Any] = {"null": True, "blank": True, "db_constraint": False, "related_name": "+"}
    return models.ForeignKey(to, models.DO_NOTHING, verbose_name=name, **(unbound | values))


class Item(models.Model):
    """An item as all registers know it. `row` is its id in the table of its register."""

    register = models.CharField(_("kütük"), max_length=40)
    row = models.BigIntegerField()
    inventory_no = InventoryNumberField(_("envanter no"), max_length=20, unique=True)
    title = models.TextField(_("ad"))
    kind = _reference("inventory.Kind", _("tür"), db_index=False)
    responsible_unit = _reference("organization.Unit", _("sorumlu birim"), db_index=False)
    location = _reference("geo.Location", _("yer"), db_index=False)
    holder = _reference("organization.Person", _("kişi"))
    status = models.CharField(_("durum"), max_length=20, choices=Status)
    deleted_at = models.DateTimeField(_("silinme"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "row"], name="item_of_row")]
        # Few, since each is paid for by each row of an import: what is deleted, what a person holds.
        indexes = [models.Index(fields=["deleted_at"], condition=~Q(deleted_at=None), name="item_deleted")]

    def __str__(self) -> str:
        return self.title

    @property
    def of(self) -> Register:
        return registers.get(self.register)


_KEY = ["register", "row"]


def holder_of(register: Register) -> Column | None:
    """The column that names the person who has the item, or answers for it."""
    return next(iter(register.naming(Person)), None)


# Writing ---------------------------------------------------------------------------------------------------


def enter(write: Write) -> None:
    """Follows rows that are new or were changed."""
    if write.register.group == "asset" and write.columns & _read(write.register):
        _keep(write.register, write.objects or former.with_names(write.rows))


def rename(write: Write) -> None:
    """Follows rows that name one which is called otherwise now, where that stands in their own names."""
    if write.register.group == "asset" and former.naming(write.register.model):
        _keep(write.register, write.objects)


def leave(write: Write) -> None:
    """Follows rows that are about to go."""
    if write.register.group == "asset" and write.kind == DELETED:
        _lines(write).update(deleted_at=write.author.at or timezone.now())


def forget(write: Write) -> None:
    """Follows rows that went with their history."""
    if write.register.group == "asset":
        _lines(write).delete()


def _lines(write: Write) -> QuerySet[Item]:
    return Item.objects.filter(register=write.register.slug, row__in=write.ids)


def _read(register: Register) -> set[str]:
    """The columns of which a line is made."""
    return {*_SHARED, *former.named_after(register.model), *(column.name for column in [holder_of(register)] if column)}


def _keep(register: Register, rows: Iterable[models.Model]) -> None:
    """Write the lines of these rows as they stand in their table; only what they are called comes from Python."""
    for part in chunked(rows, _CHUNK):
        _upsert(register, {row.pk: str(row) for row in part})


def _upsert(register: Register, titles: Mapping[int, str]) -> None:
    sources = _sources(register)
    quote = connection.ops.quote_name
    names = ["row", *(field_of(Item, name).column or name for name in sources), "register", "title"]
    columns = ", ".join(map(quote, names))
    changed = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name not in _KEY)
    # Joined as a table of their own: a CASE would be gone through anew for each row. Whole numbers stand in the
    # statement itself, and only texts are parameters.
    called = ", ".join(f"({pk:d}, %s)" for pk in titles)
    copied = (field_of(register.model, name).column or name for name in ("id", *sources.values()))
    stored = ", ".join(f"stored.{quote(column)}" for column in copied)
    table = f"{quote(register.model._meta.db_table)} AS stored"
    source = f"{table} JOIN (VALUES {called}) AS called ON called.column1 = stored.id WHERE true"
    merged = f"ON CONFLICT ({', '.join(map(quote, _KEY))}) DO UPDATE SET {changed}"
    with connection.cursor() as cursor:
        # Names are the models' own; every text is a parameter.
        insert = f"INSERT INTO {quote(Item._meta.db_table)} ({columns}) SELECT {stored}, %s, called.column2"
        cursor.execute(f"{insert} FROM {source} {merged}", [register.slug, *titles.values()])


def _sources(register: Register) -> dict[str, str]:
    """A line's column → the attribute of a row from which it is copied."""
    sources = {name: field_of(register.model, name).attname for name in _SHARED}
    if holder := holder_of(register):
        sources["holder"] = holder.field.attname
    return sources


def _keep_deleted(register: Register, entries: Iterable[Any]) -> None:
    """Write the lines of rows that went, from the entries of their histories that say so."""
    sources = _sources(register)
    gone = {entry.id: entry for entry in entries}
    rows = [former.row_of(register.model, entry) for entry in entries]
    for field in (field_of(register.model, name) for name in former.naming(register.model)):
        versions = former.Versions(target_of(field), {getattr(row, field.attname) for row in rows})
        for row in rows:
            # As it was called when it went.
            row._state.fields_cache[field.name] = versions.at(getattr(row, field.attname), former.after(gone[row.pk]))
    lines = [
        Item(
            register=register.slug,
            row=row.pk,
            title=str(row),
            deleted_at=gone[row.pk].history_date,
            **{field_of(Item, name).attname: getattr(row, source) for name, source in sources.items()},
        )
        for row in rows
    ]
    written = [*sources, "title", "deleted_at"]
    Item.objects.bulk_create(lines, _CHUNK, update_conflicts=True, unique_fields=_KEY, update_fields=written)


@transaction.atomic
def rebuild() -> int:
    """Write all lines anew, such as after rows came from elsewhere; returns how many there are. A line keeps its id.

    On PostgreSQL writers wait meanwhile; on SQLite they always do.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Item._meta.db_table)} IN EXCLUSIVE MODE")
    for register in registers.every("asset"):
        here, entries = register.model._default_manager.all(), former.entries_of(register.model)
        lines = Item.objects.filter(register=register.slug)
        lines.exclude(row__in=here.values("pk")).exclude(row__in=entries.values("id")).delete()
        lines.filter(row__in=here.values("pk")).exclude(deleted_at=None).update(deleted_at=None)
        for rows in by_id(former.with_names(here)):
            _keep(register, rows)
        for gone in by_id(former.last(entries).filter(history_type=DELETED)):
            _keep_deleted(register, gone)
    return Item.objects.count()


def begin(using: str, **_: object) -> None:
    """Called after `migrate`: an installation that had rows before it had lines gets them."""
    if using != connection.alias:
        return
    # A migration to an older state leaves some of them away.
    models_read: list[type[models.Model]] = [register.model for register in registers.every("asset")]
    tables: list[type[models.Model]] = [Item, *models_read]
    there = {model._meta.db_table for model in tables} <= set(connection.introspection.table_names())
    if there and not Item.objects.exists() and any(model._default_manager.exists() for model in models_read):
        rebuild()
