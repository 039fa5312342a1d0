"""A sheet's rows are found in the register by an index, however many it holds."""

from __future__ import annotations

import pytest
from django.db.models import Index

from inventory import registers
from inventory.registers import Register
from inventory.sameness.constraints import SUFFIX, Same

pytestmark = pytest.mark.once


def _led_by_an_index(register: Register) -> set[str]:
    """The columns with which an index begins that holds every row."""
    model = register.model._meta
    whole = {each.stored[0] for each in model.constraints if isinstance(each, Same) and each.condition is None}
    indexes = {each.fields[0] for each in model.indexes if isinstance(each, Index) and each.fields}
    return whole | indexes | {field.name for field in model.concrete_fields if field.db_index or field.unique}


@pytest.mark.parametrize("register", registers.every(), ids=lambda register: register.slug)
def test_an_identity_is_looked_for_by_an_index(register):
    """Otherwise each chunk of a sheet would go through the whole register."""
    stored = {field.name for field in register.model._meta.concrete_fields}
    for names in register.identity:
        compared = {f"{name}{SUFFIX}" if f"{name}{SUFFIX}" in stored else name for name in names}
        assert compared & _led_by_an_index(register), names
