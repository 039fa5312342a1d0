"""A row's page in a real browser: its head, what is folded, its print."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from tests.e2e.conftest import looked_at
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")


def test_what_is_empty_is_opened_and_not_printed(sized_page, sign_in):
    page, here = sized_page, unit("Park ve Bahçeler Dairesi Başkanlığı")
    made = row(VEHICLES, here, colour="", cost=None, status_on=None, status_reason="")
    day = timezone.localdate() - dt.timedelta(3)
    row(registers.get("inspections"), here, vehicle=made, done_on=day - dt.timedelta(365), valid_until=day)
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(page.base + reverse("register-detail", args=[VEHICLES, made.pk]))
    assert "Süresi geçmiş" in page.locator(".due-strip").inner_text()
    colour = page.get_by_text("Renk", exact=True)
    assert not colour.is_visible()
    page.get_by_text("Sorumluluk ve durum: 2 boş alanı göster").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 boş alanı göster").first.click()
    assert colour.is_visible() and page.get_by_text("Durum gerekçesi").is_visible()
    looked_at(page, "facts")
    page.emulate_media(media="print")
    assert not colour.is_visible() and not page.get_by_text("boş alanı göster").first.is_visible()
    assert page.locator(".head").is_visible()
