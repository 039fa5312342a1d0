"""Forty orders a day: begun from one that stands, or pasted; a standing order's log as its lines."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from imports import batches
from imports.models import Batch
from inventory import registers
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, car, driver, order
from tests.pages import posted, signed_in
from tests.rows import user

pytestmark = pytest.mark.django_db
ORDERS, LOG = registers.get("task-orders"), registers.get("duty-log")


@pytest.fixture
def client(support):
    return signed_in(user("garaj", support, (support, "vehicles", 2)))


def test_a_copy_has_the_vehicle_and_driver_and_none_of_the_times(client, support):
    made = order(car(support), driver(support), left_at=LEAVE, odometer_out=7, purpose="Evrak", route="Valilik")
    form = client.get(reverse("register-new", args=[ORDERS]), {"copy": made.pk}).context["form"]
    given = posted(form)
    assert (given["vehicle"], given["driver"], given["route"]) == (str(made.vehicle_id), str(made.driver_id), "Valilik")
    assert not {"leave_at", "return_at", "left_at", "odometer_out"} & set(given)


def test_many_orders_are_pasted_from_one_and_undone_at_once(client, support):
    made = order(car(support), driver(support), purpose="Servis", route="Valilik")
    others = [car(support, fleet_no=f"FN-{number}") for number in range(3)]
    text = "\n".join(
        f"{vehicle}\t{4 + day:02d}.05.2026 08:00\t{4 + day:02d}.05.2026 18:00" for vehicle in others for day in (1, 2)
    )
    page = reverse("register-copies", args=[ORDERS, made.pk])
    assert page in client.get(reverse("register-detail", args=[ORDERS, made.pk])).content.decode()
    answer = client.post(page, {"text": text})
    assert answer.status_code == 302, answer.context["form"].errors
    batch = Batch.objects.get()
    batches.run_check(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 6)
    batches.run_apply(batch)
    rows = ORDERS.model.objects.exclude(pk=made.pk)
    assert {(row.purpose, row.route, row.state, row.driver_id) for row in rows} == {
        ("Servis", "Valilik", "draft", made.driver_id)
    }
    assert set(rows.values_list("vehicle", flat=True)) == {vehicle.pk for vehicle in others}
    assert min(row.leave_at for row in rows) == dt.datetime(2026, 5, 5, 8)


def test_a_line_of_the_log_takes_its_order_s_vehicle_and_feeds_no_other(client, support):
    vehicle, who = car(support), driver(support)
    standing = order(vehicle, who, kind="standing", return_at=RETURN + dt.timedelta(days=27))
    data = {"order": standing.pk, "driver": who.pk, "from_at": "05.05.2026 08:00", "until_at": "05.05.2026 16:00"}
    data |= {"odometer_out": "100", "odometer_in": "180"}
    answer = client.post(reverse("register-new", args=[LOG]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    (line,) = LOG.model.objects.all()
    assert line.vehicle == vehicle
    refused = client.post(
        reverse("register-new", args=[LOG]), data | {"from_at": "06.05.2026 08:00", "odometer_in": "9"}
    )
    assert "çıkış km’sinden küçük olamaz" in refused.content.decode()
    said = client.post(reverse("register-new", args=[LOG]), data | {"from_at": "01.05.2026 08:00", "until_at": ""})
    assert "görev emri 04.05.2026 09:00" in said.content.decode() and LOG.model.objects.count() == 1
