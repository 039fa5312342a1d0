"""What is due next follows from plan and work orders, whichever way they are written."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers, writes
from inventory.lifecycle.fleet.servicing.models import PlannedService
from inventory.listing.address import Listing
from tests.inventory.fleet.servicing.conftest import ORDERS, in_work, order, plan, planned, step
from tests.rows import SYSTEM, row, user

pytestmark = pytest.mark.django_db
DONE = {"received_at": dt.datetime(2026, 3, 4, 20, 0), "diagnosis": "Yağ değişti"}


def following(made):
    made = PlannedService.objects.get(pk=made.pk)
    return made.last_on, made.last_reading, made.due_on, made.due_reading


BEGUN = (None, None, dt.date(2026, 1, 31), 15_000)
SERVICED = (dt.date(2026, 3, 4), 14_200, dt.date(2027, 3, 4), 24_200)


def test_an_order_that_is_finished_moves_it_on_and_its_rework_back(vehicle):
    oil = plan()
    made = planned(oil, vehicle)
    assert following(made) == BEGUN
    work = in_work(vehicle, kind="periodic", plan=oil, odometer=14_200)
    assert following(made) == BEGUN
    step(work, "finish", **DONE)
    assert following(made) == SERVICED
    step(work, "rework", reason="filtre unutulmuş")
    assert following(made) == BEGUN


def test_an_order_that_goes_or_leaves_the_plan_counts_no_more(vehicle):
    oil, other = plan(), plan("Şanzıman bakımı")
    made = planned(oil, vehicle)
    values = {"state": "accepted", "place": "own", "plan": oil, "odometer": 14_200, "kind": "periodic"}
    values |= {"sent_at": dt.datetime(2026, 3, 4, 8), "received_at": DONE["received_at"]}
    work = order(vehicle, **values)
    assert following(made) == SERVICED
    work.plan = other
    writes.save(registers.get(ORDERS), work, SYSTEM)
    assert following(made) == BEGUN
    work.plan = oil
    writes.save(registers.get(ORDERS), work, SYSTEM)
    assert following(made) == SERVICED
    writes.delete(registers.get(ORDERS), work, SYSTEM)
    assert following(made) == BEGUN


def test_a_vehicle_that_comes_to_a_plan_brings_its_orders_along(vehicle):
    oil = plan()
    step(in_work(vehicle, kind="periodic", plan=oil, odometer=14_200), "finish", **DONE)
    assert following(planned(oil, vehicle)) == SERVICED
    # What was done before the plan's own beginning does not count.
    late = PlannedService.objects.get()
    late.begins_on = dt.date(2026, 5, 1)
    writes.save(registers.get("planned-services"), late, SYSTEM)
    assert following(late)[2:] == (dt.date(2027, 5, 1), 15_000)


def test_what_the_workshop_says_of_the_next_time_comes_before_the_plan(vehicle):
    oil = plan()
    made = planned(oil, vehicle)
    work = in_work(vehicle, kind="periodic", plan=oil, odometer=14_200)
    work.next_on, work.next_reading = dt.date(2026, 9, 1), 20_000
    writes.save(registers.get(ORDERS), work, SYSTEM)
    step(work, "finish", **DONE)
    assert following(made)[2:] == (dt.date(2026, 9, 1), 20_000)


def test_a_plan_that_changes_moves_all_its_vehicles(vehicle, here):
    oil = plan()
    machine = row(registers.get("vehicles"), here, meter_unit="hours")
    car, digger = planned(oil, vehicle), planned(oil, machine)
    assert following(digger)[3] == 5_250
    oil.every_months, oil.every_km = 1, 7_500
    writes.save(registers.get("service-plans"), oil, SYSTEM)
    assert following(car)[2:] == (dt.date(2025, 2, 28), 12_500)
    assert following(digger)[2:] == (dt.date(2025, 2, 28), 5_250)


def test_the_list_of_what_is_due_knows_the_service_and_forgets_retired_vehicles(vehicle, here):
    made = planned(plan(), vehicle, begins_on=dt.date(2020, 1, 1))
    admin = user("yonetici", here, is_superuser=True)

    def due(state):
        return [each.id for each in Listing(registers.get("planned-services"), admin, {"due": state}).rows]

    assert due("overdue") == [made.pk]
    vehicle.status, vehicle.status_reason = "retired", "hurda"
    writes.save(registers.get("vehicles"), vehicle, SYSTEM)
    assert due("overdue") == []


def test_its_history_says_what_was_due_when(vehicle):
    oil = plan()
    made = planned(oil, vehicle)
    step(in_work(vehicle, kind="periodic", plan=oil, odometer=14_200), "finish", **DONE)
    entries = PlannedService.history.filter(id=made.pk).order_by("history_id")
    assert [entry.due_on for entry in entries] == [BEGUN[2], SERVICED[2]]
