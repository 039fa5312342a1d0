"""The log of readings: what is good, what is suspicious, how far a vehicle has come; kept as rows are written."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import registers, writes
from inventory.editing.doubts import case_of, doubts
from inventory.lifecycle.fleet.odometer import beside
from inventory.lifecycle.fleet.odometer.models import MeterEntry, MeterReading
from inventory.models import Limit
from inventory.writes import Author
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
READINGS = registers.get("meter-readings")
VEHICLES = registers.get("vehicles")
START = dt.datetime(2026, 1, 5, 8)
NAMES = ("register", "row", "column", "vehicle_id", "meter", "at", "value", "unit", "replaced", "total", "suspicious")


@pytest.fixture(autouse=True)
def limits():
    rows = [("meter-km-a-day", 1500), ("meter-hours-a-day", 24), ("vehicle-meter", 1_500_000)]
    writes.create_many(registers.get("limits"), [Limit(code=c, name=c, value=v) for c, v in rows], SYSTEM)


@pytest.fixture
def car():
    return row(VEHICLES, unit("Makine İkmal"), meter_unit="km", meter=None)


def reading(vehicle, day: float, value, **more) -> MeterReading:
    return MeterReading(vehicle=vehicle, read_at=START + dt.timedelta(days=day), value=Decimal(str(value)), **more)


def add(*rows: MeterReading) -> None:
    writes.create_many(READINGS, rows, SYSTEM)


def log(vehicle) -> list[tuple[int, int | None]]:
    """(value, way come) of each reading in order of time."""
    rows = MeterEntry.objects.filter(vehicle=vehicle).order_by("at", "replaced", "value")
    return [(int(e.value), None if e.total is None else int(e.total)) for e in rows]


def judged_anew() -> set[tuple]:
    """The log as it must be, from the rows themselves, one by one: the slow way."""
    most = {"km": 1500, "hours": 24}
    found, last = set(), {}
    rows = MeterReading.objects.select_related("vehicle").exclude(value=0)
    for each in sorted(rows, key=lambda r: (r.read_at, r.replaced, r.value, r.pk)):
        key, unit_ = (each.vehicle_id, each.meter), each.unit or each.vehicle.meter_unit
        total, is_good = each.value, True
        if key in last:
            at, value, before = last[key]
            days = max((each.read_at - at) / dt.timedelta(days=1), 1)
            rise = each.value - value
            is_good = each.replaced or 0 <= rise <= most[unit_] * Decimal(days)
            total = before if each.replaced else before + rise
        if is_good:
            last[key] = (each.read_at, each.value, total)
        own = (each.vehicle_id, each.meter, each.read_at, each.value, unit_, each.replaced)
        found.add(("meter-readings", each.pk, "value", *own, total if is_good else None, not is_good))
    return found


def kept() -> set[tuple]:
    return set(MeterEntry.objects.values_list(*NAMES))


class Garage:
    """Some vehicles, and writes of their readings drawn by lot."""

    def __init__(self, dice: random.Random):
        self.dice, here = dice, unit("Makine İkmal")
        self.vehicles = [row(VEHICLES, here, meter_unit=u) for u in ("km", "km", "hours")]

    def reading(self) -> MeterReading:
        dice = self.dice
        return reading(
            dice.choice(self.vehicles),
            dice.randrange(30) + dice.random(),
            dice.choice([0, dice.randrange(1, 3_000), dice.randrange(1, 3_000), dice.randrange(10**6)]),
            meter=dice.choice([1, 1, 2]),
            replaced=dice.random() < 0.15,
            unit=dice.choice(["", "", "km"]),
        )

    def some(self, most: int = 3) -> list[MeterReading]:
        rows = list(MeterReading.objects.select_related("vehicle", "driver").order_by("pk"))
        return self.dice.sample(rows, min(len(rows), self.dice.randint(1, most)))

    def create(self, by=SYSTEM):
        add_ = [self.reading() for _ in range(self.dice.randint(1, 8))]
        writes.create_many(READINGS, add_, by)

    def update(self):
        rows, fields = self.some(), ["vehicle", "read_at", "value", "replaced", "meter", "unit"]
        for each in rows:
            new = self.reading()
            for name in fields:
                setattr(each, name, getattr(new, name))
        writes.update_many(READINGS, rows, fields, SYSTEM)

    def save(self):
        for each in self.some(1):
            each.value, each.notes = self.reading().value, f"{self.dice.random()}"
            writes.save(READINGS, each, SYSTEM)

    def delete(self):
        for each in self.some(1):
            writes.delete(READINGS, each, SYSTEM)

    def forget(self):
        writes.forget(READINGS, MeterReading.objects.filter(pk__in=[each.pk for each in self.some(2)]))

    def refused(self):
        with transaction.atomic():
            self.create()
            transaction.set_rollback(True)

    def take_back(self):
        before = set(MeterReading.objects.values_list("pk", flat=True))
        self.create(Author(batch_id=1))
        writes.take_back(READINGS, list(MeterReading.objects.exclude(pk__in=before)), SYSTEM, 1)

    def restore(self):
        for each in self.some(1):
            entry = self.dice.choice(list(each.history.all()))
            writes.restore(READINGS, each, entry.history_id, SYSTEM)

    STEPS = ("create", "create", "update", "save", "delete", "forget", "refused", "take_back", "restore")


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_the_log_is_that_of_the_rows(seed):
    garage = Garage(random.Random(seed))
    for _ in range(25):
        getattr(garage, garage.dice.choice(garage.STEPS))()
        assert kept() == judged_anew()
    before = kept()
    assert any(entry[-1] for entry in before) and not all(entry[-1] for entry in before)
    MeterEntry.objects.filter(pk__in=MeterEntry.objects.values("pk")[:3]).delete()
    MeterEntry.objects.update(total=1, suspicious=False)
    call_command("rebuild_meters")
    assert kept() == before


def test_what_comes_later_and_lies_between_breaks_no_sum(car):
    add(reading(car, 0, 1000), reading(car, 10, 3000))
    add(reading(car, 5, 2000))
    assert log(car) == [(1000, 1000), (2000, 2000), (3000, 3000)]


def test_a_typing_mistake_is_kept_flagged_and_left_out_of_the_sums(car):
    add(reading(car, 0, 1000), reading(car, 1, 1_200_000), reading(car, 2, 900), reading(car, 3, 1500))
    assert log(car) == [(1000, 1000), (1_200_000, None), (900, None), (1500, 1500)]


def test_who_corrects_the_first_wrong_reading_has_the_others_right_again(car):
    add(reading(car, 0, 90_000), reading(car, 1, 9_100), reading(car, 2, 9_200))
    assert [total for _value, total in log(car)] == [90_000, None, None]
    wrong = MeterReading.objects.get(value=90_000)
    wrong.value = Decimal(9_000)
    writes.save(READINGS, wrong, SYSTEM)
    assert [total for _value, total in log(car)] == [9_000, 9_100, 9_200]


def test_the_log_goes_on_over_a_new_meter_that_is_entered_late(car):
    add(reading(car, 0, 99_000), reading(car, 2, 50), reading(car, 4, 450))
    assert [total for _value, total in log(car)] == [99_000, None, None]
    add(reading(car, 1, 1, replaced=True))
    assert [total for _value, total in log(car)] == [99_000, 99_000, 99_049, 99_449]


def test_zero_is_not_known(car):
    add(reading(car, 0, 0))
    assert log(car) == []


def test_a_second_meter_is_judged_by_itself(car):
    add(reading(car, 0, 5000), reading(car, 1, 20, meter=2, unit="hours"), reading(car, 2, 5100))
    assert all(total is not None for _value, total in log(car))


def test_a_write_costs_the_same_queries_for_few_readings_and_for_many(car):
    others = [row(VEHICLES, car.responsible_unit, meter_unit="km") for _ in range(3)]

    def queries(number: int, first: int) -> int:
        rows = [reading(each, first + n / 100, first * 100 + n) for n in range(number) for each in (car, *others)]
        with CaptureQueriesContext(connection) as counted:
            add(*rows)
        return len(counted)

    add(reading(car, 0, 1))
    assert queries(2, 1) == queries(40, 2)


def test_of_a_long_log_only_what_may_change_is_read(car, monkeypatch):
    """In whatever order a file has its rows."""
    from inventory.lifecycle.fleet.odometer import log as module

    add(*(reading(car, n, 100 * n + 100) for n in range(200)))
    read, fetch = [], module.around

    def counted(spans):
        found = list(fetch(spans))
        read.extend(entry for _key, own in found for entry in own)
        return iter(found)

    monkeypatch.setattr(module, "around", counted)
    add(reading(car, 300, 90_000))
    add(reading(car, 100.5, 10_150))
    add(reading(car, -1, 50))
    assert len(read) <= 6


def test_a_form_says_what_the_log_will_hold_for_suspicious(car):
    add(reading(car, 0, 1000))
    for value, part in ((900, "düşük"), (50_000, "sınırını aşıyor"), (1400, None)):
        case = case_of(reading(car, 1, value), {}, None)
        said = [each.sentence for each in doubts(READINGS, [case])]
        assert (part is None and not said) or part in " ".join(said)


def test_a_vehicle_that_says_less_than_its_log_is_doubted(car):
    add(reading(car, 0, 1000), reading(car, 1, 1100), reading(car, 2, 10))
    car.refresh_from_db()
    before = {field.attname: getattr(car, field.attname) for field in car._meta.concrete_fields}
    car.meter = 1050
    (said,) = (each.sentence for each in doubts(VEHICLES, [case_of(car, before, None)]))
    assert "1.100" in said


def test_a_month_has_the_way_since_the_last_reading_before_it(car):
    add(reading(car, 0, 1000), reading(car, 26, 1500), reading(car, 31, 2100), reading(car, 100, 9000))
    found = {month.first: month.way for month in beside.months(car.pk, dt.date(2026, 5, 1))}
    assert found[dt.date(2026, 1, 1)] == 500
    assert found[dt.date(2026, 2, 1)] == 600
    assert found[dt.date(2026, 3, 1)] is None
    assert found[dt.date(2026, 4, 1)] == 6900
    assert len(found) == 12


def test_a_list_of_vehicles_shows_the_last_good_reading_also_of_a_past_day(car):
    now = timezone.localtime().replace(tzinfo=None)
    rows = [MeterReading(vehicle=car, read_at=now - dt.timedelta(minutes=m), value=v) for m, v in ((9, 70), (1, 75))]
    add(*rows, reading(car, 0, 30))
    browser = signed_in(user("ayse", car.responsible_unit, (None, "", 1)))
    page = browser.get("/vehicles/?columns=plate,last_reading,last_reading_on").content.decode()
    assert "75" in page and now.strftime("%d.%m.%Y") in page
    past = browser.get(f"/vehicles/?columns=plate,last_reading&as_of={now:%d.%m.%Y}").content.decode()
    assert ">75" in past


def test_the_pages_show_the_log_to_those_who_see_the_vehicle(car):
    add(reading(car, 0, 1000), reading(car, 1, 1100), reading(car, 2, 10))
    inside = signed_in(user("ayse", car.responsible_unit, (car.responsible_unit, "vehicles", 1)))
    elsewhere = unit("Zabıta")
    outside = signed_in(user("ali", elsewhere, (elsewhere, "vehicles", 1)))
    nobody = signed_in(user("can", elsewhere, (None, "property", 3)))
    page = inside.get(f"/vehicles/{car.pk}/").content.decode()
    assert "1 şüpheli okuma" in page and "1.100 km" in page
    assert inside.get(f"/meter-log/?vehicle={car.pk}").content.decode().count("/meter-readings/") == 3 + 1
    assert "1.000" not in inside.get("/meter-log/?suspicious=1").content.decode()
    assert outside.get(f"/meter-log/?vehicle={car.pk}").status_code == 404
    assert "1.000" not in outside.get("/meter-log/").content.decode()
    assert nobody.get("/meter-log/").status_code == 404
