"""What a person still answers for: every row of every register that names her, such as before she leaves."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from inventory import access, registers
from inventory.columns import Column, Type
from inventory.models import IN_SERVICE, Asset
from inventory.organization.models import Grant, Person
from inventory.registers import Register


@dataclass(frozen=True)
class Held:
    """So many rows of a register name the person in one of its columns; `query` is their list."""

    register: Register
    column: Column
    count: int
    query: str


def held_by(person: Person, user) -> list[Held]:
    """Within what the user may see; one query for each column that names people. Items out of service are left out."""
    found = []
    for register in registers.every():
        for column in register.all_columns():
            # What she may do is told beside it.
            if column.type != Type.REFERENCE or column.related_model is not Person or register.model is Grant:
                continue
            asked: dict[str, object] = {column.name: person.pk}
            rows = access.visible_to(register, user).filter(**asked)
            if issubclass(register.model, Asset):
                rows, asked = rows.filter(status__in=IN_SERVICE), asked | {"status": IN_SERVICE}
            if count := rows.count():
                found.append(Held(register, column, count, urlencode(asked, doseq=True)))
    return found
