import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from imports.exporting import CannotExport, parts, write, writing
from imports.exporting.parts import Part, parts_of
from imports.reading import open_book
from inventory import registers, writes
from inventory.cells.quoting import plain_text, safe_text
from inventory.listing.address import Listing
from inventory.past import opened
from tests.rows import SYSTEM, row, unit, user

EVERY = [pytest.param(r, id=r.slug) for r in registers.every()]
PROPERTY = registers.get("property")
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park ve Bahçeler")


def written(listing: Listing, form: str) -> io.BytesIO:
    target = io.BytesIO()
    write([Part(listing)], target, form)
    target.seek(0)
    return target


def sheets(listing: Listing) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written(listing, "xlsx"))


def table(listing: Listing) -> list[dict]:
    lines = list(sheets(listing).worksheets[0].iter_rows(values_only=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line[0] != "Toplam"]


def cells(listing: Listing, form: str) -> list[list]:
    """The rows below the heading, as the import's reader finds them."""
    sheet = open_book(written(listing, form).getvalue(), f"liste.{writing.ending(form)}").read(header_row=1)
    return [line for _row, line in sheet.rows if line[0] != "Toplam"]


@pytest.mark.django_db
@pytest.mark.parametrize("register", EVERY)
def test_every_register_goes_out_with_its_key_in_both_forms(register, here):
    made = (
        user("biri", here, (here, "vehicles", 1)).person.grants.get()
        if register.slug == "grants"
        else here
        if register.slug == "units"
        else row(register, here)
    )
    listing = Listing(register, None, {"columns": "all"})
    found = table(listing)
    assert str(getattr(made, register.key.name)) in {str(line[register.key.label]) for line in found}
    text = written(listing, "csv").read().decode("utf-8")
    assert text.startswith("\ufeff") and len(list(csv.reader(io.StringIO(text[1:]), delimiter=";"))) == len(found) + 1


@pytest.mark.django_db
def test_cells_have_the_type_of_their_column(here):
    row(
        PROPERTY,
        here,
        area_m2=Decimal("10554471.87"),
        share_numerator=1,
        share_denominator=2,
        deed_on=dt.date(2024, 12, 31),
        registry_id="0012345",
        can_be_let=True,
        actual_use="",
    )
    line = table(Listing(PROPERTY, None, {"columns": "all"}))[0]
    assert line["Tapu alanı (m²)"] == 10554471.87
    assert line["Hissemize düşen alan (m²)"] == 5277235.94
    assert line["Tapu tarihi"] == dt.datetime(2024, 12, 31)
    assert line["Taşınmaz kimlik no"] == "0012345"
    assert line["Kiraya verilebilir"] == "Evet"
    assert line["Hisse payda"] == 2
    assert line["Fiilî kullanım"] is None
    assert line["Sorumlu birim"] == "Park ve Bahçeler Dairesi Başkanlığı"


@pytest.mark.django_db
def test_the_workbook_is_a_table_with_sums_and_says_what_it_is(here):
    for area in ("0.10", "0.20", "0.30"):
        row(PROPERTY, here, area_m2=Decimal(area), description="Tarla")
    row(PROPERTY, here, area_m2=Decimal("9.99"), description="Arsa")
    asked = {"description": "tarla", "sort": "-area_m2", "columns": "description,area_m2"}
    book = sheets(Listing(PROPERTY, user("emlakci", here, (None, "", 1)), asked))
    sheet, about = book.worksheets
    assert [cell.value for cell in sheet[1]] == ["Envanter no", "Nitelik (tapu)", "Tapu alanı (m²)"]
    assert [cell.value for cell in sheet["C"]][1:4] == [0.3, 0.2, 0.1]
    made = sheet.tables["Liste"]
    assert (made.ref, made.totalsRowCount, sheet.freeze_panes) == ("A1:C5", 1, "B2")
    assert sheet["C5"].value == "=SUBTOTAL(109,$C$2:$C$4)"
    cached = openpyxl.load_workbook(written(Listing(PROPERTY, None, asked), "xlsx"), data_only=True)
    assert cached.worksheets[0]["C5"].value == 0.6
    result = dict(about.iter_rows(values_only=True))
    assert result["Nitelik (tapu)"] == "tarla"
    assert result["Kayıt sayısı"] == "3"
    assert result["Sıralama"] == "Tapu alanı (m²) (tersten)"
    assert result["Hazırlayan"] == "emlakci"


@pytest.mark.django_db
def test_a_text_that_is_longer_than_its_column_goes_on_in_a_higher_row(here):
    row(PROPERTY, here, description="Tarla")
    row(PROPERTY, here, description="İtiraz sürüyor " * 10)
    sheet = sheets(Listing(PROPERTY, None, {"columns": "description", "sort": "inventory_no"})).worksheets[0]
    assert [sheet.row_dimensions[number].height for number in (1, 2, 3)] == [30, None, 45]
    assert sheet["B3"].alignment.wrap_text and not sheet["A3"].alignment.wrap_text


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "ods", "csv", "plain"])
def test_a_list_of_several_chunks_has_the_same_cells(here, monkeypatch, form):
    for area in ("0.10", "0.20", "0.30"):
        row(PROPERTY, here, area_m2=Decimal(area), deed_on=dt.date(1999, 12, 31))
    asked = {"columns": "area_m2,deed_on,description,district"}
    at_once = cells(Listing(PROPERTY, None, asked), form)
    monkeypatch.setattr(parts, "CHUNK", 2)
    assert cells(Listing(PROPERTY, None, asked), form) == at_once
    assert len(at_once) == 3


@pytest.mark.django_db
def test_an_ods_has_its_sums_filters_and_formats_and_says_what_it_is(here):
    for area in ("0.10", "0.20"):
        row(PROPERTY, here, area_m2=Decimal(area), description="=1+1", deed_on=dt.date(2024, 12, 31))
    asked = {"columns": "area_m2,deed_on,description", "description": "1+1"}
    with zipfile.ZipFile(written(Listing(PROPERTY, None, asked), "ods")) as parts:
        assert parts.infolist()[0].filename == "mimetype" and not parts.infolist()[0].compress_type
        names = [name for name in parts.namelist() if name.endswith(".xml")]
        content = {name: ElementTree.fromstring(parts.read(name)) for name in names}["content.xml"]
    space = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("table", "office", "text")}
    table, office = (f"{{{space[name]}}}" for name in ("table", "office"))
    formulas = [
        cell.get(f"{table}formula") for cell in content.iter(f"{table}table-cell") if cell.get(f"{table}formula")
    ]
    assert formulas == ["of:=SUBTOTAL(9;[.B2:.B3])"]
    first, about = content.iter(f"{table}table")
    lines = [list(line) for line in first.iter(f"{table}table-row")]
    assert [cell.get(f"{office}value-type") for cell in lines[1]] == ["string", "float", "date", "string"]
    assert (lines[1][2].get(f"{office}date-value"), lines[3][1].get(f"{office}value")) == ("2024-12-31", "0.30")
    assert "".join(lines[1][3].itertext()) == "=1+1"
    (filtered,) = content.iter(f"{table}database-range")
    assert filtered.get(f"{table}target-range-address") == "'Taşınmazlar'.A1:'Taşınmazlar'.D3"
    assert "1+1" in "".join(about.itertext())


@pytest.mark.django_db
def test_an_empty_list_is_a_heading_alone(here):
    sheet = sheets(Listing(PROPERTY, None, {"columns": "area_m2"})).worksheets[0]
    assert list(sheet.values) == [("Envanter no", "Tapu alanı (m²)")] and not sheet.tables


@pytest.mark.django_db
def test_tables_of_several_sheets_reach_as_far_as_their_rows(here):
    ford = row(VEHICLES, here, make="Ford")
    row(registers.get("insurances"), here, vehicle=ford), row(registers.get("insurances"), here, vehicle=ford)
    asked = {"parts": "vehicles,inspections,insurances", "columns": "make"}
    target = io.BytesIO()
    assert write(parts_of(VEHICLES, None, asked), target, "xlsx") == 3
    book = openpyxl.load_workbook(target)
    refs = {
        sheet.title: [table.ref.split(":")[1].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for table in sheet.tables.values()]
        for sheet in book
    }
    # Of the vehicles nothing is summed in these columns; there is no inspection.
    assert refs == {"Araçlar": ["2"], "Muayeneler": [], "Sigortalar": ["4"], "Dosya bilgisi": []}


@pytest.mark.django_db
def test_a_number_of_more_digits_than_excel_keeps_goes_out_as_text(here):
    row(PROPERTY, here, share_numerator=1, share_denominator=123456789012345678)
    cell = sheets(Listing(PROPERTY, None, {"columns": "share_denominator"})).worksheets[0]["B2"]
    assert (cell.data_type, cell.value) == ("s", "123456789012345678")


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "ods"])
@pytest.mark.parametrize(
    "text",
    ["a & b < c > d", "  önde ve sonda  ", "iki  boşluk", "satır\nsatır", "a\tb", "_x0041_", "\"tırnak\" 'tek'", "007"],
)
def test_a_text_is_read_back_as_it_was_written(here, form, text):
    row(VEHICLES, here, notes=text)
    assert cells(Listing(VEHICLES, None, {"columns": "notes"}), form)[0][1] == text


@pytest.mark.django_db
def test_a_plain_csv_has_the_numbers_and_dates_of_programs(here):
    row(PROPERTY, here, area_m2=Decimal("10554471.87"), deed_on=dt.date(1880, 5, 1), description="Çayır, mera")
    asked = Listing(PROPERTY, None, {"columns": "area_m2,deed_on,description"})
    text = written(asked, "plain").read()
    assert not text.startswith(b"\xef\xbb\xbf")
    assert text.decode().splitlines()[1].split(",", 1)[1] == '10554471.87,1880-05-01,"Çayır, mera"'


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["=1+1", "+90 262", "-5", "@toplam", "\t=1", "'=1", "'düz", '=HYPERLINK("x")'])
def test_nothing_becomes_a_formula_and_nothing_is_changed(here, text):
    row(VEHICLES, here, notes=text)
    listing = {"columns": "notes"}
    cell = sheets(Listing(VEHICLES, None, listing)).worksheets[0]["B2"]
    assert (cell.data_type, cell.value) == ("s", text)
    line = list(
        csv.reader(
            io.StringIO(written(Listing(VEHICLES, None, listing), "csv").read().decode("utf-8-sig")), delimiter=";"
        )
    )[1]
    assert not line[1].startswith(("=", "+", "-", "@", "\t"))
    assert plain_text(line[1]) == text


@given(st.text())
def test_a_safe_text_comes_back_as_it_was(text):
    assert plain_text(safe_text(text)) == text


@pytest.mark.django_db
def test_unprintable_characters_are_left_out_and_said(here):
    made = row(VEHICLES, here)
    # None is written any more, but older rows may have some.
    VEHICLES.model.objects.filter(pk=made.pk).update(notes="a\x0bb")
    book = sheets(Listing(VEHICLES, None, {"columns": "notes"}))
    assert book.worksheets[0]["B2"].value == "ab"
    assert any("1 hücre" in (line[1] or "") for line in book.worksheets[1].iter_rows(values_only=True))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_sheet_about_the_file_is_no_surprise_to_the_reader(here, language):
    row(VEHICLES, here)
    with translation.override(language):
        file = written(Listing(VEHICLES, None, {}), "xlsx")
    notes = open_book(file.getvalue(), "araclar.xlsx").read().notes
    assert not [note for note in notes if "başka sayfalar" in note]


@pytest.mark.django_db
def test_a_day_before_excel_goes_out_as_text(here):
    row(PROPERTY, here, deed_on=dt.date(1880, 5, 1))
    assert sheets(Listing(PROPERTY, None, {"columns": "deed_on"})).worksheets[0]["B2"].value == "01.05.1880"


@pytest.mark.django_db
def test_a_column_asked_for_twice_goes_out_once(here):
    row(PROPERTY, here, area_m2=Decimal("1.50"))
    sheet = sheets(Listing(PROPERTY, None, {"columns": "area_m2,area_m2"})).worksheets[0]
    assert (sheet.tables["Liste"].ref, sheet.max_column) == ("A1:B3", 2)


@pytest.mark.django_db
def test_csv_has_the_numbers_and_dates_of_the_office(here):
    row(PROPERTY, here, area_m2=Decimal("10554471.87"), deed_on=dt.date(2024, 12, 31), description="Çayır; mera")
    asked = Listing(PROPERTY, None, {"columns": "area_m2,deed_on,description"})
    assert written(asked, "csv").read().decode("utf-8-sig").splitlines()[1].split(";", 1)[1] == (
        '10554471,87;31.12.2024;"Çayır; mera"'
    )


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_rows(here):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            written(Listing(VEHICLES, None, {"columns": "all"}), "xlsx")
        return len(captured)

    row(VEHICLES, here)
    few = queries()
    for _ in range(20):
        row(VEHICLES, here)
    assert queries() == few


@pytest.mark.django_db
def test_more_rows_than_a_sheet_holds_are_refused_with_what_to_do(here, monkeypatch):
    row(VEHICLES, here)
    monkeypatch.setattr(writing, "MOST_ROWS", 0)
    with pytest.raises(CannotExport, match="daraltıp"):
        written(Listing(VEHICLES, None, {}), "xlsx")


@pytest.mark.django_db
def test_the_page_gives_what_is_shown_and_never_another_directorates_rows(here):
    there = unit("Zabıta Dairesi Başkanlığı")
    row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Fiat"), row(VEHICLES, there, make="Ford")
    client = Client()
    client.force_login(user("bahceci", here, (here, "vehicles", 1)))
    url = reverse("register-export", args=["vehicles"])
    answer = client.get(url, {"make": "ford", "columns": "make,responsible_unit", "format": "xlsx"})
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.getvalue())).worksheets[0].iter_rows(values_only=True))
    assert [line[1:] for line in lines[1:]] == [("Ford", "Park ve Bahçeler Dairesi Başkanlığı")]
    assert answer["Content-Disposition"].startswith('attachment; filename="araclar-')
    assert client.get(url, {"model_year_from": "x"}).status_code == 302
    client.force_login(user("yabanci", here))
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_a_past_day_goes_out_as_it_was(here):
    made = row(VEHICLES, here, make="Ford")
    with opened():
        VEHICLES.model.history.update(history_date=dt.datetime(2024, 12, 30, tzinfo=dt.UTC))
    made.make = "Fiat"
    writes.save(VEHICLES, made, SYSTEM)
    line = table(Listing(VEHICLES, None, {"columns": "make", "as_of": "31.12.2024"}))[0]
    assert line == {"Envanter no": made.inventory_no, "Marka": "Ford"}
