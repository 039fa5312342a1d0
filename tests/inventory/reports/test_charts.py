"""What the charts are drawn from: the cells of the tables beside them."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.listing.address import Listing
from inventory.models import Status
from inventory.organization.models import Grant
from inventory.reports.ages import equipment_ages
from tests.pages import signed_in
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db
PROPERTY, VEHICLES, EQUIPMENT = (registers.get(slug) for slug in ("property", "vehicles", "equipment"))
TODAY = timezone.localdate()
URL, AGES = reverse("physical-resources"), reverse("equipment-ages")


@pytest.fixture
def parks():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def police():
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def admin(parks):
    return user("yonetici", parks, is_superuser=True)


@pytest.fixture
def mixed(parks, police):
    for where, code, name, area in (
        (parks, "1.2", "Arsalar", "0.10"),
        (police, "1.2", "Arsalar", "0.20"),
        (police, "1.3", "Tarla", "1214.87"),
    ):
        row(PROPERTY, where, kind=kind(PROPERTY, code, name), area_m2=Decimal(area), our_area_m2=None)
    for where, code, ownership in ((parks, "1", "owned"), (parks, "1", "leased"), (police, "2", "leased")):
        row(VEHICLES, where, kind=kind(VEHICLES, code, f"Araç {code}"), ownership=ownership)
    row(VEHICLES, parks, kind=kind(VEHICLES, "1"), status=Status.RETIRED, status_reason="hurda")
    for years in (0, 1, 2, 3, 6, 9, 20, None):
        bought = TODAY - dt.timedelta(days=366 * years) if years is not None else None
        row(EQUIPMENT, parks, kind=kind(EQUIPMENT, "1", "Ekranlar"), acquired_on=bought)
    row(EQUIPMENT, police, kind=kind(EQUIPMENT, "2", "Yazıcılar"), acquired_on=TODAY)


def bars(shown: str, table: str) -> list[tuple[str, str, str, str]]:
    """(bar, series, value, address) of a table's drawn cells."""
    part = shown.split(f'id="table-{table}"')[1].split("</table>")[0]
    found = []
    for line in re.findall(r'<tr data-bar="(.*?)">(.*?)</tr>', part, re.DOTALL):
        for cell in re.findall(r'data-series="(.*?)" data-value="(.*?)"\s*(?:data-href="(.*?)")?', line[1]):
            found.append((unescape(line[0]), *map(unescape, cell)))
    return found


def listed(account, address: str):
    parts = urlsplit(address)
    register = registers.get(parts.path.strip("/"))
    listing = Listing(register, account, QueryDict(parts.query))
    assert not listing.errors
    return listing.matching


def test_every_bar_is_as_long_as_its_list(mixed, admin):
    client = signed_in(admin)
    shown = client.get(URL).content.decode() + client.get(AGES).content.decode()
    drawn = {
        table: [bar for bar in bars(shown, table) if Decimal(bar[2])]
        for table in ("vehicles", "property", "equipment", "equipment_ages")
    }
    assert [(b, s, v) for b, s, v, _ in drawn["vehicles"]] == [
        ("Araç 1", "Resmî", "1"), ("Araç 1", "Kiralık", "1"), ("Araç 2", "Kiralık", "1"),
    ]  # fmt: skip
    assert [(b, v) for b, _, v, _ in drawn["property"]] == [("Arsalar", "0.30"), ("Tarla", "1214.87")]
    assert len(drawn["equipment"]) == 2
    assert sum(int(v) for *_, v, _ in drawn["equipment_ages"]) == 9
    for table in ("vehicles", "equipment", "equipment_ages"):
        for *_, value, address in drawn[table]:
            assert listed(admin, address).count() == int(value), (table, address)
    for _, _, value, address in drawn["property"]:
        assert sum(r.area_m2 for r in listed(admin, address)) == Decimal(value)


def test_charts_hold_only_what_may_be_seen(mixed, parks):
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    shown = signed_in(officer).get(URL).content.decode()
    assert [v for *_, v, _ in bars(shown, "vehicles")] == ["1", "1"]
    assert "Araç 2" not in shown
    assert "table-equipment" not in shown
    assert "table-property" not in shown


def test_the_charts_take_the_same_queries_for_few_and_many_rows(mixed, parks, admin):
    client = signed_in(admin)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for n in range(10, 16):
        row(EQUIPMENT, parks, kind=kind(EQUIPMENT, str(n), f"Tür {n}"))
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("bought", "name"),
    [
        (dt.date(2024, 2, 29), "1 yıldan yeni"),
        (dt.date(2023, 3, 1), "1 yıldan yeni"),
        (dt.date(2023, 2, 28), "1–2 yıl"),
        (dt.date(2021, 2, 28), "3–4 yıl"),
        (dt.date(2013, 3, 1), "8–10 yıl"),
        (dt.date(2013, 2, 28), "11 yıl ve üstü"),
        (dt.date(2030, 1, 1), "1 yıldan yeni"),
        (None, "Edinme tarihi yazılmamış"),
    ],
)
def test_a_device_is_as_old_as_its_birthdays(bought, name, parks, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *a: dt.date(2024, 2, 29))
    row(EQUIPMENT, parks, acquired_on=bought)
    assert [age.name for age in equipment_ages(None) if age.count] == [name]


def test_the_ages_of_a_day_and_of_a_unit(mixed, parks, police, admin):
    assert sum(age.count for age in equipment_ages(admin, unit=police)) == 1
    assert sum(age.count for age in equipment_ages(admin, as_of=TODAY - dt.timedelta(days=1))) == 0
    for age in equipment_ages(admin, as_of=TODAY, unit=parks):
        assert listed(admin, age.url).count() == age.count


def test_the_report_draws_what_it_counts_and_not_what_was_published(mixed, admin):
    shown = signed_in(admin).get(reverse("physical-resources")).content.decode()
    drawn = bars(shown, "vehicles")
    assert sum(int(value) for *_, value, _ in drawn) == 3
    assert {series for _, series, *_ in drawn} == {"Resmî", "Kiralık"}
    assert 'data-chart="table-vehicles"' in shown
    assert bars(shown, "citizen_applications") == []
