"""Files of three suppliers, each laid out in its own way: every litre is counted once, and nothing is dropped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum
from openpyxl import Workbook

from imports.models import Batch
from inventory import registers, writes
from inventory.lifecycle.fleet.fuel.models import NO_PLATE, FuelAlarm, FuelCard, FuelFill
from inventory.lifecycle.fleet.odometer.models import MeterEntry
from inventory.reference import load_limits
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
FILLS, VEHICLES = registers.get("fuel-fills"), registers.get("vehicles")

HEADS = ("Plaka", "İşlem Tarihi", "Saat", "Stok Adı", "Yakıt Miktarı", "Birim Fiyat", "Satır Tutarı", "Km Bilgisi",
         "Fiş No")  # fmt: skip
# Of one supplier: plate, day, time, fuel, litres, price, amount, km, receipt.
FIRST = [
    ("41 ABC 101", dt.date(2026, 3, 2), dt.time(8, 15), "Dizel", 45.678, 40.5, 1849.96, 12_000, "A1"),
    ("41abc102", dt.date(2026, 3, 2), dt.time(9, 5), "Dizel", 30.5, 40.5, 1235.25, 0, "A2"),
    ("", dt.date(2026, 3, 3), dt.time(7), "Dizel", 20, 40.5, 810, None, "A3"),
    ("41 ZZZ 999", dt.date(2026, 3, 3), dt.time(7, 30), "Benzin", 10, 42, 420, 500, "A4"),
    # Word for word as the one above it.
    ("41 ZZZ 999", dt.date(2026, 3, 3), dt.time(7, 30), "Benzin", 10, 42, 420, 500, "A4"),
    ("41 ABC 101", dt.date(2026, 3, 9), dt.time(8, 15), "Dizel", 50, 40.5, 2025, 12_500, "A5"),
    ("Toplam", None, None, None, 156.178, None, 6340.21, None, None),
]
SECOND = """Araç Plaka;Tarih;Yakıt Tipi;Lt;Fiyat;Tutar;Km;Kart No
41 ABC 101;10.03.2026 14:20;Dizel;40,25;40,00;1.610,00;12.700;
;11.03.2026 10:00;Dizel;25,00;40,00;1.000,00;0;C-77
;11.03.2026 10:00;Dizel;25,00;40,00;1.000,00;0;C-77
;12.03.2026 10:00;Dizel;5,00;40,00;200,00;;
Genel toplam;;;95,25;;3.810,00;;
"""
THIRD_HEADS = ("Filo No", "Tarih", "Miktar (Lt)", "Toplam", "Kilometre")
THIRD = [
    ("FN-7", dt.datetime(2026, 3, 20, 6, 40), 120, 4800, 310),
    ("FN-7", dt.datetime(2026, 3, 20, 18, 40), 90.5, 3620, 322),
]


@pytest.fixture
def fleet():
    here = unit("Makine İkmal")
    load_limits()
    cars = [row(VEHICLES, here, plate=f"41 ABC {n}", fleet_no="", fuel="diesel") for n in (101, 102)]
    digger = row(VEHICLES, here, plate="", fleet_no="FN-7", meter_unit="hours", fuel="diesel")
    writes.create_many(registers.get("fuel-cards"), [FuelCard(card_no="C-77", vehicle=cars[1])], SYSTEM)
    return here, *cars, digger


def workbook(path, heads, rows):
    book = Workbook()
    book.active.append(heads)
    for each in rows:
        book.active.append(each)
    book.save(path)
    return path


@pytest.fixture
def files(tmp_path):
    second = tmp_path / "ikinci.csv"
    second.write_text(SECOND, encoding="utf-8-sig")
    first = workbook(tmp_path / "birinci.xlsx", HEADS, FIRST)
    return [(first, "Bir"), (second, "İki"), (workbook(tmp_path / "ucuncu.xlsx", THIRD_HEADS, THIRD), "Üç")]


def sums() -> tuple[Decimal, Decimal, int]:
    both = FuelFill.objects.aggregate(litres=Sum("litres"), amount=Sum("amount"))
    return both["litres"], both["amount"], FuelFill.objects.count()


@pytest.fixture
def imported(fleet, files, import_register):
    return [import_register("fuel-fills", path, "--set", f"supplier={name}") for path, name in files]


def test_every_litre_is_counted_once_and_nothing_is_dropped(fleet, imported):
    assert [code for code, _result in imported] == [0, 0, 0], [result["errors"] for _code, result in imported]
    assert [result["new"] for _code, result in imported] == [5, 3, 2]
    assert sums() == (Decimal("436.928"), Decimal("17570.21"), 10)
    said = [warning["message"] for _code, result in imported for warning in result["warnings"]]
    assert sum("satırın aynısı; bir kez okundu" in message for message in said) == 2
    assert sum("Toplam satırları okunmadı" in message for message in said) == 2


def test_a_day_and_its_time_in_two_columns_are_one_moment(imported):
    assert FuelFill.objects.get(receipt_no="A2").filled_at == dt.datetime(2026, 3, 2, 9, 5)


def test_each_finds_its_vehicle_by_plate_fleet_number_or_card(fleet, imported):
    _here, first, second, digger = fleet
    count = FuelFill.objects.filter
    assert (count(vehicle=first).count(), count(vehicle=second).count(), count(vehicle=digger).count()) == (3, 2, 2)


def test_what_names_no_vehicle_waits_in_a_list(fleet, imported):
    waiting = FuelFill.objects.filter(vehicle=None)
    assert sorted(waiting.values_list("plate_text", flat=True)) == [NO_PLATE, NO_PLATE, "41 ZZZ 999"]
    everywhere = signed_in(user("ayse", fleet[0], (None, "vehicles", 2)))
    page = everywhere.get("/fuel-fills/?vehicle_blank=yes&columns=plate_text,litres").content.decode()
    assert "41 ZZZ 999" in page and page.count(NO_PLATE) >= 2
    assert "eşleşmeyen satırlar" in everywhere.get("/").content.decode()
    of_one_unit = signed_in(user("ali", fleet[0], (fleet[0], "vehicles", 2)))
    assert "41 ZZZ 999" not in of_one_unit.get("/fuel-fills/?columns=plate_text").content.decode()


def test_the_same_files_again_add_nothing_and_say_so(files, imported, import_register):
    before = sums()
    again = [import_register("fuel-fills", path, "--set", f"supplier={name}") for path, name in files]
    assert [(code, r["new"], r["changed"]) for code, r in again] == [(0, 0, 0)] * 3
    assert [result["unchanged"] for _code, result in again] == [5, 3, 2]
    assert sums() == before


def test_once_the_vehicle_has_come_all_that_waits_for_it_is_matched_and_can_be_undone(
    fleet, files, imported, import_register
):
    here = fleet[0]
    new = row(VEHICLES, here, plate="41 ZZZ 999", fleet_no="")
    browser = signed_in(user("ayse", here, (None, "", 3)))
    assert "3 satır bekliyor" in browser.get("/fuel-fills/complete/").content.decode()

    assert browser.post("/fuel-fills/complete/").status_code == 302
    assert FuelFill.objects.filter(vehicle=new).count() == 1
    assert FuelFill.objects.filter(vehicle=None).count() == 2
    assert MeterEntry.objects.filter(vehicle=new).count() == 1
    (batch,) = Batch.objects.filter(name="Araçlarıyla eşleştir")
    assert batch.counts["changed"] == 1 and FuelFill.objects.get(vehicle=new).history.latest().batch_id == batch.pk
    path, name = files[0]
    code, result = import_register("fuel-fills", path, "--set", f"supplier={name}")
    assert (code, result["new"], result["changed"]) == (0, 0, 0)


def test_matching_is_for_those_who_may_change_fills(fleet, imported):
    reader = signed_in(user("ali", fleet[0], (None, "vehicles", 1)))
    assert reader.get("/fuel-fills/complete/").status_code == 404
    assert signed_in(user("can", fleet[0], (None, "", 3))).get("/vehicles/complete/").status_code == 404


def test_readings_reach_the_log_and_zero_is_none(fleet, imported):
    _here, first, second, digger = fleet
    values = list(MeterEntry.objects.filter(vehicle=first).order_by("at").values_list("value", "suspicious"))
    assert values == [(12_000, False), (12_500, False), (12_700, False)]
    assert not MeterEntry.objects.filter(vehicle=second).exists()
    assert list(MeterEntry.objects.filter(vehicle=digger).values_list("unit", flat=True)) == ["hours", "hours"]


def test_an_amount_that_is_not_litres_times_price_is_said_and_kept(fleet, tmp_path, import_register):
    wrong = ("41 ABC 101", dt.date(2026, 4, 1), dt.time(8), "Dizel", 10, 40, 4000, None, "B1")
    code, result = import_register("fuel-fills", workbook(tmp_path / "a.xlsx", HEADS, [wrong]), "--set", "supplier=Bir")
    assert code == 0 and any("çarpımı 400 TL" in warning["message"] for warning in result["warnings"])
    assert FuelFill.objects.get().amount == 4000


def test_consumption_goes_from_full_to_full_and_over_no_gap(fleet):
    from inventory.lifecycle.fleet.fuel import consumption

    car, day = fleet[1], dt.datetime(2026, 3, 1, 8)

    def fill(after, km, litres, **more):
        return FuelFill(
            vehicle=car, filled_at=day + dt.timedelta(after), odometer=km, litres=Decimal(litres), fuel="diesel", **more
        )

    fills = [
        fill(0, 1000, 40),
        fill(3, 1250, 10, full=False),
        fill(5, 1500, 40),
        fill(9, 2500, 50, missed_before=True),
        fill(12, 99_999, 10),  # mistyped
        fill(14, 3000, 30),
        FuelFill(vehicle=car, filled_at=day + dt.timedelta(15), litres=Decimal(2), fuel="adblue"),
    ]
    writes.create_many(FILLS, fills, SYSTEM)
    found = consumption.of_vehicles([car.pk], day - dt.timedelta(1))[car.pk]
    assert [(int(each.way), int(each.litres), each.rate("km")) for each in found] == [
        (500, 50, 10),
        (500, 40, 8),
    ]


def test_alarms_are_rules_that_users_switch_and_set(fleet):
    here, car, other, _digger = fleet
    car.tank_litres = 50
    other.status, other.status_reason = "retired", "Satıldı"
    for each in (car, other):
        writes.save(VEHICLES, each, SYSTEM)
    rules = [("tank-size", 5), ("twice", 6), ("wrong-fuel", None), ("retired", None), ("no-work-day", None)]
    writes.create_many(
        registers.get("fuel-alarms"),
        [FuelAlarm(code=c, name=c, active=c != "twice", figure=f) for c, f in rules],
        SYSTEM,
    )
    day = dt.datetime(2026, 3, 2, 8)  # a Monday

    def fill(vehicle, after, litres=40, fuel="diesel"):
        at = day + dt.timedelta(hours=after)
        return FuelFill(vehicle=vehicle, filled_at=at, litres=Decimal(litres), fuel=fuel, station=f"N{after}")

    made = [
        fill(car, 0, 52),
        fill(car, 24, 53),
        fill(car, 48, 40, "petrol"),
        fill(other, 49),
        fill(car, 120),
        fill(car, 54),
    ]
    writes.create_many(FILLS, made, SYSTEM)
    browser = signed_in(user("ayse", here, (None, "", 1)))

    def with_alarm(code):
        page = browser.get(f"/fuel-fills/?alarm={code}&columns=station").content.decode()
        return {after for after in (0, 24, 48, 49, 120, 54) if f">N{after}<" in page.replace(" ", "").replace("\n", "")}

    assert with_alarm("tank-size") == {24}
    assert with_alarm("wrong-fuel") == {48}
    assert with_alarm("retired") == {49}
    assert with_alarm("no-work-day") == {120}
    assert with_alarm("twice") == set()
    rule = FuelAlarm.objects.get(code="twice")
    rule.active = True
    writes.save(registers.get("fuel-alarms"), rule, SYSTEM)
    assert with_alarm("twice") == {54}


def test_a_tank_holds_what_came_less_what_was_filled(fleet):
    from inventory.lifecycle.fleet.fuel.models import FuelTank, TankMovement

    here, car = fleet[:2]
    (tank,) = writes.create_many(registers.get("fuel-tanks"), [FuelTank(name="Garaj", responsible_unit=here)], SYSTEM)
    day = dt.datetime(2026, 3, 2, 8)
    moves = [("delivery", 0, "1000"), ("level", 48, "890.5"), ("delivery", 72, "500")]
    made = [TankMovement(tank=tank, kind=k, at=day + dt.timedelta(hours=h), litres=Decimal(n)) for k, h, n in moves]
    writes.create_many(registers.get("tank-movements"), made, SYSTEM)
    fills = [(24, "100.25"), (96, "50")]
    made = [
        FuelFill(vehicle=car, tank=tank, filled_at=day + dt.timedelta(hours=h), litres=Decimal(n)) for h, n in fills
    ]
    writes.create_many(FILLS, made, SYSTEM)
    browser = signed_in(user("ayse", here, (None, "", 1)))
    names = "name,book_level,measured_level,level_difference"
    page = browser.get(f"/fuel-tanks/?columns={names}").content.decode()
    assert "1.349,75" in page and "890,50" in page and "-9,25" in page.replace("−", "-")
