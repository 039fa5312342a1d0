"""A plan's texts for a reader who may not see all that its rows name: she may be another than whose plan it is, or have
lost a right since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imports.plans.plan import ColumnChange, PlanLine
from inventory import access, registers
from inventory.access import Unseen
from inventory.columns import Column
from inventory.former import EVER
from inventory.organization.models import Asker
from inventory.registers import Register

#: By (row, version): what the row named in each column.
_Stood = Mapping[tuple[int | None, int | None], Mapping[str, int | None]]


def veiled(
    register: Register, user: Asker, lines: Sequence[PlanLine], facts: Sequence[list[ColumnChange]]
) -> list[list[ColumnChange]]:
    """The facts of the lines, with `Unseen` in place of names. What stood before is known by the history, since a plan
    keeps its text alone."""
    columns = [register.column(name) for name in register.references]
    columns = [column for column in columns if access.unseen_by(register, user, column) is not None]
    if not columns:
        return list(facts)
    stood, named = _stood(register, lines, columns), [line.values for line in lines]
    hidden = {}
    for column in columns:
        ids = {pk for each in (*stood.values(), *named) if (pk := each.get(column.name)) is not None}
        hidden[column.name] = access.hidden(registers.of(column.related_model), user, ids, EVER)
    return [
        list(_each(of_line, stood.get((line.id, line.version)), values, hidden))
        for of_line, line, values in zip(facts, lines, named, strict=True)
    ]


def _stood(register: Register, lines: Sequence[PlanLine], columns: Sequence[Column]) -> _Stood:
    ids, versions = {line.id for line in lines if line.id}, {line.version for line in lines if line.id}
    entries = register.model.history.model.objects.filter(id__in=ids, version__in=versions).order_by("history_id")
    names, fields = [column.name for column in columns], [column.field.attname for column in columns]
    found = entries.values_list("id", "version", *fields)
    return {(row_id, version): dict(zip(names, values, strict=True)) for row_id, version, *values in found}


def _each(
    facts: list[ColumnChange],
    stood: Mapping[str, int | None] | None,
    values: Mapping[str, object],
    hidden: Mapping[str, set[int]],
) -> Iterator[ColumnChange]:
    for each in facts:
        if (unseen := hidden.get(each.column)) is not None:
            # What the history does not know is nobody's to read.
            if each.old and (stood is None or stood[each.column] in unseen):
                each = each._replace(old=str(Unseen(0)))
            if each.new and values.get(each.column) in unseen:
                each = each._replace(new=str(Unseen(0)))
        yield each
