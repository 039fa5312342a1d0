"""A row that named another yesterday, which is gone today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from inventory import registers, writes
from inventory.columns import Column, Type
from inventory.documents.models import Link
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory.past import opened
from inventory.registers import Register
from tests.pages import sample
from tests.rows import SYSTEM, kind, row, unit


@dataclass(frozen=True)
class Gone:
    """`made` is as it stands today; `named` and `title` are what the deleted row and `made` were called."""

    register: Register
    column: Column
    made: object
    deleted: int
    named: str
    title: str


def references() -> list[tuple[Register, Column]]:
    """Every column by which a row names one of another register or its own."""
    return [
        (register, column)
        for register in registers.every()
        for column in register.all_columns()
        if column.type == Type.REFERENCE and registers.of(column.related_model)
    ]


def day() -> str:
    return f"{timezone.localdate() - dt.timedelta(days=1):%d.%m.%Y}"


def backdate(days: int = 2) -> None:
    """Whatever was written so far was written so many days ago."""
    with opened():
        for register in registers.every():
            register.model.history.update(history_date=timezone.now() - dt.timedelta(days=days))
    Link.objects.update(since=timezone.now() - dt.timedelta(days=days))


def gone(register: Register, columns: list[Column], here: Unit) -> list[Gone]:
    """For each column a row that named one of `here` by it until yesterday; today it names another, and that one is
    deleted."""
    # All of them first, since a new row takes what is there already.
    rows = [sample(register, here) for _ in columns]
    today = [getattr(made, column.name) for made, column in zip(rows, columns, strict=True)]
    found = [_named(register, made, column, here) for made, column in zip(rows, columns, strict=True)]
    backdate()
    for past, now in zip(found, today, strict=True):
        _give(register, past.made, past.column, now)
        target = registers.of(past.column.related_model)
        writes.delete(target, target.model.objects.get(pk=past.deleted), SYSTEM)
    return found


def _named(register: Register, made, column: Column, here: Unit) -> Gone:
    old = _another(register, column, here, made)
    _give(register, made, column, old)
    then = register.model.objects.get(pk=made.pk)
    return Gone(register, column, made, old.pk, str(getattr(then, column.name)), str(then))


def _give(register: Register, made, column: Column, value) -> None:
    fresh = register.model.objects.select_related(*register.joined).get(pk=made.pk)
    setattr(fresh, column.name, value)
    if column.name == "district" and "neighbourhood" in register.columns:
        fresh.neighbourhood = None
    writes.save(register, fresh, SYSTEM)


def _another(register: Register, column: Column, here: Unit, made):
    target = registers.of(column.related_model)
    if target.model is Unit:
        return unit("Kapanan Şube Müdürlüğü", here, kind=Unit.Kind.BRANCH)
    if target.model is Kind:
        return kind(registers.get(register.kinds_of or register.slug), "77", "Kalkan tür")
    values = {"district": made.district} if column.name == "neighbourhood" else {}
    values |= {"ownership": "leased"} if (register.slug, column.name) == ("leased-vehicles", "vehicle") else {}
    return row(target, here, **values)
