"""A drawn area is a filter of the list, exact to the corner."""

import datetime as dt
import random

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from geo import within
from geo.models import Location
from geo.within import Area
from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.organization.models import Grant
from tests.inventory.past.yesterday import backdate, day
from tests.pages import ASSETS, signed_in
from tests.rows import SYSTEM, row, unit, user

LOCATIONS, VEHICLES = registers.get("locations"), registers.get("vehicles")
TRIANGLE = "29.9,40.7,30.0,40.7,29.9,40.8"
# A U, whose middle is not in it.
BENT = "29.9,40.7,30.0,40.7,30.0,40.8,29.97,40.8,29.97,40.73,29.93,40.73,29.93,40.8,29.9,40.8"


def place(lon: float, lat: float) -> Location:
    number = Location.objects.count()
    return writes.save(LOCATIONS, Location(name=f"Yer {number}", lon=lon, lat=lat), SYSTEM)


@pytest.fixture
def here(db):
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def scattered(here):
    """Places all over and around the areas, some on their very corners and edges."""
    dice = random.Random(5)
    points = [(round(dice.uniform(29.85, 30.05), 7), round(dice.uniform(40.65, 40.85), 7)) for _ in range(150)]
    points += [(29.9, 40.7), (30.0, 40.7), (29.95, 40.7), (29.9, 40.75), (29.97, 40.73), (29.95, 40.78)]
    Location.objects.bulk_create(_derived(n, *point) for n, point in enumerate(points))
    return list(Location.objects.all())


def _derived(number: int, lon: float, lat: float) -> Location:
    made = Location(name=f"Yer {number}", lon=lon, lat=lat)
    made.derive()
    return made


@pytest.mark.parametrize(
    "text", [TRIANGLE, BENT, "29.9,40.7,30.0,40.8", "29.95,40.7,29.9500001,40.7000001", "-180,-80,180,80"]
)
def test_an_area_holds_what_lies_in_it_and_on_its_edge(text, scattered):
    area = Area.parse(text)
    expected = {p.pk for p in scattered if shapely.intersects_xy(area.shape, p.lon, p.lat)}
    assert set(Location.objects.filter(area.condition).values_list("pk", flat=True)) == expected
    assert expected


def test_places_without_a_point_are_in_no_area(here):
    writes.save(LOCATIONS, Location(name="Bilinmeyen"), SYSTEM)
    assert not Location.objects.filter(Area.parse("-180,-90,180,90").condition).exists()


@pytest.mark.parametrize("register", ASSETS)
def test_every_list_is_narrowed_by_an_area(register, here, admin):
    inside = row(register, here, location=place(29.91, 40.71))
    row(register, here, location=place(29.99, 40.79))
    row(register, here, location=None)
    assert list(Listing(register, admin, {"within": TRIANGLE}).matching) == [inside]


def test_an_area_opens_no_scope(here, admin):
    there = unit("Zabıta Dairesi Başkanlığı")
    mine, theirs = (row(VEHICLES, of, location=place(29.91, 40.71)) for of in (here, there))
    officer = user("ayse", here, (here, "vehicles", Grant.Level.VIEW))
    assert list(Listing(VEHICLES, officer, {"within": TRIANGLE}).matching) == [mine]
    assert set(Listing(VEHICLES, admin, {"within": TRIANGLE}).matching) == {mine, theirs}


@pytest.mark.parametrize("text", [BENT, "29.9,40.7,30.0,40.8"])
def test_a_past_day_is_asked_by_the_places_of_that_day(text, here, admin):
    there, inside = unit("Zabıta Dairesi Başkanlığı"), (29.91, 40.71)
    left, came, stayed = (place(*at) for at in (inside, (29.5, 40.5), inside))
    gone, nowhere = place(*inside), writes.save(LOCATIONS, Location(name="Bilinmeyen"), SYSTEM)
    went, arrived, kept, placed = (row(VEHICLES, here, location=at) for at in (left, came, stayed, nowhere))
    deleted, theirs = row(VEHICLES, here, location=gone), row(VEHICLES, there, location=left)
    deleted_id = deleted.pk
    backdate()
    for at, (lon, lat) in ((left, (29.5, 40.5)), (came, inside), (nowhere, inside)):
        at.lon, at.lat = lon, lat
        writes.save(LOCATIONS, at, SYSTEM)
    writes.delete(VEHICLES, deleted, SYSTEM)
    writes.delete(LOCATIONS, gone, SYSTEM)
    new = row(VEHICLES, here, location=stayed)
    officer = user("ayse", here, (here, "vehicles", Grant.Level.VIEW))
    then, now = {went.pk, kept.pk, deleted_id}, {arrived.pk, kept.pk, placed.pk, new.pk}
    for asked, found, of_others in (({"as_of": day()}, then, {theirs.pk}), ({}, now, set())):
        for reader, wanted in ((admin, found | of_others), (officer, found)):
            listing = Listing(VEHICLES, reader, {"within": text} | asked)
            assert set(listing.matching.values_list("id", flat=True)) == wanted, (asked, reader)
    # Of a day before the first record nothing is known.
    long_ago = f"{timezone.localdate() - dt.timedelta(days=30):%d.%m.%Y}"
    assert not Listing(VEHICLES, admin, {"within": text, "as_of": long_ago}).matching.exists()


def test_a_past_days_edge_has_the_places_of_that_day(here, admin, monkeypatch):
    on_edge = [place(29.9, 40.7 + n / 100) for n in range(1, 3)]
    made = [row(VEHICLES, here, location=at) for at in on_edge]
    backdate()
    for at in on_edge:
        at.lon = 29.5
        writes.save(LOCATIONS, at, SYSTEM)
    past = {"within": TRIANGLE, "as_of": day()}
    assert set(Listing(VEHICLES, admin, past).matching.values_list("id", flat=True)) == {each.pk for each in made}
    monkeypatch.setattr(within, "MOST_ON_EDGE", 1)
    assert not Listing(VEHICLES, admin, {"within": TRIANGLE}).errors
    assert Listing(VEHICLES, admin, past).errors.keys() == {"within"}


def test_a_wrong_area_is_message_and_shows_nothing(here, admin):
    row(VEHICLES, here, location=place(29.91, 40.71))
    for wrong in ("a", "1,2,3", "30,40.8,29,40.7", "29,40,30,41,29,41,30,40", "190,40,191,41,190,41", "nan,1,2,3"):
        asked = Listing(VEHICLES, admin, {"within": wrong})
        assert asked.errors.keys() == {"within"}, wrong
        assert not asked.matching.exists()
    shown = signed_in(admin).get(reverse("register-list", args=["vehicles"]), {"within": "a"}).content.decode()
    assert "Harita alanı: Haritada çizilen alan anlaşılamadı; alanı haritada yeniden çiziniz." in shown


def test_the_list_says_that_an_area_narrows_it_and_how_to_take_it_away(here, admin):
    query = {"within": TRIANGLE, "make": "Ford"}
    shown = signed_in(admin).get(reverse("register-list", args=["vehicles"]), query).content.decode()
    assert "Harita alanı: haritada çizilen 3 köşeli alan" in shown
    assert 'href="?make=Ford"' in shown
    assert f'<input type="hidden" name="within" value="{TRIANGLE}"' in shown


def test_the_limits_of_an_area(scattered, monkeypatch):
    corners = ",".join(f"{29 + n / 1000},{40 + (n % 2) / 1000}" for n in range(within.MOST_CORNERS + 1))
    with pytest.raises(ValidationError, match="en çok 200 köşesi"):
        Area.parse(corners)
    monkeypatch.setattr(within, "MOST_ON_EDGE", 1)
    with pytest.raises(ValidationError, match="kenarında 1 yerden çok var"):
        Area.parse(TRIANGLE).condition  # noqa: B018


@pytest.mark.parametrize("past", [False, True])
def test_the_queries_do_not_grow_with_the_places(past, here, admin):
    asked = {"within": BENT} | ({"as_of": f"{timezone.localdate():%d.%m.%Y}"} if past else {})
    row(VEHICLES, here, location=place(29.91, 40.71))
    with CaptureQueriesContext(connection) as few:
        assert len(Listing(VEHICLES, admin, asked).matching) == 1
    for n in range(1, 3):
        row(VEHICLES, here, location=place(29.91 + n / 100, 40.71))
    with CaptureQueriesContext(connection) as many:
        assert len(Listing(VEHICLES, admin, asked).matching) == 3
    assert len(many) == len(few)


@given(st.text(alphabet="0123456789.,-e ", max_size=60) | st.lists(st.floats(), max_size=12).map(repr))
def test_whatever_stands_in_the_address_is_an_area_or_refused(text):
    try:
        area = Area.parse(text)
    except ValidationError as refusal:
        assert refusal.messages
    else:
        assert area.shape.is_valid
        assert not area.shape.is_empty
