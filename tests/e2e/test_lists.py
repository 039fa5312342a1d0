"""A list in a real browser: what is done with it stays in sight, and it is worked without a mouse."""

import pytest

from inventory import registers
from inventory.organization.models import Unit
from tests.e2e.conftest import SIZES, action, looked_at
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")


@pytest.fixture
def fleet(transactional_db) -> list:
    here: Unit = unit("Destek Hizmetleri Dairesi Başkanlığı")
    return [row(VEHICLES, here) for _ in range(40)]


@pytest.fixture
def clerk(fleet):
    return user("filocu", fleet[0].responsible_unit, (fleet[0].responsible_unit, "vehicles", 2))


def in_sight(page, found) -> bool:
    box = found.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def is_no_longer_than_it_looks(page) -> bool:
    """Nothing hidden in what is scrolled away makes the page longer."""
    end = page.locator("footer").bounding_box()
    return page.evaluate("document.documentElement.scrollHeight - scrollY") <= end["y"] + end["height"] + 40


def test_apply_the_day_and_what_is_done_with_the_selection_are_in_sight(page, sign_in, clerk):
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/")
    page.get_by_text("40 kayıt").wait_for()
    for found in (
        page.get_by_role("button", name="Uygula", exact=True),
        page.get_by_label("Hangi tarihteki durum"),
        page.get_by_role("button", name="Seçilenleri değiştir"),
    ):
        assert in_sight(page, found), found
    assert is_no_longer_than_it_looks(page)
    page.get_by_text("Daha çok süzgeç").click()
    page.get_by_text("Sütunlar", exact=True).click()
    assert in_sight(page, page.get_by_role("button", name="Uygula", exact=True))
    looked_at(page, "list-in-sight")
    assert is_no_longer_than_it_looks(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert in_sight(page, page.get_by_role("button", name="Uygula", exact=True))


def test_the_filters_are_folded_away_and_stay_so(page, sign_in, clerk):
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/")
    fold, apply = page.get_by_role("button", name="Süzgeçler"), page.get_by_role("button", name="Uygula", exact=True)
    width = page.locator("table").bounding_box()["width"]
    fold.click()
    assert not apply.is_visible() and fold.get_attribute("aria-expanded") == "false"
    page.reload()
    assert not apply.is_visible() and fold.get_attribute("aria-expanded") == "false"
    assert page.locator("table").bounding_box()["width"] >= width
    looked_at(page, "list-folded")
    fold.click()
    assert apply.is_visible()
    page.reload()
    assert apply.is_visible()


def test_rows_are_chosen_and_opened_by_keyboard(page, sign_in, clerk):
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/")
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(0).focus()
    for key in ("Space", "ArrowDown", "Space", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    page.get_by_text("2 kayıt seçili").wait_for()
    assert boxes.nth(1).evaluate("box => box === document.activeElement")
    link = page.locator("tbody tr").nth(1).locator("a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link.partition('?')[0]}**")


def test_a_cut_text_is_whole_where_it_is_pointed_at_and_on_paper(page, sign_in, clerk):
    long = "Arka kapısı kapanmıyor; sigortadan önce ön camı da değişecek. " * 4
    VEHICLES.model.objects.update(notes=long.strip())
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/?columns=plate,responsible_unit,notes")
    unit_cell, cut = page.locator("tbody p").nth(0), page.locator("tbody p").nth(1)
    # Who hears the page hears all of it.
    spared = unit_cell.locator("i")
    assert spared.text_content() == " Dairesi Başkanlığı" and spared.bounding_box()["width"] <= 1
    unit_cell.hover()
    assert unit_cell.get_attribute("title") == "Destek Hizmetleri Dairesi Başkanlığı"
    assert page.locator("tbody tr").nth(0).bounding_box()["height"] <= 48
    cut.hover()
    assert cut.get_attribute("title") == long.strip()
    page.emulate_media(media="print")
    assert unit_cell.inner_text() == "Destek Hizmetleri Dairesi Başkanlığı"
    assert cut.evaluate("text => text.scrollHeight <= text.clientHeight")


def test_on_a_phone_rows_are_cards_and_the_search_stands_above(page, sign_in, clerk):
    page.set_viewport_size(SIZES["phone"])
    VEHICLES.model.objects.update(make="", colour="mavi")
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/?columns=plate,make,kind,model_year,responsible_unit,colour,inspection_due")
    card = page.locator("tbody tr").first
    plate = card.locator("a").inner_text()
    # The blank make leaves its place to the next; the state is there, the colour is not.
    shown = card.locator("td").filter(visible=True).evaluate_all("cells => cells.map(cell => cell.dataset.label ?? '')")
    assert shown == ["", "Plaka", "Tür", "Model yılı", "Sorumlu birim", "Muayene durumu"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    looked_at(page, "list-cards")
    panel = page.locator("#filter-panel")
    assert panel.get_by_role("searchbox").is_visible() and not panel.get_by_role("button").first.is_visible()
    panel.get_by_role("searchbox").fill(plate)
    page.keyboard.press("Enter")
    page.get_by_text("1 kayıt", exact=True).wait_for()
    page.get_by_role("button", name="Süzgeçler").click()
    panel.get_by_role("button", name="Uygula").wait_for()
    looked_at(page, "list-cards-filters")
    assert not page.get_by_role("link", name="Yazdır").is_visible()
    action(page, "Yazdır")
    page.wait_for_url("**/print/**")


def test_on_a_phone_the_keys_suit_what_is_typed(page, sign_in, clerk, fleet):
    page.set_viewport_size(SIZES["phone"])
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/{fleet[0].pk}/edit/")
    keys = {"İlk tescil tarihi": "numeric", "Model yılı": "numeric", "Bedel": "decimal"}
    for label, mode in keys.items():
        assert page.get_by_label(label).first.get_attribute("inputmode") == mode, label
    assert page.get_by_label("Plaka", exact=True).get_attribute("autocapitalize") == "characters"
    fields = page.locator("main form .form-control:visible, main form .ts-wrapper")
    assert fields.evaluate_all("all => new Set(all.map(one => Math.round(one.getBoundingClientRect().left))).size") == 1


def test_a_column_is_made_wider_and_stays_so(page, sign_in, clerk):
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/")
    heading = page.get_by_role("columnheader", name="Marka")
    edge = heading.get_by_role("separator")
    before = heading.bounding_box()["width"]
    edge.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    wide = heading.bounding_box()["width"]
    assert wide >= before + 60
    box = edge.bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 44, box["y"] + 8, steps=4)
    page.mouse.up()
    assert heading.bounding_box()["width"] >= wide + 35
    kept = heading.bounding_box()["width"]
    page.reload()
    assert abs(heading.bounding_box()["width"] - kept) <= 1
    looked_at(page, "list-widths")
    page.get_by_text("Sütunlar", exact=True).click()
    # In a narrow window rows are cards again.
    wide_window = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size(wide_window)
    page.get_by_role("button", name="Genişlikleri sıfırla").click()
    assert abs(heading.bounding_box()["width"] - before) <= 1
    page.evaluate("localStorage.setItem('widths:vehicles', '{broken')")
    page.reload()
    page.get_by_role("checkbox", name="Bu sayfadakilerin tümünü seç").check()
    page.get_by_text("40 kayıt seçili").wait_for()


def test_a_click_on_a_row_opens_it_and_one_beside_its_box_ticks_it(page, sign_in, clerk):
    sign_in(page, clerk)
    page.goto(f"{page.base}/vehicles/")
    row = page.locator("tbody.cells tr").nth(2)
    cell = row.locator("td").first
    cell.click(position={"x": 3, "y": 3})
    assert row.get_by_role("checkbox").is_checked()
    plate = row.locator("td").nth(2).inner_text()
    row.locator("td").nth(2).click()
    page.get_by_role("heading", name=plate).first.wait_for()
