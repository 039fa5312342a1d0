"""The programme's rates of requests met, and the allocations of the transport directorate: each number is a list."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers, writes
from inventory.indicators import figures, reference
from inventory.indicators.models import Indicator
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, car, driver, order, request
from tests.pages import signed_in
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db
REQUESTS, ORDERS = registers.get("vehicle-requests"), registers.get("task-orders")
TO_THE_END = {
    "closed": ("approve", "plan", "go", "come-back", "close"),
    "partly": ("approve", "plan", "partly"),
    "refused": ("refuse",),
    "withdrawn": ("withdraw",),
    "asked": (),
}


def brought(of, state: str, **values):
    made = request(of, **values)
    for name in TO_THE_END[state]:
        made.refresh_from_db()
        writes.step(REQUESTS, made, name, dict.fromkeys(REQUESTS.flow.step(name).needs, "x"), SYSTEM)


def figure(goal: str, number: int):
    return next(figures.figures([Indicator.objects.get(goal=goal, number=number)], 2026, None))


def test_the_rate_counts_what_is_decided_by_month_inside_and_outside(parks):
    reference.load()
    june = {"from_at": dt.datetime(2026, 6, 30, 23, 59), "until_at": dt.datetime(2026, 7, 1, 8)}
    inside, outside = {"outside_body": ""}, {"outside_body": "Örnek İlçe Belediyesi"}
    for state in ("closed", "closed", "partly", "refused", "withdrawn", "asked"):
        brought(parks, state, **inside)
    brought(parks, "closed", **inside, **june)
    brought(parks, "refused", **outside)
    found = figure("KU/PH.5.1.1", 6)
    # Two of four in May, one of one in June.
    assert (str(found.value), str(found.pooled)) == ("75.00", "60.00")
    may, june_part = found.parts[4], found.parts[5]
    assert [(part.numerator, part.of) for part in (may, june_part)] == [(2, 4), (1, 1)]
    client = signed_in(user("denetci", parks, (None, "", 1)))
    for url, number in ((may.rows_url, 2), (may.of_url, 4)):
        assert len(client.get(url).context["page"].lines) == number
    assert (figure("KU/PH.5.1.1", 5).numerator, figure("KU/PH.5.1.1", 5).denominator) == (0, 1)


def test_allocations_are_the_orders_that_went_and_came_back(support):
    transport = unit("Ulaşım Dairesi Başkanlığı")
    reference.load()
    for of, steps in ((transport, 4), (transport, 3), (transport, 2), (support, 4)):
        made = order(car(of), driver(of))
        values = {"left_at": LEAVE, "odometer_out": 1, "returned_at": RETURN, "odometer_in": 2}
        for name in ("approve", "go", "come-back", "close")[:steps]:
            made.refresh_from_db()
            given = {each: values.get(each, getattr(made, each)) for each in ORDERS.flow.step(name).needs}
            writes.step(ORDERS, made, name, given, SYSTEM)
    assert figure("KE/PH.1.10.1", 1).value == 2
