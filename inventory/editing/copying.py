"""A new row begun from one that stands: all but what is that row's own."""

from __future__ import annotations

from typing import Any

from inventory import access
from inventory.columns import Column, Type
from inventory.models import GONE, Asset
from inventory.naming import choosable
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness import twins

# Why and since when a row has its status.
_OF_STATUS = {"status_on", "status_reason"}


def may_be_copied(register: Register) -> bool:
    """No line of a list: it is short, and all of it is its own."""
    return register.group != "list"


def may_be_multiplied(register: Register) -> bool:
    """Whether many are made at once from one that stands, by what is each one's own."""
    return register.group == "asset" or bool(register.once)


def own(register: Register) -> set[str]:
    """The columns of which each row has its own value: numbers, people's identities, and what may come only once. Of
    what may come once together, such as a name below a unit, the texts are a row's own."""
    columns = {column.name: column for column in register.typed_columns()}
    names = {name for name, column in columns.items() if column.type == Type.CODE or column.is_personal}
    names |= {*register.once}
    for rule in twins.rules(register.model):
        if names.isdisjoint(rule.columns):
            names |= {name for name in rule.columns if name in columns and columns[name].type == Type.TEXT}
    return names


def copied(register: Register, row: Any, user: Asker) -> list[Column]:
    """The columns whose values a new row takes from this one, as far as the user may see them."""
    left = own(register) | {
        column.name for column in (*access.unseen_in(register, user, row), *_gone(register, row, user))
    }
    if isinstance(row, Asset):
        left |= _OF_STATUS | ({"status"} if row.status in GONE else set())
    return [column for column in register.typed_columns() if column.name not in left]


def _gone(register: Register, row: Any, user: Asker) -> list[Column]:
    """What names a row that is no longer chosen: somebody who left, a closed unit."""
    named = [c for c in register.typed_columns() if c.type == Type.REFERENCE and getattr(row, c.field.attname)]
    return [c for c in named if not choosable(register, c, user).filter(pk=getattr(row, c.field.attname)).exists()]


def left_blank(register: Register, row: Any, user: Asker) -> list[Column]:
    """The columns that are filled in the row and are to be typed for another."""
    names = own(register) | {column.name for column in _gone(register, row, user)}
    return [c for c in register.typed_columns() if c.name in names and getattr(row, c.name) not in (None, "")]


def values(register: Register, row: Any, user: Asker) -> dict[str, object]:
    return {column.name: getattr(row, column.field.attname) for column in copied(register, row, user)}
