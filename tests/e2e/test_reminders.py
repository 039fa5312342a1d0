"""Reminders in a real browser: a row is seen, one's own page, a calendar's address."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.models import SavedView
from inventory.reminders.models import Answer, Feed, Preference, Rule
from tests.e2e.conftest import looked_at
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")


def test_a_clerk_sees_what_falls_due_and_takes_it_into_her_calendar(sized_page, sign_in):
    page, here = sized_page, unit("Park ve Bahçeler Dairesi Başkanlığı", email="park@example.org")
    clerk = user("filocu", here, (here, "vehicles", 2), email="filocu@example.org")
    values = {"date": "vehicles.inspection_until", "days_before": "30, 7", "to_unit": True}
    writes.save(registers.get("reminder-rules"), Rule(name="Araç muayenesi", **values), SYSTEM)
    day = timezone.localdate() + dt.timedelta(5)
    for _ in range(3):
        made = row(VEHICLES, here)
        row(registers.get("inspections"), here, vehicle=made, done_on=day - dt.timedelta(365), valid_until=day)
    SavedView.objects.create(register="vehicles", owner=clerk, name="Muayenesi yaklaşanlar", query="")
    sign_in(page, clerk)

    page.goto(page.base + reverse("reminders"))
    assert page.get_by_text("kayıtta yetkili").count() == 3
    looked_at(page, "reminders")
    page.get_by_label("Kural", exact=True).select_option("Araç muayenesi")
    page.get_by_role("button", name="Göster").click()
    page.get_by_role("link", name=str(made)).first.click()
    page.get_by_label("Araç muayenesi: hangi güne ertelensin").fill(f"{day - dt.timedelta(1):%d.%m.%Y}")
    page.keyboard.press("Enter")
    page.get_by_text("Hatırlatma ertelendi").wait_for()
    assert Answer.objects.get().kind == "later"
    page.get_by_role("button", name="Yeniden hatırlatılsın").click()
    page.get_by_role("button", name="Görüldü").click()
    page.get_by_text("tarih geçinceye kadar").wait_for()
    looked_at(page, "reminder-of-row")

    page.goto(page.base + reverse("reminders-own"))
    page.get_by_label("Haftada en çok bir özet").check()
    page.get_by_role("button", name="Kaydet").click()
    page.get_by_text("E-posta ayarınız kaydedildi").wait_for()
    assert Preference.objects.get().rhythm == "weekly"
    page.get_by_role("button", name="Takvim adresi al").click()
    page.get_by_text("Takvim adresi hazır").wait_for()
    assert ".ics" in page.get_by_label("Araçlar: Muayenesi yaklaşanlar").input_value()
    page.get_by_text("Yenile veya kaldır", exact=True).click()
    looked_at(page, "reminders-own")
    page.get_by_role("button", name="Adresi yenile").click()
    page.get_by_text("Adres yenilendi").wait_for()
    assert Feed.objects.count() == 1
