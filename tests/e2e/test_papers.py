"""A paper is printed from a row's page, and its code tells what it is; a template's versions."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers
from inventory.organization.models import Unit
from inventory.papers.models import PaperTemplate, Print
from tests.e2e.conftest import action, looked_at
from tests.rows import row, user

pytestmark = pytest.mark.django_db(transaction=True)
EQUIPMENT = registers.get("equipment")


def test_a_paper_is_printed_and_its_template_has_a_new_version(transactional_db, sized_page, sign_in, tmp_path):
    page = sized_page
    call_command("load_reference", verbosity=0)
    made = row(EQUIPMENT, Unit.objects.get(short_name="Bilgi İşlem"), make="Dell", holder=None)
    sign_in(page, user("yonetici", made.responsible_unit, is_superuser=True))
    page.goto(page.base + reverse("register-detail", args=["equipment", made.pk]))
    action(page, "Çıktı")
    page.get_by_text("Henüz çıktı alınmadı.").wait_for()
    looked_at(page, "papers")
    with page.expect_download() as download:
        page.get_by_role("button", name="Varlık kartı: docx").click()
    code = Print.objects.get().code
    assert download.value.suggested_filename == f"{code}.docx"
    page.goto(page.base + reverse("item", args=[code]))
    page.get_by_text("hâlâ son durumu").wait_for()
    looked_at(page, "print")
    template = PaperTemplate.objects.get(name="Varlık kartı")
    page.goto(page.base + reverse("register-detail", args=["paper-templates", template.pk]))
    with page.expect_download() as download:
        page.get_by_role("link", name="İndir").click()
    file = tmp_path / "sablon.docx"
    download.value.save_as(file)
    page.get_by_label("Yeni sürüm (.docx veya .xlsx)").set_input_files(file)
    page.get_by_role("button", name="Yükle").click()
    page.get_by_text("2. sürüm yüklendi").wait_for()
    page.get_by_label("Hangi kayıtla denensin?").first.fill(made.inventory_no)
    with page.expect_download():
        page.get_by_role("button", name="Dene").first.click()
    page.reload()
    looked_at(page, "paper-template")
    page.get_by_role("button", name="Geçerli yap").click()
    page.get_by_text("2. sürümle basılır").wait_for()
