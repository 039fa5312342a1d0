from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers, writes
from inventory.history import Author
from inventory.lifecycle.fleet.servicing.models import PlannedService, ServiceOrder, ServicePlan
from tests.rows import SYSTEM, row, unit, user

ORDERS = "service-orders"


@pytest.fixture
def here():
    return unit("Fen İşleri Dairesi Başkanlığı")


@pytest.fixture
def asker(here):
    return Author(user("isteyen", here, (here, "vehicles", 2)))


@pytest.fixture
def head(here):
    return Author(user("amir", here, (here, "vehicles", 3)))


@pytest.fixture
def vehicle(here):
    return row(registers.get("vehicles"), here, status="in_use", status_reason="", meter_unit="km")


def order(vehicle, by=SYSTEM, **values):
    made = ServiceOrder(vehicle=vehicle, **({"complaint": "Fren sesi"} | values))
    made = writes.save(registers.get(ORDERS), made, by)
    made.refresh_from_db()
    return made


def step(made, name, by=SYSTEM, reason="", **values):
    made.refresh_from_db()
    return writes.step(registers.get(ORDERS), made, name, values, by, reason)


def in_work(vehicle, **values):
    made = order(vehicle, **values)
    step(made, "approve")
    return step(made, "start", place="own", sent_at=dt.datetime(2026, 3, 2, 8, 0))


def plan(name="Yağ bakımı", **values):
    row = ServicePlan(name=name, **({"every_months": 12, "every_km": 10_000, "every_hours": 250} | values))
    return writes.save(registers.get("service-plans"), row, SYSTEM)


def planned(of, vehicle, begins_on=dt.date(2025, 1, 31), begins_at=5_000):
    row = PlannedService(plan=of, vehicle=vehicle, begins_on=begins_on, begins_at=begins_at)
    made = writes.save(registers.get("planned-services"), row, SYSTEM)
    made.refresh_from_db()
    return made
