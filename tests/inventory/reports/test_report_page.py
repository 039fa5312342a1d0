import csv
import io

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client

from inventory import registers
from inventory.listing.address import Listing
from inventory.organization.models import Unit
from inventory.reports.layout import sections
from inventory.reports.physical_resources import physical_resources
from tests.inventory.reports.conftest import NETWORK, PROPERTY, TODAY, URL, VEHICLES, VIEW
from tests.pages import signed_in
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db


def test_the_page_sets_counted_against_published(mixed, admin):
    answer = signed_in(admin).get(URL)
    shown = answer.content.decode()
    assert answer.status_code == 200
    for text in ("10.554.471,87", "10.554.257", "-10.554.256,70", "1.142", "-1.140", "Arsalar", "Tüm Birimler"):
        assert text in shown, text
    assert "Bu rapor eksiktir" not in shown
    for inline in ("<style", " style=", " onclick=", "<script>"):
        assert inline not in shown, inline


def test_every_published_line_is_shown_even_when_nothing_is_counted(admin):
    made = {section.table.slug: section for section in sections(physical_resources(admin))}
    for slug, register in (("property", PROPERTY), ("vehicles", VEHICLES), ("network", NETWORK)):
        with open(f"inventory/assets/{register.slug}/data/kinds.csv", encoding="utf-8") as file:
            names = {line["name"] for line in csv.DictReader(file)}
        assert {r.name for r in made[slug].rows} == names
    assert [cell.text for cell in made["vehicles"].totals] == [
        "0", "624", "-624", "0", "877", "-877", "0", "1.501", "-1.501",
    ]  # fmt: skip
    assert made["software"].totals[1].value == 170


def test_a_unit_is_not_compared_with_the_whole(mixed, parks, admin):
    shown = signed_in(admin).get(URL, {"unit": parks.pk}).content.decode()
    assert "10.554.471,87" not in shown and "yayımlanan</th>" not in shown
    assert "0,30" in shown and "214,87" not in shown


def test_whoever_does_not_see_everything_is_reported(mixed, parks):
    shown = signed_in(user("ayse", parks, (parks, "", VIEW))).get(URL).content.decode()
    assert "Bu rapor eksiktir" in shown and "214,87" not in shown
    assert "0,30" in shown


@pytest.mark.parametrize("query", [{"as_of": "31.13.2024"}, {"unit": "999999"}, {"unit": "x", "format": "xlsx"}])
def test_a_question_that_is_not_understood_gets_no_figures(mixed, admin, query):
    answer = signed_in(admin).get(URL, query)
    shown = answer.content.decode()
    assert answer.status_code == 200 and 'role="alert"' in shown
    assert "<table" not in shown and "xlsx_query" not in answer.context


@pytest.mark.parametrize("asked", [{}, {"unit": True}, {"as_of": TODAY}, {"unit": True, "as_of": TODAY}])
def test_each_number_leads_to_exactly_the_rows_it_counts(mixed, parks, admin, asked):
    row(VEHICLES, parks, kind=kind(VEHICLES, "01"), status="disposed", status_reason="hurda")
    asked = asked | ({"unit": parks} if "unit" in asked else {})
    followed = 0
    for section in sections(physical_resources(admin, **asked)):
        for cell in [*section.totals, *(cell for each in section.rows for cell in each.cells)]:
            if cell.url:
                listing = Listing(registers.get(section.table.slug), admin, QueryDict(cell.url.partition("?")[2]))
                assert (listing.errors, listing.totals()[0]) == ({}, cell.value), cell.url
                followed += 1
    assert followed >= 12


def test_a_kind_with_kinds_below_it_is_no_link(parks, admin):
    for code in ("1.2", "1.2.1"):
        row(PROPERTY, parks, kind=kind(PROPERTY, code, code))
    rows = {r.code: r for r in sections(physical_resources(admin))[0].rows}
    assert rows["1.2"].cells[0].value == 1 and rows["1.2"].cells[0].url == ""
    assert rows["1.2.1"].cells[0].url


def test_the_page_gives_a_workbook(mixed, admin, parks):
    answer = signed_in(admin).get(URL, {"format": "xlsx", "unit": parks.pk, "as_of": f"{TODAY:%d.%m.%Y}"})
    assert f"fiziki-kaynaklar-{TODAY:%Y-%m-%d}.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    assert list(book[PROPERTY.title].values) == [
        ("Kod", "Tür", "Sayı", "Alan (m²)"),
        ("1.2", "Arsalar", 2, 0.3),
        (None, "Toplam", 2, 0.3),
    ]
    about = dict(list(book["Bilgi"].values))
    assert about["Birim"] == str(parks) and about["Hangi tarihteki durum"] == f"{TODAY:%d.%m.%Y}"
    assert about["Hazırlayan"] == str(admin)


def test_branches_of_one_name_are_distinguished(parks, garden, police, admin):
    unit("Fidanlık Şube Müdürlüğü", police, kind=Unit.Kind.BRANCH)
    shown = signed_in(admin).get(URL).content.decode()
    assert f"Fidanlık Şube Müdürlüğü ({parks})" in shown and f"Fidanlık Şube Müdürlüğü ({police})" in shown


def test_the_page_is_closed_to_those_without_a_grant(city):
    assert Client().get(URL).status_code == 302
    assert signed_in(user("yeni", city)).get(URL).status_code == 404
