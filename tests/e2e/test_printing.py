"""What a browser sends to the printer."""

import pytest
from django.urls import reverse

from inventory import registers
from tests.e2e.conftest import violations
from tests.e2e.test_maps import MAP, place
from tests.paper import pages
from tests.rows import kind, person, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")
ROWS = 60


@pytest.fixture
def fleet(transactional_db):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    driver, at, truck = person("Ayşe Kurgu", here), place("Garaj", 29.9, 40.7), kind(VEHICLES, "1", "Kamyon")
    for number in range(ROWS):
        row(VEHICLES, here, plate=f"41 AA {100 + number}", responsible_person=driver, location=at, kind=truck)
    return driver


@pytest.fixture
def printer(page, sign_in, fleet, tmp_path):
    """Opens the address and gives the pages that the printer gets."""
    # A window without a head prints at once, and cannot do so twice.
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = '' }")
    sign_in(page, user("filo", fleet.unit, is_superuser=True))

    def printed(address: str = "", ready: str = "h1"):
        if address:
            page.goto(page.base + address)
        page.locator(ready).first.wait_for()
        page.wait_for_load_state("networkidle")
        file = tmp_path / "printed.pdf"
        page.pdf(path=file, prefer_css_page_size=True)
        return pages(file)

    return printed


def numbered(sheets) -> bool:
    return all(f"{number} / {len(sheets)}" in sheet.text for number, sheet in enumerate(sheets, 1))


def test_a_list_is_printed_whole_with_its_heading_on_each_sheet(printer, page):
    page.goto(f"{page.base}{reverse('register-list', args=[VEHICLES])}?plate=41%20AA")
    page.get_by_role("link", name="Yazdır").click()
    page.locator("html[data-printed]").wait_for(state="attached")
    assert violations(page) == []
    sheets = printer()
    assert 2 <= len(sheets) <= 5 and numbered(sheets)
    for sheet in sheets:
        assert sheet.is_landscape and "Araçlar" in sheet.text and "Trafik sigortası" in sheet.text
        assert "filo · " in sheet.text
    assert "Plaka: 41 AA" in sheets[0].text and f"{ROWS} kayıt" in sheets[0].text
    text = "\n".join(sheet.text for sheet in sheets)
    assert all(text.count(f"41 AA {100 + number}") == 1 for number in range(ROWS))
    # It begins on the first sheet, and what is for the screen stays there.
    assert "41 AA 100" in sheets[0].text
    assert "Listeye dön" not in text and "Ana sayfa" not in text


def test_the_page_of_a_list_says_which_one_it_is(printer):
    sheets = printer(reverse("register-list", args=[VEHICLES]), ".list-summary strong")
    assert numbered(sheets) and "sayfa 1 / 2" in sheets[0].text and "41 AA 100" in sheets[0].text
    assert "yok; görebildiğiniz bütün kayıtlar" in sheets[0].text
    assert "Süzgeçler" not in sheets[0].text and "Uygula" not in sheets[0].text


def test_the_page_of_an_item_of_a_person_and_the_report_are_printed(printer, page, fleet):
    vehicle = VEHICLES.model.objects.first()
    item = printer(reverse("register-detail", args=[VEHICLES, vehicle.pk]))
    assert numbered(item) and not item[0].is_landscape and len(item) <= 2
    assert vehicle.plate in item[0].text and "Ayşe Kurgu" in item[0].text and "filo · " in item[0].text
    sheet = printer(reverse("register-detail", args=["people", fleet.pk]))
    assert numbered(sheet) and sheet[0].is_landscape
    assert "Ayşe Kurgu" in sheet[0].text and "41 AA 100" in sheet[0].text and "KVKK" not in sheet[0].text
    report = printer(reverse("physical-resources"))
    assert numbered(report) and "Fiziki Kaynaklar" in report[0].text and "Tüm belediye" in report[0].text
    assert "Kamyon" in "".join(each.text for each in report)
    page.get_by_role("button", name="Yazdır").click()
    page.locator("html[data-printed]").wait_for(state="attached")


def test_a_map_is_printed_on_its_side_with_its_filters(printer, page):
    (sheet,) = printer(f"{reverse('register-map', args=[VEHICLES])}?plate=41", MAP)
    assert sheet.is_landscape and "Plaka: 41" in sheet.text and "1 / 1" in sheet.text
    assert page.locator("#map-printed").get_attribute("src").startswith("data:image/")
