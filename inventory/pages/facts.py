"""What a row's page says of the row itself: its state, what answers at a glance, what falls due, and all else that it
holds under its register's headings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from inventory import access, registers
from inventory.columns import Column, Type
from inventory.computed.columns import computed, of_records
from inventory.computed.validity import ASKING
from inventory.flows import stepping
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register


@dataclass(frozen=True)
class Fact:
    column: Column
    text: str
    url: str  # the page of what it names


@dataclass(frozen=True)
class Section:
    heading: str
    filled: list[Fact]
    empty: list[Fact]


@dataclass(frozen=True)
class Due:
    """A day on which something ends, and what that means today; `new` adds what is missing or has ended."""

    column: Column
    text: str
    state: str
    said: str
    new: tuple[Register, str] | None = None


def at_a_glance(register: Register, row: Row, user: Asker) -> dict[str, Any]:
    """All of a row's page that is the row's own: the head, and in sections what the head does not say."""
    state, dues = _state(register, row, user), _dues(register, row, user)
    said = {due.column.name for due in dues} | ({state["state"].name} if state else set())
    head = [_fact(register, register.column(name), row) for name in register.head if name not in said]
    said |= {fact.column.name for fact in head}
    return {**state, "dues": dues, "head": head, "sections": sections(register, row, said)}


def sections(register: Register, row: Model, without: Collection[str] = ()) -> list[Section]:
    """The row, veiled before: what may not be seen is not empty."""
    made = []
    for heading, columns in register.sectioned():
        facts = [_fact(register, column, row) for column in columns if column.name not in without]
        if facts:
            filled, empty = [fact for fact in facts if fact.text], [fact for fact in facts if not fact.text]
            made.append(Section(heading, filled, empty))
    return made


def _fact(register: Register, column: Column, row: Model) -> Fact:
    return Fact(column, register.text(column, row), _url(column, row))


def _url(column: Column, row: Model) -> str:
    target = registers.of(column.related_model) if column.type == Type.REFERENCE else None
    named = getattr(row, column.name) if target else None
    return reverse("register-detail", args=[target, named.pk]) if target and isinstance(named, target.model) else ""


def _state(register: Register, row: Row, user: Asker) -> dict[str, Any]:
    """The state of a row that has one, and the steps that lead on from it."""
    if register.flow is None:
        return {}
    state = register.column(register.flow.column)
    return {"state": state, "state_text": state.text(row), "offers": stepping.offered(register, row, user)}


def _dues(register: Register, row: Row, user: Asker) -> list[Due]:
    dues = []
    for column in computed(register).values():
        if column.name == "due":
            if state := getattr(row, column.name):
                day = _last_day(register, row)
                dues.append(Due(day or column, day.text(row) if day else "", state, column.text(row)))
        elif column.state and (state := getattr(row, column.state)):
            child = of_records(register, column.name)
            new = child if child and state in ASKING and access.may_change(child[0], user) else None
            dues.append(Due(column, column.text(row), state, computed(register)[column.state].text(row), new))
    return dues


def _last_day(register: Register, row: Row) -> Column | None:
    """The column whose day the row's own state speaks of; None where it is blank, which is without end."""
    day = register.column(register.validity.ends) if register.validity else None
    return day if day and day.text(row) else None
