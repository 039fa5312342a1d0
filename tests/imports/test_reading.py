import csv
import io
import subprocess
import sys
import tempfile
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from imports.reading import Book, Limits, UnreadableFile, open_book
from imports.reading.header import letters, without_twins
from imports.reading.notes import spans
from imports.workbooks import delimited
from tests.imports.broken import FILES, broken

pytestmark = pytest.mark.once


def workbook(*sheets):
    """xlsx bytes with these (name, rows)."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return data.getvalue()


def zipped(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return data.getvalue()


def read_here(content):
    """A text file as the child reads it, without the time that a process takes to start."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        about, raw = delimited.read(file, "x.csv", Limits(), "")
        return Book([raw], Limits(), encoding=about["encoding"], delimiter=about["delimiter"])


TABLE = [["Ad", "Adet"], ["A", 1], ["B", 2]]


# Text files

CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from(" ;,\t|\n\"'"), max_size=12
)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_written_csv_is_read_back_cell_by_cell(rows, delimiter, line_end, encoding):
    text = io.StringIO(newline="")
    # Left to itself, Python's writer does not quote a "\n" in a file whose lines end with "\r".
    quoting = csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow(["Seri No", "Cinsi", "Açıklama"])
    writer.writerows(rows)
    book = read_here(text.getvalue().encode(encoding))
    assume(book.delimiter == delimiter)  # a sample so small may fit another delimiter as well
    read = [tuple(cells) for _number, cells in book.read(header_row=1).rows]
    kept = [tuple(cell if cell.strip() else None for cell in row) for row in rows]
    assert read == [row for row in kept if any(row)]


def test_the_row_number_of_a_text_file_is_the_one_that_excel_shows():
    content = 'Ad;Not\nA;"iki\nsatır"\n\nB;"üç\r\nsatır\rburada"\nC;x\n'
    sheet = open_book(content.encode(), "x.csv").read()
    assert [number for number, _cells in sheet.rows] == [2, 4, 5]
    assert sheet.notes == ["Boş satırlar atlandı: 3."]


@pytest.mark.parametrize("content", ["Ad\nA\nB\n", "Ad\nA, köşe\nB\n"])
def test_a_file_of_one_column(content):
    sheet = open_book(content.encode(), "x.csv").read()
    assert sheet.headers[0] == "Ad" and len(sheet.rows) == 2


def test_a_name_that_starts_like_a_zip_file_is_still_text():
    assert open_book(b"PK;Ad\n1;A\n", "x.csv").read().headers == ["PK", "Ad"]


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(UnreadableFile, match=r"harfleri okunamıyor.*UTF-8"):
        open_book("Ad;Müdürlük\nA;şı\n".encode("cp857"), "x.csv")


# The table in the sheet


def test_known_headers_decide_where_the_header_is():
    rows = [
        ["Rapor", "Hazırlayan", "Onaylayan", "Tarih"],
        ["Ocak", "Ali", "Ayşe", "dün"],
        ["Plaka", "Cinsi"],
        ["x", "y"],
    ]
    book = open_book(workbook(("S", rows)), "x.xlsx")
    assert book.read().header_row == 1
    assert book.read(known={"PLAKA", "cinsi", "Bedel"}).header_row == 3


def test_a_header_row_that_is_said_is_taken():
    book = open_book(workbook(("S", [["Başlık", None], ["Ad", "Adet"], [None, None], ["A", 1]])), "x.xlsx")
    assert book.read(header_row=1).headers == ["Başlık"]
    assert book.read(header_row=2).headers == ["Ad", "Adet"]
    for row in (3, 9):
        with pytest.raises(UnreadableFile, match=f"{row}. satır boş"):
            book.read(header_row=row)


def test_the_first_visible_sheet_with_rows_is_read_and_the_others_named():
    book = open_book(workbook(("Boş", []), ("Bir", TABLE), ("İki", [["X", "Y"], ["a", "b"]])), "x.xlsx")
    assert [sheet.rows for sheet in book.sheets] == [0, 3, 2]
    sheet = book.read()
    assert sheet.name == "Bir" and "İki" in sheet.notes[0]
    assert book.read("İki").headers == ["X", "Y"] and not book.read("İki").notes
    with pytest.raises(UnreadableFile, match=r"“Üç” adlı sayfa yok.*Boş, Bir, İki"):
        book.read("Üç")
    with pytest.raises(UnreadableFile, match="“Boş” sayfası boş"):
        book.read("Boş")


def test_a_group_in_the_header_reaches_as_far_as_it_is_merged():
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "Ada")
        sheet.merge_range("B1:C1", "Tapu")
        sheet.write_row("B2", ["Cilt", "Sayfa", "Değer"])
        sheet.write_row("A3", ["12", "1", "2", 5])
        sheet.merge_range("B4:B5", "3")
    sheet = open_book(data.getvalue(), "x.xlsx").read()
    assert sheet.headers == ["Ada", "Tapu / Cilt", "Tapu / Sayfa", "Değer"]
    assert (sheet.header_row, sheet.header_rows, sheet.fillable) == (1, 2, ["Tapu / Cilt"])


def test_rows_can_be_gone_through_again_and_picked():
    rows = open_book(workbook(("S", TABLE)), "x.xlsx").read().rows
    assert list(rows) == list(rows) == [(2, ["A", 1]), (3, ["B", 2])]
    assert len(rows) == 2 and rows[-1] == (3, ["B", 2]) and rows[:1] == [(2, ["A", 1])]
    assert rows[::-1] == [(3, ["B", 2]), (2, ["A", 1])]
    with pytest.raises(IndexError):
        rows[2]


def test_a_path_and_its_bytes_are_read_alike():
    path = FILES / "titles_totals_blank_rows.xlsx"
    by_path, by_bytes = open_book(path, path.name).read(), open_book(path.read_bytes(), path.name).read()
    assert list(by_path.rows) == list(by_bytes.rows) and by_path.notes == by_bytes.notes


def test_excel_escapes_are_undone():
    rows = open_book(workbook(("S", [["Ad", "Not"], ["a\rb", "a_x000D_b"]])), "x.xlsx").read().rows
    assert rows[0][1] == ["a\rb", "a_x000D_b"]


@pytest.mark.parametrize("column, name", [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")])
def test_letters(column, name):
    assert letters(column) == name


@given(st.lists(st.sampled_from(["Ad", "Ad (2)", "Ad (3)", "No"])))
def test_no_two_headers_are_alike(names):
    different, _twins = without_twins(names)
    assert len(set(different)) == len(names)
    assert all(new.startswith(old) for old, new in zip(names, different, strict=True))


def test_spans():
    assert spans([]) == ""
    assert spans([5, 7, 8, 9, 12]) == "5, 7–9, 12"
    assert spans(range(1, 60, 2)) == "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 … (30 satır)"


# Limits


def test_limits_come_from_the_settings(settings):
    settings.IMPORT_MAX_ROWS = 7
    assert Limits.from_settings().max_rows == 7
    assert Limits.from_settings().max_seconds == Limits().max_seconds


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv"])
def test_as_many_rows_as_the_limit_are_read_and_no_more(name):
    def content(rows):
        if name.endswith("xlsx"):
            return workbook(("S", [["Ad", "Adet"]] + [["A", 1]] * rows))
        return b"Ad;Adet\n" + b"A;1\n" * rows

    limits = Limits(max_rows=10)
    assert len(open_book(content(10), name, limits).read().rows) == 10
    book = open_book(content(11), name, limits)
    with pytest.raises(UnreadableFile, match="10 satırdan çok satır var; dosyayı bölüp"):
        book.read()


def test_a_long_sheet_does_not_stand_in_the_way_of_another():
    book = open_book(workbook(("Uzun", [["x"]] * 30), ("Kısa", TABLE)), "x.xlsx", Limits(max_rows=10))
    assert len(book.read("Kısa").rows) == 2


def test_too_many_columns():
    with pytest.raises(UnreadableFile, match="400 sütun var, en çok 300"):
        open_book(b";".join([b"a"] * 400) + b"\n", "x.csv").read()


def test_too_many_bytes():
    with pytest.raises(UnreadableFile, match="3 MB, en çok 2 MB"):
        open_book(b"a;b\n" * 600_000, "x.csv", Limits(max_bytes=2_000_000))


def test_a_path_that_cannot_be_opened(tmp_path):
    for path, result in ((tmp_path / "yok.xlsx", "açılamadı"), (tmp_path, "bir dosya değil")):
        with pytest.raises(UnreadableFile, match=result):
            open_book(path, "x.xlsx")


BOMB = b"<row/>" * 5_000_000


@pytest.mark.parametrize("limits", [Limits(), Limits(max_unpacked=10_000_000)])
def test_a_zip_bomb_is_refused_by_its_directory(limits):
    content = zipped(**{"[Content_Types]_DOT_xml": "<Types/>", "xl__worksheets__sheet1_DOT_xml": BOMB})
    assert len(content) < 100_000
    with pytest.raises(UnreadableFile, match="okunamayacak kadar büyük"):
        open_book(content, "x.xlsx", limits)


def test_an_encrypted_zip_is_called_so():
    content = bytearray(workbook(("S", TABLE)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        directory = archive.start_dir
    content[directory + 8] |= 1
    with pytest.raises(UnreadableFile, match="parola"):
        open_book(bytes(content), "x.xlsx")


# Broken files


@pytest.mark.parametrize("block", range(4))
def test_a_broken_file_is_read_or_refused_in_one_sentence(block):
    """120 of them; `make soak` takes 2,000, through the pages too."""
    refused = 0
    for seed in range(block * 30, block * 30 + 30):
        content, name = broken(seed)
        try:
            # As a page reads it: one of them takes more than a minute until it is too big.
            sheet = open_book(content, name, Limits().at_once()).read()
            assert all(len(cells) == len(sheet.headers) for _number, cells in sheet.rows), seed
        except UnreadableFile as error:
            refused += 1
            assert str(error).endswith("."), seed
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert 4 < refused < 30


# What is no row of the table

HEADINGS = ["Envanter no", "Plaka", "Tür", "Birim"]
ITEM = ["A-000001", "41 ABC 101", "Kamyonet", "Park"]


@pytest.mark.parametrize(
    "below, skipped",
    [
        ([["Teslim eden: Ali Veli", None, "Teslim alan: Ayşe Can"]], "3"),
        ([["Teslim eden", None, None, "Teslim alan"], ["Ali Veli", None, None, "Ayşe Can"], ["İmza"]], "3–5"),
        ([[None, None], ["Düzenleyen"], ["Ali Veli"], ["01.02.2026"], ["Onaylayan", "Ayşe Can"]], "4–7"),
        ([[None, None, "İMZA:"]], "3"),
        ([["Hazırlayan ............", None, None, "İmza"]], "3"),
    ],
)
def test_signatures_under_a_table_are_no_rows_and_are_named(below, skipped):
    sheet = open_book(workbook(("S", [HEADINGS, ITEM, *below])), "x.xlsx").read()
    assert [cells for _number, cells in sheet.rows] == [ITEM]
    assert f"İmza satırları okunmadı: {skipped}." in sheet.notes


@pytest.mark.parametrize(
    "row",
    [
        ["İmza", "41 ABC 102", "Kamyonet", "Park"],  # more than signatures fill
        ["İmza sunucusu", None, None, None],
        ["Alan", None, None, None],
        ["Onaylayan birim", "Park", None, None],
    ],
)
def test_a_row_that_only_begins_like_a_signature_is_read(row):
    assert len(open_book(workbook(("S", [HEADINGS, ITEM, row])), "x.xlsx").read().rows) == 2


def test_a_signature_with_rows_below_it_is_a_row():
    sheet = open_book(workbook(("S", [HEADINGS, ITEM, ["İmza"], ITEM])), "x.xlsx").read()
    assert [number for number, _cells in sheet.rows] == [2, 3, 4]


# The encoding


def test_the_encoding_can_be_chosen():
    content = "Ad;Müdürlük\nA;şı\n".encode("cp857")
    assert open_book(content, "x.csv", encoding="cp857").read().rows[0] == (2, ["A", "şı"])
    with pytest.raises(UnreadableFile, match="UTF-16 olarak okunamıyor; başka bir kodlama"):
        open_book(b"Ad\nA\n", "x.csv", encoding="utf-16")


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_read_with_and_without_its_mark(encoding, mark):
    content = ("\ufeff" * mark + "Ad;Müdürlük\nÇaycı;Ğışü\n").encode(encoding)
    book = open_book(content, "x.csv")
    assert book.read().headers == ["Ad", "Müdürlük"] and book.encoding.startswith("utf-16")


def test_single_bytes_that_are_no_utf8_are_read_and_their_rows_named():
    lines = ["Ad;Renk", "A;sarı", "B;yeşil", "C;x"]
    content = "\n".join(lines).encode() + b"ye\xfeil\nD;k\x81m\n"
    sheet = open_book(content, "x.csv").read()
    assert [cells[1] for _number, cells in sheet.rows] == ["sarı", "yeşil", "xyeşil", "k\ufffdm"]
    assert sheet.notes == [
        "Dosya UTF-8, ama şu satırlarda UTF-8 olmayan harfler var; Windows Türkçesi sayılarak okundu, bakınız: 4–5."
    ]


def test_a_child_brings_in_what_is_slow_to_start_only_for_a_file_that_needs_it():
    code = "import sys, geo.files.kinds, imports.workbooks.books, imports.workbooks.delimited\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "python_calamine" in loaded
    assert {"openpyxl", "numpy", "pyogrio", "shapely", "django"}.isdisjoint(loaded)
