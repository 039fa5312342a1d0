"""What a location knows of its place, and that its footprint is kept, remembered and brought back."""

from decimal import Decimal

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from geo import shapes
from geo.cells import cell_of
from geo.models import Location
from inventory import history, registers, writes
from tests.rows import SYSTEM

pytestmark = pytest.mark.django_db

PLACES = registers.get("locations")
# 100 m × 50 m in EPSG:5254, north of İzmit.
LOT = shapes.reproject(shapely.box(493_000, 4_514_000, 493_100, 4_514_050), shapes.PLANE, shapes.WGS84)


def place(name="Garaj", **values) -> Location:
    return writes.save(PLACES, Location(name=name, **values), SYSTEM)


def test_a_point_gets_its_cell_and_bounds():
    made = place(lon=29.91870001234, lat=40.7654)
    made.refresh_from_db()
    assert (made.lon, made.lat) == (29.9187, 40.7654)
    assert made.cell == cell_of(29.9187, 40.7654)
    assert (made.west, made.south, made.east, made.north) == (29.9187, 40.7654, 29.9187, 40.7654)
    assert made.area_m2 is None


def test_a_footprint_gives_point_bounds_and_area():
    made = place(footprint=shapes.pack(LOT))
    made.refresh_from_db()
    assert shapes.unpack(made.footprint).equals(LOT)
    assert LOT.contains(shapely.Point(made.lon, made.lat))
    assert made.cell == cell_of(made.lon, made.lat)
    assert (made.west, made.north) == (LOT.bounds[0], LOT.bounds[3])
    assert made.area_m2 == Decimal("5000.00")


def test_the_point_of_ones_own_choice_stays_with_a_footprint():
    made = place(lon=29.92, lat=40.77, footprint=shapes.pack(LOT))
    assert (made.lon, made.lat) == (29.92, 40.77)


def test_without_place_there_is_no_cell():
    made = place()
    assert (made.cell, made.west, made.lon) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lon": 29.9}, "birlikte"),
        ({"lon": 229.9, "lat": 40.7}, "180"),
        ({"lon": 29.9, "lat": -90.1}, "-90"),
        ({"lon": float("nan"), "lat": 40.7}, "derece"),
        ({"source": "survey"}, "Konumu olmayan"),
        ({"precision_m": 3}, "Konumu olmayan"),
        ({"footprint": b"no shape"}, "okunamıyor"),
        ({"footprint": shapely.to_wkb(shapely.Point(29, 40))}, "alan"),
        ({"footprint": shapely.to_wkb(shapely.box(493_000, 4_514_000, 493_100, 4_514_050))}, "derece"),
    ],
)
def test_a_wrong_place_is_refused_with_what_to_do(values, said):
    with pytest.raises(ValidationError, match=said):
        place(**values)


def test_the_database_refuses_half_a_point():
    made = place()
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.filter(pk=made.pk).update(lon=29.9)


def test_a_footprint_is_remembered_and_comes_back():
    made = place(footprint=shapes.pack(LOT))
    made.footprint, made.lon, made.lat = None, None, None
    writes.save(PLACES, made, SYSTEM)
    assert Location.objects.get(pk=made.pk).cell is None
    first = Location.history.filter(id=made.pk).earliest("history_id")
    assert shapes.unpack(first.footprint).equals(LOT)
    lost = next(history.entries(PLACES, made.pk, None)).changes
    assert {change.column.name for change in lost} == {"lon", "lat", "area_m2"}
    writes.restore(PLACES, Location.objects.get(pk=made.pk), first.history_id, SYSTEM)
    again = Location.objects.get(pk=made.pk)
    assert shapes.unpack(again.footprint).equals(LOT)
    assert again.cell == cell_of(again.lon, again.lat)


def test_saved_as_read_changes_nothing():
    made = place(footprint=shapes.pack(LOT), lon=29.9111111, lat=40.7)
    writes.save(PLACES, Location.objects.get(pk=made.pk), SYSTEM)
    assert Location.history.filter(id=made.pk).count() == 1


def test_a_past_day_has_the_footprint_of_that_day():
    made = place(footprint=shapes.pack(LOT))
    then = history.as_of(PLACES, timezone.localdate()).get(id=made.pk)
    assert shapes.unpack(then.footprint).equals(LOT)


def test_many_footprints_are_written_in_one_go():
    made = [place(f"Yer {n}") for n in range(3)]
    for row in made:
        row.footprint, row.lon, row.lat = shapes.pack(LOT), None, None
    writes.update_many(PLACES, made, ["footprint", "lon", "lat"], SYSTEM)
    for row in Location.objects.all():
        assert row.area_m2 == Decimal("5000.00")
        assert row.cell == cell_of(row.lon, row.lat)
    assert Location.history.filter(footprint__isnull=False).count() == 3
