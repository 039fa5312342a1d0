"""The calendar: who is where, clashes, free times, and only what its reader may see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import registers
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, car, driver, order, request
from tests.pages import posted, signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
URL = "/task-orders/calendar/"
WEEK = {"day": "2026-05-06"}


@pytest.fixture
def client(support):
    return signed_in(user("garaj", support, (support, "vehicles", 2)))


def shown(client, **query):
    return client.get(URL, WEEK | query).context["lines"]


def cells(line) -> list[list[str]]:
    return [[entry.text if entry.order else "dolu" for entry in cell.entries] for cell in line.cells]


def test_a_week_has_a_line_for_each_vehicle_with_its_orders_by_day(client, support):
    vehicle, who = car(support), driver(support)
    order(vehicle, who)
    order(vehicle, who, leave_at=RETURN + dt.timedelta(days=1), return_at=RETURN + dt.timedelta(days=2))
    (line,) = shown(client)
    assert cells(line) == [["09:00–17:00"], ["17:00–…"], ["…–17:00"], [], [], [], []]
    assert line.cells[0].entries[0].other == who.name
    page = client.get(URL, WEEK).content.decode()
    assert f"{LEAVE:%d.%m.%Y}" in page and "10.05.2026" in page


def test_a_day_has_its_hours_and_an_order_that_begins_on_the_hour_leaves_the_one_before_free(client, support):
    order(car(support), driver(support), leave_at=LEAVE, return_at=LEAVE + dt.timedelta(hours=2))
    (line,) = shown(client, span="day", day="2026-05-04")
    busy = [cell.slot.text for cell in line.cells if cell.entries]
    assert busy == ["09–10", "10–11"] and len(line.cells) == 18


def test_orders_that_overlap_are_marked_and_others_are_not(client, support):
    vehicle, far = car(support), car(support)
    order(vehicle, driver(support))
    order(vehicle, driver(support), leave_at=RETURN - dt.timedelta(hours=1), return_at=RETURN)
    order(far, driver(support))
    order(far, driver(support), leave_at=RETURN, return_at=RETURN + dt.timedelta(hours=1))
    marks = {line.text: [entry.clashes for cell in line.cells for entry in cell.entries] for line in shown(client)}
    assert marks == {str(vehicle): [True, True], str(far): [False, False]}


def test_a_driver_of_mine_on_an_order_that_i_may_not_see_is_busy_and_nothing_more(client, support):
    who, far = driver(support), unit("İtfaiye Dairesi Başkanlığı")
    hidden = order(car(far), who, purpose="Gizli görev")
    (line,) = shown(client, by="driver")
    assert cells(line)[0] == ["dolu"] and line.text == str(who)
    page = client.get(URL, WEEK | {"by": "driver"}).content.decode()
    assert "Gizli görev" not in page and hidden.order_no not in page and str(hidden.vehicle) not in page
    second = order(car(support), driver(support), second_driver=who)
    found = {line.text: cells(line)[0] for line in shown(client, by="driver")}
    assert found == {str(who): ["dolu", "09:00–17:00"], str(second.driver): ["09:00–17:00"]}


def test_vehicles_of_other_units_and_those_that_are_gone_are_not_there(client, support, parks):
    car(parks), car(support, status="disposed", status_reason="hurda")
    own = car(support)
    assert [line.text for line in shown(client)] == [str(own)]
    clerk = signed_in(user("memur", parks, (parks, "vehicle-requests", 2)))
    assert clerk.get(URL).status_code == 404


def test_filters_by_unit_kind_and_what_has_orders(client, support):
    below = unit("Garaj Amirliği", support, kind="branch")
    busy, free = car(support), car(below)
    order(busy, driver(support))
    assert [line.text for line in shown(client, unit=below.pk)] == [str(free)]
    assert {line.text for line in shown(client, unit=support.pk, kind=busy.kind_id)} == {str(busy), str(free)}
    assert [line.text for line in shown(client, busy="1")] == [str(busy)]
    assert len(shown(client, by="driver", busy="1")) == 1


def test_a_free_cell_begins_an_order_for_that_vehicle_and_time(client, support):
    vehicle = car(support)
    (line,) = shown(client)
    form = client.get(line.cells[2].new_url).context["form"]
    data = posted(form)
    assert (data["vehicle"], data["leave_at"], data["return_at"]) == (
        str(vehicle.pk), "06.05.2026 08:00", "06.05.2026 17:00",
    )  # fmt: skip
    answer = client.post(line.cells[2].new_url, data | {"purpose": "Evrak", "driver": driver(support).pk})
    assert answer.status_code == 302, answer.context["form"].errors
    assert registers.get("task-orders").model.objects.get().vehicle == vehicle
    reader = signed_in(user("bakan", support, (support, "vehicles", 1)))
    assert {cell.new_url for cell in shown(reader)[0].cells} == {""}


def test_a_request_is_planned_from_its_page(support, parks, planner):
    asked, vehicle = request(parks), car(support)
    registers.get("vehicle-requests").model.objects.update(state="approved", kind_wanted=None)
    client = signed_in(planner)
    page = client.get(reverse("register-detail", args=["vehicle-requests", asked.pk])).content.decode()
    query = {"span": "day", "day": "2026-05-04", "request": str(asked.pk)}
    assert f"{URL}?span=day&amp;day=04.05.2026&amp;request={asked.pk}" in page
    line = next(line for line in client.get(URL, query).context["lines"] if line.text == str(vehicle))
    form = client.get(line.cells[3].new_url).context["form"]
    assert (posted(form)["request"], posted(form)["vehicle"]) == (str(asked.pk), str(vehicle.pk))


def test_the_same_queries_for_few_and_many(client, support):
    def queries(**query) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(URL, WEEK | query)
        return len(captured)

    order(car(support), driver(support))
    few = [queries(), queries(by="driver"), queries(span="day")]
    for _ in range(3):
        order(car(support), driver(support))
    assert [queries(), queries(by="driver"), queries(span="day")] == few


@pytest.mark.parametrize(
    "query",
    [{"day": "yarın"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"page": "-1"}, {"unit": "x"}, {"kind": "9" * 30},
     {"by": "<script>"}, {"request": "1 OR 1"}],
)  # fmt: skip
def test_an_address_that_is_not_understood_shows_a_page(client, support, query):
    row(registers.get("vehicles"), support)
    answer = client.get(URL, query)
    assert answer.status_code == 200 and "<script>alert" not in answer.content.decode()
