"""Where things stood on a past day: what an entry says holds, a blank too, and only what no entry has is today's."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from django.db.models import BigIntegerField, OuterRef, Value
from django.urls import reverse
from django.utils import timezone

from geo import legend, shapes
from geo.features import features
from imports.exporting.parts import Part
from inventory import former, registers, writes
from inventory.listing.address import Listing
from inventory.organization.models import Unit
from inventory.past import opened
from tests.geo.test_tiles import HERE, place, read, url
from tests.inventory.past.yesterday import backdate, day
from tests.pages import signed_in
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db
NETWORK, PLACES, VEHICLES = (registers.get(slug) for slug in ("network", "locations", "vehicles"))


@pytest.mark.parametrize("past", [False, True])
def test_a_link_to_what_lies_nowhere_is_no_line_and_spoils_no_tile(past, here, admin):
    near, far = place("Kule 1"), place("Kule 2", 100)
    nowhere = writes.save(PLACES, PLACES.model(name="Bilinmeyen"), SYSTEM)
    mast = row(NETWORK, here, location=far)
    link = row(NETWORK, here, location=near, linked_to=mast)
    for lost in (None, nowhere):
        row(NETWORK, here, location=near, linked_to=row(NETWORK, here, location=lost))
        row(NETWORK, here, location=lost, linked_to=mast)
    backdate()
    query = {"as_of": day()} if past else {}
    (line,) = read(signed_in(admin).get(url(NETWORK, 14, near), query))["network-linked-to"]
    assert (line["id"], line["to"]) == (link.pk, mast.pk)


@pytest.fixture
def since_today(here):
    """(the vehicle, its place): the place had no point yesterday and has one today."""
    at = _nowhere("Depo")
    made = row(VEHICLES, here, location=at)
    backdate()
    _move(at, HERE[0])
    return made, at


def test_what_had_no_place_on_that_day_has_none_there_now(since_today, admin):
    made, at = since_today
    client, past = signed_in(admin), {"as_of": day()}
    for asked, placed in ((past, 0), ({}, 1)):
        (item,) = client.get(reverse("features-collections") + "/vehicles/items", asked).json()["features"]
        assert (item["id"], bool(item["geometry"])) == (made.pk, bool(placed))
        assert len(read(client.get(url(VEHICLES, 16, at), asked)).get("vehicles", [])) == placed
        about = client.get(reverse("register-map-about", args=["vehicles"]), asked).json()
        assert (about["number"], about["placed"], bool(about["bounds"])) == (1, placed, bool(placed))
        lines = client.get(reverse("map"), asked).context["lines"]
        assert {(line["number"], line["placed"]) for line in lines if line["register"] is VEHICLES} == {(1, placed)}
    for of, placed in ((past, False), ({}, True)):
        ((feature,),) = features(Part(Listing(VEHICLES, admin, of)))
        assert bool(feature.shape) == placed


def test_an_outline_drawn_later_was_a_point(here, admin):
    at = place("Park")
    row(VEHICLES, here, location=at)
    backdate()
    at.footprint = shapes.pack(shapely.box(29.9, 40.7, 29.95, 40.8))
    writes.save(PLACES, at, SYSTEM)
    for of, kind in (({"as_of": day()}, "Point"), ({}, "Polygon")):
        ((feature,),) = features(Part(Listing(VEHICLES, admin, of)))
        assert feature.shape.geom_type == kind
    assert legend.about(Listing(VEHICLES, admin, {"as_of": day()}))["bounds"] == [*HERE, *HERE]


def test_a_link_to_what_was_placed_later_was_no_line(here, admin):
    at, tower = _nowhere("Depo"), place("Kule", 100)
    link = row(NETWORK, here, location=at, linked_to=row(NETWORK, here, location=tower))
    back = row(NETWORK, here, location=tower, linked_to=link)
    backdate()
    _move(at, HERE[0])
    tiles = [read(signed_in(admin).get(url(NETWORK, 14, at), asked)) for asked in ({"as_of": day()}, {})]
    assert not tiles[0].get("network-linked-to")
    assert {line["id"] for line in tiles[1]["network-linked-to"]} == {link.pk, back.pk}


def test_a_field_of_a_row_that_others_name(here):
    """Its last entry up to then holds, a blank and a deleted row's too, else its first; without any, today's row."""
    gone, filled, emptied = place("Yıkılan"), _nowhere("Dolan"), place("Boşalan")
    writes.delete(PLACES, gone, SYSTEM)
    backdate()
    _move(filled, 30.5)
    _move(emptied, None)
    later = _nowhere("Yeni")
    _move(later, 30.5)
    silent = PLACES.model.objects.create(name="Kayıtsız", lon=29.5, lat=40.5)
    expected = {gone.pk: HERE[0], filled.pk: None, emptied.pk: HERE[0], later.pk: None, silent.pk: 29.5}
    assert {pk: _lon(pk, 1) for pk in expected} == expected
    # Before the first record.
    assert {pk: _lon(pk, 30) for pk in expected} == expected
    assert {pk: _lon(pk, 0) for pk in expected} == expected | {filled.pk: 30.5, emptied.pk: None, later.pk: 30.5}


def _nowhere(name: str):
    return writes.save(PLACES, PLACES.model(name=name), SYSTEM)


def _move(at, lon: float | None) -> None:
    at.lon, at.lat = lon, lon and HERE[1]
    writes.save(PLACES, at, SYSTEM)


def _lon(pk: int, days: int) -> float | None:
    """The place's, so many days ago, as it shows for a row that names it."""
    end = former.end_of(timezone.localdate() - dt.timedelta(days=days))
    naming = Unit.objects.annotate(named=Value(pk, BigIntegerField()))
    return naming.annotate(lon_then=former.value(PLACES.model, OuterRef("named"), end, "lon")).get().lon_then


def test_a_kind_that_no_history_knows_has_a_line_in_the_legend_of_that_day(here, admin):
    row(VEHICLES, here, location=place("Depo"))
    backdate()
    with opened():
        VEHICLES.model.history.update(kind_id=10**6)
    (line,) = legend.about(Listing(VEHICLES, admin, {"as_of": day()}))["legends"]["kind"]
    assert line["name"] == "(silinmiş kayıt, no 1000000)"
