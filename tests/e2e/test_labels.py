"""Labels asked for from a list's selection, in a real browser."""

import pypdfium2
import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers
from inventory.organization.models import Unit
from tests.e2e.conftest import looked_at
from tests.rows import row, user

pytestmark = pytest.mark.django_db(transaction=True)
EQUIPMENT = registers.get("equipment")


def test_labels_of_the_selected_rows_come_as_a_file(transactional_db, sized_page, sign_in):
    page = sized_page
    call_command("load_reference", verbosity=0)
    of = Unit.objects.get(short_name="Bilgi İşlem")
    rows = [row(EQUIPMENT, of, make=make, holder=None) for make in ("Acer", "Dell", "Lenovo")]
    sign_in(page, user("bilgici", of, (None, "equipment", 2)))
    page.goto(page.base + reverse("register-list", args=["equipment"]))
    for box in page.get_by_role("checkbox", name="seç").all()[-2:]:
        box.check()
    page.get_by_role("button", name="Seçilenlere etiket").click()
    page.get_by_text("2 etiket basılacak").wait_for()
    looked_at(page, "labels")
    page.get_by_label("Etiket biçimi").select_option(label="Avery L7162 (A4, 16 etiket)")
    page.get_by_label("Kaçıncı etiketten başlasın?").fill("17")
    page.get_by_role("button", name="PDF indir").click()
    page.get_by_text("1 ile 16 arasında").wait_for()
    looked_at(page, "labels-refused")
    page.get_by_label("Kaçıncı etiketten başlasın?").fill("15")
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF indir").click()
    text = pypdfium2.PdfDocument(download.value.path())[0].get_textpage().get_text_range()
    assert sum(each.inventory_no in text for each in rows) == 2
