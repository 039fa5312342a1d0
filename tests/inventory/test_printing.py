import datetime as dt
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings

from imports.exporting import parts
from imports.exporting.grid import Grid
from inventory import registers
from inventory.printing.book import Book
from inventory.printing.paper import Paper, across
from inventory.printing.widths import WIDEST, height, letters

pytestmark = pytest.mark.once
PROPERTY = registers.get("property")


def book(fill, paper=None, **options) -> openpyxl.Workbook:
    target = io.BytesIO()
    with Book(target, paper or Paper("Araçlar"), **options) as made:
        fill(made)
    return openpyxl.load_workbook(target)


def _table(made: Book) -> None:
    sheet = made.add_sheet("Liste", keys=2)
    sheet.write_heading(["No", "Muayene geçerliliği", "Açıklama", "Tutar", "Ne zaman"])
    sheet.write_row(1, 0, ["A-1", "Evet", "Uzun metin " * 40])
    sheet.write_number(1, 3, Decimal("1234567890.12"))
    sheet.write_datetime(1, 4, dt.datetime(2026, 11, 30, 12, 30))
    made.add_facts("Bilgi", [("Kütük", "Araçlar")])


@pytest.mark.parametrize("options", [{"constant_memory": True}, {"in_memory": True}])
def test_every_sheet_is_laid_out_and_as_wide_as_its_content(options):
    sheet, facts = book(_table, Paper("Araçlar", [("Birim", "Fen & İmar")], "ayse"), **options).worksheets
    for each in (sheet, facts):
        assert (each.page_setup.orientation, each.page_setup.paperSize) == ("landscape", 9)
        assert each.sheet_properties.pageSetUpPr.fitToPage
        assert (each.page_setup.fitToWidth or 1, each.page_setup.fitToHeight) == (1, 0)
        assert "Araçlar" in each.oddHeader.left.text and "Birim: Fen && İmar" in each.oddHeader.left.text
        assert "ayse" in each.oddFooter.left.text
        assert each.oddFooter.right.text == "Sayfa &P / &N"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$B")
    assert facts.print_title_rows is None
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDE"]
    assert widths[2] == pytest.approx(WIDEST, abs=1)
    assert widths[3] > len("1,234,567,890.12") and widths[4] > len("30.11.2026 12:30")
    assert letters("geçerliliği") < widths[1] < letters("Muayene geçerliliği") + 3
    assert sheet["C2"].alignment.wrap_text and sheet.row_dimensions[2].height >= 5 * 15
    assert sheet.row_dimensions[1].height == 30


def test_a_sheet_is_several_pages_wide_before_its_letters_are_too_small_to_read():
    assert across([20] * 12, keys=1) == 1
    assert across([20] * 13, keys=1) == 2
    # Each page begins with the key.
    assert across([60] + [60] * 6, keys=1) == 2
    assert across([60] + [60] * 6, keys=0) == 2
    assert across([60] + [60] * 7, keys=1) == 3


@pytest.mark.parametrize("text", ["&P" * 200, "2024 " * 100, "Ğ😀" * 200])
def test_a_head_holds_any_filter_and_no_more_than_excel_keeps(text):
    head = book(_table, Paper("Taşınmazlar", [(text, text)], "ayse")).worksheets[0].oddHeader.left.text
    assert "Taşınmazlar" in head and "…" in head
    assert "&P" not in head.replace("&&", "") and "&[Page]" not in head.replace("&&", "")


def test_a_row_has_room_for_a_text_of_several_lines():
    assert height("kısa", 20) == 15
    assert height("a\nb\nc", 20) == 45
    assert height("uzun metin " * 20, 40) >= 15 * len("uzun metin " * 20) / 45
    assert height("x" * 100_000, 40) == 405


def test_widths_go_by_the_first_rows_and_leave_room_for_the_others(monkeypatch):
    columns = [PROPERTY.column(name) for name in ("inventory_no", "actual_use", "area_m2")]
    chunk = [["A-000001"], ["Park"], [Decimal("1.5")]]
    whole = Grid(columns, [chunk])
    assert list(whole.chunks) == [chunk]
    assert whole.wrapped == set() and whole.widths[2] < 16
    monkeypatch.setattr(parts, "CHUNK", 1)
    begun = Grid(columns, [chunk, [["A-000002"], ["x" * 200], [Decimal("123456789012.25")]]])
    # What comes later may be longer: a text goes on in a next line, a number has room.
    assert begun.wrapped == {0, 1} and begun.widths[2] >= len("123,456,789,012.25") - 2
    assert len(list(begun.chunks)) == 2
    assert Grid(columns, []).widths[1] >= 20


def test_nothing_else_makes_a_workbook_that_somebody_may_print():
    """`imports/rows.py` makes the files of batches, which are read by the import alone."""
    makers = set()
    for app in ("config", "geo", "imports", "inventory"):
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            if re.search(r"^\s*(import xlsxwriter|from xlsxwriter import|import openpyxl)", file.read_text(), re.M):
                makers.add(file.relative_to(settings.BASE_DIR).as_posix())
    assert makers <= {"inventory/printing/book.py", "imports/rows.py", "imports/workbooks/openxml.py"}
