import csv
import datetime as dt
import io
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import history, registers, writes
from inventory.listing import Listing
from inventory.models import Status
from inventory.organization.models import Grant, Unit
from inventory.reports.exact_json import exact_json
from inventory.reports.layout import sections
from inventory.reports.physical_resources import physical_resources
from tests.rows import SYSTEM, kind, row, unit, user

pytestmark = pytest.mark.django_db
PROPERTY, VEHICLES, NETWORK = (registers.get(slug) for slug in ("property", "vehicles", "network"))
SOFTWARE, USES = registers.get("software"), registers.get("software-uses")
URL = reverse("physical-resources")
TODAY = timezone.localdate()
VIEW = Grant.Level.VIEW


@pytest.fixture
def city() -> Unit:
    return unit("Belediye", kind=Unit.Kind.MUNICIPALITY)


@pytest.fixture
def parks(city) -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı", city)


@pytest.fixture
def garden(parks) -> Unit:
    return unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)


@pytest.fixture
def police(city) -> Unit:
    return unit("Zabıta Dairesi Başkanlığı", city)


@pytest.fixture
def admin(city):
    return user("yonetici", city, is_superuser=True)


@pytest.fixture
def mixed(parks, garden, police):
    """Rows of every table, spread over three units."""
    plots, roads = kind(PROPERTY, "1.2", "Arsalar"), kind(PROPERTY, "1.10.1", "Yollar")
    for where, what, area in ((parks, plots, "0.10"), (garden, plots, "0.20"), (police, roads, "214.87")):
        row(PROPERTY, where, kind=what, area_m2=Decimal(area), our_area_m2=Decimal("0.05"))
    row(PROPERTY, police, kind=kind(PROPERTY, "1.9", "Göller"), area_m2=None, our_area_m2=None)
    bus, car = kind(VEHICLES, "01", "Otobüs"), kind(VEHICLES, "02", "Çekici")
    for where, what, ownership in ((parks, bus, "owned"), (garden, bus, "leased"), (police, car, "leased")):
        row(VEHICLES, where, kind=what, ownership=ownership)
    for name, code, where in (("İp", "1", parks), ("Ilık", "2", police), ("Çan", "3", parks), ("Zil", "4", garden)):
        row(NETWORK, where, kind=kind(NETWORK, code, name))
    row(registers.get("equipment"), garden)
    maps = row(SOFTWARE, police, name="Harita", audience="both", server=None)
    trees = row(SOFTWARE, parks, name="Ağaç Takip", audience="staff", server=None)
    mail = row(SOFTWARE, police, name="E-posta", audience="staff", server=None)
    for program, reach, where in (
        (maps, "unit", parks), (trees, "unit", parks), (trees, "unit", garden), (mail, "all_units", None),
        (maps, "mobile", None),
    ):  # fmt: skip
        row(USES, police, software=program, reach=reach, unit=where)


def printed(**options) -> dict:
    out = StringIO()
    call_command("report", "physical-resources", stdout=out, json=True, **options)
    return json.loads(out.getvalue(), parse_float=Decimal)


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_everything_is_counted_and_named(mixed):
    told = printed()
    assert told["property"] == [
        {"code": "1.2", "name": "Arsalar", "count": 2, "area_m2": Decimal("0.30")},
        {"code": "1.9", "name": "Göller", "count": 1, "area_m2": 0},
        {"code": "1.10.1", "name": "Yollar", "count": 1, "area_m2": Decimal("214.87")},
    ]
    assert told["vehicles"] == [
        {"name": "Çekici", "owned": 0, "leased": 1, "total": 1},
        {"name": "Otobüs", "owned": 1, "leased": 1, "total": 2},
    ]
    assert [line["name"] for line in told["network"]] == ["Çan", "Ilık", "İp", "Zil"]
    assert told["network"][0] == {"name": "Çan", "count": 1}
    assert told["equipment"] == [{"name": "Deneme türü", "count": 1}]
    assert told["software"] == [
        {"unit": "Fidanlık Şube Müdürlüğü", "name": "Ağaç Takip"},
        {"unit": "Kurumsal Mobil Uygulamalar", "name": "Harita"},
        {"unit": "Park ve Bahçeler Dairesi Başkanlığı", "name": "Ağaç Takip"},
        {"unit": "Park ve Bahçeler Dairesi Başkanlığı", "name": "Harita"},
        {"unit": "Tüm Birimler", "name": "E-posta"},
    ]
    assert told["citizen_applications"] == [{"name": "Harita"}]
    assert told["totals"] == {
        "property": {"count": 4, "area_m2": Decimal("215.17")},
        "vehicles": {"owned": 1, "leased": 2, "total": 3},
        "network": {"count": 4},
        "equipment": {"count": 1},
        "software": {"count": 5},
        "citizen_applications": {"count": 1},
    }


def test_areas_add_up_to_the_cent_where_floats_would_not(parks):
    plots = kind(PROPERTY, "1.2", "Arsalar")
    for area in ("10554257.00", "214.87", *["0.10"] * 3):
        row(PROPERTY, parks, kind=plots, area_m2=Decimal(area), our_area_m2=None)
    assert physical_resources(None).tables["property"].totals["area_m2"] == Decimal("10554472.17")
    out = StringIO()
    call_command("report", "physical-resources", stdout=out, json=True)
    assert '"area_m2": 10554472.17}' in out.getvalue()


def test_json_prints_more_digits_than_a_float_has():
    number = Decimal("12345678901234567890.12")
    told = exact_json({"a": [number, 3, 'tırnak "'], "b": None})
    assert told == '{"a": [12345678901234567890.12, 3, "tırnak \\""], "b": null}'


@pytest.mark.parametrize("status", Status)
def test_only_what_is_gone_is_left_out(parks, status):
    row(VEHICLES, parks, status=status, status_reason="hurda")
    counted = physical_resources(None).tables["vehicles"].totals["total"]
    assert counted == (0 if status in ("retired", "disposed") else 1)


def test_a_unit_stands_for_all_below_it(mixed):
    told = printed(unit="park ve bahçeler daire bşk.")
    assert told["totals"]["property"] == {"count": 2, "area_m2": Decimal("0.30")}
    assert told["totals"]["vehicles"] == {"owned": 1, "leased": 1, "total": 2}
    assert {line["unit"] for line in told["software"]} == {
        "Park ve Bahçeler Dairesi Başkanlığı",
        "Fidanlık Şube Müdürlüğü",
    }
    assert told["citizen_applications"] == []
    assert printed(unit="Fidanlık Şube Müdürlüğü")["totals"]["network"] == {"count": 1}


def test_the_units_parts_add_up_to_the_whole(mixed, parks, police, city):
    whole = physical_resources(None).as_data()["totals"]
    parts = [physical_resources(None, unit=one).as_data()["totals"] for one in (parks, police)]
    for slug, totals in whole.items():
        assert totals == {m: sum(part[slug][m] for part in parts) for m in totals}, slug
    assert physical_resources(None, unit=city).as_data() == physical_resources(None).as_data()


def test_as_of_shows_the_rows_as_they_stood(parks, police):
    plots = kind(PROPERTY, "1.2", "Arsalar")
    plot = row(PROPERTY, parks, kind=plots, area_m2=Decimal("100.25"), our_area_m2=None)
    program = row(SOFTWARE, parks, name="Eski ad", audience="citizens", server=None)
    row(USES, parks, software=program, reach="unit", unit=parks)
    past = dt.datetime(2024, 12, 31, 20, 30, tzinfo=dt.UTC)  # still the 31st in Istanbul
    for register in registers.every():
        register.model.history.update(history_date=past)
    plot.area_m2, plot.responsible_unit = Decimal("7.00"), police
    writes.save(PROPERTY, plot, SYSTEM)
    program.name = "Yeni ad"
    writes.save(SOFTWARE, program, SYSTEM)
    plots.name = "İmarlı arsalar"
    writes.save(registers.get("kinds"), plots, SYSTEM)
    parks.name = "Yeşil Alanlar Dairesi Başkanlığı"
    writes.save(registers.get("units"), parks, SYSTEM)

    then = printed(as_of="31.12.2024")
    assert then["property"] == [{"code": "1.2", "name": "Arsalar", "count": 1, "area_m2": Decimal("100.25")}]
    assert then["software"] == [{"unit": "Park ve Bahçeler Dairesi Başkanlığı", "name": "Eski ad"}]
    assert then["citizen_applications"] == [{"name": "Eski ad"}]
    assert physical_resources(None, dt.date(2024, 12, 31), police).tables["property"].totals["count"] == 0
    assert physical_resources(None, dt.date(2024, 12, 31), parks).tables["property"].totals["count"] == 1
    assert printed(as_of="2024-12-30")["totals"]["property"]["count"] == 0
    now = printed(as_of=TODAY.isoformat())
    assert now == printed()
    assert now["property"] == [{"code": "1.2", "name": "İmarlı arsalar", "count": 1, "area_m2": 7}]
    assert now["software"] == [{"unit": "Yeşil Alanlar Dairesi Başkanlığı", "name": "Yeni ad"}]


def test_as_of_counts_what_has_been_deleted_since(parks):
    vehicle = row(VEHICLES, parks)
    VEHICLES.model.history.update(history_date=timezone.now() - dt.timedelta(days=10))
    writes.delete(VEHICLES, vehicle, SYSTEM)
    assert physical_resources(None, TODAY - dt.timedelta(days=5)).tables["vehicles"].totals["total"] == 1
    assert physical_resources(None).tables["vehicles"].totals["total"] == 0


def test_only_what_the_user_may_see_is_counted(mixed, parks):
    officer = user("ayse", parks, (parks, "vehicles", VIEW))
    report = physical_resources(officer)
    assert report.tables["vehicles"].totals == {"owned": 1, "leased": 1, "total": 2}
    assert [t.slug for t in report.tables.values() if t.lines and t.slug != "citizen_applications"] == ["vehicles"]
    assert report.partial and report.tables["vehicles"].partial and report.tables["software"].partial
    # Nothing of her own unit is hidden from her, so its report is whole.
    assert not physical_resources(officer, unit=parks).tables["vehicles"].partial
    assert printed(user="ayse")["totals"]["property"] == {"count": 0, "area_m2": 0}
    on_that_day = physical_resources(officer, TODAY)
    assert on_that_day.tables == report.tables


def test_who_sees_everything_gets_the_systems_figures(mixed, city, admin):
    auditor = user("denetci", city, (None, "", VIEW))
    for account in (admin, auditor):
        assert not physical_resources(account).partial
        assert physical_resources(account).as_data() == physical_resources(None).as_data()


def test_the_queries_do_not_grow_with_the_rows(mixed, parks, police, admin):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            physical_resources(admin, unit=parks)
            physical_resources(None, TODAY)
        return len(made)

    few = queries()
    for where in (parks, police) * 3:
        row(PROPERTY, where, kind=kind(PROPERTY, f"1.3.{where.pk}", "Tarla"))
        row(USES, where, software=row(SOFTWARE, where), reach="unit", unit=where)
    assert queries() == few


# Command ---------------------------------------------------------------------------------------------------


def test_the_terminal_shows_turkish_numbers_and_the_published_ones(mixed):
    out = StringIO()
    call_command("report", "physical-resources", stdout=out)
    lines = out.getvalue().splitlines()
    roads = next(line for line in lines if line.startswith("1.10.1 Yollar"))
    assert roads.split()[-4:] == ["—", "214,87", "—", "—"]
    total = next(line for line in lines if line.startswith("Toplam"))
    assert total.split() == ["Toplam", "4", "3.993", "-3.989", "215,17", "10.554.471,87", "-10.554.256,70"]
    assert "214,87 m²’lik bir satırı dışarıda bırakır" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"as_of": "31.13.2024"}, "31.12.2024"),
        ({"unit": "Olmayan Birim"}, "Olmayan Birim"),
        ({"user": "kimse"}, "kimse"),
        ({"xlsx": Path("fiziki.csv")}, "xlsx"),
        ({"xlsx": Path("/olmayan/klasor/fiziki.xlsx")}, "No such file"),
    ],
)
def test_an_unusable_call_says_what_is_wrong(options, said):
    with pytest.raises(CommandError, match=said) as refusal:
        call_command("report", "physical-resources", **options)
    assert refusal.value.returncode == 2


def test_the_command_writes_a_workbook_with_typed_cells(mixed, tmp_path):
    file = tmp_path / "fiziki.xlsx"
    call_command("report", "physical-resources", stdout=StringIO(), xlsx=file)
    assert [each.name for each in tmp_path.iterdir()] == ["fiziki.xlsx"]
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[0] == PROPERTY.title and book.sheetnames[-2:] == ["Programlar", "Bilgi"]
    rows = list(book[PROPERTY.title].values)
    assert ("1.2", "Arsalar", 2, 1142, -1140, 0.3, 2435395, -2435394.7) in rows
    assert rows[-1][1:4] == ("Toplam", 4, 3993)
    area = book[PROPERTY.title].cell(row=2, column=6)
    assert area.data_type == "n" and area.number_format == "#,##0.00"
    assert ("Tüm Birimler", "E-posta") in list(book["Programlar"].values)
    assert ("Birim", "Tüm belediye") in list(book["Bilgi"].values)


# Page ------------------------------------------------------------------------------------------------------


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
        with open(f"inventory/{register.slug}/data/kinds.csv", encoding="utf-8") as file:
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


def test_whoever_does_not_see_everything_is_told(mixed, parks):
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


def test_branches_of_one_name_are_told_apart(parks, garden, police, admin):
    unit("Fidanlık Şube Müdürlüğü", police, kind=Unit.Kind.BRANCH)
    shown = signed_in(admin).get(URL).content.decode()
    assert f"Fidanlık Şube Müdürlüğü ({parks})" in shown and f"Fidanlık Şube Müdürlüğü ({police})" in shown


def test_the_page_is_closed_to_those_without_a_grant(city):
    assert Client().get(URL).status_code == 302
    assert signed_in(user("yeni", city)).get(URL).status_code == 404


def test_history_rows_outside_the_scope_stay_outside(parks, police):
    vehicle = row(VEHICLES, police)
    VEHICLES.model.history.update(history_date=timezone.now() - dt.timedelta(days=10))
    vehicle.responsible_unit = parks
    writes.save(VEHICLES, vehicle, SYSTEM)
    officer = user("ayse", parks, (parks, "vehicles", VIEW))
    assert history.as_of(VEHICLES, TODAY - dt.timedelta(days=5)).count() == 1
    assert physical_resources(officer, TODAY - dt.timedelta(days=5)).tables["vehicles"].totals["total"] == 0
    assert physical_resources(officer).tables["vehicles"].totals["total"] == 1


def test_the_share_of_buildings_on_the_map_is_told(parks, police, admin):
    """Indicator KU/PH.5.4.2: rough positions are none, land is no building."""
    places = registers.get("locations")
    sure, rough = (
        writes.save(places, places.model(name=name, lon=29.9, lat=40.7, source=source), SYSTEM)
        for name, source in (("Bina", "survey"), ("Mahalle", "neighbourhood"))
    )
    building, land = kind(PROPERTY, "1.1.1.1", "Hizmet Binaları"), kind(PROPERTY, "1.2", "Arsalar")
    for where, what, at in (
        (parks, building, sure), (parks, building, rough), (parks, building, None), (police, building, sure),
        (parks, land, sure),
    ):  # fmt: skip
        row(PROPERTY, where, kind=what, location=at)
    assert physical_resources(None).on_the_map == (2, 4)
    assert physical_resources(None, unit=parks).on_the_map == (1, 3)
    assert physical_resources(None, as_of=TODAY).on_the_map is None
    viewer = user("goren", parks, (parks, "property", VIEW))
    assert physical_resources(viewer).on_the_map == (1, 3)
    assert "2 / 4 (%50,0)" in signed_in(admin).get(URL).content.decode()
