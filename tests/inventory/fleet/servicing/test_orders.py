"""A work order goes its way, and the vehicle's status with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from imports import by_hand
from imports.plans import undoing
from inventory import registers, writes
from inventory.editing.doubts import case_of, doubts, stored
from inventory.history import Author
from inventory.lifecycle.fleet.servicing.models import ServiceLine, ServiceOrder
from inventory.listing.address import Listing
from inventory.refusals import Refused
from tests.inventory.fleet.servicing.conftest import ORDERS, in_work, order, step
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
OUT = {"received_at": dt.datetime(2026, 3, 4, 20, 0), "diagnosis": "Balata değişti"}


def status(vehicle):
    vehicle.refresh_from_db()
    return vehicle.status, vehicle.status_reason


def test_the_vehicle_is_under_repair_as_long_as_its_order_is_in_work(vehicle):
    made = in_work(vehicle)
    assert status(vehicle) == ("under_repair", f"İş emri {made.order_no}")
    step(made, "wait", reason="balata yok")
    assert status(vehicle)[0] == "under_repair"
    step(made, "go-on")
    step(made, "finish", **OUT)
    assert status(vehicle) == ("in_use", "")
    step(made, "rework", reason="ses sürüyor")
    assert status(vehicle)[0] == "under_repair"
    step(made, "cancel", closing_note="araç satılacak")
    assert status(vehicle) == ("in_use", "")


def test_a_status_that_somebody_set_meanwhile_stays(vehicle):
    made = in_work(vehicle)
    vehicle.refresh_from_db()
    vehicle.status, vehicle.status_reason = "retired", "hurda"
    writes.save(VEHICLES, vehicle, SYSTEM)
    step(made, "finish", **OUT)
    assert status(vehicle) == ("retired", "hurda")


def test_what_was_under_repair_by_hand_stays_so(vehicle):
    vehicle.status = "under_repair"
    writes.save(VEHICLES, vehicle, SYSTEM)
    step(in_work(vehicle), "finish", **OUT)
    assert status(vehicle)[0] == "under_repair"


def test_of_two_orders_the_last_one_gives_the_vehicle_back(vehicle):
    vehicle.status, vehicle.status_reason = "lent_out", "Derince Belediyesi"
    writes.save(VEHICLES, vehicle, SYSTEM)
    first, second = in_work(vehicle), in_work(vehicle, kind="tyre")
    step(first, "finish", **OUT)
    assert status(vehicle) == ("under_repair", f"İş emri {second.order_no}")
    step(second, "finish", **OUT)
    assert status(vehicle) == ("lent_out", "Derince Belediyesi")


def test_many_orders_step_at_once_and_back_again(here):
    admin = Author(user("yonetici", here, is_superuser=True))
    cars = [row(VEHICLES, here, status="in_use", status_reason="") for _ in range(3)]
    orders = [order(car) for car in cars]
    for made in orders:
        made.place, made.sent_at = "own", dt.datetime(2026, 3, 2, 8, 0)
        writes.save(registers.get(ORDERS), made, SYSTEM)
        step(made, "approve")
    chosen = by_hand.in_lists(registers.get(ORDERS), ServiceOrder.objects.all())
    part = by_hand.Part(registers.get(ORDERS), chosen, {"state": "in_work"})
    batch = by_hand.planned("“İşe başla” adımı", admin, [part])
    by_hand.apply(batch)
    assert {status(car)[0] for car in cars} == {"under_repair"}
    batch.refresh_from_db()
    undoing.undo(batch, admin.user)
    assert {status(car)[0] for car in cars} == {"in_use"}


def test_who_asks_does_not_approve_and_a_refusal_says_why(vehicle, asker, head):
    made = order(vehicle, asker)
    with pytest.raises(Refused, match="yalnızca bu kaydı yönetenler"):
        step(made, "approve", asker)
    own = order(vehicle, head, kind="tyre")
    with pytest.raises(Refused, match="bu kaydı siz girdiniz"):
        step(own, "approve", head)
    with pytest.raises(Refused, match="Ret veya iptal nedeni"):
        step(made, "refuse", head)
    step(made, "refuse", head, closing_note="garantide")
    assert made.state == "refused"


def test_in_work_it_has_a_place_and_keeps_it(vehicle):
    made = order(vehicle)
    step(made, "approve")
    with pytest.raises(Refused, match="Yapıldığı yer"):
        step(made, "start", sent_at=dt.datetime(2026, 3, 2, 8, 0))
    made = in_work(vehicle, kind="tyre")
    made.place = ""
    with pytest.raises(ValidationError, match="yapıldığı yeri"):
        writes.save(registers.get(ORDERS), made, SYSTEM)


def test_an_order_in_the_workshop_becomes_no_other_vehicles_and_lets_it_go_when_it_is_deleted(vehicle, here):
    made = in_work(vehicle)
    made.refresh_from_db()
    made.vehicle = row(VEHICLES, here)
    with pytest.raises(Refused, match="aracı değişmez"):
        writes.save(registers.get(ORDERS), made, SYSTEM)
    made.refresh_from_db()
    writes.delete(registers.get(ORDERS), made, SYSTEM)
    assert status(vehicle) == ("in_use", "")


def test_downtime_is_in_days_of_the_calendar(vehicle):
    made = in_work(vehicle)
    assert made.downtime is None
    step(made, "finish", **OUT)
    assert made.downtime == Decimal("2.5")
    made.received_at = dt.datetime(2026, 3, 1, 8, 0)
    with pytest.raises(ValidationError, match="girişten önce"):
        writes.save(registers.get(ORDERS), made, SYSTEM)


def line(of, name, **values):
    return writes.save(registers.get("service-lines"), ServiceLine(order=of, name=name, **values), SYSTEM)


def test_the_list_shows_and_finds_what_an_order_costs(vehicle, here):
    made, bare = order(vehicle), order(vehicle, kind="tyre")
    assert line(made, "Balata", quantity=Decimal("3.0"), unit_price=Decimal("33.34")).amount == Decimal("100.02")
    line(made, "İşçilik", kind="labour", amount=Decimal("0.10"))
    admin = user("yonetici", here, is_superuser=True)

    def found(**query):
        return {each.id: each.cost for each in Listing(registers.get(ORDERS), admin, query).rows}

    assert found() == {made.pk: Decimal("100.12"), bare.pk: None}
    assert found(cost_from="100,12", cost_to="100,12") == {made.pk: Decimal("100.12")}
    assert found(cost_from="100,13") == {}
    assert found(cost_blank="yes") == {bare.pk: None}
    today = dt.date.today()
    assert found(as_of=f"{today:%d.%m.%Y}")[made.pk] == Decimal("100.12")


def test_a_line_without_any_price_and_another_amount_are_doubted(vehicle):
    made = order(vehicle)
    (doubted,) = doubts(registers.get("service-lines"), [case_of(line(made, "Filtre"), {}, None)])
    assert "Bedelsizse 0" in doubted.sentence
    odd = line(made, "Balata", quantity=2, unit_price=Decimal("10"), amount=Decimal("25"))
    (doubted,) = doubts(registers.get("service-lines"), [case_of(odd, {}, None)])
    assert "20 TL eder" in doubted.sentence


def test_doubts_name_a_firm_that_is_missing_and_a_second_open_order(vehicle):
    first = order(vehicle)
    second = order(vehicle, opened_at=dt.datetime(2026, 1, 1, 8), place="firm")
    said = " ".join(each.sentence for each in doubts(registers.get(ORDERS), [case_of(second, {}, None)]))
    assert first.order_no in said and "firması yazılmamış" in said
    assert not doubts(registers.get(ORDERS), [case_of(first, stored(first), None)])


def test_lines_and_orders_are_seen_where_the_vehicle_is_now_and_was_then(vehicle, here):
    there = unit("Ulaşım Dairesi Başkanlığı")
    made = order(vehicle)
    written = line(made, "Balata", amount=Decimal("5"))
    stranger = user("yabanci", there, (there, "vehicles", 2))
    own = user("sahip", here, (here, "vehicles", 2))
    for slug, pk in ((ORDERS, made.pk), ("service-lines", written.pk)):
        assert signed_in(stranger).get(f"/{slug}/{pk}/").status_code == 404
        assert signed_in(own).get(f"/{slug}/{pk}/").status_code == 200
        today = f"{dt.date.today():%d.%m.%Y}"
        assert [r.id for r in Listing(registers.get(slug), own, {"as_of": today}).rows] == [pk]
        assert not Listing(registers.get(slug), stranger, {"as_of": today}).rows


def test_an_old_order_begins_as_accepted_with_what_that_needs(vehicle):
    with pytest.raises(ValidationError, match="yapıldığı yeri"):
        order(vehicle, state="accepted")
    with pytest.raises(Refused, match="Servise giriş"):
        order(vehicle, state="accepted", place="own")
    made = order(
        vehicle,
        state="accepted",
        place="firm",
        sent_at=dt.datetime(2025, 1, 1, 8),
        received_at=dt.datetime(2025, 1, 2, 8),
    )
    assert ServiceOrder.objects.get(pk=made.pk).state == "accepted"
    assert status(vehicle)[0] == "in_use"


def test_an_orders_meter_is_a_reading_of_the_vehicle(vehicle):
    from inventory.lifecycle.fleet.odometer.models import MeterEntry

    made = in_work(vehicle, odometer=14_200)
    (entry,) = MeterEntry.objects.filter(vehicle=vehicle.pk, register=ORDERS)
    assert (entry.row, int(entry.value), entry.source) == (made.pk, 14_200, "service")
