"""A fleet clerk puts the insurer's list beside the register, in a real browser."""

import pytest
from openpyxl import load_workbook

from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from tests.e2e.conftest import violations
from tests.imports.comparing.insurance import insurers_list
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")


@pytest.fixture
def clerk():
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    for number in range(40):
        row(VEHICLES, parks, plate=f"41 ABC {100 + number}", colour="Beyaz", model_year=2015)
    return user("sigortaci", parks, (None, "vehicles", 2))


def test_the_insurers_list_is_compared_settled_and_signed(clerk, page, sign_in, tmp_path):
    theirs = insurers_list(list(Vehicle.objects.order_by("pk")))
    (tmp_path / "sigorta.csv").write_bytes(theirs.content)
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/?colour=Beyaz")
    page.get_by_role("link", name="Karşılaştır", exact=True).click()
    page.get_by_text("Renk: Beyaz").wait_for()
    assert violations(page) == []
    page.get_by_label("Liste kimden").fill("Körfez Sigorta, Mart 2026")
    page.get_by_label("Dosya", exact=True).set_input_files(tmp_path / "sigorta.csv")
    page.get_by_role("button", name="Yükle ve karşılaştır").click()
    page.get_by_role("heading", name="Farklı (2)").wait_for()
    assert violations(page) == []

    page.get_by_label("Not", exact=True).fill("ruhsata bakıldı")
    page.get_by_role("button", name="Onlarınkini al").nth(1).click()
    page.get_by_text("1 satıra karar verildi.").wait_for()
    page.get_by_role("button", name="Süzgeçteki 2 satırdan karar bekleyenler").click()
    page.locator("#selection").get_by_role("button", name="Bizdeki doğru").click()
    page.get_by_text("1 satıra karar verildi.").wait_for()
    for name in ("Yalnızca bizde", "Yalnızca listede", "Karşılaştırılamayan"):
        page.get_by_role("link", name=name).click()
        page.locator("thead input[type=checkbox]").check()
        page.locator("#selection").get_by_role("button", name="Araştırılacak").click()
        page.get_by_text("karar verildi.").first.wait_for()
    page.get_by_label("Sonucu inceledim").check()
    page.get_by_role("button", name="Onayla", exact=True).click()
    page.get_by_text("Artık değişmez").wait_for()
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Onaylı raporu indir").click()
    download.value.save_as(tmp_path / "rapor.xlsx")
    book = load_workbook(tmp_path / "rapor.xlsx", read_only=True)
    lacking = {line[1] for line in book["Yalnızca bizde"].iter_rows(min_row=2, values_only=True)}
    assert lacking == theirs.lacking
    assert {line[4] for line in book["Farklı"].iter_rows(min_row=2, values_only=True)} == {"2014"}


def test_a_comparison_is_usable_on_a_phone(clerk, sized_page, sign_in, tmp_path):
    page = sized_page
    (tmp_path / "sigorta.csv").write_bytes(insurers_list(list(Vehicle.objects.order_by("pk"))).content)
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/compare/")
    page.get_by_label("Liste kimden").fill("Körfez")
    page.get_by_label("Dosya", exact=True).set_input_files(tmp_path / "sigorta.csv")
    page.get_by_role("button", name="Yükle ve karşılaştır").click()
    page.get_by_role("heading", name="Farklı (2)").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
