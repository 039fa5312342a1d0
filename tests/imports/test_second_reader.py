"""An .ods as Gnumeric writes it: a line for each tag, comments, elements of its own; calamine refuses it as damaged."""

import datetime as dt
import io
import re
import zipfile

import pytest
from openpyxl import Workbook
from python_calamine import CalamineError, CalamineWorkbook

from imports.reading import Limits, Sheet, UnreadableFile, open_book
from imports.workbooks.marks import xlsx_marks
from imports.workbooks.raw import Marks

pytestmark = pytest.mark.once

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {spaces} office:version="1.2">
  <office:automatic-styles>
    <style:style style:name="ta-hidden" style:family="table">
      <style:table-properties table:display="false"/>
    </style:style>
  </office:automatic-styles>
  <office:body>
    <office:spreadsheet>
"""
_SPACES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    + ' xmlns:gnm="http://www.gnumeric.org/odf-extension/1.0"'
)


def cell(text="", value_type="", attributes=""):
    value = f' office:value-type="{value_type}"' if value_type else ""
    return f"<table:table-cell{value} {attributes}>\n  <text:p>{text}</text:p>\n</table:table-cell>"


def row(*cells, attributes=""):
    return f"<table:table-row {attributes}>\n" + "\n<!-- -->".join(cells) + "\n</table:table-row>\n"


def sheet(name, *rows, style="ta"):
    return f'<table:table table:name="{name}" table:style-name="{style}">\n{"".join(rows)}<gnm:extra/></table:table>\n'


def gnumeric(*sheets):
    content = _HEAD.format(spaces=_SPACES) + "".join(sheets) + "</office:spreadsheet></office:body>"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content + "</office:document-content>")
    return data.getvalue()


HEADER = row(*(cell(text, "string") for text in ("Plaka", "Km", "Tarih", "Saat", "Aktif", "Not")))
BLANK = "<table:table-cell/>"
FILE = gnumeric(
    sheet("Gizli", row(cell("x", "string")), style="ta-hidden"),
    sheet(
        "Araçlar",
        HEADER,
        row(BLANK, attributes='table:number-rows-repeated="2"'),
        row(
            cell("41 ABC<text:s text:c='1'/>101", "string"),
            cell("1.234,5", "float", 'office:value="1234.5"'),
            cell("05.01.2024", "date", 'office:date-value="2024-01-05"'),
            cell("13:45", "time", 'office:time-value="PT13H45M00S"'),
            cell("DOĞRU", "boolean", 'office:boolean-value="true"'),
            "<table:table-cell office:value-type='string'><office:annotation><text:p>gizli</text:p></office:annotation>"
            "<text:p>bir</text:p><text:p>iki<text:line-break/><text:span>üç</text:span></text:p></table:table-cell>",
        ),
        row(
            cell("41 ABC 102", "string"),
            "<table:table-cell table:number-columns-repeated='4'/>",
            "<table:covered-table-cell/>" + cell("", "string", "table:number-columns-repeated='16000'"),
            attributes="table:number-rows-repeated='2'",
        ),
        row(BLANK, attributes='table:number-rows-repeated="1048570"'),
    ),
)


def test_calamine_still_needs_a_second_reader():
    """When it reads such a file, imports/workbooks/opendocument.py may go."""
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_filelike(io.BytesIO(FILE))


def test_gnumerics_file_is_read_with_its_values():
    book = open_book(FILE, "araclar.ods")
    assert [(info.name, info.hidden) for info in book.sheets] == [("Gizli", True), ("Araçlar", False)]
    read = book.read()
    assert read.headers == ["Plaka", "Km", "Tarih", "Saat", "Aktif", "Not"]
    first, second, third = read.rows
    assert first[0] == 4 and first[1][:4] == ["41 ABC 101", 1234.5, dt.date(2024, 1, 5), dt.time(13, 45)]
    assert first[1][4] is True and first[1][5] == "bir\niki\nüç"
    assert (second[0], third[0]) == (5, 6) and second[1] == third[1] == ["41 ABC 102", *[None] * 5]


@pytest.mark.parametrize("many", ["1000000000000", "-5", "x"])
def test_rows_and_columns_without_end_are_refused(many):
    rows = row(cell("a", "string"), attributes=f"table:number-rows-repeated='{many}'")
    columns = row(cell("a", "string", f"table:number-columns-repeated='{many}'"))
    for part in (rows, columns):
        content = gnumeric(sheet("S", HEADER, part))
        try:
            assert len(open_book(content, "x.ods", Limits(max_rows=1_000)).read().rows) == 1
        except UnreadableFile as error:
            assert str(error).endswith(".")


def test_a_broken_one_is_damaged_still():
    with pytest.raises(UnreadableFile, match="bozuk"):
        open_book(gnumeric("<table:table table:name='S'>" + HEADER), "x.ods")


# .xlsx --------------------------------------------------------------------------------------------------------------


def xlsx(change) -> bytes:
    """A workbook of two sheets whose second one's XML is changed."""
    book = Workbook()
    book.active.append(["Ad"])
    book.active.append(["ilk"])
    _fill(book.create_sheet("Araçlar"))
    return changed(book, change)


def _fill(other) -> None:
    other.append(["Plaka", "Km", "Tarih", "Saat", "Aktif", "Not"])
    other.append(["41 ABC 101", 1234, dt.datetime(2024, 1, 5), dt.time(13, 45), True, None])
    other.append(["41 ABC 102", 1.5, None, None, None, "#HATA!"])
    other["F3"].data_type = "e"
    other.merge_cells("A6:B6")


def changed(book: Workbook, change) -> bytes:
    """The workbook, the XML of whose second sheet is changed."""
    made, out = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name.endswith("sheet2.xml") else text)
    return out.getvalue()


REFUSED = {
    "an error in another language": lambda text: text,
    "dollar signs in a merged range": lambda text: text.replace('"A6:B6"', '"$A$6:$B$6"').replace("#HATA!", "#N/A"),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=list(REFUSED))
def test_calamine_still_needs_a_second_reader_of_xlsx(change):
    """When it reads such files, imports/workbooks/openxml.py may go."""
    with pytest.raises(CalamineError), CalamineWorkbook.from_filelike(io.BytesIO(xlsx(change))) as book:
        book.get_sheet_by_name("Araçlar")


@pytest.mark.parametrize("change", REFUSED.values(), ids=list(REFUSED))
def test_a_workbook_that_calamine_refuses_is_read_with_its_values(change):
    book = open_book(xlsx(change), "araclar.xlsx")
    assert [info.name for info in book.sheets] == ["Sheet", "Araçlar"]
    read = book.read("Araçlar")
    assert read.headers == ["Plaka", "Km", "Tarih", "Saat", "Aktif", "Not"]
    (_two, first), (_three, second) = read.rows
    assert (_two, _three) == (2, 3)
    assert first == ["41 ABC 101", 1234.0, first[2], dt.time(13, 45), True, None]
    assert f"{first[2]:%d.%m.%Y}" == "05.01.2024"
    assert second[:2] == ["41 ABC 102", 1.5] and second[5] in ("#HATA!", "#N/A")


def test_one_that_neither_reads_is_damaged():
    with pytest.raises(UnreadableFile, match="bozuk"):
        open_book(xlsx(lambda text: text[: len(text) // 2]), "x.xlsx").read("Araçlar")


# Merged cells, which openpyxl does not report while it reads row by row.


def merged(*rows: list, areas: list[str], change=lambda text: text) -> bytes:
    book = Workbook()
    made = book.create_sheet("Araçlar")
    for cells in rows:
        made.append(cells)
    for area in areas:
        made.merge_cells(area)
    return changed(book, change)


def dollars(text: str) -> str:
    """As a program writes it whose files calamine refuses: "$A$2:$A$4"."""
    return re.sub(r'(mergeCell ref=)"([A-Z]+)(\d+):([A-Z]+)(\d+)"', r'\1"$\2$\3:$\4$\5"', text)


def _sheet(content: bytes) -> tuple[Marks, Sheet]:
    book = open_book(content, "araclar.xlsx")
    return next(raw.marks for raw in book._raw if raw.name == "Araçlar"), book.read("Araçlar")


GROUPED = ([["Birim", "Plaka"], ["Park", "41 A 1"], [None, "41 A 2"], [None, "41 A 3"], ["Fen", "41 A 4"]], ["A2:A4"])
TWO_ROWS = (
    [["Plaka", "Sigorta", None, "Not"], [None, "Şirket", "Bitiş", None], ["41 A 1", "X", "2024", "a"]],
    ["B1:C1"],
)


@pytest.mark.parametrize("change", [lambda text: text, dollars], ids=["by calamine", "by openpyxl"])
def test_merged_cells_of_a_column_are_offered_to_be_filled_down_and_noted(change):
    marks, read = _sheet(merged(*GROUPED[0], areas=GROUPED[1], change=change))
    assert (marks.merged, marks.complete) == ([(2, 4, 0, 0)], True)
    assert read.fillable == ["Birim"]
    assert [note for note in read.notes if "Birleştirilmiş" in note] == [
        "Birleştirilmiş hücrelerin yalnızca ilki dolu okundu: A2:A4."
    ]
    assert [cells[0] for _row, cells in read.filled_down(["Birim"]).rows] == ["Park", "Park", "Park", "Fen"]


@pytest.mark.parametrize("change", [lambda text: text, dollars], ids=["by calamine", "by openpyxl"])
def test_cells_that_are_merged_over_columns_make_a_heading_of_two_rows(change):
    marks, read = _sheet(merged(*TWO_ROWS[0], areas=TWO_ROWS[1], change=change))
    assert marks.merged == [(1, 1, 1, 2)]
    assert (read.header_rows, read.headers) == (2, ["Plaka", "Sigorta / Şirket", "Sigorta / Bitiş", "Not"])


@pytest.mark.parametrize(
    "ref",
    ["", "A:B", "$A$0:$B$6", "B6:A5", "A6:XFE6", "A6:B1048577", "A6:B99999999999", "A6:B7:C8", "A" * 9_000, "&#36;A2"],
)
def test_a_range_that_is_none_is_left_out_and_costs_a_note(ref):
    more = f'<mergeCell ref="{ref}"/></mergeCells>'
    content = merged(*GROUPED[0], areas=GROUPED[1], change=lambda text: dollars(text).replace("</mergeCells>", more))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        marks = xlsx_marks(archive.open("xl/worksheets/sheet2.xml"))
    assert (marks.merged, marks.complete) == ([(2, 4, 0, 0)], False)
    try:
        assert any("seçilemiyor" in note for note in open_book(content, "x.xlsx").read("Araçlar").notes)
    except UnreadableFile as error:  # openpyxl takes few of them
        assert "bozuk" in str(error)


def test_merged_ranges_without_end_are_not_all_kept():
    part = b"<mergeCells>" + b'<mergeCell ref="$A$2:$A$4"/>' * 1_000 + b"</mergeCells>"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("imports.workbooks.marks._MOST_MERGED", 100)
        marks = xlsx_marks(io.BytesIO(part))
    assert (len(marks.merged), marks.complete) == (100, False)
