"""Many new rows like one that stands: their numbers pasted, checked and undone as an import is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from imports.models import Batch
from inventory import registers, writes
from tests.pages import ASSETS, signed_in
from tests.rows import SYSTEM, person, row, unit, user

pytestmark = pytest.mark.django_db
EQUIPMENT = registers.get("equipment")


@pytest.fixture
def here():
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.fixture
def browser(here):
    return signed_in(user("ayse", here, (None, "", 3)))


def url(register, one) -> str:
    return reverse("register-copies", args=[register, one.pk])


def pasted(browser, register, one, text: str) -> Batch:
    answer = browser.post(url(register, one), {"text": text})
    assert answer.status_code == 302, answer.context["form"].errors
    return Batch.objects.latest("pk")


def test_forty_serials_become_forty_devices_and_are_taken_back(here, browser):
    one = row(EQUIPMENT, here, notes="Depo sayımından; “A” kutusu\nikinci satır")
    batch = pasted(browser, EQUIPMENT, one, "\n".join(f"SN-{number:04d}" for number in range(40)))
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 40), batch.message
    assert EQUIPMENT.model.objects.count() == 1
    browser.post(reverse("import-apply", args=[batch.pk]), batch.counts)
    made = EQUIPMENT.model.objects.exclude(pk=one.pk)
    assert made.count() == 40 and made.values("inventory_no").distinct().count() == 40
    for name in ("kind", "make", "model", "responsible_unit", "location", "holder", "cost", "acquired_on", "notes"):
        assert {getattr(each, name) for each in made} == {getattr(one, name)}, name
    assert {each.mac_address for each in made} == {""}
    browser.post(reverse("import-undo", args=[batch.pk]))
    assert list(EQUIPMENT.model.objects.all()) == [one]


def test_a_serial_that_is_there_already_changes_nothing(here, browser):
    one = row(EQUIPMENT, here, room="101")
    other = row(EQUIPMENT, here, room="202", make=one.make)
    batch = pasted(browser, EQUIPMENT, one, f"{other.serial_no}\nSN-NEW")
    browser.post(reverse("import-apply", args=[batch.pk]), batch.counts)
    other.refresh_from_db()
    assert other.room == "202" and other.version == 1


def test_faulty_lines_are_corrected_where_they_were_pasted(here, browser):
    one, other = row(EQUIPMENT, here), row(EQUIPMENT, here)
    batch = pasted(browser, EQUIPMENT, one, "Seri no\tGaranti bitişi\nSN-1\t31.02.2026")
    assert batch.state == Batch.State.REFUSED
    again = f"{url(EQUIPMENT, one)}?batch={batch.pk}"
    page = browser.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert again in page and "“Satırları düzelt”" in page and "Başka dosya yükle" not in page
    text = browser.get(again).context["form"]["text"].value()
    assert pasted(browser, EQUIPMENT, one, text.replace("31.02", "28.02")).state == Batch.State.CHECKED
    # Lines of another row, and of another user, fill in nothing.
    assert browser.get(f"{url(EQUIPMENT, other)}?batch={batch.pk}").context["form"]["text"].value() is None
    stranger = signed_in(user("baska", here, (None, "", 3)))
    assert stranger.get(again).context["form"]["text"].value() is None


def test_a_line_may_say_otherwise(here, browser):
    one = row(EQUIPMENT, here, room="101")
    batch = pasted(browser, EQUIPMENT, one, "Seri no\tOda\nSN-1\t305\nSN-2\t306")
    browser.post(reverse("import-apply", args=[batch.pk]), batch.counts)
    made = EQUIPMENT.model.objects.exclude(pk=one.pk).order_by("room")
    assert [(each.serial_no, each.room) for each in made] == [("SN-1", "305"), ("SN-2", "306")]


@pytest.mark.parametrize("register", ASSETS)
def test_every_item_is_multiplied_from_its_page(register, here, browser):
    one = row(register, here)
    page = browser.get(reverse("register-detail", args=[register, one.pk])).content.decode()
    assert f'href="{url(register, one)}"' in page
    assert browser.get(url(register, one)).status_code == 200


def test_nobody_multiplies_what_she_may_not_see_or_change(here):
    there = unit("Park ve Bahçeler Dairesi Başkanlığı")
    one = row(EQUIPMENT, here)
    assert signed_in(user("ali", there, (there, "", 3))).get(url(EQUIPMENT, one)).status_code == 404
    assert signed_in(user("veli", here, (here, "", 1))).get(url(EQUIPMENT, one)).status_code == 404


def test_a_serial_that_cannot_be_read_is_refused_with_its_reason(here, browser):
    batch = pasted(browser, EQUIPMENT, row(EQUIPMENT, here), "SN-" + "9" * 300)
    assert (batch.state, batch.counts["refused"]) == (Batch.State.REFUSED, 1), batch.message


def test_a_holder_who_left_is_not_given_to_the_new_ones(here, browser):
    holder = person("Ayrılan Kişi", here)
    one = row(EQUIPMENT, here, holder=holder)
    holder.active = False
    writes.save(registers.get("people"), holder, SYSTEM)
    batch = pasted(browser, EQUIPMENT, one, "SN-1\nSN-2")
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 2), batch.message
    assert "Ayrılan Kişi" not in browser.get(url(EQUIPMENT, one)).content.decode()
