"""What a register declares of its computed columns. Pure data; every name is checked when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Q

from inventory.columns import field_of, target_of

if TYPE_CHECKING:
    from inventory.fields import Text

EVERY = Q()


@dataclass(frozen=True, kw_only=True)
class Until:
    """Two columns beside the items of a record: `<name>_until`, the day until which one holds, and `<name>_due`, what
    that means today (`validity.State`)."""

    name: str
    label: Text
    due_label: Text
    #: The kinds of record that count (values of `Validity.series`); none named is all.
    kinds: tuple[str, ...] = ()
    #: The items that are overdue once their last record has ended; None is none of them.
    overdue: Q | None = EVERY
    #: The items that must have a record; None is none of them.
    missing: Q | None = None


@dataclass(frozen=True, kw_only=True)
class Further:
    """Another last day that a row holds itself, such as `src_until`, and the column that says what it means today:
    `src_due`."""

    ends: str
    label: Text

    @property
    def due(self) -> str:
        return f"{self.ends.removesuffix('_until')}_due"


@dataclass(frozen=True, kw_only=True)
class Validity:
    """From when to when a row holds. Without `of` it speaks of the row itself, as a licence that stands in its item.

    A row holds from its first to its last day. The next one goes on where it begins on the day after or before. Items
    out of service are never overdue and lack nothing.
    """

    #: The last day on which the row holds. A row of an item (`of`) must have one; elsewhere a blank is without end.
    ends: str
    begins: str = ""
    #: The column that names the item.
    of: str = ""
    #: A column of choices: rows of different kinds do not replace each other.
    series: str = ""
    #: Values with which a row holds at all: {"result": ("passed",)}. A past day's blank is from before the column was
    #: kept; then the days alone count.
    counts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Values with which a row has ended, whatever its days: {"state": ("closed",)}.
    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Without `of`: the rows that are overdue once they have ended; None is none of them.
    overdue: Q | None = EVERY
    #: The columns that this gives to the list of the items.
    beside: tuple[Until, ...] = ()
    #: Without `of`: more last days of the row.
    further: tuple[Further, ...] = ()

    def states(self) -> dict[str, str]:
        """Each last day that the rows hold, with the column that says what it means."""
        return {self.ends: "due"} | {one.ends: one.due for one in self.further}

    def check(self, slug: str, model: type[models.Model]) -> None:
        """Raises ImproperlyConfigured for a name or value that is not there."""
        for name in filter(None, (*self.states(), self.begins, self.of, self.series)):
            _field(slug, model, name)
        for name in (*self.counts, *self.ended):
            if _field(slug, model, name).blank:
                raise ImproperlyConfigured(f"register {slug!r}: whether a row counts is open where {name!r} is blank")
        chosen = (*self.counts.items(), *self.ended.items(), *((self.series, until.kinds) for until in self.beside))
        for name, values in chosen:
            if unknown := set(values) - _choices(slug, model, name, values):
                raise ImproperlyConfigured(f"register {slug!r}: {name!r} has no choice {', '.join(sorted(unknown))}")
        if self.of and any(_field(slug, model, name).null for name in filter(None, (self.ends, self.begins))):
            raise ImproperlyConfigured(f"register {slug!r}: a record without a last or first day says nothing")
        if self.beside and not self.of:
            raise ImproperlyConfigured(f"register {slug!r}: columns beside an item want `of`")
        if self.further and self.of:
            raise ImproperlyConfigured(f"register {slug!r}: a record of an item has one last day")
        item = target_of(_field(slug, model, self.of)) if self.of else model
        conditions = [self.overdue, *(q for until in self.beside for q in (until.overdue, until.missing))]
        for name in (name for condition in conditions if condition is not None for name in _names(condition)):
            _field(slug, item, name)


@dataclass(frozen=True, kw_only=True)
class Through:
    """A column of the row that a column names, shown beside a record: the unit of an inspection's vehicle. It is called
    `<of>_<column>`."""

    of: str
    column: str
    label: Text

    @property
    def name(self) -> str:
        return f"{self.of}_{self.column}"

    def check(self, slug: str, model: type[models.Model]) -> None:
        named = _field(slug, model, self.of).related_model
        if named is None:
            raise ImproperlyConfigured(f"register {slug!r}: {self.of!r} names no row")
        if getattr(_field(slug, named, self.column), "is_personal", False):
            raise ImproperlyConfigured(f"register {slug!r}: {self.column!r} identifies a person")


@dataclass(frozen=True, kw_only=True)
class Total:
    """The sum of a column of lines, beside the list of the rows whose lines they are (`inventory.computed.totals`)."""

    name: str
    #: The lines' column; a decimal.
    column: str
    label: Text

    def check(self, slug: str, model: type[models.Model]) -> None:
        if not isinstance(_field(slug, model, self.column), models.DecimalField):
            raise ImproperlyConfigured(f"register {slug!r}: {self.column!r} is not added up")


def _names(condition: Q) -> Iterator[str]:
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            yield from _names(child)
        else:
            yield child[0].partition("__")[0]


def _field(slug: str, model: type[models.Model], name: str) -> models.Field[Any, Any]:
    try:
        return field_of(model, name)
    except FieldDoesNotExist as error:
        raise ImproperlyConfigured(f"register {slug!r}: {model.__name__} has no field {name!r}") from error


def _choices(slug: str, model: type[models.Model], name: str, values: tuple[str, ...]) -> set[str]:
    return {value for value, _label in _field(slug, model, name).flatchoices} if values else set()
