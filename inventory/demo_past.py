"""The made-up rows' past: what was acquired, moved and out of service in the last two years. All of it is made up, and
says so in every entry's reason.

Each row was entered in the month after its own date, or when the records begin. What happened to it since are ordinary
writes, dated back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Case, DateTimeField, Expression, F, QuerySet, Value, When

from inventory import past, registers
from inventory.demo import AUTHOR, REASON, World, noon
from inventory.models import Asset, Status
from inventory.organization.models import Person
from inventory.registers import Register
from inventory.writes import update_many

REACH = dt.timedelta(days=2 * 365)
# Of each register so many rows move to another unit, and are out of service for a while, in so many goes.
MOVED, RESTED, GOES = 160, 80, 4
#: The day on which a record says that it happened.
HAPPENED = {
    "lease-contracts": "signed_on", "leased-vehicles": "starts_on", "inspections": "done_on", "insurances": "starts_on",
    "software-uses": "since",
}  # fmt: skip


def reach_back(world: World) -> None:
    """Called when all rows are made."""
    begin = world.today - REACH
    for register in registers.every():
        _enter(register, begin, world.today)
    for register in registers.every("asset"):
        _live(register, begin, world)


def _enter(register: Register, begin: dt.date, today: dt.date) -> None:
    """Date the entries that were written while the rows were made: one statement, however many they are."""
    made = register.model.history.filter(history_change_reason=REASON)
    column = "acquired_on" if issubclass(register.model, Asset) else HAPPENED.get(register.slug)
    at: Expression = Value(noon(begin), DateTimeField())
    if column:
        months = [When(**{f"{column}__lt": first}, then=Value(noon(first))) for first in _months(begin, today)]
        # What happened in the running month was written just now.
        known = When(**{f"{column}__gte": today.replace(day=1)}, then=F("history_date"))
        at = Case(*months, known, default=at, output_field=DateTimeField())
    with past.opened():
        made.update(history_date=at)


def _months(begin: dt.date, today: dt.date) -> Iterator[dt.date]:
    """The day on which the records begin, and the first days of the months since."""
    yield begin
    first = begin
    while (first := (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)) <= today:
        yield first


def _live(register: Register, begin: dt.date, world: World) -> None:
    """Some of the rows that were there from the beginning move; others are out of service until they are repaired."""
    made = register.model.history.filter(history_change_reason=REASON, history_type="+").values("id")
    there: QuerySet[Any] = register.model._default_manager.filter(pk__in=made)
    there = there.filter(acquired_on__lt=begin, status=Status.IN_USE)
    rows = list(there.select_related(*register.joined).order_by("-pk")[: MOVED + RESTED])
    moved, rested = rows[: len(rows) * 2 // 3], rows[len(rows) * 2 // 3 :]
    for go in range(GOES):
        at = begin + REACH * (go + 1) / (GOES + 1)
        _move(register, moved[go::GOES], noon(at), world)
        _rest(register, rested[go::GOES], at)


def _move(register: Register, rows: list[Any], at: dt.datetime, world: World) -> None:
    """Each row goes to the unit of the next one; whoever answered for it is followed by somebody there."""
    people = [column.name for column in register.naming(Person)]
    units = [row.responsible_unit for row in rows]
    for row, unit in zip(rows, units[1:] + units[:1], strict=True):
        row.responsible_unit = unit
        for name in people:
            if getattr(row, name):
                setattr(row, name, world.person(unit))
    update_many(register, rows, ["responsible_unit", *people], replace(AUTHOR, at=at))


def _rest(register: Register, rows: list[Any], at: dt.date) -> None:
    for day, status, why in (
        (at, Status.RETIRED, "Hizmet dışı bırakıldı (uydurma)"),
        (at + dt.timedelta(days=120), Status.IN_USE, "Onarılıp hizmete döndü (uydurma)"),
    ):
        for row in rows:
            row.status, row.status_on, row.status_reason = status, day, why
        update_many(register, rows, ["status", "status_on", "status_reason"], replace(AUTHOR, at=noon(day)))
