import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import history, registers, writes
from inventory.models import Status
from inventory.past import opened
from inventory.reports.exact_json import exact_json
from inventory.reports.physical_resources import physical_resources
from tests.inventory.reports.conftest import PROPERTY, SOFTWARE, TODAY, URL, USES, VEHICLES, VIEW
from tests.pages import signed_in
from tests.rows import SYSTEM, kind, row, user

pytestmark = pytest.mark.django_db


def printed(**options) -> dict:
    out = StringIO()
    call_command("report", "physical-resources", stdout=out, json=True, **options)
    return json.loads(out.getvalue(), parse_float=Decimal)


def test_everything_is_counted_and_named(mixed):
    result = printed()
    assert result["property"] == [
        {"code": "1.2", "name": "Arsalar", "count": 2, "area_m2": Decimal("0.30")},
        {"code": "1.9", "name": "Göller", "count": 1, "area_m2": 0},
        {"code": "1.10.1", "name": "Yollar", "count": 1, "area_m2": Decimal("214.87")},
    ]
    assert result["vehicles"] == [
        {"name": "Çekici", "owned": 0, "leased": 1, "total": 1},
        {"name": "Otobüs", "owned": 1, "leased": 1, "total": 2},
    ]
    assert [line["name"] for line in result["network"]] == ["Çan", "Ilık", "İp", "Zil"]
    assert result["network"][0] == {"name": "Çan", "count": 1}
    assert result["equipment"] == [{"name": "Deneme türü", "count": 1}]
    assert result["software"] == [
        {"unit": "Fidanlık Şube Müdürlüğü", "name": "Ağaç Takip"},
        {"unit": "Kurumsal Mobil Uygulamalar", "name": "Harita"},
        {"unit": "Park ve Bahçeler Dairesi Başkanlığı", "name": "Ağaç Takip"},
        {"unit": "Park ve Bahçeler Dairesi Başkanlığı", "name": "Harita"},
        {"unit": "Tüm Birimler", "name": "E-posta"},
    ]
    assert result["citizen_applications"] == [{"name": "Harita"}]
    assert result["totals"] == {
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
    result = exact_json({"a": [number, 3, 'tırnak "'], "b": None})
    assert result == '{"a": [12345678901234567890.12, 3, "tırnak \\""], "b": null}'


@pytest.mark.parametrize("status", Status)
def test_only_what_is_gone_is_left_out(parks, status):
    row(VEHICLES, parks, status=status, status_reason="hurda")
    counted = physical_resources(None).tables["vehicles"].totals["total"]
    assert counted == (0 if status in ("retired", "disposed") else 1)


def test_a_unit_stands_for_all_below_it(mixed):
    result = printed(unit="park ve bahçeler daire bşk.")
    assert result["totals"]["property"] == {"count": 2, "area_m2": Decimal("0.30")}
    assert result["totals"]["vehicles"] == {"owned": 1, "leased": 1, "total": 2}
    assert {line["unit"] for line in result["software"]} == {
        "Park ve Bahçeler Dairesi Başkanlığı",
        "Fidanlık Şube Müdürlüğü",
    }
    assert result["citizen_applications"] == []
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
        with opened():
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
    assert printed(as_of="2024-12-30")["totals"]["property"]["count"] is None
    now = printed(as_of=TODAY.isoformat())
    assert now == printed()
    assert now["property"] == [{"code": "1.2", "name": "İmarlı arsalar", "count": 1, "area_m2": 7}]
    assert now["software"] == [{"unit": "Yeşil Alanlar Dairesi Başkanlığı", "name": "Yeni ad"}]


def test_as_of_counts_what_has_been_deleted_since(parks):
    vehicle = row(VEHICLES, parks)
    with opened():
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


def test_history_rows_outside_the_scope_stay_outside(parks, police):
    vehicle = row(VEHICLES, police)
    with opened():
        VEHICLES.model.history.update(history_date=timezone.now() - dt.timedelta(days=10))
    vehicle.responsible_unit = parks
    writes.save(VEHICLES, vehicle, SYSTEM)
    officer = user("ayse", parks, (parks, "vehicles", VIEW))
    assert history.as_of(VEHICLES, TODAY - dt.timedelta(days=5)).count() == 1
    assert physical_resources(officer, TODAY - dt.timedelta(days=5)).tables["vehicles"].totals["total"] == 0
    assert physical_resources(officer).tables["vehicles"].totals["total"] == 1


def test_the_share_of_buildings_on_the_map_is_reported(parks, police, admin):
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
