"""What stood in the tables before: which entry of a history describes a row, and the rows that it named at that time.

A row of the past names others by id. Those may have been renamed or deleted since, so the past is never read through
today's tables: names, order and scope come from the histories of what is named. `end` is the moment before which all
counts; `EVER` is whatever is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory.columns import Column, Type, field_of, name_order, target_of
from inventory.search import Term
from inventory.trees import Tree, below

if TYPE_CHECKING:
    from inventory.past import Trail

CREATED, CHANGED, DELETED = "+", "~", "-"
EVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


# Which entry ------------------------------------------------------------------------------------------------


def entries_of(model: type[models.Model]) -> QuerySet[Any]:
    """All entries of a model that has a history."""
    kept: Any = model
    entries: QuerySet[Any] = kept.history.model.objects.all()
    return entries


def last(past: QuerySet[Any], among: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Of each row its last entry; with `among` the last of those entries. By number: clocks go back."""
    entries = past.model.objects.all() if among is None else among
    newest = entries.filter(id=OuterRef("id")).order_by("-history_id").values("history_id")[:1]
    return past.filter(history_id=Subquery(newest))


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which a day, here, is over."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def as_of(model: type[models.Model], day: dt.date) -> QuerySet[Any]:
    """The rows as they stood at the end of a day, as rows of their history: one query."""
    past = entries_of(model)
    return last(past, past.filter(history_date__lt=end_of(day))).exclude(history_type=DELETED)


def then(model: type[models.Model], end: dt.datetime) -> QuerySet[Any]:
    """What is known of every row that ever was: its last entry before `end`, else its first; the deleted ones too."""
    return entries_of(model).filter(history_id=Subquery(_known(model, OuterRef("id"), end).values("history_id")[:1]))


def _known(model: type[models.Model], row: OuterRef, end: dt.datetime) -> QuerySet[Any]:
    # A row that others named on a day existed then, even if its own history begins later (the lists of a new
    # installation): its first entry counts.
    number = Cast("history_id", models.BigIntegerField())
    nearest = Case(When(history_date__lt=end, then=-number), default=number, output_field=models.BigIntegerField())
    return entries_of(model).filter(id=row).order_by(nearest)


def not_kept_before(model: type[models.Model], day: dt.date) -> dt.date | None:
    """The day of the first entry, where `day` lies before it: nothing is known of that day, which does not mean that
    there was nothing. None where something is known, or nothing was ever there."""
    first = entries_of(model).aggregate(first=Min("history_date"))["first"]
    return timezone.localdate(first) if first and day < timezone.localdate(first) else None


def not_kept(first: dt.date) -> str:
    """The sentence for it."""
    return _("%(day)s gününden önce kayıt tutulmamış.") % {"day": formats.date_format(first, "SHORT_DATE_FORMAT")}


def unmarked(rows: QuerySet[Any], model: type[models.Model], name: str) -> Q:
    """The model's rows that do not bear the mark; of entries of their history those whose rows do not bear it today
    either, nor did when they were deleted."""
    is_open = Q(**{name: False})
    if rows.model is model:
        return is_open
    today = model._default_manager.filter(**{name: True})
    deleted = entries_of(model).filter(**{name: True}, history_type=DELETED)
    return is_open & ~Q(id__in=today.values("pk")) & ~Q(id__in=deleted.values("id"))


# The rows that it names ---------------------------------------------------------------------------------------


class Gone:
    """Stands where a row names one that no table and no history knows. For showing only."""

    def __init__(self, pk: int):
        self.pk = pk

    def __str__(self) -> str:
        return _("(silinmiş kayıt, no %(number)d)") % {"number": self.pk}


class Versions:
    """Rows of one model as they were at any moment, with what they are named after: two queries, and as many for each
    model that stands in the name. `among`: the entries that count, all by default."""

    def __init__(self, model: type[models.Model], ids: Iterable[int | None], among: QuerySet[Any] | None = None):
        self._model, ids = model, _there(ids)
        self._entries: dict[int, list[Trail]] = {}
        if ids and hasattr(model, "history"):
            known = entries_of(model) if among is None else among
            for entry in known.filter(id__in=ids).order_by("history_id"):
                self._entries.setdefault(entry.id, []).append(entry)
        missing = ids - self._entries.keys()
        self._today: dict[int, models.Model] = (
            with_names(model._default_manager.all()).in_bulk(missing) if missing else {}
        )
        self._named: dict[models.Field[Any, Any], Versions] = {}
        for field in (field_of(model, name) for name in naming(model)):
            named = {getattr(entry, field.attname) for entries in self._entries.values() for entry in entries}
            self._named[field] = Versions(target_of(field), named)

    def at(self, pk: int | None, end: dt.datetime) -> models.Model | Gone | None:
        """The row by its last entry before `end`, else by its first; one without a history as it is today."""
        if pk is None:
            return None
        if not (entries := self._entries.get(pk)):
            return self._today.get(pk, Gone(pk))
        row = row_of(self._model, next((e for e in reversed(entries) if e.history_date < end), entries[0]))
        for field, versions in self._named.items():
            row._state.fields_cache[field.name] = versions.at(getattr(row, field.attname), end)
        return row


def after(entry: Any) -> dt.datetime:
    """The moment before which an entry and all that was there with it was written."""
    end: dt.datetime = entry.history_date + dt.timedelta(microseconds=1)
    return end


def row_of(model: type[models.Model], entry: models.Model) -> models.Model:
    """The row that an entry describes; what it names is not looked up."""
    there = {field.attname for field in entry._meta.concrete_fields}
    values = {f.attname: getattr(entry, f.attname) for f in model._meta.concrete_fields if f.attname in there}
    return model(**values)


def name_rows(model: type[models.Model], rows: Iterable[models.Model], names: Iterable[str], end: dt.datetime) -> None:
    """Put into the rows, or entries, those that they name in these columns, as they were before `end`."""
    rows = list(rows)
    for field in (field_of(model, name) for name in names):
        versions = rows_before(target_of(field), {getattr(row, field.attname) for row in rows}, end)
        for row in rows:
            row._state.fields_cache[field.name] = versions.at(getattr(row, field.attname), end)


def rows_before(model: type[models.Model], ids: Iterable[int | None], end: dt.datetime) -> Versions:
    """The rows of these ids, of which only what stood before `end` will be asked."""
    return Versions(model, ids, then(model, end) if hasattr(model, "history") else None)


def rows_at(model: type[models.Model], ids: Iterable[int | None], end: dt.datetime | None) -> dict[int, object]:
    """{id: the row as it was before `end`; without one as it is}, with what stands in its name."""
    ids = _there(ids)
    if end is None:
        return with_names(model._default_manager.all()).in_bulk(ids)
    versions = rows_before(model, ids, end)
    return {pk: versions.at(pk, end) for pk in ids}


def _there(ids: Iterable[int | None]) -> set[int]:
    return {pk for pk in ids if pk is not None}


def named_after(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that `str` of a row reads."""
    return getattr(model, "named_after", ("name",))


def naming(model: type[models.Model]) -> list[str]:
    """The references that stand in a row's name."""
    return [name for name in named_after(model) if field_of(model, name).is_relation]


def paths(model: type[models.Model], names: Iterable[str], before: str = "") -> list[str]:
    """What `select_related` wants so that the rows of these columns are read with all that stands in their names."""
    lookups = []
    for name in dict.fromkeys(names):
        related = target_of(field_of(model, name))
        lookups += [f"{before}{name}", *paths(related, naming(related), f"{before}{name}__")]
    return lookups


def with_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of today, read with all that stands in their names."""
    names = paths(rows.model, naming(rows.model))
    return rows.select_related(*names) if names else rows


# Conditions and order -----------------------------------------------------------------------------------------


def order(column: Column, end: dt.datetime) -> Term:
    """`Column.order` for rows of the past: references by the names of their day."""
    if column.type != Type.REFERENCE:
        return column.order
    model = column.target
    return name_order(model, lambda name: value(model, OuterRef(column.name), end, name))


def value(model: type[models.Model], row: OuterRef, end: dt.datetime, name: str) -> Term:
    """A field of the row of that id, as it was before `end`; of one without a history as it is today."""
    today = first(model._default_manager.filter(pk=row), name)
    if not hasattr(model, "history"):
        return today
    # Not Coalesce: what was blank then would be shown as it is today.
    known = _known(model, row, end)
    return Case(When(Exists(known), then=first(known, name)), default=today)


def first(rows: QuerySet[Any], name: str) -> Subquery:
    return Subquery(rows.values(name)[:1])


def below_then(name: str, nodes: Sequence[Tree]) -> Q:
    """The rows of the past whose column names one of these nodes or one below, by today's tree; a deleted node is where
    it last stood."""
    model = type(nodes[0])
    there = model._default_manager.filter(below(nodes)).values("pk")
    gone = entries_of(model).filter(below(nodes), history_type=DELETED).values("id")
    return Q(**{f"{name}__in": there}) | Q(**{f"{name}__in": gone})
