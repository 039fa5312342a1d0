"""A person who leaves: all that she holds is handed over in one step in a real browser, and taken back."""

import pytest

from inventory import registers
from inventory.organization.models import Unit
from tests.e2e.conftest import action, looked_at
from tests.rows import person, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")


@pytest.fixture
def here(transactional_db) -> Unit:
    return unit("Bilgi İşlem Dairesi Başkanlığı")


def test_all_that_a_person_holds_goes_to_another(here, sized_page, sign_in):
    page = sized_page
    ayse, mehmet = person("Ayşe Gidiyor", here), person("Mehmet Geliyor", here)
    column = next(c.name for c in EQUIPMENT.naming(type(ayse)))
    held = [row(EQUIPMENT, here, **{column: ayse}) for _ in range(12)]
    car = row(VEHICLES, here, responsible_person=ayse, plate="41 TST 001")
    sign_in(page, user("mudur", here, (None, "", 3)))
    page.goto(f"{page.base}/people/{ayse.pk}/")
    looked_at(page, "hand-over-person")
    action(page, "Tümünü devret")
    page.get_by_text("12 varlık devredilir").wait_for()
    page.locator(".ts-control input").first.click()
    page.keyboard.type("Mehmet")
    page.get_by_role("option", name="Mehmet Geliyor").click()
    page.get_by_label("Gerekçe").fill("emekli oldu")
    looked_at(page, "hand-over")
    page.get_by_role("button", name="13 varlığı devret").click()
    page.get_by_text("13 kayıt değişti.").wait_for()
    page.get_by_role("link", name="Ayrıntısı ve geri alma").click()
    looked_at(page, "hand-over-done")
    page.get_by_role("link", name="Geri al").click()
    page.get_by_text("Eski hâline dönecek (13)").wait_for()
    looked_at(page, "hand-over-undo")
    page.get_by_label("Listelere baktım, geri alınsın.").check()
    page.get_by_role("button", name="Geri al").click()
    page.get_by_text("13 kayıt eski hâline döndü").wait_for()
    for each in (car, *held):
        each.refresh_from_db()
    assert car.responsible_person == ayse and {getattr(each, column) for each in held} == {ayse}
    assert mehmet.pk
