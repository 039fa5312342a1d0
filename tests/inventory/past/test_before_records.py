"""Of a day before the first record nothing is known: no zero, no difference, in no form of the report or a list."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.reports.layout import age_section, sections
from inventory.reports.physical_resources import physical_resources
from tests.inventory.past.yesterday import day
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    for slug in ("property", "vehicles", "network", "equipment", "software-uses"):
        row(registers.get(slug), here)
    return user("yonetici", here, is_superuser=True)


@pytest.fixture
def sentence(admin) -> str:
    return f"{timezone.localdate():%d.%m.%Y} gününden önce kayıt tutulmamış."


def test_the_report_has_empty_cells_and_no_difference(admin, sentence):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    made = [*sections(physical_resources(None, yesterday)), age_section(None, yesterday)]
    for section in made:
        assert sentence in section.notes
        cells = [cell for each in section.rows for cell in each.cells] + section.totals
        step = 3 if section.is_compared else 1
        assert {cell.text for cell in cells[::step]} == {""}
        assert {cell.text for cell in cells[2::step] if section.is_compared} <= {""}
    page = signed_in(admin).get(reverse("physical-resources"), {"as_of": day()}).content.decode()
    assert sentence in page and "text-danger fw-bold" not in page


def test_the_reports_json_and_workbook_have_none(admin, sentence, tmp_path):
    output, file = io.StringIO(), tmp_path / "rapor.xlsx"
    call_command("report", "physical-resources", json=True, as_of=day(), xlsx=file, stdout=output)
    data = json.loads(output.getvalue())
    assert {value for totals in data["totals"].values() for value in totals.values()} == {None}
    assert set(data["not_kept_before"].values()) == {timezone.localdate().isoformat()}
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    total = [cell.value for cell in sheet[sheet.max_row]]
    assert total[1] == "Toplam" and total[2] is None and total[4] is None and total[3] == 3_993
    assert any(sentence in str(cell.value) for cell in book["Bilgi"]["B"])


def test_today_knows_and_says_nothing_of_it(admin, sentence):
    output = io.StringIO()
    call_command("report", "physical-resources", json=True, stdout=output)
    assert "not_kept_before" not in json.loads(output.getvalue())
    assert all(sentence not in s.notes for s in sections(physical_resources(None, timezone.localdate())))


def test_an_export_says_so_and_sums_nothing(admin, sentence, tmp_path):
    output, file = io.StringIO(), tmp_path / "liste.xlsx"
    call_command("export_register", "property", str(file), as_of=day(), stdout=output)
    assert sentence in output.getvalue()
    book = openpyxl.load_workbook(file)
    assert any(sentence in str(cell.value) for cell in book["Dosya bilgisi"]["B"])
    assert not [cell.value for line in book.worksheets[0].iter_rows(min_row=2) for cell in line if cell.value == 0]
    items = signed_in(admin).get(reverse("features-collections") + "/property/items", {"as_of": day()}).json()
    assert (items["numberMatched"], items["description"]) == (0, sentence)
