"""Accidents go their way and hide the other party; fines fall due by the users' own table of days."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory import registers, writes
from inventory.editing.doubts import case_of, doubts
from inventory.lifecycle.fleet.dispatch.models import TaskOrder
from inventory.lifecycle.fleet.incidents.models import Accident, Fine
from inventory.listing.address import Listing
from inventory.models import Limit
from inventory.refusals import Refused
from inventory.reminders.due import due
from inventory.reminders.models import Rule
from tests.pages import signed_in
from tests.rows import SYSTEM, person, row, unit, user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 8, 15)
FINES, ACCIDENTS = registers.get("fines"), registers.get("accidents")


@pytest.fixture
def here():
    return unit("Ulaşım Dairesi Başkanlığı")


@pytest.fixture
def vehicle(here):
    return row(registers.get("vehicles"), here, status="in_use", status_reason="")


def fine(vehicle, number="MB-1", **values):
    return writes.save(FINES, Fine(vehicle=vehicle, number=number, at=AT, amount=1_000, **values), SYSTEM)


def test_the_days_of_payment_follow_the_users_table(vehicle):
    limit, _made = Limit.objects.get_or_create(code="fine-pay-days", defaults={"name": "ödeme", "value": 30})
    limit.value = 15
    limit.save()
    made = fine(vehicle, served_on=dt.date(2026, 3, 10))
    assert made.last_pay_on == dt.date(2026, 3, 25)
    assert fine(vehicle, "MB-2").last_pay_on is None
    given = fine(vehicle, "MB-3", served_on=dt.date(2026, 3, 10), last_pay_on=dt.date(2026, 6, 1))
    assert given.last_pay_on == dt.date(2026, 6, 1)


def test_what_is_paid_or_cancelled_neither_comes_near_nor_is_reminded_of(vehicle, here):
    today = timezone.localdate()
    soon = {"served_on": today, "last_pay_on": today + dt.timedelta(5), "discount_until": today + dt.timedelta(5)}
    open_one = fine(vehicle, **soon)
    fine(vehicle, "MB-2", paid_on=today, paid=750, **soon)
    fine(vehicle, "MB-3", cancelled_on=today, **soon)
    admin = user("yonetici", here, is_superuser=True)
    assert [each.id for each in Listing(FINES, admin, {"due": "soon"}).rows] == [open_one.pk]
    for date in ("last_pay_on", "discount_until"):
        rule = Rule(name=date, date=f"fines.{date}", days_before="14, 7", to_unit=True)
        assert [each.row.pk for each in due(rule, today)] == [open_one.pk], date


def test_a_payment_says_how_much(vehicle):
    with pytest.raises(ValidationError, match="ne kadar ödendiğini"):
        fine(vehicle, paid_on=dt.date(2026, 3, 20))


def test_who_drove_by_the_task_order_is_said_to_those_who_see_it(vehicle, here):
    driver = person("Ali Sürücü", here)
    TaskOrder.objects.bulk_create(
        [
            TaskOrder(
                order_no=f"G-{number}",
                vehicle=vehicle,
                driver=driver,
                requesting_unit=here,
                left_at=AT + dt.timedelta(hours=hours),
                returned_at=AT + dt.timedelta(hours=hours + 2),
            )
            for number, hours in ((1, -1), (2, 1))
        ]
    )
    stranger = user("yabanci", here, (here, "equipment", 2))
    admin = user("yonetici", here, is_superuser=True)

    def said(row, by):
        return [each.sentence for each in doubts(FINES, [case_of(row, {}, by)])]

    unknown = fine(vehicle)
    assert any("Ali Sürücü" in each for each in said(unknown, admin)) and not said(unknown, stranger)
    assert not said(fine(vehicle, "MB-2", driver=driver), admin)
    later = fine(vehicle, "MB-3")
    later.at = AT + dt.timedelta(minutes=61, hours=3)
    assert not said(later, admin)


def accident(vehicle, **values):
    made = Accident(vehicle=vehicle, at=AT, other_name="Veli Yabancı", other_plate="34 XYZ 99", **values)
    return writes.save(ACCIDENTS, made, SYSTEM)


def test_the_other_party_is_masked_and_never_searched(vehicle, here):
    made = accident(vehicle)
    admin = user("yonetici", here, is_superuser=True)
    page = signed_in(admin).get(f"/accidents/{made.pk}/").content.decode()
    listed = signed_in(admin).get("/accidents/?columns=all").content.decode()
    for text in ("Veli Yabancı", "34 XYZ 99"):
        assert text not in page and text not in listed
    assert not Listing(ACCIDENTS, admin, {"q": "Yabancı"}).rows
    assert "yabanci" not in Accident.objects.get().search_text


def test_an_accident_goes_from_the_expert_to_the_payment(vehicle):
    made = accident(vehicle)
    with pytest.raises(Refused, match="Hasar dosya no"):
        writes.step(ACCIDENTS, made, "assess", {}, SYSTEM)
    for name, values in (
        ("assess", {"insurer_file_no": "H-1"}),
        ("repair", {}),
        ("pay", {"paid_by_insurer": 5_000}),
        ("close", {}),
    ):
        made.refresh_from_db()
        writes.step(ACCIDENTS, made, name, values, SYSTEM)
    assert Accident.objects.get().state == "closed"
