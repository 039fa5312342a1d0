"""What is said when an order is planned, and to whom: nothing of it forbids the order."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers
from inventory.editing.doubts import case_of, doubts
from inventory.lifecycle.fleet.dispatch.licences import CLASSES, classes
from inventory.lifecycle.fleet.dispatch.models import TaskOrder
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, car, cars, driver, order
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
ORDERS = registers.get("task-orders")
HOUR = dt.timedelta(hours=1)


def said(*orders: TaskOrder, who=None) -> list[str]:
    return [each.sentence for each in doubts(ORDERS, [case_of(made, {}, who) for made in orders])]


def plan(vehicle, who, **values) -> TaskOrder:
    given = {"leave_at": LEAVE, "return_at": RETURN, "requesting_unit": vehicle.responsible_unit, "purpose": "Evrak"}
    return TaskOrder(vehicle=vehicle, driver=who, **given | values)


def test_an_ordinary_order_is_not_doubted(support):
    assert said(plan(car(support), driver(support))) == []


def test_a_licence_that_does_not_drive_the_kind(support):
    truck = car(support, kind=cars("2.1", "Kamyon"))
    row(registers.get("licence-rules"), support, kind=cars("2", "Yük taşıtları"), classes="C, CE", needs_operator=False)
    small, big = driver(support, classes="B"), driver(support, classes="B, CE")
    assert said(plan(truck, big)) == []
    (sentence,) = said(plan(truck, small))
    assert str(small) in sentence and "B;" in sentence and "C, CE" in sentence
    # The rule of the kind itself comes before that of its group, and the second driver is asked, too.
    row(registers.get("licence-rules"), support, kind=cars("2.1", "Kamyon"), classes="", needs_operator=True)
    no_certificate = driver(support, operator_certificate_no="")
    (sentence,) = said(plan(truck, big, second_driver=no_certificate))
    assert str(no_certificate) in sentence and "operatörlük belgesi" in sentence


def test_a_paper_that_has_run_out_on_that_day(support):
    day = LEAVE.date()
    tired = driver(support, licence_until=day, src_until=day - dt.timedelta(days=1), health_until=None)
    (sentence,) = said(plan(car(support), tired))
    assert "SRC bitişi 03.05.2026" in sentence
    assert said(plan(car(support), tired, leave_at=LEAVE - 2 * dt.timedelta(days=1))) == []


def test_somebody_who_is_no_driver(support):
    stranger = user("yabanci", support).person
    gone = driver(support, active=False)
    for who in (stranger, gone):
        (sentence,) = said(plan(car(support), who))
        assert str(who) in sentence and "sürücüler listesinde yok" in sentence


def test_a_vehicle_without_inspection_and_insurance_on_that_day(support):
    vehicle, who = car(support, plate="41 ABC 901"), driver(support)
    texts = said(plan(vehicle, who))
    assert [text.rpartition(": ")[2] for text in texts] == ["Muayene.", "Sigorta poliçesi."]
    days = {"done_on": LEAVE.date() - dt.timedelta(days=300), "valid_until": LEAVE.date()}
    row(registers.get("inspections"), support, vehicle=vehicle, **days)
    days = {"starts_on": LEAVE.date() + dt.timedelta(days=1), "ends_on": LEAVE.date() + dt.timedelta(days=366)}
    row(registers.get("insurances"), support, vehicle=vehicle, **days)
    (text,) = said(plan(vehicle, who))
    assert "Sigorta" in text and "04.05.2026" in text
    assert len(said(plan(vehicle, who, leave_at=LEAVE + dt.timedelta(days=1), return_at=None))) == 1


def test_a_vehicle_that_is_gone_and_more_people_than_seats(support):
    scrap = car(support, status="disposed", status_reason="hurda", seats=5)
    (text,) = said(plan(scrap, driver(support), people=4))
    assert "Kayıttan düşüldü" in text
    (text,) = said(plan(car(support, seats=5), driver(support), people=5))
    assert "6 kişi" in text and "5 koltuk" in text


def test_a_vehicle_and_a_driver_with_another_order(support):
    vehicle, who = car(support), driver(support)
    other = order(vehicle, who)
    assert said(plan(vehicle, driver(support), leave_at=RETURN, return_at=RETURN + HOUR)) == []
    (text,) = said(plan(vehicle, driver(support), leave_at=RETURN - HOUR, return_at=RETURN + HOUR))
    assert str(vehicle) in text and other.order_no in text and "04.05.2026 09:00" in text
    (text,) = said(plan(car(support), driver(support), second_driver=who))
    assert str(who) in text and other.order_no in text
    # A standing order says nothing of who drives when.
    assert said(plan(car(support), who, kind="standing")) == []
    # Itself is no rival.
    assert said(TaskOrder.objects.get(pk=other.pk)) == []


def test_a_cancelled_order_leaves_the_vehicle_free(support):
    vehicle = car(support)
    order(vehicle, driver(support), cancel_reason="x")
    TaskOrder.objects.update(state="cancelled")
    assert said(plan(vehicle, driver(support))) == []


def test_rows_of_one_sheet_are_compared_with_each_other(support):
    vehicle, first, second = car(support), driver(support), driver(support)
    one, two = plan(vehicle, first), plan(vehicle, second, leave_at=LEAVE + HOUR)
    assert len(said(one, two)) == 2


def test_of_an_order_that_she_may_not_see_it_says_only_that_there_is_one(parks, support):
    who, far = driver(parks), unit("İtfaiye Dairesi Başkanlığı")
    hidden = order(car(far), who)
    clerk = user("memur2", parks, (parks, "vehicles", 2))
    (text,) = said(plan(car(parks), who), who=clerk)
    assert "başka bir görev" in text and hidden.order_no not in text


@pytest.mark.parametrize(
    ("text", "kept"), [("b", "B"), ("ce;b/C", "B, C, CE"), ("C+E b1", "B1, CE"), ("d , d", "D"), ("A2-a1", "A1, A2")]
)
def test_classes_are_kept_in_one_form(text, kept):
    assert classes(text) == kept == classes(kept)


def test_what_is_no_class_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="“X9”") as refused:
        classes("B, X9")
    assert all(each in str(refused.value) for each in CLASSES)
