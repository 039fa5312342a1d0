"""Contracts and the vehicles on them, for the tests of lines."""

from __future__ import annotations

import datetime as dt

from inventory import registers, writes
from inventory.organization.models import Unit
from tests.rows import SYSTEM, row

LEASES, LINES, VEHICLES = (registers.get(slug) for slug in ("lease-contracts", "leased-vehicles", "vehicles"))
DAY = dt.date


def contract(here: Unit, **values):
    values = {"starts_on": DAY(2025, 1, 1), "ends_on": DAY(2026, 12, 31), "monthly_price": "1000.00"} | values
    return row(LEASES, here, **values)


def car(here: Unit, **values):
    return row(VEHICLES, here, ownership="leased", status="in_use", **values)


def line(of, vehicle, **values):
    made = LINES.model(contract=of, vehicle=vehicle, **values)
    made.fill()
    return writes.save(LINES, made, SYSTEM)
