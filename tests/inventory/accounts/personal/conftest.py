"""A person with a number, and those who look at her."""

from __future__ import annotations

import pytest

from inventory import registers
from inventory.organization.models import Person, Unit
from inventory.trail.models import Event
from tests.rows import identity_number, row, unit

NUMBER = identity_number(14)
PERSONAL = ("personal_read", "personal_out", "person_file", "personal_forgotten")


@pytest.fixture
def here() -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def ayse(here) -> Person:
    values = {"staff_no": "S900", "name": "Ayşe Yılmaz", "email": "ayse@example.org", "active": True}
    return row(registers.get("people"), here, identity_no=NUMBER, **values)


def traces() -> list[tuple]:
    found = Event.objects.filter(kind__in=PERSONAL).order_by("id")
    return list(found.values_list("kind", "username", "register", "row_id"))
