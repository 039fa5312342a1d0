"""A new row begun from one that stands: without what is that row's own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory import access, registers
from inventory.columns import Type
from inventory.editing.copying import own
from inventory.models import Status
from inventory.registers import Register
from tests.pages import ASSETS, EVERY, posted, signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")


def of(register: Register, one) -> str:
    return f"{reverse('register-new', args=[register])}?copy={one.pk}"


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def browser(here):
    return signed_in(user("ayse", here, (None, "", 3)))


@pytest.mark.parametrize("register", ASSETS)
def test_all_but_what_is_its_own_stands_in_the_form_of_another(register, here, browser):
    one = row(register, here)
    form = browser.get(of(register, one)).context["form"]
    assert form.instance.pk is None and form["kind"].value() == one.kind_id
    for column in register.typed_columns():
        value = getattr(one, column.field.attname)
        if column.name in own(register) | {"status_on", "status_reason"}:
            assert form[column.name].value() in (None, "", column.field.get_default()), column.name
        elif column.type != Type.REFERENCE:
            assert str(form[column.name].value()) == str(value), column.name


def test_what_is_a_row_s_own_follows_from_what_may_come_once():
    assert own(VEHICLES) >= {"plate", "fleet_no", "chassis_no", "engine_no"}
    assert own(EQUIPMENT) >= {"serial_no", "mac_address", "hostname"} and "make" not in own(EQUIPMENT)
    assert "parent" not in own(registers.get("units")) and "name" in own(registers.get("units"))
    assert "identity_no" in own(registers.get("people"))


@pytest.mark.parametrize("register", [p for p in EVERY if p.values[0].group != "list"])
def test_its_page_offers_it_and_says_what_is_left_blank(register, here, browser):
    one = row(register, here)
    link = of(register, one)
    assert f'href="{link}"' in browser.get(reverse("register-detail", args=[register, one.pk])).content.decode()
    assert browser.get(link).status_code == 200


def test_the_copy_is_a_row_of_its_own_and_the_other_stays(here, browser):
    one = row(VEHICLES, here, plate="41 TST 001")
    page = browser.get(of(VEHICLES, one))
    assert "“41 TST 001” kaydından alındı" in page.content.decode() and "Plaka" in page.content.decode()
    typed = posted(page.context["form"]) | {"plate": "41 TST 002"}
    assert browser.post(of(VEHICLES, one), typed).status_code == 302
    other = VEHICLES.model.objects.get(plate="41 TST 002")
    assert other.pk != one.pk and other.make == one.make and other.inventory_no != one.inventory_no
    assert VEHICLES.model.objects.get(pk=one.pk).version == one.version


def test_one_that_is_out_of_service_gives_no_status(here, browser):
    one = row(VEHICLES, here, status=Status.DISPOSED, status_reason="hurda")
    form = browser.get(of(VEHICLES, one)).context["form"]
    assert form["status"].value() == Status.IN_USE and not form["status_reason"].value()


def test_nobody_copies_what_she_may_not_see(here):
    there = unit("Bilgi İşlem Dairesi Başkanlığı")
    clerk = user("ali", here, (here, "", 2))
    one = row(VEHICLES, there)
    assert not access.visible_to(VEHICLES, clerk).filter(pk=one.pk).exists()
    assert signed_in(clerk).get(of(VEHICLES, one)).status_code == 404
    assert signed_in(clerk).get(f"{reverse('register-new', args=[VEHICLES])}?copy=x").status_code == 404


def test_what_she_may_not_see_in_it_is_not_copied(here):
    there = unit("Bilgi İşlem Dairesi Başkanlığı")
    software = registers.get("software")
    server = row(registers.get("network"), there)
    one = row(software, here, server=server)
    form = signed_in(user("ali", here, (here, "", 2))).get(of(software, one)).context["form"]
    assert form["server"].value() is None and form["name"].field.required
