"""Geographic files out of a list: what is in it, under readable names, in the chosen system."""

from __future__ import annotations

import io
import json
import zipfile

import pyogrio
import pytest
import shapely
from django.core.management import call_command
from django.urls import reverse

from geo import shapes
from geo.files.writing import short_names
from geo.models import Location
from imports.exporting import CannotExport, forms_of, write
from imports.exporting.parts import Part
from inventory import registers, writes
from inventory.listing.address import Listing
from tests.geo.files import layers_of, square
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db

NETWORK = registers.get("network")
LOT = square(493_000, 4_514_000)


@pytest.fixture
def devices():
    here, there = unit("Bilgi İşlem Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    places = (
        Location(name="Bina", footprint=shapes.pack(LOT)),
        Location(name="Direk", lon=29.9, lat=40.75),
        Location(name="Bilinmeyen"),
    )
    for number, place in enumerate(places):
        writes.save(registers.get("locations"), place, SYSTEM)
        row(NETWORK, here, location=place, hostname=f"cihaz-{number}", notes="İğne & <iplik>")
    row(NETWORK, there, hostname="baska", location=places[0])
    return here


def made(form: str, user=None, **query) -> bytes:
    target = io.BytesIO()
    listing = Listing(NETWORK, user, {"columns": "hostname,cost,licence_until,notes,location"} | query)
    rows = write([Part(listing)], target, form)
    assert rows == listing.matching.count()
    return target.getvalue()


def test_geojson_is_the_list_in_degrees_and_comes_back_in(devices):
    (layer,) = layers_of(made("geojson", hostname="cihaz"), "x.geojson")
    assert layer.headers == ["Envanter no", "Cihaz adı", "Edinme bedeli (TL)", "Ruhsat bitişi", "Açıklama", "Yer"]
    by_name = {result["Cihaz adı"]: (result, shape) for result, shape in layer.features}
    assert set(by_name) == {"cihaz-0", "cihaz-1", "cihaz-2"}
    assert by_name["cihaz-0"][1].equals(LOT)
    assert by_name["cihaz-1"][1].equals(shapely.Point(29.9, 40.75))
    assert by_name["cihaz-2"][1] is None
    assert by_name["cihaz-0"][0]["Ruhsat bitişi"].startswith("2030-")


def test_kml_is_the_same(devices):
    (layer,) = layers_of(made("kml"), "x.kml")
    by_name = {result["Cihaz adı"]: (result, shape) for result, shape in layer.features}
    assert by_name["cihaz-0"][1].equals(LOT)
    assert by_name["cihaz-0"][0]["Açıklama"] == "İğne & <iplik>"
    assert len(by_name) == 4


@pytest.mark.parametrize("code", [4326, 5254, 2320])
def test_a_geopackage_has_areas_and_points_in_the_chosen_system(devices, code, tmp_path):
    content = made("gpkg" if code == 4326 else f"gpkg-{code}")
    path = tmp_path / "x.gpkg"
    path.write_bytes(content)
    kinds = {name.rpartition(" ")[2]: kind for name, kind in pyogrio.list_layers(path)}
    assert kinds == {"(alan)": "MultiPolygon", "(nokta)": "Point"}
    (layer,) = layers_of(content, "x.gpkg")
    assert (layer.crs, len(layer.features)) == (f"EPSG:{code}", 4)
    area = layer.features[0][1]
    back = shapes.reproject(area, code, 4326)
    assert back.hausdorff_distance(LOT) < 1e-8


def test_a_shapefile_has_short_names_and_says_what_they_stand_for(devices):
    content = made("shp-5254")
    (layer,) = layers_of(content, "x.zip")
    assert layer.crs == "EPSG:5254"
    attributes, shape = layer.features[0]
    assert attributes["Cihaz adı"] == "cihaz-0" and attributes["Açıklama"] == "İğne & <iplik>"
    assert shape.area == pytest.approx(10_000, abs=0.01)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name.rpartition("-")[2] for name in archive.namelist()} >= {"alan.shp", "nokta.shp"}
        assert "CIHAZADI\tCihaz adı\r\n" in archive.read("alanlar.txt").decode()


@pytest.mark.parametrize("form", ["geojson", "kml", "gpkg", "shp"])
def test_a_list_of_nothing_is_a_file_of_nothing(devices, form):
    assert made(form, hostname="yok böyle")


def test_short_names_are_never_twice():
    names = short_names(["Envanter numarası"] * 12 + ["çok uzun bir başlık", "m²", "()"])
    assert len(set(names)) == 15 and max(map(len, names)) == 10
    assert names[:2] == ["ENVANTERNU", "ENVANTERN2"] and names[-2:] == ["M2", "ALAN"]


def test_another_directorates_items_are_in_no_file(devices):
    account = user("goren", devices, (devices, "network", 1))
    found = json.loads(made("geojson", user=account))["features"]
    assert {feature["properties"]["Cihaz adı"] for feature in found} == {"cihaz-0", "cihaz-1", "cihaz-2"}


def test_the_forms_are_offered_where_rows_have_a_place(devices):
    assert {"geojson", "kml", "gpkg-5254", "shp"} <= set(forms_of(NETWORK))
    assert "geojson" not in forms_of(registers.get("people"))
    client = signed_in(user("goren", devices, (devices, "network", 1)))
    answer = client.get(reverse("register-export", args=[NETWORK]), {"format": "geojson"})
    assert answer.status_code == 200 and ".geojson" in answer["Content-Disposition"]
    assert len(json.loads(b"".join(answer.streaming_content))["features"]) == 3
    page = client.get(reverse("register-export-choose", args=[NETWORK])).content.decode()
    assert "GeoPackage (.gpkg) · TUREF / TM30" in page
    assert client.get(reverse("register-export", args=["people"]), {"format": "kml"}).status_code == 404


def test_the_command_writes_them_by_their_ending(devices, tmp_path):
    for ending in ("geojson", "kml", "gpkg", "zip"):
        call_command("export_register", "network", str(tmp_path / f"x.{ending}"), "--columns", "hostname")
        content = (tmp_path / f"x.{ending}").read_bytes()
        assert sum(len(layer.features) for layer in layers_of(content, "x")) == 4


def test_several_lists_do_not_fit(devices):
    part = Part(Listing(NETWORK, None, {}))
    with pytest.raises(CannotExport, match="tek liste"):
        write([part, part], io.BytesIO(), "geojson")
