"""Checks fall due by their kind, of which the last one counts; parts are doubted where they are worn."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory import registers, writes
from inventory.editing.doubts import case_of, doubts
from inventory.lifecycle.fleet.upkeep import reference
from inventory.lifecycle.fleet.upkeep.models import CheckKind, Part, VehicleCheck
from inventory.listing.address import Listing
from inventory.models import Limit
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
CHECKS = registers.get("vehicle-checks")


@pytest.fixture
def here():
    return unit("Ulaşım Dairesi Başkanlığı")


@pytest.fixture
def vehicle(here):
    return row(registers.get("vehicles"), here, status="in_use", status_reason="")


def kind(code, months=12):
    return writes.save(registers.get("check-kinds"), CheckKind(code=code, name=code, period_months=months), SYSTEM)


def check(vehicle, of, done_on, **values):
    return writes.save(CHECKS, VehicleCheck(vehicle=vehicle, kind=of, done_on=done_on, **values), SYSTEM)


def test_a_check_holds_as_long_as_its_kind_says_unless_its_paper_says_otherwise(vehicle):
    of = kind("DENEME", 6)
    assert check(vehicle, of, dt.date(2026, 8, 31)).valid_until == dt.date(2027, 2, 28)
    given = check(vehicle, of, dt.date(2026, 9, 1), valid_until=dt.date(2026, 12, 1))
    assert given.valid_until == dt.date(2026, 12, 1)


def test_of_each_kind_the_last_check_that_was_passed_counts(vehicle, here):
    today, long_ago = timezone.localdate(), timezone.localdate() - dt.timedelta(800)
    gas, meter = kind("DENEME-1"), kind("DENEME-2")
    check(vehicle, gas, long_ago)
    late = check(vehicle, meter, long_ago)
    check(vehicle, gas, today)
    check(vehicle, meter, today, result="failed")
    admin = user("yonetici", here, is_superuser=True)
    assert [each.id for each in Listing(CHECKS, admin, {"due": "overdue"}).rows] == [late.pk]


def test_the_kinds_to_start_with_come_once_and_stay_the_users_own():
    reference.load()
    made = CheckKind.objects.get(code="EGZOZ")
    made.period_months = 12
    writes.save(registers.get("check-kinds"), made, SYSTEM)
    assert reference.load() == {"check-kinds": 0}
    assert CheckKind.objects.get(code="EGZOZ").period_months == 12


def test_a_worn_tyre_is_doubted_until_it_is_scrapped(vehicle):
    Limit.objects.update_or_create(code="tyre-tread-mm", defaults={"name": "diş", "value": Decimal("1.6")})
    values = {"vehicle": vehicle, "tread_mm": Decimal("1.2")}
    worn = writes.save(registers.get("tyres"), Part(serial_no="DOT 1", **values), SYSTEM)
    (doubted,) = doubts(registers.get("tyres"), [case_of(worn, {}, None)])
    assert "1,2 mm" in doubted.sentence
    gone = Part(serial_no="DOT 2", scrapped_on=dt.date(2026, 1, 1), **values)
    assert not doubts(registers.get("tyres"), [case_of(writes.save(registers.get("tyres"), gone, SYSTEM), {}, None)])
