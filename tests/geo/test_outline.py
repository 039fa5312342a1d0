"""A location's outline from the map: checked, permitted, recorded like every change."""

import json

import pytest
import shapely
from django.urls import reverse

from geo import shapes
from geo.models import Location, Source
from inventory import registers, writes
from inventory.organization.models import Grant
from tests.pages import signed_in
from tests.rows import SYSTEM, row, user

pytestmark = pytest.mark.django_db
LOCATIONS = registers.get("locations")
SQUARE = shapely.box(29.91, 40.71, 29.92, 40.72)


@pytest.fixture
def steward(here):
    return user("cografyaci", here, (None, "locations", Grant.Level.MANAGE))


@pytest.fixture
def garage(here):
    made = Location(name="Garaj", lon=29.5, lat=40.5, source=Source.ADDRESS, precision_m=900)
    return writes.save(LOCATIONS, made, SYSTEM)


def send(client, at: Location, shape: str, version: int | None = None):
    data = {"shape": shape, "version": at.version if version is None else version, "reason": "yerinde görüldü"}
    return client.post(reverse("location-outline", args=[at.pk]), data, follow=True)


def test_a_drawn_outline_is_kept_and_the_point_moves_into_it(garage, steward):
    shown = send(signed_in(steward), garage, shapely.to_geojson(SQUARE)).content.decode()
    assert "Sınır kaydedildi." in shown
    kept = Location.objects.get(pk=garage.pk)
    assert shapes.unpack(kept.footprint).equals(SQUARE)
    assert SQUARE.contains(shapely.Point(kept.lon, kept.lat))
    assert (kept.source, kept.precision_m) == (Source.PICKED, None)
    newest = Location.history.filter(id=garage.pk).latest("history_id")
    assert (newest.history_user, newest.history_change_reason) == (steward, "yerinde görüldü")


def test_a_point_that_lies_in_the_outline_stays(garage, steward):
    around = shapely.box(29.4, 40.4, 29.6, 40.6)
    send(signed_in(steward), garage, shapely.to_geojson(around))
    kept = Location.objects.get(pk=garage.pk)
    assert (kept.lon, kept.lat, kept.source, kept.precision_m) == (29.5, 40.5, Source.ADDRESS, 900)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ("", "Önce haritada bir alan çiziniz"),
        ("{", "Çizilen alan anlaşılamadı"),
        (json.dumps({"type": "Point", "coordinates": [29, 40]}), "Sınır bir alan olmalıdır"),
        (shapely.to_geojson(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])), "Sınır kendini kesiyor"),
        (shapely.to_geojson(shapely.box(500, 40, 501, 41)), "boylam ve enlem derecesi değil"),
    ],
)
def test_what_is_no_outline_is_refused_in_words(shape, sentence, garage, steward):
    shown = send(signed_in(steward), garage, shape).content.decode()
    assert sentence in shown
    kept = Location.objects.get(pk=garage.pk)
    assert (kept.footprint, kept.lon, kept.version) == (None, 29.5, garage.version)


def test_an_outline_does_not_overwrite_what_another_person_saved_meanwhile(garage, steward):
    shown = send(signed_in(steward), garage, shapely.to_geojson(SQUARE), version=garage.version + 1).content.decode()
    assert "siz çizerken değiştirildi" in shown
    assert Location.objects.get(pk=garage.pk).footprint is None


def test_only_those_who_may_change_places_draw_them(garage, here):
    url = reverse("location-outline", args=[garage.pk])
    reader = signed_in(user("okur", here, (here, "vehicles", Grant.Level.MANAGE)))
    assert (reader.get(url).status_code, reader.post(url).status_code) == (404, 404)
    assert url not in reader.get(reverse("register-detail", args=["locations", garage.pk])).content.decode()


def test_pages_of_placed_rows_have_a_small_map(garage, here, steward):
    vehicles = registers.get("vehicles")
    admin = signed_in(user("yonetici", here, is_superuser=True))
    lost = writes.save(LOCATIONS, Location(name="Bilinmeyen"), SYSTEM)
    for at, has in ((garage, True), (lost, False)):
        for address in (
            reverse("register-detail", args=["vehicles", row(vehicles, here, location=at).pk]),
            reverse("register-detail", args=["locations", at.pk]),
        ):
            shown = admin.get(address).content.decode()
            assert (reverse("location-shape", args=[at.pk]) in shown) is has, address
    form = admin.get(reverse("register-edit", args=["locations", lost.pk])).content.decode()
    assert "data-pick" in form
    result = admin.get(reverse("map-settings")).json()
    assert result["shapes"] == "/locations/0/shape.json" and "vehicles" in result["slugs"]
