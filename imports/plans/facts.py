"""What a plan's lines write, as texts."""

from __future__ import annotations

from imports.plans.applying import NamedRows
from imports.plans.plan import ColumnChange, PlanLine, Verdict
from inventory.refusals import Refused
from inventory.registers import Register


def facts(register: Register, lines: list[PlanLine]) -> list[list[ColumnChange]]:
    """Of each line its columns' old and new texts; a new row has no old ones. A few queries for all lines."""
    references, values = NamedRows(register), [_own(line) for line in lines]
    references.learn(values)
    return [[*_filled(register, references, new), *line.changes] for line, new in zip(lines, values, strict=True)]


def _own(line: PlanLine) -> dict[str, object]:
    """A new row's values; its changes show what it says of a row in another table (`imports.checking.besides`)."""
    if line.verdict != Verdict.NEW:
        return {}
    return {name: value for name, value in line.values.items() if not isinstance(value, dict)}


def _filled(register: Register, references: NamedRows, new: dict[str, object]) -> list[ColumnChange]:
    row = register.model()
    try:
        references.give(row, new)
    except Refused:
        # What it refers to is gone since the check; the apply will say so.
        return []
    return [ColumnChange(column.name, "", column.text(row)) for column in register.all_columns() if column.name in new]
