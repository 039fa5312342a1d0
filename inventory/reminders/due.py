"""Which rows a rule asks about on a day: those whose date is near or over, as long as anything is asked of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from inventory import former, registers
from inventory.columns import Column
from inventory.computed.columns import named, on
from inventory.computed.declared import Until
from inventory.computed.validity import State, asks, asks_for
from inventory.items import Item
from inventory.models import GONE, Asset
from inventory.organization.models import Person
from inventory.registers import Register
from inventory.reminders import steps
from inventory.reminders.dates import watched
from inventory.reminders.models import Rule

_ASKED = (State.SOON, State.OVERDUE, State.VALID)
_CHUNK = 2_000


@dataclass(frozen=True)
class Due:
    """A row, its date, and the newest step that has come."""

    rule: Rule
    register: Register
    row: Any
    day: dt.date
    step: int
    #: Days from the plan's day to the date.
    left: int


def due(rule: Rule, today: dt.date, only: Q | None = None) -> Iterator[Due]:
    """Of the register's rows, or of `only` some. The rows know their unit and the people in them."""
    if (found := watched(rule.date)) is None:
        return
    register, column = found
    before = steps.read(rule.days_before)
    near = Q(**{f"{column.name}__lte": today + dt.timedelta(before[0])})
    if not rule.overdue_every:
        near &= Q(**{f"{column.name}__gte": today - dt.timedelta(steps.MADE_UP)})
    rows = _asking(register, column).filter(near, only or Q())
    rows = rows.select_related(*_ways(register)).order_by("pk") if _ways(register) else rows.order_by("pk")
    for row in rows.iterator(_CHUNK):
        day = getattr(row, column.name)
        step = steps.step_on(today, day, before, rule.overdue_every)
        if step is not None:
            yield Due(rule, register, row, day, step, (day - today).days)


def may_be_due(rule: Rule, row: Any, today: dt.date) -> bool:
    """False where the row's own date says that no step of the rule has come; nothing is looked up."""
    if (found := watched(rule.date)) is None:
        return False
    register, column = found
    if column.name not in register.columns:
        return True
    day = getattr(row, column.name)
    if day is None or (day - today).days > steps.read(rule.days_before)[0]:
        return False
    return bool(rule.overdue_every) or (today - day).days <= steps.MADE_UP


def _asking(register: Register, column: Column) -> QuerySet[Any]:
    """The rows of which something is asked: none that are out of service, have ended or have been renewed."""
    rows = on(register.model._default_manager.all(), [column], None)
    if found := _until(register, column):
        return rows.filter(asks_for(*found))
    if issubclass(register.model, Asset):
        rows = rows.exclude(status__in=GONE)
    for name in register.parents:
        if issubclass(register.column(name).target, Asset):
            rows = rows.exclude(**{f"{name}__status__in": GONE})
    if register.validity:
        for name, values in register.validity.ended.items():
            rows = rows.exclude(**{f"{name}__in": values})
        if due := register.validity.states().get(column.name):
            rows = on(rows, [named(register, due)], None).filter(asks(register, None), **{f"{due}__in": _ASKED})
        if not register.validity.of:
            # Where it is none at all, such as of a contract, its end is worth a reminder all the same.
            rows = rows.filter(register.validity.overdue or Q())
    return rows


def _until(register: Register, column: Column) -> tuple[Register, Until] | None:
    """The records from which a column beside their items is computed."""
    for child, of in register.children():
        if child.validity and child.validity.of == of:
            for one in child.validity.beside:
                if column.name == f"{one.name}_until":
                    return child, one
    return None


def people(register: Register) -> list[str]:
    """The ways from a row to the people in it; a record that names none has those of its item."""
    if own := [column.name for column in register.naming(Person)]:
        return own
    parents = [(name, registers.of(register.column(name).target)) for name in register.parents]
    return [f"{name}__{column.name}" for name, of in parents if of for column in of.naming(Person)]


def _ways(register: Register) -> list[str]:
    """What is read together with the rows: their unit, the people, and what stands in their names."""
    names = former.paths(register.model, former.naming(register.model))
    return [*names, *filter(None, [unit_way(register)]), *people(register)]


def unit_way(register: Register) -> str:
    """The way from a row to the unit that answers for it; "" where there is none, or several."""
    if register.follows is Item:
        return f"{register.scope}__responsible_unit"
    return "" if register.follows else register.scope or ""


def reached(row: Any, way: str) -> Any:
    """What stands at the end of a way, such as "vehicle__responsible_unit"; None where it breaks off."""
    for name in way.split("__"):
        row = getattr(row, name, None)
    return row
