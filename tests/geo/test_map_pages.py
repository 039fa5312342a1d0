"""The map pages and what they ask for: within what may be seen, and as the list has it."""

from __future__ import annotations

import json
import re

import pytest
import shapely
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import env
from geo import legend, shapes
from geo.models import Boundary, District, Location
from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.organization.models import Grant
from tests.pages import ASSETS, signed_in
from tests.rows import SYSTEM, kind, row, user

pytestmark = pytest.mark.django_db
LOCATIONS, VEHICLES, PROPERTY = (registers.get(slug) for slug in ("locations", "vehicles", "property"))
BOX = "29.9,40.7,29.95,40.75"


def place(name: str, lon: float = 29.91, lat: float = 40.71, **values) -> Location:
    return writes.save(LOCATIONS, Location(name=name, lon=lon, lat=lat, **values), SYSTEM)


@pytest.fixture
def officer(here):
    return user("ayse", here, (here, "vehicles", Grant.Level.VIEW))


@pytest.fixture
def fleet(here, there):
    """Three vehicles in a garage and one elsewhere, one of another unit, one without a place."""
    garage, yard = place("Garaj"), place("Şantiye", 29.99, 40.79)
    trucks, buses = kind(VEHICLES, "1", "Kamyon"), kind(VEHICLES, "2", "Otobüs")
    for what, at, of in (
        (trucks, garage, here),
        (trucks, garage, here),
        (buses, garage, there),
        (trucks, yard, here),
        (buses, None, here),
    ):
        row(VEHICLES, of, kind=what, location=at)
    return garage


def config(page) -> dict:
    found = re.search(r'<script id="map-config" type="application/json">(.*?)</script>', page.content.decode())
    return json.loads(found[1])


@pytest.mark.parametrize("register", ASSETS)
def test_each_register_has_its_map_beside_its_list(register, here, admin):
    made = row(register, here, location=place("Garaj"))
    client = signed_in(admin)
    page = client.get(reverse("register-map", args=[register]), {"within": BOX})
    result = config(page)
    assert page.status_code == 200
    assert reverse("register-detail", args=[register, made.pk]) in page.content.decode()
    assert result["tiles"] == f"/{register.slug}/tiles/{{z}}/{{x}}/{{y}}.mvt?within=29.9%2C40.7%2C29.95%2C40.75"
    assert result["within"]["geometry"]["type"] == "Polygon"
    assert client.get(result["tiles"].format(z=14, x=9551, y=6144)).status_code == 200
    assert client.get(result["registers"][0]["about"]).json()["placed"] == 1
    listed = client.get(reverse("register-list", args=[register])).content.decode()
    assert reverse("register-map", args=[register]) in listed


def test_what_is_no_item_has_no_map(admin):
    for name, args in (("register-map", []), ("register-map-about", []), ("map-place", [1])):
        assert signed_in(admin).get(reverse(name, args=["units", *args])).status_code == 404


def test_the_legend_counts_what_the_list_has_on_the_map(fleet, admin, there):
    result = legend.about(Listing(VEHICLES, admin, {}))
    assert (result["number"], result["placed"]) == (5, 4)
    assert result["bounds"] == [29.91, 40.71, 29.99, 40.79]
    assert [(line["name"], line["number"]) for line in result["legends"]["kind"]] == [("Kamyon", 3), ("Otobüs", 1)]
    assert [(line["name"], line["number"]) for line in result["legends"]["status"]] == [("Kullanımda", 4)]
    narrowed = legend.about(Listing(VEHICLES, admin, {"responsible_unit": str(there.pk)}))
    assert (narrowed["number"], narrowed["placed"]) == (1, 1)
    assert [line["name"] for line in narrowed["legends"]["unit"]] == ["Zabıta Dairesi Başkanlığı"]


def test_kinds_beyond_the_colours_are_counted_together(here, admin):
    at = place("Garaj")
    for n in range(len(legend.COLOURS) + 2):
        row(VEHICLES, here, kind=kind(VEHICLES, str(n), f"Tür {n}"), location=at)
    lines = legend.about(Listing(VEHICLES, admin, {}))["legends"]["kind"]
    assert len(lines) == len(legend.COLOURS) + 1
    assert lines[-1] == {"key": None, "name": "Diğerleri", "number": 2, "colour": legend.OTHERS}
    assert len({line["colour"] for line in lines}) == len(lines)


def test_another_units_items_are_in_no_legend_card_or_place(fleet, officer, admin, there):
    client = signed_in(officer)
    result = client.get(reverse("register-map-about", args=["vehicles"])).json()
    assert (result["number"], result["placed"]) == (4, 3)
    assert list(result["kinds"].values()) == ["Kamyon"]
    theirs = VEHICLES.model.objects.get(responsible_unit=there)
    card = reverse("register-card", args=["vehicles", theirs.pk])
    assert (client.get(card).status_code, signed_in(admin).get(card).status_code) == (404, 200)
    at = reverse("map-place", args=["vehicles", fleet.pk])
    assert str(theirs) not in client.get(at).content.decode()
    assert "2 kaydı listede göster" in client.get(at).content.decode()
    assert "3 kaydı listede göster" in signed_in(admin).get(at).content.decode()
    assert "Yazılımlar" not in client.get(reverse("map")).content.decode()


def test_a_place_without_what_one_may_see_is_no_place(fleet, officer, there):
    hidden = place("Gizli depo")
    row(VEHICLES, there, location=hidden)
    client = signed_in(officer)
    assert client.get(reverse("map-place", args=["vehicles", hidden.pk])).status_code == 404
    assert client.get(reverse("map-place", args=["property", fleet.pk])).status_code == 404
    # Nor is what the filter leaves out.
    assert client.get(reverse("map-place", args=["vehicles", fleet.pk]), {"q": "yok böyle"}).status_code == 404


def test_somebody_without_grants_has_no_map(here):
    client = signed_in(user("yeni", here))
    for name, args in (("map", []), ("register-map", ["vehicles"]), ("register-map-about", ["vehicles"])):
        assert client.get(reverse(name, args=args)).status_code == 404
    assert 'href="/map/"' not in client.get(reverse("home")).content.decode()


def test_the_map_of_all_registers_counts_each(fleet, here, admin):
    row(PROPERTY, here, location=place("Bina"))
    client = signed_in(admin)
    page = client.get(reverse("map"))
    lines = {line["register"].slug: (line["number"], line["placed"]) for line in page.context["lines"]}
    assert lines["vehicles"] == (5, 4)
    assert lines["property"] == (1, 1)
    result = config(page)
    assert result["tiles"] == "/tiles/{z}/{x}/{y}.mvt?"
    assert (
        len({one["colour"] for one in result["registers"]}) == len(result["registers"]) == len(registers.every("asset"))
    )
    lines = client.get(reverse("map"), {"within": BOX}).context["lines"]
    assert {line["register"].slug: line["placed"] for line in lines}["vehicles"] == 3


def test_the_pages_take_the_same_queries_for_few_and_many_rows(fleet, here, admin):
    client = signed_in(admin)
    urls = [
        reverse("map"), reverse("register-map", args=["vehicles"]), reverse("register-map-about", args=["vehicles"]),
        reverse("map-place", args=["vehicles", fleet.pk]),
    ]  # fmt: skip

    def counted() -> list[int]:
        numbers = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            numbers.append(len(queries))
        return numbers

    few = counted()
    for n in range(5):
        row(VEHICLES, here, kind=kind(VEHICLES, f"7{n}", f"Yeni tür {n}"), location=fleet)
    assert counted() == few


def test_districts_are_drawn_by_their_points_and_by_what_boundaries_there_are(admin):
    districts = registers.get("districts")
    for n, name in enumerate(("Gebze", "İzmit")):
        made = District(official_id=n, name=name, province="Kocaeli", lon=29.4 + n, lat=40.8)
        writes.save(districts, made, SYSTEM)
    square = shapely.box(29.3, 40.7, 29.5, 40.9)
    Boundary.objects.create(district=District.objects.get(name="Gebze"), shape=shapes.pack(square), source="deneme")
    found = signed_in(admin).get(reverse("map-places")).json()["features"]
    assert [f["geometry"]["type"] for f in found] == ["Point", "Point", "Polygon"]
    assert {f["properties"].get("name") for f in found} == {"Gebze", "İzmit", None}
    assert legend.home_bounds() == pytest.approx([29.2, 40.6, 30.6, 41.0])


def test_one_locations_shape(admin, here):
    square = shapely.box(29.91, 40.71, 29.92, 40.72)
    made = place("Parsel", footprint=shapes.pack(square))
    found = signed_in(admin).get(reverse("location-shape", args=[made.pk])).json()["features"]
    assert [f["geometry"]["type"] for f in found] == ["Point", "Polygon"]
    assert shapely.geometry.shape(found[1]["geometry"]).equals(square)
    assert signed_in(user("yeni", here)).get(reverse("location-shape", args=[made.pk])).status_code == 404


def test_no_other_host_is_allowed_without_a_background(admin):
    policy = signed_in(admin).get(reverse("map"))["Content-Security-Policy"]
    assert "connect-src 'self';" in policy + ";"
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert "blob:" not in policy


def test_a_background_is_handed_to_the_page_and_its_host_to_the_policy(admin):
    with override_settings(MAP_PMTILES="/kocaeli.pmtiles", MAP_STYLE_URL="https://harita.example.org/style.json"):
        result = config(signed_in(admin).get(reverse("map")))
    assert (result["pmtiles"], result["style"]) == ("/kocaeli.pmtiles", "https://harita.example.org/style.json")
    assert env.origins(result["pmtiles"], result["style"]) == ["https://harita.example.org"]


def test_who_can_load_boundaries_is_told_how_until_they_are_there(fleet, admin, officer):
    pages = [reverse("register-map", args=["vehicles"]), reverse("map")]
    for page in pages:
        assert "manage.py load_boundaries" in signed_in(admin).get(page).content.decode()
        assert "load_boundaries" not in signed_in(officer).get(page).content.decode()
    district = District.objects.create(official_id=1, name="İzmit", province="Kocaeli")
    Boundary.objects.create(district=district, shape=shapes.pack(shapely.box(29, 40, 30, 41)), source="sinir.geojson")
    for page in pages:
        assert "load_boundaries" not in signed_in(admin).get(page).content.decode()


def test_a_map_names_the_land_that_was_cut_out(admin, tmp_path):
    for name, land in (("none.json", None), ("land.json", "/static/map/built/land.json")):
        (tmp_path / "land.json").touch()
        with override_settings(MAP_LAND=tmp_path / name):
            assert signed_in(admin).get(reverse("map-settings")).json()["land"] == land
