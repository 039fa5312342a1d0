"""Lines in a real browser: typed in their contract's form, pasted, taken from a list; on a desk and on a phone."""

import pytest

from inventory.organization.models import Unit
from tests.e2e.conftest import looked_at
from tests.lines.rows import LINES, car, contract, line
from tests.rows import unit, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db) -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


def prices() -> dict[str, str]:
    lines = LINES.model.objects.select_related("vehicle")
    return {each.vehicle.plate: str(each.monthly_price) for each in lines}


def test_lines_are_typed_pasted_and_taken_from_a_list(here, sized_page, sign_in):
    page = sized_page
    lease = contract(here, number="2025 KRL 17")
    cars = [car(here, plate=f"41 TST {number:03d}") for number in range(1, 7)]
    kept = line(lease, cars[0])
    gone = line(lease, cars[1])
    sign_in(page, user("filocu", here, (here, "vehicles", 3)))
    page.goto(f"{page.base}/lease-contracts/{lease.pk}/edit/")
    lines = page.get_by_role("region", name="Kiralanan araçlar")
    assert lines.locator("tbody tr").count() == 5
    page.get_by_role("button", name="Satır ekle").click()
    assert lines.locator("tbody tr").count() == 6
    page.keyboard.type("41 TST 003")
    page.get_by_role("option", name="41 TST 003").click()
    added = lines.locator("tbody tr").last
    added.get_by_label("Yeni satır: Aylık bedel (TL)").fill("1.250,50")
    page.get_by_label("41 TST 001: Aylık bedel (TL)").fill("abc")
    page.get_by_label("41 TST 002: Çıkar").check()
    looked_at(page, "lines-form")
    page.get_by_role("button", name="Kaydet").click()
    page.get_by_text("Kaydedilmedi").wait_for()
    looked_at(page, "lines-wrong")
    page.get_by_label("41 TST 001: Aylık bedel (TL)").fill("900")
    page.get_by_role("button", name="Kaydet").click()
    page.wait_for_url(f"**/lease-contracts/{lease.pk}/")
    page.get_by_text("2 satır").wait_for()
    looked_at(page, "lines-sums")
    assert prices() == {kept.vehicle.plate: "900.00", cars[2].plate: "1250.50"}
    assert not LINES.model.objects.filter(pk=gone.pk).exists()

    page.get_by_role("link", name="Yapıştır").click()
    page.get_by_label("Satırlar").fill("41 TST 004\n41 TST 005\t\t\t75,5")
    looked_at(page, "lines-paste")
    page.get_by_role("button", name="Denetle").click()
    page.get_by_text("2 kayıt eklenecek").wait_for()
    looked_at(page, "lines-preview")
    page.get_by_label("Denetim sonucuna baktım").check()
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("2 kayıt yazıldı").wait_for()
    assert prices() | {"41 TST 004": "1000.00", "41 TST 005": "75.50"} == prices()

    page.goto(f"{page.base}/vehicles/?q=41+TST+006")
    page.get_by_label("41 TST 006 kaydını seç").check()
    page.get_by_role("button", name="Seçilenleri ekle").click()
    page.get_by_role("button", name="Kiralanan araçlar…").click()
    page.get_by_text("Nasıl yapıştırılır?").wait_for()
    looked_at(page, "lines-taken")
    page.locator(".ts-control input").first.click()
    page.get_by_role("option", name="2025 KRL 17").click()
    page.get_by_role("button", name="Denetle").click()
    page.get_by_text("1 kayıt eklenecek").wait_for()
    page.get_by_label("Denetim sonucuna baktım").check()
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("1 kayıt yazıldı").wait_for()
    assert "41 TST 006" in prices()


def test_a_vehicle_is_chosen_by_who_types_fast_and_by_nobody_who_passes_by(here, page, sign_in):
    for number in range(1, 9):
        car(here, plate=f"41 TST {number:03d}")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(f"{page.base}/lease-contracts/new/")
    boxes = page.get_by_label("Yeni satır: Araç").and_(page.get_by_role("combobox"))
    chosen = page.locator("tbody .ts-control .item")
    # Without waiting for the list: what the words find, not what was listed before them.
    for place, (plate, key) in enumerate((("41 TST 003", "Enter"), ("41 TST 005", "Tab"))):
        boxes.nth(place).click()
        page.keyboard.type(plate, delay=30)
        page.keyboard.press(key)
        chosen.get_by_text(plate).wait_for()
    boxes.nth(2).click()
    options = page.locator(".ts-dropdown:visible [role=option]")
    options.nth(7).wait_for()
    # The list is seen, not cut off by its table; it scrolls into sight once it is filled.
    options.nth(3).scroll_into_view_if_needed()
    box = options.nth(3).bounding_box()
    seen = page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", [box["x"] + 9, box["y"] + 9])
    assert seen == options.nth(3).inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Yeni satır: Başlangıç"
    assert chosen.all_inner_texts() == ["41 TST 003", "41 TST 005"]


def test_who_has_left_a_searched_select_is_not_called_back_to_it(here, page, sign_in):
    car(here, plate="41 TST 001")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(f"{page.base}/lease-contracts/new/")
    page.get_by_label("Yeni satır: Araç").and_(page.get_by_role("combobox")).first.click()
    page.get_by_role("option", name="41 TST 001").wait_for()
    box = page.locator("*:focus")
    box.evaluate("box => { box.value = '41 TST'; box.dispatchEvent(new Event('input')); }")
    page.keyboard.press("Escape")
    price = page.get_by_label("Yeni satır: Aylık bedel (TL)").first
    box.evaluate("(_, price) => price.focus()", price.element_handle())
    # Longer than the list waits for more letters.
    page.wait_for_timeout(600)
    assert price.evaluate("price => price === document.activeElement")
