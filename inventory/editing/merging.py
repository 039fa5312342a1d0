"""Two who edited one row: what only one of them changed is kept, what both changed differently is a conflict.

The third value is what the row held when the form was opened. The form carries that state's `version`, and the
history has one entry for each version.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import models

from inventory import access
from inventory.columns import Column, Type
from inventory.former import EVER
from inventory.history import Change, at_version
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register


@dataclass(frozen=True)
class Merge:
    """`conflicts`: Change(column, their text, my text); `theirs`: Change(column, former text, their text)."""

    conflicts: list[Change]
    theirs: list[Change]


def merge(register: Register, form: Any, seen: int, now: Row, user: Asker) -> Merge:
    """Bring the form's row up to `now`, the row as it stands, where it was opened at the version `seen`.

    What only they changed goes into the row and into the form; so does `now`'s version, and saving the form once
    more is then a choice made with both values in sight.
    """
    mine, base = form.instance, at_version(register, now.pk, seen)
    shown = access.veil(register, user, [copy(row) for row in (base or now, mine, now)], EVER)
    conflicts, theirs = [], []
    form.data = form.data.copy()
    for column in register.all_columns():
        name = column.field.attname
        if not column.editable or getattr(mine, name) == getattr(now, name):
            continue
        former, my, their = (column.text(row) for row in shown)
        # Of a row without a history nobody knows who changed what.
        before = getattr(base, name) if base else object()
        if before not in (getattr(mine, name), getattr(now, name)):
            conflicts.append(Change(column, their, my))
        elif before == getattr(mine, name):
            theirs.append(Change(column, former, their))
            setattr(mine, column.name, getattr(now, column.name))
            _show(form, column, now)
    mine.version = now.version
    form.data[form.add_prefix("version")] = str(now.version)
    return Merge(conflicts, theirs)


def _show(form: Any, column: Column, row: models.Model) -> None:
    """Put a row's value where the user's would stand."""
    field, name = form.fields[column.name], form.add_prefix(column.name)
    value = field.prepare_value(getattr(row, column.field.attname))
    shown = value if column.type in (Type.BOOLEAN, Type.REFERENCE) else field.widget.format_value(value)
    form.data.pop(name, None)
    if shown not in (None, False, ""):
        form.data[name] = shown[0] if isinstance(shown, list) else str(shown)
