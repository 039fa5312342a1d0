"""A request for a vehicle in a real browser, from the unit's user to its end; the calendar by keyboard, at any size."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from inventory import registers
from tests.e2e.conftest import looked_at
from tests.flows.walks import state_of
from tests.inventory.fleet.dispatch.conftest import LEAVE, RETURN, car, driver, order, request
from tests.rows import unit, user

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS, ORDERS = registers.get("vehicle-requests"), registers.get("task-orders")


@pytest.fixture
def support(transactional_db):
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


def step(page, name: str, values: tuple[tuple[str, str], ...] = ()) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/step/**")
    for label, value in values:
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_text(f"“{name}” adımı atıldı").wait_for()


def choose(page, column: str, text: str) -> None:
    page.locator(f"#id_{column}-ts-control").fill(text)
    page.locator(".ts-dropdown [data-selectable]", has_text=text).first.click()


def test_a_units_request_is_approved_planned_driven_and_closed(support, sign_in, page):
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    car(support, fleet_no="FN-77")
    who = driver(support)
    clerk = user("memur", parks, (parks, "vehicle-requests", 2))
    head = user("mudur", parks, (parks, "vehicle-requests", 3))
    planner = user("planlayan", support, (None, "vehicle-requests", 3), (None, "vehicles", 2))
    chief = user("amir", support, (None, "vehicle-requests", 3), (None, "vehicles", 3))

    sign_in(page, clerk)
    page.get_by_role("navigation", name="Ana menü").get_by_role("link", name="Araç talepleri").click()
    page.get_by_role("link", name="Yeni kayıt").first.click()
    choose(page, "asking_unit", "Park ve Bahçeler")
    page.get_by_label("Görev konusu").fill("Arazi denetimi")
    day = f"{timezone.localdate() + dt.timedelta(days=1):%d.%m.%Y}"
    page.get_by_label("İstenen çıkış").fill(f"{day} 09:00")
    page.get_by_label("İstenen dönüş").fill(f"{day} 17:00")
    page.get_by_role("button", name="Kaydet", exact=True).click()
    page.get_by_text("00001 eklendi.").wait_for()
    asked = REQUESTS.model.objects.get()

    page.context.clear_cookies()
    sign_in(page, head)
    page.goto(f"{page.base}/vehicle-requests/{asked.pk}/")
    step(page, "Onayla")

    page.context.clear_cookies()
    sign_in(page, planner)
    page.goto(f"{page.base}/vehicle-requests/{asked.pk}/")
    page.get_by_role("link", name="Takvimde araç bul").click()
    page.get_by_role("link", name="FN-77, 09–10: yeni görev emri").click()
    choose(page, "driver", who.name)
    page.get_by_role("button", name="Kaydet", exact=True).click()
    page.wait_for_url("**/vehicles/**")
    made = ORDERS.model.objects.get()
    assert (made.request, made.requesting_unit, made.leave_at) == (asked, parks, asked.from_at)

    page.context.clear_cookies()
    sign_in(page, chief)
    page.goto(f"{page.base}/task-orders/{made.pk}/")
    step(page, "Onayla")
    assert state_of(REQUESTS, asked) == "planned"
    step(page, "Çıkışı yaz", (("Çıkış zamanı", f"{day} 09:05"), ("Çıkış km’si", "100")))
    step(page, "Dönüşü yaz", (("Dönüş zamanı", f"{day} 16:40"), ("Dönüş km’si", "160")))
    step(page, "Kapat")

    page.context.clear_cookies()
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicle-requests/{asked.pk}/")
    page.get_by_text("Karşılandı", exact=True).first.wait_for()
    page.get_by_text(f"FN-77 · {who.name}").first.wait_for()


def test_the_calendar_is_walked_by_keyboard_and_readable_at_any_size(support, sized_page, sign_in):
    page = sized_page
    vehicle = car(support, fleet_no="FN-77")
    order(vehicle, driver(support))
    order(vehicle, driver(support), leave_at=LEAVE.replace(hour=12), return_at=RETURN)
    sign_in(page, user("garaj", support, (support, "vehicles", 2)))
    page.goto(f"{page.base}/task-orders/calendar/?day=2026-05-06")
    looked_at(page, "calendar-week")
    page.get_by_role("link", name="FN-77", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert "09:00–17:00" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "+"
    page.keyboard.press("PageDown")
    page.wait_for_url("**day=13.05.2026**")
    page.goto(f"{page.base}/task-orders/calendar/?day=2026-05-04&span=day")
    looked_at(page, "calendar-day")
    page.goto(f"{page.base}/task-orders/calendar/?day=2026-05-04&by=driver")
    looked_at(page, "calendar-drivers")


def test_a_phone_asks_for_a_vehicle(support, sized_page, sign_in):
    page = sized_page
    made = request(support)
    sign_in(page, user("memur", support, (support, "vehicle-requests", 2)))
    page.goto(f"{page.base}/vehicle-requests/")
    looked_at(page, "requests")
    page.goto(f"{page.base}/vehicle-requests/{made.pk}/")
    looked_at(page, "request")
    page.goto(f"{page.base}/vehicle-requests/new/")
    looked_at(page, "request-new")
