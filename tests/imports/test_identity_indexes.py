"""A sheet's rows are found in the register by an index, however many it holds."""

from __future__ import annotations

import pytest
from django.db.models import UniqueConstraint

from inventory import registers
from inventory.columns import Type
from inventory.registers import Register


def _led_by_an_index(register: Register) -> set[str]:
    """The columns with which an index begins that holds every row."""
    model = register.model._meta
    whole = [c for c in model.constraints if isinstance(c, UniqueConstraint) and c.fields and c.condition is None]
    return {each.fields[0] for each in (*model.indexes, *whole) if each.fields} | {
        field.name for field in model.concrete_fields if field.db_index or field.unique
    }


@pytest.mark.parametrize("register", registers.every("asset") + registers.every("record"), ids=str)
def test_an_identity_is_looked_for_by_an_index(register):
    """Otherwise each chunk of a sheet would go through the whole register."""
    for names in register.identity:
        codes = {name for name in names if register.column(name).type not in (Type.TEXT, Type.LONG_TEXT)}
        assert not codes or codes & _led_by_an_index(register), names
