"""The counts kept for the map are those of the rows, whatever was written, and in whatever way."""

from __future__ import annotations

import random
from io import StringIO

import pytest
from django.core.management import call_command

from geo import counts
from geo.counts import CellChange, CellCount
from geo.models import Location
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory.stock import Chosen
from tests.random_writes import Town
from tests.rows import SYSTEM, kind, row, unit

WORLD = (0, (1 << 62) - 1)


def kept() -> dict:
    """Every count, as the sum of what is folded in and what is not."""
    found: dict[tuple, list[int]] = {}
    for level in counts.LEVELS:
        for line in CellCount.objects.filter(level=level):
            key = (line.register, level, line.unit, line.cell, line.kind, line.status)
            found[key] = [line.number, line.lon_sum, line.lat_sum]
        for line in CellChange.objects.exclude(cell=None):
            for each in (line.unit, counts.ALL):
                key = (line.register, level, each, line.cell >> 2 * (31 - level), line.kind, line.status)
                before = found.setdefault(key, [0, 0, 0])
                found[key] = [a + b for a, b in zip(before, (line.number, line.lon_sum, line.lat_sum), strict=True)]
    return {key: sums for key, sums in found.items() if any(sums)}


def counted() -> dict:
    """The same from the rows themselves, one by one."""
    found: dict[tuple, list[int]] = {}
    for register in registers.every("asset"):
        for line in register.model.objects.exclude(location__cell=None).select_related("location"):
            degrees = [round(value * counts.DEGREE) for value in (line.location.lon, line.location.lat)]
            for level in counts.LEVELS:
                for each in (line.responsible_unit_id, counts.ALL):
                    cell = line.location.cell >> 2 * (31 - level)
                    key = (register.slug, level, each, cell, line.kind_id, line.status)
                    sums = found.setdefault(key, [0, 0, 0])
                    found[key] = [a + b for a, b in zip(sums, (1, *degrees), strict=True)]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_the_counts_are_those_of_the_rows(seed):
    town = Town(random.Random(seed))
    for _ in range(4):
        for register in town.assets:
            town.create(register)
    assert kept() == counted() != {}
    for _ in range(30):
        town.step()
        counts.fold() if town.dice.random() < 0.1 else None
        assert kept() == counted()
    counts.fold()
    assert not CellChange.objects.exists()
    assert kept() == counted()
    result = kept()
    counts.recount()
    assert kept() == result


@pytest.fixture
def town(db) -> Town:
    made = Town(random.Random(7))
    for register in made.assets:
        for _ in range(6):
            made.create(register)
    return made


def test_clusters_of_a_choice_are_those_of_its_rows(town):
    """Half folded in and half not; by unit, kind and status, alone and together."""
    register = town.assets[0]
    for fold in (False, True):
        counts.fold() if fold else None
        town.update(register)
        for units in (None, [], [town.units[0].pk], [u.pk for u in town.units[:2]]):
            for kinds in (None, [town.kinds[register.slug][0].pk]):
                for statuses in (None, ["in_use", "in_store"]):
                    rows = register.model.objects.exclude(location__cell=None)
                    rows = rows if units is None else rows.filter(responsible_unit__in=units)
                    rows = rows if kinds is None else rows.filter(kind__in=kinds)
                    rows = rows if statuses is None else rows.filter(status__in=statuses)
                    found = counts.clusters(Chosen(register, units, kinds, statuses), *WORLD, grid=12, level=13)
                    assert sum(each.number for each in found) == rows.count()
                    cells = {cell >> 2 * (31 - 12) for cell in rows.values_list("location__cell", flat=True)}
                    assert len(found) == len(cells)
                    by_kind: dict[int, int] = {}
                    for each in found:
                        for pk, number in each.parts.items():
                            by_kind[pk] = by_kind.get(pk, 0) + number
                    assert by_kind == {
                        pk: n for pk in Kind.objects.values_list("pk", flat=True) if (n := rows.filter(kind=pk).count())
                    }


def test_a_folded_count_and_an_equal_one_that_waits_are_both_counted(db):
    vehicles, of = registers.get("vehicles"), unit("Destek")
    place = row(registers.get("locations"), of, lon=29.9, lat=40.7)
    for _ in range(2):
        row(vehicles, of, location=place)
        found = counts.clusters(Chosen(vehicles), *WORLD, grid=12, level=13)
        assert sum(each.number for each in found) == Vehicle.objects.count()
        if Vehicle.objects.count() == 1:
            counts.fold()


def test_a_cluster_stands_in_the_middle_of_its_items(db):
    vehicles, of = registers.get("vehicles"), unit("Destek")
    places = [Location(name=str(n), lon=29.9 + n / 1000, lat=40.7) for n in (0, 1)]
    writes.create_many(registers.get("locations"), places, SYSTEM)
    rows = [
        vehicles.model(kind=kind(vehicles), responsible_unit=of, location=places[n > 0], fleet_no=f"F{n}")
        for n in range(4)
    ]
    writes.create_many(vehicles, rows, SYSTEM)
    (found,) = counts.clusters(Chosen(vehicles), *WORLD, grid=8, level=11)
    assert (found.number, round(found.lon, 7), round(found.lat, 7)) == (4, 29.90075, 40.7)


def test_only_what_lies_between_the_first_point_and_the_last_is_counted(db):
    """Folded in or not; cells of the kept level that begin before the first point or end after the last do count."""
    vehicles, of = registers.get("vehicles"), unit("Destek")
    places = [row(registers.get("locations"), of, lon=lon, lat=40.7) for lon in (29.5, 29.9, 30.3)]
    for place in places:
        row(vehicles, of, location=place)
    first, middle, last = sorted(place.cell for place in places)
    for fold in (False, True):
        counts.fold() if fold else None
        for ends, number in (((middle, middle), 1), ((first, middle), 2), ((middle, last), 2), ((first, last), 3)):
            clusters = counts.clusters(Chosen(vehicles), *ends, grid=12, level=15)
            assert sum(each.number for each in clusters) == number, (fold, ends)


@pytest.mark.django_db(transaction=True)
def test_a_fold_that_fails_fails_no_write_and_is_made_up_for_by_the_next(monkeypatch):
    town = Town(random.Random(3))
    with monkeypatch.context() as broken:
        broken.setattr(counts, "fold", lambda: 1 / 0)
        town.create(town.assets[0])
    assert CellChange.objects.exists() and kept() == counted() != {}
    town.create(town.assets[0])
    assert not CellChange.objects.exists() and kept() == counted()


def test_the_version_is_another_one_after_any_write_and_none_before_it_is_folded_in(db):
    counts.fold()
    before = counts.version()
    writes.save(registers.get("units"), Unit(name="Yeni", kind="directorate"), SYSTEM)
    assert counts.version() is None
    counts.fold()
    assert counts.version() not in (before, None)


@pytest.mark.django_db(transaction=True)
def test_a_write_is_folded_in_as_soon_as_it_is_committed():
    town = Town(random.Random(3))
    town.create(town.assets[0])
    assert not CellChange.objects.exists()
    assert kept() == counted() != {}


def test_a_long_log_is_folded_piece_by_piece(town, monkeypatch):
    monkeypatch.setattr(counts, "FOLDED", 7)
    assert CellChange.objects.count() > 20
    counts.fold()
    assert not CellChange.objects.exists()
    assert kept() == counted()


def test_counts_gone_wrong_are_put_right_by_the_command(town):
    counts.fold()
    CellCount.objects.filter(level=13).update(number=5)
    CellCount.objects.filter(level=15).delete()
    output = StringIO()
    call_command("recount_map", stdout=output)
    assert kept() == counted()
    assert f"{CellCount.objects.count()} sayı tutuluyor." in output.getvalue()
