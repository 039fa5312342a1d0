"""Geographic files and sheets with coordinates through the imports' own flow: known parcels come to known places."""

from __future__ import annotations

import json
from contextlib import suppress

import openpyxl
import pytest
import shapely
from django.core.management import call_command
from django.urls import reverse

from geo import shapes
from geo.models import District, Location, Neighbourhood
from imports import batches
from imports.models import Batch
from inventory import registers, writes
from inventory.assets.property.models import Property
from inventory.history import Author
from tests.geo.files import DRAWING, geojson, kml, square, written
from tests.pages import signed_in
from tests.rows import SYSTEM, kind, unit, user

pytestmark = pytest.mark.django_db

PROPERTY = registers.get("property")
# Where the parcels are known to stand, by their south-west corner in EPSG:5254.
AT = {"4": (493_000, 4_514_000), "5": (493_200, 4_514_000)}
LOTS = {parcel: square(*corner) for parcel, corner in AT.items()}


@pytest.fixture(autouse=True)
def parcels():
    district = writes.save(
        registers.get("districts"), District(official_id=1, name="İzmit", province="Kocaeli"), SYSTEM
    )
    near = Neighbourhood(official_id=1, district=district, name="Yenişehir")
    writes.save(registers.get("neighbourhoods"), near, SYSTEM)
    here = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    for parcel in AT:
        row = Property(kind=kind(PROPERTY), district=district, neighbourhood=near, block="123", parcel=parcel,
                       responsible_unit=here, area_m2="10000.00")  # fmt: skip
        writes.save(PROPERTY, row, SYSTEM)


def parcel(number: str) -> Property:
    return Property.objects.select_related("location").get(parcel=number)


def tkgm(number: str, **values: str) -> dict[str, str]:
    shown = {"ParselNo": number, "Alan": "10.000,00", "Mevkii": "", "Nitelik": "Arsa", "Ada": "123", "Il": "Kocaeli",
            "Ilce": "İzmit", "Pafta": "G23-b", "Mahalle": "Yenişehir"}  # fmt: skip
    return shown | values


@pytest.fixture
def load(tmp_path, capsys):
    def load(content: bytes, name: str, *args: str) -> dict:
        path = tmp_path / name
        path.write_bytes(content)
        with suppress(SystemExit):
            call_command("import_register", "property", str(path), "--json", *args)
        return json.loads(capsys.readouterr().out)

    return load


def away(number: str, shape=None) -> float:
    """Metres between where a parcel's location is and where it is known to be, the farthest corners'."""
    kept = shape or shapes.unpack(parcel(number).location.footprint)
    plane = [shapes.reproject(each, shapes.WGS84, shapes.PLANE) for each in (kept, LOTS[number])]
    return plane[0].hausdorff_distance(plane[1])


def sheet(tmp_path, rows: list[list]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    return (tmp_path / "x.xlsx").read_bytes()


# Known parcels to known places ---------------------------------------------------------------------------

KML = {"İl": "Kocaeli", "İlçe": "İzmit", "Mahalle": "Yenişehir", "Ada": "123", "Alan": "10.000,00"}
SHP = {"ILCE": "İzmit", "MAHALLE": "YENİŞEHİR", "ADA": "123"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (geojson(*((tkgm(n), LOTS[n]) for n in AT)), "parseller.geojson"),
        (kml(*((KML | {"Parsel": n}, LOTS[n]) for n in AT)), "parseller.kml"),
        (written([(SHP | {"PARSEL": n}, LOTS[n]) for n in AT], 5254, "shp"), "parseller.zip"),
        (written([(SHP | {"PARSEL": n}, LOTS[n]) for n in AT], 5254, "shp", without=(".prj",)), "prj_yok.zip"),
        (written([(SHP | {"PARSEL": n}, LOTS[n]) for n in AT], 2320, "gpkg"), "ed50.gpkg"),
        (written([(SHP | {"PARSEL": n}, LOTS[n]) for n in AT], 32635, "gpkg"), "utm35.gpkg"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_of_parcels_brings_them_to_their_places(load, content, name):
    result = load(content, name)
    assert (result["applied"], result["changed"], result["errors"]) == (True, 2, [])
    for number in AT:
        assert away(number) < 1
        made = parcel(number).location
        assert (made.name, made.source) == (f"İzmit/Yenişehir 123/{number}", "parcel")
        assert made.district.name == "İzmit" and made.neighbourhood.name == "Yenişehir"
        assert LOTS[number].contains(shapely.Point(made.lon, made.lat))


@pytest.mark.parametrize("axes", ["X Y", "Y X", "Boylam Enlem", "Enlem Boylam"])
def test_a_sheet_with_coordinates_does_whichever_way_round(load, tmp_path, axes):
    first, second = axes.split()
    rows = [["İlçe", "Mahalle", "Ada", "Parsel", first, second]]
    for number, (east, north) in AT.items():
        numbers = (east + 50.25, north + 50.25)
        if "Boylam" in axes:
            numbers = shapes.transformer(5254, 4326).transform(*numbers)
        # The headings' own order: what "X" and "Y" mean differs from office to office.
        rows.append(["İzmit", "Yenişehir", "123", number, *(numbers if first in ("X", "Boylam") else numbers[::-1])])
    result = load(sheet(tmp_path, rows), "koordinat.xlsx")
    assert (result["applied"], result["changed"], result["errors"]) == (True, 2, [])
    for number, (east, north) in AT.items():
        at = parcel(number).location
        assert shapes.transformer(4326, 5254).transform(at.lon, at.lat) == pytest.approx(
            (east + 50.25, north + 50.25), abs=1
        )


def test_a_sheet_with_swapped_axes_says_so(load, tmp_path):
    # Surveyors: X is north.
    rows = [
        ["İlçe", "Mahalle", "Ada", "Parsel", "X", "Y"],
        ["İzmit", "Yenişehir", "123", "4", "4.514.050,25", "493.050,25"],
    ]
    result = load(sheet(tmp_path, rows), "koordinat.xlsx")
    assert any("eksenler yer değiştirmiş" in warning["message"] for warning in result["warnings"])
    at = parcel("4").location
    assert shapes.transformer(4326, 5254).transform(at.lon, at.lat) == pytest.approx(
        (493_050.25, 4_514_050.25), abs=0.05
    )


def test_a_drawing_without_its_district_is_not_guessed_at(load):
    result = load(DRAWING, "cizim.dxf", "--map", "Yazı=block+parcel", "--map", "Katman=")
    # Block and parcel alone are no identity: without its district nothing is guessed.
    assert (result["changed"], result["new"]) == (0, 0)
    assert "Kütükte böyle bir kayıt yok" in result["warnings"][-1]["message"]


def test_the_system_that_the_user_names_is_believed(load):
    rows = [(SHP | {"PARSEL": n}, LOTS[n]) for n in AT]
    content = written(rows, 2320, "shp", without=(".prj",))
    result = load(content, "eski.zip")
    assert any("ED50" in warning["message"] for warning in result["warnings"])
    assert 180 < away("4") < 200
    load(content, "eski.zip", "--map", "Geometri=place:shape@2320")
    assert away("4") < 1


# What is reported --------------------------------------------------------------------------------------------


def test_a_second_time_changes_nothing(load):
    content = geojson(*((tkgm(n), LOTS[n]) for n in AT))
    load(content, "p.geojson")
    again = load(content, "p.geojson")
    assert (again["changed"], again["unchanged"], again["errors"]) == (0, 2, [])
    assert Location.objects.count() == 2
    assert Location.history.count() == 2


def test_the_preview_says_what_would_change_and_writes_nothing(load):
    result = load(geojson((tkgm("4"), LOTS["4"])), "p.geojson", "--check-only")
    assert (result["applied"], result["changed"]) == (False, 1)
    assert not Location.objects.exists()
    batch = Batch.objects.get(pk=result["batch"])
    with batch.plan() as plan:
        (line,) = plan.lines("changed")
        (change,) = [change for change in line.changes if change.column == "location"]
    assert change.old == "yok"
    assert change.new == "İzmit/Yenişehir 123/4: sınır, 10.000,00 m²"


def test_a_parcel_of_others_is_left_out_with_a_word(load):
    result = load(geojson((tkgm("4"), LOTS["4"]), (tkgm("99"), square(494_000, 4_514_000))), "p.geojson")
    assert (result["applied"], result["changed"], result["new"]) == (True, 1, 0)
    assert [w["row"] for w in result["warnings"] if "Kütükte böyle bir kayıt yok" in w["message"]] == [3]


def test_a_parcel_without_geometry_keeps_its_place(load):
    load(geojson((tkgm("4"), LOTS["4"])), "p.geojson")
    result = load(geojson((tkgm("4", Nitelik="Pasif: 123/9"), None)), "p2.geojson")
    assert result["errors"] == []
    assert away("4") < 1


def test_a_deed_of_another_area_is_reported(load):
    result = load(geojson((tkgm("4", Alan="9.000,00"), LOTS["4"])), "p.geojson")
    assert any("%11,11 fark" in warning["message"] for warning in result["warnings"])


def test_a_place_outside_the_province_is_reported_with_its_likely_cause(load):
    far = shapely.box(13.4, 52.5, 13.401, 52.501)
    result = load(geojson((tkgm("4"), LOTS["4"]), (tkgm("5"), far)), "p.geojson", "--map", "Geometri=place:shape@4326")
    assert any("dışında" in warning["message"] for warning in result["warnings"])


def test_a_boundary_that_crosses_itself_is_refused_with_its_row(load):
    eight = shapely.Polygon([(29.9, 40.75), (29.91, 40.76), (29.91, 40.75), (29.9, 40.76)])
    result = load(geojson((tkgm("4"), eight), (tkgm("5"), LOTS["5"])), "p.geojson")
    assert not result["applied"]
    assert [(e["row"], "kendini kesiyor" in e["message"]) for e in result["errors"]] == [(2, True)]


def test_one_coordinate_alone_is_asked_about(load, tmp_path):
    result = load(
        sheet(tmp_path, [["İlçe", "Mahalle", "Ada", "Parsel", "X"], ["İzmit", "Yenişehir", "123", "4", 493_050]]),
        "k.xlsx",
    )
    assert "öteki koordinat" in result["errors"][0]["message"]


# Whose location ------------------------------------------------------------------------------------------


def test_the_flats_of_a_parcel_share_its_location(load):
    base = parcel("4")
    for number in ("1", "2"):
        flat = Property(kind=base.kind, district=base.district, neighbourhood=base.neighbourhood, block="200",
                        parcel="7", independent_unit=number, area_m2="80",
                        responsible_unit=base.responsible_unit)  # fmt: skip
        writes.save(PROPERTY, flat, SYSTEM)
    result = load(geojson((tkgm("7", Ada="200"), LOTS["4"])), "p.geojson")
    assert (result["changed"], result["errors"]) == (2, [])
    flats = Property.objects.filter(block="200")
    assert {flat.location.name for flat in flats.select_related("location")} == {"İzmit/Yenişehir 200/7"}
    assert {str(flat.area_m2) for flat in flats} == {"80.00"}


def test_a_location_of_its_own_gets_the_boundary_and_a_shared_one_is_left(load):
    places = registers.get("locations")
    own, shared = (writes.save(places, Location(name=name), SYSTEM) for name in ("Garaj", "Ortak bina"))
    third = parcel("5")
    other = Property(kind=third.kind, district=third.district, neighbourhood=third.neighbourhood, block="1",
                     parcel="1", responsible_unit=third.responsible_unit, location=shared)  # fmt: skip
    writes.save(PROPERTY, other, SYSTEM)
    for number, at in (("4", own), ("5", shared)):
        row = parcel(number)
        row.location = at
        writes.save(PROPERTY, row, SYSTEM)
    load(geojson(*((tkgm(n), LOTS[n]) for n in AT)), "p.geojson")
    assert parcel("4").location.name == "Garaj" and away("4") < 1
    assert parcel("5").location.name == "İzmit/Yenişehir 123/5"
    shared.refresh_from_db()
    assert shared.footprint is None


def test_history_names_the_file_and_undo_takes_all_back(load):
    places = registers.get("locations")
    own = writes.save(places, Location(name="Garaj"), SYSTEM)
    row = parcel("4")
    row.location = own
    writes.save(PROPERTY, row, SYSTEM)
    result = load(geojson(*((tkgm(n), LOTS[n]) for n in AT)), "p.geojson")
    entry = Location.history.filter(id=own.pk).latest("history_id")
    assert (entry.batch_id, entry.sheet_row, entry.history_change_reason) == (result["batch"], 2, "p.geojson")
    call_command("undo_import", str(result["batch"]))
    own.refresh_from_db()
    assert (own.footprint, own.lon) == (None, None)
    assert parcel("5").location is None
    assert not Location.objects.filter(name="İzmit/Yenişehir 123/5").exists()


def test_places_are_taken_back_on_the_page_and_counted_by_themselves(load, admin):
    row = parcel("4")
    row.location = writes.save(registers.get("locations"), Location(name="Garaj"), SYSTEM)
    writes.save(PROPERTY, row, SYSTEM)
    result = load(geojson((tkgm("4"), LOTS["4"])), "p.geojson")
    client = signed_in(admin)
    page = client.get(reverse("import-undo", args=[result["batch"]]))
    assert page.context["counts"] == {"goes": 0, "back": 1, "left": 0, "beside": 1}
    text = " ".join(page.content.decode().split())
    assert "1 yerin konumu da eski hâline döner" in text
    done = client.post(reverse("import-undo", args=[result["batch"]]), {"reason": "yanlış parsel"}, follow=True)
    text = " ".join(done.content.decode().split())
    assert "eklenen 0 kayıt silindi, 1 kayıt eski hâline döndü. 1 yerin konumu da eski hâline döndü." in text
    assert parcel("4").location.footprint is None


def test_only_those_who_may_change_locations_write_places(load):
    here = parcel("4").responsible_unit
    user("emlakci", here, (here, "property", 2))
    result = load(geojson((tkgm("4"), LOTS["4"])), "p.geojson", "--user", "emlakci")
    assert not result["applied"]
    assert "Yerler" in result["errors"][0]["message"]
    user("haritaci", here, (here, "property", 2), (None, "locations", 2))
    assert load(geojson((tkgm("4"), LOTS["4"])), "p.geojson", "--user", "haritaci")["applied"]


def test_a_location_changed_after_the_check_stops_all(load):
    load(geojson((tkgm("4"), LOTS["4"])), "p.geojson")
    result = load(geojson((tkgm("4"), LOTS["5"])), "p2.geojson", "--check-only")
    place = parcel("4").location
    place.address = "Yeni adres"
    writes.save(registers.get("locations"), place, Author(reason="x"))
    batch = Batch.objects.get(pk=result["batch"])
    batches.run_apply(batch)
    assert batch.state == Batch.State.REFUSED
    assert "İzmit/Yenişehir 123/4" in batch.message
    assert away("4") < 1
