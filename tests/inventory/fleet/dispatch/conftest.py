"""The units, people and vehicles of the tests of requests and task orders."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers
from inventory.history import Author
from inventory.organization.models import Unit
from tests.rows import kind, row, unit, user

LEAVE, RETURN = dt.datetime(2026, 5, 4, 9), dt.datetime(2026, 5, 4, 17)


@pytest.fixture
def parks() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def support() -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def clerk(parks):
    """Asks for vehicles for her unit, and has no right to vehicles at all."""
    return user("memur", parks, (parks, "vehicle-requests", 2))


@pytest.fixture
def head(parks):
    return user("mudur", parks, (parks, "vehicle-requests", 3))


@pytest.fixture
def planner(support):
    return user("planlayan", support, (None, "vehicle-requests", 3), (None, "vehicles", 2))


@pytest.fixture
def chief(support):
    return user("amir", support, (None, "vehicle-requests", 3), (None, "vehicles", 3))


def request(of: Unit, **values):
    times = {"from_at": LEAVE, "until_at": RETURN, "purpose": "Arazi denetimi"}
    return row(registers.get("vehicle-requests"), of, **times | values)


def car(of: Unit, **values):
    """A vehicle that needs no inspection, of a kind without a rule."""
    return row(registers.get("vehicles"), of, **{"plate": "", "seats": 5} | values)


def driver(of: Unit, **values):
    return row(registers.get("drivers"), of, **values).person


def order(vehicle, who, **values):
    """A draft of a task order, as its vehicle's unit has it."""
    given = {"driver": who, "second_driver": None, "leave_at": LEAVE, "return_at": RETURN, "left_at": None}
    given |= {"returned_at": None, "odometer_out": None, "odometer_in": None, "people": None}
    return row(registers.get("task-orders"), vehicle.responsible_unit, vehicle=vehicle, **given | values)


def by(account) -> Author:
    return Author(user=account)


def cars(code: str, name: str):
    return kind(registers.get("vehicles"), code, name)
