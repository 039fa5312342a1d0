"""What the tests of comparisons share: a fleet, its people, and a list loaded beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile

from imports import batches
from imports.comparing import comparisons
from imports.comparing.models import Comparison
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.organization.models import Unit, User
from tests.rows import SYSTEM, kind, user

VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Marka", "Model yılı"]


@pytest.fixture
def clerk(parks) -> User:
    return user("sigortaci", parks, (parks, "vehicles", 2))


@pytest.fixture
def fleet(parks) -> Callable[..., list[Vehicle]]:
    """fleet(3): vehicles 41 ABC 100, 41 ABC 101 … of the unit, Ford, 2015."""

    def make(count: int, of: Unit = parks, letters: str = "ABC", **values) -> list[Vehicle]:
        values = {"make": "Ford", "model_year": 2015, "colour": "Beyaz", "trade_name": "Transit"} | values
        kind_of = kind(VEHICLES)
        rows = [
            Vehicle(plate=f"41 {letters} {100 + n}", kind=kind_of, responsible_unit=of, **values) for n in range(count)
        ]
        return writes.create_many(VEHICLES, rows, SYSTEM) or rows

    return make


@pytest.fixture
def compared(sheet_file) -> Callable[..., Comparison]:
    """compared(user, rows, query="", **choices): the comparison after its run."""

    def make(account: User, rows: list[list] | bytes, query: str = "", register=VEHICLES, **choices) -> Comparison:
        content, name = rows, "liste.csv"
        if not isinstance(rows, bytes):
            path = sheet_file(*rows)
            content, name = path.read_bytes(), path.name
        made = batches.upload(
            register, account, ContentFile(content), name, into=Comparison, source="Sigorta", query=query, **choices
        )
        comparisons.run(made)
        return made

    return make
