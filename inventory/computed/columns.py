"""The computed columns of a register: its own, and those that its records give to the list of its items."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import access, former, hooks, registers
from inventory.columns import Column, Type, name_order
from inventory.computed import totals, validity
from inventory.computed.declared import Through
from inventory.registers import Register
from inventory.search import Term

if TYPE_CHECKING:
    from inventory.fields import Text
    from inventory.organization.models import Asker


@dataclass(frozen=True)
class Computed(Column):
    """A column whose value each list computes as of its own day (None: now); its field belongs to no table.

    `state` is the column that says what the value means today; `seen_through` the column of another register that it
    shows.
    """

    expression: Callable[[dt.date | None], Term]
    state: str = ""
    seen_through: tuple[Register, Column] | None = None

    @property
    def editable(self) -> bool:
        return False

    @property
    def order(self) -> Term:
        if self.type != Type.REFERENCE:
            return super().order
        named = self.target._default_manager.filter(pk=OuterRef(self.name))
        return name_order(self.target, partial(former.first, named))


def on(rows: QuerySet[Any], columns: Sequence[Column], day: dt.date | None) -> QuerySet[Any]:
    """The rows with these columns' values."""
    values = {column.name: column.expression(day) for column in columns if isinstance(column, Computed)}
    return rows.annotate(**values) if values else rows


def with_states(register: Register, columns: list[Column]) -> list[Column]:
    """The columns with those that say what their values mean."""
    states = [computed(register)[c.state] for c in columns if isinstance(c, Computed) and c.state]
    return list(dict.fromkeys((*columns, *states)))


def name_rows(rows: Sequence[models.Model], columns: list[Column], user: Asker, end: dt.datetime | None = None) -> None:
    """Put the rows that computed references name in the place of their ids, as far as the user may see them: two
    queries at most for each such column, six of the past."""
    for column in columns:
        if isinstance(column, Computed) and column.type == Type.REFERENCE:
            target, ids = registers.of(column.target), {getattr(row, column.name) for row in rows} - {None}
            named = former.rows_at(column.target, ids, end)
            named |= {pk: access.Unseen(pk) for pk in access.hidden(target, user, ids, end)}
            for row in rows:
                setattr(row, column.name, named.get(getattr(row, column.name)))


def validities(register: Register) -> list[Computed]:
    """The columns that say what is valid, for those who show one row."""
    return [c for c in computed(register).values() if c.state or is_state(c)]


@cache
def computed(register: Register) -> dict[str, Computed]:
    """By name; asked for when every register is declared."""
    made = [*_own(register), *_beside(register), *(column for make in hooks.computed for column in make(register))]
    return {column.name: column for column in made}


def shown(register: Register) -> list[Column]:
    """All that a list can show: what the rows hold, and what is computed."""
    return [*register.all_columns(), *computed(register).values()]


def of_records(register: Register, name: str) -> tuple[Register, str] | None:
    """The records from which a column beside their items is computed, and the query of a new one for an item without
    the item itself ("kind=liability")."""
    for child, of in register.children():
        if child.validity and child.validity.of == of:
            for one in child.validity.beside:
                if name == f"{one.name}_until":
                    return child, f"{child.validity.series}={one.kinds[0]}&{of}=" if one.kinds else f"{of}="
    return None


def find(register: Register, name: str) -> Column | None:
    """The column of this name, held or computed; None where there is none."""
    return register.column(name) if name in register.columns else computed(register).get(name)


def named(register: Register, name: str) -> Column:
    """`find` for a name that a declaration has; raises KeyError where there is no such column."""
    return register.column(name) if name in register.columns else computed(register)[name]


def source(register: Register, column: Column) -> tuple[Register, Column]:
    """Where the rows come from that a reference may name: what a column shows of another is chosen as it is there."""
    seen_through = column.seen_through if isinstance(column, Computed) else None
    return seen_through or (register, column)


def the(register: Register, name: str) -> Column:
    """The column of this name, held or computed; raises KeyError where there is none."""
    if (column := find(register, name)) is None:
        raise KeyError(name)
    return column


def is_state(column: Column) -> bool:
    """Whether the column's values are states of validity."""
    return isinstance(column, Computed) and column.choices == dict(validity.State.choices)


def check(register: Register) -> None:
    """Raises ImproperlyConfigured for what cannot be: two columns of one name, a listed name that is none."""
    given = [column.name for column in (*_own(register), *_beside(register))]
    names = [*register.columns, *given]
    if twice := {name for name in names if names.count(name) > 1} | (set(given) & _fields(register)):
        raise ImproperlyConfigured(f"register {register.slug!r}: two columns are called {', '.join(sorted(twice))}")
    for name in (*register.listed, *register.filters):
        if name not in names and name != register.model._meta.pk.name:
            raise ImproperlyConfigured(f"register {register.slug!r}: {name!r} is not one of its columns")
    for child, of in register.children():
        validities = child.validity and child.validity.beside and child.validity.of == of
        gives = validities or (child.totals and child.line_of == of)
        # Whoever sees the item sees what its records say; they must not be hidden from her elsewhere.
        if gives and (child.granted_as != register.granted_as or child.scope != f"{of}__{register.scope}"):
            raise ImproperlyConfigured(f"register {child.slug!r}: its scope is not that of its {register.slug}")


def _fields(register: Register) -> set[str]:
    return {field.name for field in register.model._meta.get_fields()}


def _own(register: Register) -> Iterator[Computed]:
    yield from (column for column in register.computed if isinstance(column, Computed))
    for one in register.through:
        yield _through(register, one)
    if register.validity:
        field = _choice("due", _("geçerlilik durumu"))
        yield Computed(field, _kept(partial(validity.state, register)))
        for further in register.validity.further:
            field = _choice(further.due, further.label)
            yield Computed(field, _kept(partial(validity.state, register, ends=further.ends)))


def _beside(register: Register) -> Iterator[Computed]:
    for child, of in register.children():
        if child.validity and child.validity.of == of:
            for one in child.validity.beside:
                name, state = f"{one.name}_until", f"{one.name}_due"
                field = _named(models.DateField(one.label, null=True, blank=True), name)
                yield Computed(field, _kept(partial(validity.until, child, one)), state)
                yield Computed(_choice(state, one.due_label), _kept(partial(validity.due, child, one)))
        for total in child.totals if child.line_of == of else ():
            field = _named(totals.field_of(child, total), total.name)
            yield Computed(field, _kept(partial(totals.total, child, total)))


def _kept(make: Callable[[dt.date | None], Term]) -> Callable[[dt.date | None], Term]:
    """The expression, made once for each day: making it takes as long as asking with it. A query changes only its own
    copy."""

    @lru_cache(maxsize=4)
    def made(day: dt.date | None, _today: dt.date) -> Term:
        return make(day)

    return lambda day: made(day, timezone.localdate())


def _choice(name: str, label: Text) -> models.Field[Any, Any]:
    return _named(models.CharField(label, max_length=20, choices=validity.State, blank=True, default=""), name)


def _named(field: models.Field[Any, Any], name: str) -> models.Field[Any, Any]:
    field.name = field.attname = field.column = name
    return field


def _through(register: Register, one: Through) -> Computed:
    parent = registers.serving(register.column(one.of).target)
    column = parent.column(one.column)
    field = _named(copy.copy(column.field), one.name)
    # A choice that the parent must have is always there; a reference may be hidden by a past day.
    field.verbose_name, field.null = one.label, column.field.null or column.type == Type.REFERENCE
    return Computed(field, partial(_value, register, one), seen_through=(parent, column))


def _value(register: Register, one: Through, day: dt.date | None) -> Term:
    if day is None:
        return F(f"{one.of}__{one.column}")
    rows = former.then(register.column(one.of).target, former.end_of(day)).filter(id=OuterRef(one.of))
    return Subquery(rows.values(one.column)[:1])
