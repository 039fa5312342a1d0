"""A supplier's messy workbook, from upload to undo, in a real browser."""

import pytest
from openpyxl import Workbook, load_workbook

from inventory import registers
from inventory.assets.equipment.models import Equipment
from tests.e2e.conftest import violations
from tests.rows import kind, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
EQUIPMENT = registers.get("equipment")


@pytest.fixture
def clerk():
    kind(EQUIPMENT, "04", "Dizüstü Bilgisayarlar")
    kind(EQUIPMENT, "24", "Yazıcılar")
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    unit("Fen İşleri Dairesi Başkanlığı")
    return user("bilgici", parks, (None, "equipment", 3))


def suppliers_sheet(path) -> None:
    """A title, the heading in the fourth row, group names on first rows only, a blank row, a total, an odd date."""
    book = Workbook()
    sheet = book.active
    for row in (
        ["Yılmaz Bilişim Ltd. Şti. teslim listesi"],
        [],
        [],
        ["Birim", "Cinsi", "Markası", "Modeli", "Seri No", "Garanti Bitişi", "Tutarı"],
        ["Parklar Md.", "Laptop", "Dell", "Latitude", "0001234", "31.12.2028", "18.500,00"],
        [None, "Laptop", "Dell", "Latitude", "0001235", "31.12.2028", "18.500,00"],
        [],
        ["Fen İşleri Daire Bşk.", "Yazıcılar", "HP", "M404", "VNC1", "31.02.2028", "7.250,50"],
        [None, "Yazıcılar", "HP", "M404", "VNC2", "31.12.2028", "7.250,50"],
        ["TOPLAM", None, None, None, None, None, "51.501,00"],
    ):
        sheet.append(row)
    sheet.merge_cells("A5:A6")
    book.save(path)


def upload(page, path) -> None:
    page.goto(f"{page.base}/equipment/import/")
    page.get_by_label("Dosya", exact=True).set_input_files(path)
    page.get_by_role("button", name="Yükle ve denetle").click()
    page.get_by_role("link", name="Dosyadaki satırlar").wait_for()


def choose(page, question: str, answer: str) -> None:
    line = page.locator("#unknown tbody tr", has_text=question)
    line.locator(".ts-control").click()
    line.locator(".ts-control input").fill(answer)
    page.locator(".ts-dropdown-content .option", has_text=answer).first.click()


def test_a_suppliers_workbook_is_explained_corrected_written_and_taken_back(clerk, page, sign_in, tmp_path):
    suppliers_sheet(tmp_path / "teslim.xlsx")
    sign_in(page, clerk)
    upload(page, tmp_path / "teslim.xlsx")
    assert violations(page) == []
    page.get_by_role("button", name="Boşları üsttekiyle doldur ve yeniden denetle").click()
    choose(page, "Parklar Md.", "Park ve Bahçeler Dairesi Başkanlığı")
    choose(page, "Laptop", "Dizüstü Bilgisayarlar")
    page.get_by_role("button", name="Yanıtları kaydet ve yeniden denetle").click()
    page.get_by_text("“Laptop”, daha önce verilen yanıta göre “Dizüstü Bilgisayarlar” olarak okundu.").wait_for()
    assert violations(page) == []

    page.get_by_role("link", name="Hatalı 1").click()
    page.locator("main", has_text="31.02.2028").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Hatalı satırları düzeltmek için indir").click()
    download.value.save_as(tmp_path / "hatali.xlsx")
    assert not Equipment.objects.exists()

    # She corrects the supplier's own file, which now asks nothing.
    book = load_workbook(tmp_path / "teslim.xlsx")
    book.active["F8"] = "28.02.2028"
    book.save(tmp_path / "teslim-2.xlsx")
    upload(page, tmp_path / "teslim-2.xlsx")
    page.get_by_role("button", name="Boşları üsttekiyle doldur ve yeniden denetle").click()
    page.get_by_text("4 kayıt eklenecek, 0 kayıt değişecek.").wait_for()
    page.get_by_label("Denetim sonucuna baktım, yazılsın.").check()
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("4 kayıt yazıldı.").wait_for()
    found = Equipment.objects.order_by("pk").values_list("serial_no", "kind__name", "responsible_unit__name", "cost")
    parks, works = "Park ve Bahçeler Dairesi Başkanlığı", "Fen İşleri Dairesi Başkanlığı"
    assert [(*texts, str(cost)) for *texts, cost in found] == [
        ("0001234", "Dizüstü Bilgisayarlar", parks, "18500.00"),
        ("0001235", "Dizüstü Bilgisayarlar", parks, "18500.00"),
        ("VNC1", "Yazıcılar", works, "7250.50"),
        ("VNC2", "Yazıcılar", works, "7250.50"),
    ]
    batch_url = page.url
    page.goto(f"{page.base}/equipment/{Equipment.objects.get(serial_no='VNC1').pk}/history/")
    assert "8. satır" in page.locator("main").inner_text()

    page.goto(batch_url)
    page.get_by_role("link", name="Geri al").click()
    assert violations(page) == []
    page.get_by_label("Geri almanın gerekçesi").fill("Yanlış teslim listesi")
    page.get_by_label("Listelere baktım, geri alınsın.").check()
    page.get_by_role("button", name="Geri al").click()
    page.get_by_text("Geri alındı").first.wait_for()
    assert not Equipment.objects.exists()


def test_the_refused_rows_come_back_corrected(clerk, page, sign_in, tmp_path):
    book = Workbook()
    for row in (
        ["Cinsi", "Seri No", "Garanti Bitişi", "Sorumlu birim"],
        ["Yazıcılar", "VNC1", "31.12.2028", "Park ve Bahçeler Dairesi Başkanlığı"],
        ["Yazıcılar", "VNC2", "31.02.2028", "Park ve Bahçeler Dairesi Başkanlığı"],
    ):
        book.active.append(row)
    book.save(tmp_path / "liste.xlsx")
    sign_in(page, clerk)
    upload(page, tmp_path / "liste.xlsx")
    with page.expect_download() as download:
        page.get_by_role("link", name="Hatalı satırları düzeltmek için indir").click()
    download.value.save_as(tmp_path / "hatali.xlsx")
    refused = load_workbook(tmp_path / "hatali.xlsx")
    sheet = refused.active
    heads = [cell.value for cell in sheet[1]]
    assert "Neden yazılmadı" in heads and sheet.max_row == 2
    sheet.cell(2, heads.index("Garanti Bitişi") + 1).value = "28.02.2028"
    refused.save(tmp_path / "duzeltilmis.xlsx")
    upload(page, tmp_path / "duzeltilmis.xlsx")
    page.get_by_text("1 kayıt eklenecek, 0 kayıt değişecek.").wait_for()


def test_answering_and_matching_is_usable_at_both_sizes(clerk, sized_page, sign_in, tmp_path):
    suppliers_sheet(tmp_path / "teslim.xlsx")
    sign_in(sized_page, clerk)
    upload(sized_page, tmp_path / "teslim.xlsx")
    sized_page.locator("#matching summary").click()
    assert violations(sized_page) == []
    sized_page.get_by_role("link", name="Verdiğiniz yanıtlar").click()
    assert violations(sized_page) == []
