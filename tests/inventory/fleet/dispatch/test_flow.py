"""A request becomes a task order, out, back and closed; who may do what on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from inventory import access, registers, writes
from inventory.lifecycle.fleet.odometer.models import MeterEntry
from inventory.refusals import Conflict, Refused
from tests.flows.walks import state_of
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, by, car, driver, order, request
from tests.rows import SYSTEM, user

pytestmark = pytest.mark.django_db
REQUESTS, ORDERS = registers.get("vehicle-requests"), registers.get("task-orders")
WAY = (
    ("approve", {}, "planned"),
    ("go", {"left_at": LEAVE, "odometer_out": 100}, "out"),
    ("come-back", {"returned_at": RETURN, "odometer_in": 160}, "back"),
    ("close", {}, "closed"),
)


def take(register, made, name, values, who, reason=""):
    now = register.model.objects.get(pk=made.pk)
    given = {each: getattr(now, each) for each in register.flow.step(name).needs} | values
    return writes.step(register, now, name, given, by(who), reason)


@pytest.fixture
def asked(parks, clerk, head):
    made = request(parks)
    take(REQUESTS, made, "approve", {}, head)
    return made


@pytest.fixture
def planned(asked, support):
    vehicle = car(support)
    return order(vehicle, driver(support), request=asked, requesting_unit=None, purpose="")


def test_an_order_takes_from_its_request_what_it_does_not_say(planned, asked):
    assert (planned.requesting_unit, planned.purpose) == (asked.asking_unit, "Arazi denetimi")
    assert (planned.leave_at, planned.return_at) == (LEAVE, RETURN)


def test_a_request_follows_its_order_to_the_end(asked, planned, chief):
    for name, values, state in WAY:
        take(ORDERS, planned, name, values, chief)
        assert state_of(REQUESTS, asked) == state
    asked.refresh_from_db()
    assert asked.assigned == f"{planned.vehicle} · {planned.driver.name}"
    entry = REQUESTS.model.history.filter(id=asked.pk).latest("history_id")
    assert entry.history_user == chief
    assert entry.history_change_reason == f"“Karşılandı” adımı · {planned.order_no} · “Kapat” adımı"


def test_a_step_back_of_the_order_takes_the_request_back(asked, planned, chief):
    for name, values, _state in WAY[:2]:
        take(ORDERS, planned, name, values, chief)
    take(ORDERS, planned, "not-gone", {}, chief, "yanlış araç")
    assert state_of(REQUESTS, asked) == "planned"
    take(ORDERS, planned, "cancel", {"cancel_reason": "araç arızalı"}, chief)
    assert state_of(REQUESTS, asked) == "approved"


def test_a_request_with_two_orders_is_met_when_both_are(asked, planned, chief, support):
    second = order(car(support), driver(support), request=asked)
    for made in (planned, second):
        take(ORDERS, made, "approve", {}, chief)
    assert f"{second.vehicle} · {second.driver.name}" not in REQUESTS.model.objects.get(pk=asked.pk).assigned
    for name, values, _state in WAY[1:]:
        take(ORDERS, planned, name, values, chief)
    assert state_of(REQUESTS, asked) == "out"
    take(ORDERS, second, "cancel", {"cancel_reason": "gerek kalmadı"}, chief)
    assert state_of(REQUESTS, asked) == "closed"


def test_who_asks_does_not_approve_and_who_approves_does_not_assign(parks, head, support, chief):
    own = writes.save(REQUESTS, REQUESTS.model(
        asking_unit=parks, purpose="Ziyaret", from_at=LEAVE, until_at=RETURN), by(head))  # fmt: skip
    with pytest.raises(Refused, match="siz girdiniz"):
        take(REQUESTS, own, "approve", {}, head)
    take(REQUESTS, own, "approve", {}, chief)
    made = order(car(support), driver(support), request=own)
    with pytest.raises(Refused, match="başka bir yetkili"):
        take(ORDERS, made, "approve", {}, chief)
    assert (state_of(ORDERS, made), state_of(REQUESTS, own)) == ("draft", "approved")


def test_who_writes_an_order_does_not_approve_it(support, chief):
    made = ORDERS.model(vehicle=car(support), driver=driver(support), purpose="Evrak", leave_at=LEAVE, return_at=RETURN)
    writes.save(ORDERS, made, by(chief))
    with pytest.raises(Refused, match="siz girdiniz"):
        take(ORDERS, made, "approve", {}, chief)


def test_whose_rights_end_at_vehicles_moves_no_request(asked, planned, support):
    garage = user("garaj", support, (None, "vehicles", 3))
    with pytest.raises(Refused, match="yetkiniz yok"):
        take(ORDERS, planned, "approve", {}, garage)
    assert (state_of(ORDERS, planned), state_of(REQUESTS, asked)) == ("draft", "approved")


def test_a_withdrawn_request_stays_so(asked, planned, clerk, chief):
    take(REQUESTS, asked, "withdraw", {}, clerk)
    take(ORDERS, planned, "approve", {}, chief)
    assert state_of(REQUESTS, asked) == "withdrawn"


def test_a_refusal_says_why(asked, planner):
    with pytest.raises(Refused, match="Kararın nedeni"):
        take(REQUESTS, asked, "refuse", {"answer": ""}, planner)
    take(REQUESTS, asked, "refuse", {"answer": "boş araç yok"}, planner)
    assert state_of(REQUESTS, asked) == "refused"


def test_the_meter_does_not_run_backwards(planned, asked, chief):
    for name, values, _state in WAY[:2]:
        take(ORDERS, planned, name, values, chief)
    with pytest.raises(ValidationError, match="çıkış km’sinden küçük olamaz"):
        take(ORDERS, planned, "come-back", {"returned_at": RETURN, "odometer_in": 99}, chief)
    with pytest.raises(ValidationError, match="çıkıştan önce olamaz"):
        take(ORDERS, planned, "come-back", {"returned_at": LEAVE - dt.timedelta(hours=1), "odometer_in": 120}, chief)
    assert (state_of(ORDERS, planned), state_of(REQUESTS, asked)) == ("out", "out")


def test_what_the_meter_showed_reaches_the_log(planned, chief):
    for name, values, _state in WAY:
        take(ORDERS, planned, name, values, chief)
    entries = MeterEntry.objects.filter(vehicle=planned.vehicle).order_by("at")
    assert list(entries.values_list("at", "value")) == [(LEAVE, 100), (RETURN, 160)]


def test_a_step_on_an_old_version_is_a_conflict_and_moves_no_request(planned, asked, chief):
    stale = ORDERS.model.objects.get(pk=planned.pk)
    fresh = ORDERS.model.objects.get(pk=planned.pk)
    fresh.notes = "ek not"
    writes.save(ORDERS, fresh, SYSTEM)
    given = {name: getattr(stale, name) for name in ORDERS.flow.step("approve").needs}
    with pytest.raises(Conflict):
        writes.step(ORDERS, stale, "approve", given, by(chief))
    assert state_of(REQUESTS, asked) == "approved"


def test_a_unit_sees_its_own_requests_and_no_vehicle(parks, support, clerk, planner):
    own, other = request(parks), request(support)
    assert set(access.visible_to(REQUESTS, clerk)) == {own}
    assert set(access.visible_to(REQUESTS, planner)) == {own, other}
    assert not access.may_see(ORDERS, clerk) and not access.may_see(registers.get("vehicles"), clerk)


def test_numbers_go_on_without_a_gap_and_begin_anew_each_year(parks, monkeypatch):
    first, second = request(parks).request_no, request(parks).request_no
    year, number = first.removeprefix("T-").split("/")
    assert second == f"T-{year}/{int(number) + 1:05d}"
    with pytest.raises(Refused, match="Dönüş çıkıştan önce olamaz"):
        request(parks, from_at=RETURN, until_at=LEAVE)
    assert request(parks).request_no == f"T-{year}/{int(number) + 2:05d}"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: dt.date(int(year) + 1, 1, 1))
    assert request(parks).request_no == f"T-{int(year) + 1}/00001"
