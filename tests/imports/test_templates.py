"""Sheets to fill in: their help, drop-downs and lock, and their way back through the import."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from imports.exporting import template
from imports.exporting.parts import Part
from imports.exporting.template import editable_columns, write_filled_template, write_template
from imports.reading import open_book
from inventory import registers
from inventory.listing.address import Listing
from tests.imports.test_round_trip import EVERY, filled
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def written(register, account=None, *, with_rows: bool, **query) -> bytes:
    query["columns"] = editable_columns(Listing(register, account, {}))
    target = io.BytesIO()
    (write_filled_template if with_rows else write_template)(Part(Listing(register, account, query)), target)
    return target.getvalue()


@pytest.mark.parametrize("register", EVERY)
def test_a_template_with_rows_comes_back_unchanged(register, here, tmp_path, import_register):
    rows = filled(register, here)
    path = tmp_path / "sablon.xlsx"
    path.write_bytes(written(register, with_rows=True))
    code, result = import_register(register.slug, path, "--check-only", "--blank", "clear")
    assert result["errors"] == []
    assert (code, result["new"], result["changed"]) == (0, 0, 0)
    assert result["unchanged"] == result["rows"] >= len(rows)


def test_a_filled_template_brings_new_rows_and_changes_others(here, tmp_path, import_register):
    row(VEHICLES, here, make="Ford", colour="Mavi"), row(VEHICLES, here, make="Fiat")
    kind(VEHICLES, "1", "Kamyonet")
    book = openpyxl.load_workbook(io.BytesIO(written(VEHICLES, with_rows=True, make="ford")))
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.max_row == 2
    sheet.cell(2, at["Renk"], "Kırmızı")
    wanted = {"Plaka": "41 KLM 414", "Tür": sheet.cell(2, at["Tür"]).value, "Sorumlu birim": str(here), "Marka": "Opel"}
    for heading, value in wanted.items():
        sheet.cell(3, at[heading], value)
    path = tmp_path / "sablon.xlsx"
    book.save(path)
    code, result = import_register("vehicles", path)
    assert (code, result["errors"], result["new"], result["changed"]) == (0, [], 1, 1)
    assert VEHICLES.model.objects.get(plate="41 KLM 414").make == "Opel"
    assert VEHICLES.model.objects.get(make="Ford").colour == "Kırmızı"


def test_an_empty_template_says_what_is_written_where(here):
    kind(VEHICLES, "1", "Kamyonet")
    book = openpyxl.load_workbook(io.BytesIO(written(VEHICLES, with_rows=False)))
    sheet, about, lists = book.worksheets
    assert sheet.max_row == 1 and lists.sheet_state == "hidden"
    head = {cell.value: cell for cell in sheet[1]}
    assert "Zorunlu" in head["Tür"].comment.text and "Zorunlu" not in head["Marka"].comment.text
    said = {line[0]: line for line in about.values}
    assert said["Tür"][2:5] == ("Evet", "Kamyonet", "Kamyonet")
    assert said["Envanter no"][2] == "Hayır" and "boş bırakınız" in said["Envanter no"][1]
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}
    letter = head["Tür"].column_letter
    assert rules[letter].formula1 == f"'Seçim listeleri'!${letter}$2:${letter}$2"
    assert lists[f"{letter}2"].value == "Kamyonet"
    # The register's own answers, in the language of the sheet.
    statuses = [cell.value for cell in lists[head["Durum"].column_letter]]
    assert statuses[:2] == ["Durum", "Kullanımda"]


def test_only_the_key_is_locked_and_no_password_is_needed(here):
    row(VEHICLES, here)
    sheet = openpyxl.load_workbook(io.BytesIO(written(VEHICLES, with_rows=True))).worksheets[0]
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    assert [cell.protection.locked for cell in sheet[2] if cell.value is not None][:2] == [True, False]
    # Cells that no row has filled yet take the column's format.
    assert not sheet.column_dimensions["B"].protection.locked and sheet.column_dimensions["A"].protection.locked


def test_a_long_list_of_names_is_explained_instead_of_offered(here, monkeypatch):
    monkeypatch.setattr(template, "MOST_CHOICES", 0)
    book = openpyxl.load_workbook(io.BytesIO(written(VEHICLES, with_rows=False)))
    said = {line[0]: line for line in book.worksheets[1].values}
    assert said["Sorumlu birim"][1].startswith("Kayıtlı bir ad") and not said["Sorumlu birim"][4]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_its_own_sheets_are_no_surprise_to_the_reader(here, language):
    row(VEHICLES, here)
    with translation.override(language):
        file = written(VEHICLES, with_rows=True)
    notes = open_book(file, "sablon.xlsx").read().notes
    assert notes == []


def test_who_may_change_nothing_gets_none_and_nobody_sees_others_names(here, settings):
    there = unit("Zabıta Dairesi Başkanlığı")
    row(VEHICLES, here, make="Ford"), row(VEHICLES, there, make="Ford"), row(VEHICLES, here, make="Ford")
    url = reverse("register-template", args=["vehicles"])
    client = Client()
    client.force_login(user("goren", here, (here, "vehicles", 1)))
    assert client.get(url).status_code == 404
    client.force_login(user("duzenleyen", here, (here, "vehicles", 2)))
    answer = client.get(url, {"rows": "shown", "make": "ford", "columns": "plate"})
    assert "Ara%C3%A7lar%20%C5%9Fablonu.xlsx" in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
    units = {cell.column: cell for cell in sheet[1]}
    place = next(column for column, cell in units.items() if cell.value == "Sorumlu birim")
    assert [sheet.cell(line, place).value for line in (2, 3, 4)] == [str(here), str(here), None]
    settings.EXPORT_AT_ONCE_ROWS = 1
    answer = client.get(url, {"rows": "shown"}, follow=True)
    assert "boş şablon" in answer.content.decode()
