"""A new row begun from another, and many like one, in a real browser."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers
from inventory.organization.models import Unit
from tests.e2e.conftest import action, looked_at
from tests.rows import row, user

pytestmark = pytest.mark.django_db(transaction=True)
EQUIPMENT = registers.get("equipment")


@pytest.fixture
def one(transactional_db):
    call_command("load_reference", verbosity=0)
    return row(EQUIPMENT, Unit.objects.get(short_name="Bilgi İşlem"), make="Dell", serial_no="SN-1", holder=None)


def opened(page, sign_in, one) -> None:
    sign_in(page, user("bilgici", one.responsible_unit, (None, "equipment", 2)))
    page.goto(page.base + reverse("register-detail", args=["equipment", one.pk]))


def test_an_item_is_copied_without_what_is_its_own(one, sized_page, sign_in):
    page = sized_page
    opened(page, sign_in, one)
    action(page, "Kopyala")
    serial = page.get_by_label("Seri no", exact=True)
    assert serial.input_value() == "" and page.get_by_label("Marka", exact=True).input_value() == "Dell"
    looked_at(page, "copy")
    serial.fill("SN-2")
    page.keyboard.press("Control+s")
    page.get_by_text("eklendi.").wait_for()
    assert EQUIPMENT.model.objects.filter(make="Dell", serial_no="SN-2").exclude(pk=one.pk).count() == 1


def test_many_are_made_at_once_after_a_faulty_line_was_corrected(one, sized_page, sign_in):
    page = sized_page
    opened(page, sign_in, one)
    action(page, "Çoğalt")
    lines = page.get_by_label("Satırlar", exact=True)
    lines.fill("Seri no\tGaranti bitişi\nSN-2\t31.02.2030\nSN-3\t28.02.2030")
    looked_at(page, "copies")
    page.get_by_role("button", name="Denetle").click()
    page.get_by_text("Hiçbir şey yazılmadı").first.wait_for()
    looked_at(page, "copies-refused")
    action(page, "Satırları düzelt")
    lines.fill(lines.input_value().replace("31.02", "28.02"))
    page.get_by_role("button", name="Denetle").click()
    page.get_by_text("2 kayıt eklenecek").first.wait_for()
    page.get_by_label("Denetim sonucuna baktım, yazılsın.").check()
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("Uygulandı").first.wait_for()
    assert EQUIPMENT.model.objects.filter(make="Dell").count() == 3
