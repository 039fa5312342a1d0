"""Geographic files of ours come back unchanged, or the way out says what it cannot carry."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile

from geo import shapes
from geo.models import Location
from imports import batches
from imports.exporting import CannotExport, ending, write
from imports.exporting.parts import Part
from imports.models import Batch
from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.registers import Register
from tests.geo.files import square
from tests.rows import SYSTEM, row, unit

pytestmark = pytest.mark.django_db
NETWORK, PLACES = registers.get("network"), registers.get("locations")
FORMS = ("geojson", "kml", "gpkg", "gpkg-5254", "gpkg-2320", "shp", "shp-5254", "shp-2320")


@pytest.fixture
def devices():
    """Two devices share an outline, one lies at a point, one at a place without position, one nowhere."""
    here = unit("Bilgi İşlem Dairesi Başkanlığı")
    lot = square(493_000, 4_514_000)
    places = (
        Location(name="Bina", footprint=shapes.pack(lot)),
        Location(name="Direk", lon=29.9, lat=40.75),
        Location(name="Bilinmeyen"),
    )
    for place in places:
        writes.save(PLACES, place, SYSTEM)
    for number, place in enumerate((places[0], *places, None)):
        row(NETWORK, here, location=place, hostname=f"cihaz-{number}", notes="İğne & <iplik>", cost="1234.50")
    return here


def out(register: Register, form: str, **query) -> bytes:
    target = io.BytesIO()
    write([Part(Listing(register, None, {"columns": "all"} | query))], target, form)
    return target.getvalue()


def checked(register: Register, content: bytes, name: str, **choices) -> Batch:
    batch = batches.upload(register, None, ContentFile(content), name, **choices)
    batches.run_check(batch)
    return batch


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("register", [NETWORK, PLACES], ids=str)
def test_what_went_out_comes_back_unchanged(devices, register, form):
    count = register.model.objects.count()
    batch = checked(register, out(register, form), f"x.{ending(form)}")
    with batch.plan() as plan:
        assert batch.state == "checked", batch.message or plan.errors()
    assert (batch.counts["unchanged"], batch.counts["rows"]) == (count, count)


@pytest.mark.parametrize("form", ["geojson", "gpkg-5254"])
def test_a_shape_that_was_moved_there_is_the_only_change(devices, form):
    mast = NETWORK.model.objects.get(location__name="Direk")
    own = Location(name=f"{NETWORK.one} {mast.inventory_no}", lon=29.91, lat=40.76)
    writes.save(PLACES, own, SYSTEM)
    mast.location = own
    writes.save(NETWORK, mast, SYSTEM)
    content = out(NETWORK, form)
    own.lon = 29.92
    writes.save(PLACES, own, SYSTEM)
    batch = checked(NETWORK, content, f"x.{ending(form)}")
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 4)
    batches.run_apply(batch)
    assert Location.objects.get(pk=own.pk).lon == pytest.approx(29.91, abs=1e-7)


def test_a_place_that_others_share_is_not_moved_by_one_row(devices):
    content = out(NETWORK, "geojson")
    shared = Location.objects.get(name="Bina")
    shared.footprint = shapes.pack(square(493_500, 4_514_000))
    writes.save(PLACES, shared, SYSTEM)
    batch = checked(NETWORK, content, "x.geojson")
    with batch.plan() as plan:
        errors = plan.errors()
    assert len(errors) == 2 and all("Bina" in each.message for each in errors)


def test_a_shapefile_cuts_no_text(devices):
    device = NETWORK.model.objects.first()
    device.notes = "ş" * 300
    writes.save(NETWORK, device, SYSTEM)
    with pytest.raises(CannotExport, match="300 karakter"):
        out(NETWORK, "shp")
    assert out(NETWORK, "gpkg") and out(NETWORK, "shp", columns="hostname")


def test_a_shapefile_without_its_other_files_reads_what_it_lacks(devices):
    batch = checked(NETWORK, b"\x00\x00\x27\x0a" + bytes(96), "parseller.shp")
    assert batch.state == "failed" and ".dbf" in batch.message and "zip" in batch.message


@pytest.mark.parametrize("order", ["first", "last"])
def test_a_file_of_points_gives_places_their_positions(order):
    """`type` may stand anywhere in the file; the point is the place's own."""
    kind, rest = '"type": "FeatureCollection"', (
        '"features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [29.94, 40.76]}, '
        '"properties": {"Ad": "Deneme noktası"}}]'
    )  # fmt: skip
    content = "{" + ", ".join([kind, rest] if order == "first" else [rest, kind]) + "}"
    batch = checked(PLACES, content.encode(), "noktalar.geojson")
    assert batch.counts["new"] == 1
    batches.run_apply(batch)
    made = Location.objects.get(name="Deneme noktası")
    assert (made.lon, made.lat) == (29.94, 40.76)
