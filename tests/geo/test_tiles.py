"""What a tile shows is what the list shows: the same rows, the same numbers, the same people."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import mapbox_vector_tile
import pytest
import shapely
from django.urls import reverse
from django.utils import timezone

from geo import counts, map_layers, shapes
from geo.cells import tile_of
from geo.models import Location
from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.models import Kind
from inventory.past import opened
from tests.pages import ASSETS, signed_in
from tests.rows import SYSTEM, kind, row, user

pytestmark = pytest.mark.django_db

ZOOMS = (0, 8, 11, 13, 14, 16, 22)
HERE = (29.9187654, 40.7654321)


def place(name: str, east_m: float = 0, **values) -> Location:
    """A location so many metres east of `HERE`."""
    lon, lat = round(HERE[0] + east_m / 84_000, 7), HERE[1]
    return writes.save(registers.get("locations"), Location(name=name, lon=lon, lat=lat, **values), SYSTEM)


def url(register, zoom: int, at: Location) -> str:
    name, args = ("register-tile", [register]) if register else ("tile-of-all", [])
    return reverse(name, args=[*args, zoom, *tile_of(at.cell, zoom)])


def read(answer) -> dict[str, list[dict]]:
    """Layer → features, each as its properties with its `id` and `geometry`."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    content = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    layers = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}) if content else {}
    return {
        name: [f["properties"] | {"id": f.get("id"), "geometry": f["geometry"]} for f in layer["features"]]
        for name, layer in layers.items()
    }


def numbers_in(features: list[dict]) -> tuple[int, dict[int, int]]:
    """How many items, and how many of each kind."""
    kinds: dict[int, int] = {}
    for each in features:
        for pk, number in (json.loads(each["parts"]) if "parts" in each else {each["kind"]: 1}).items():
            kinds[int(pk)] = kinds.get(int(pk), 0) + number
    return sum(each["number"] for each in features), kinds


@pytest.mark.parametrize("register", ASSETS)
def test_one_item_with_what_the_map_colours_by(register, here, admin):
    at = place("Garaj")
    made = row(register, here, location=at)
    (item,) = read(signed_in(admin).get(url(register, 16, at)))[register.slug]
    assert (item["id"], item["number"], item["label"]) == (made.pk, 1, str(made))
    assert (item["kind"], item["unit"], item["status"]) == (made.kind_id, here.pk, made.status)
    assert item["location"] == at.pk
    if register.validity:
        assert item["due"] == getattr(made, register.validity.ends).isoformat()
    assert item["geometry"]["type"] == "Point"
    assert all(0 <= value < 4096 for value in item["geometry"]["coordinates"])


def test_what_is_valid_today_says_when_it_falls_due(here, admin):
    vehicles, inspections, at = registers.get("vehicles"), registers.get("inspections"), place("Garaj")
    made = row(vehicles, here, location=at)
    for year in (2027, 2029, 2028):
        row(inspections, here, vehicle=made, done_on=dt.date(year - 8, 5, 1), valid_until=dt.date(year, 5, 1))
    (item,) = read(signed_in(admin).get(url(vehicles, 16, at)))["vehicles"]
    assert item["inspection_until"] == "2029-05-01"


@pytest.mark.parametrize("register", ASSETS)
def test_queries_do_not_grow_with_the_items(register, here, admin, django_assert_num_queries):
    at, client = place("Garaj"), signed_in(admin)
    row(register, here, location=at)
    client.get(url(register, 16, at))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(url(register, 16, at))
    for n in range(4):
        row(register, here, location=place(f"Depo {n}", 10 * n), kind=kind(register, f"9{n}"))
    with django_assert_num_queries(len(one)):
        found = client.get(url(register, 16, at))
    assert numbers_in(read(found)[register.slug])[0] == 5


@pytest.fixture
def spread(here, there):
    """Vehicles of two units and two kinds on six places, one of them far away and some without a place."""
    vehicles = registers.get("vehicles")
    kinds = [kind(vehicles, code, name) for code, name in (("1", "Kamyon"), ("2", "Otobüs"))]
    places = [place(f"Garaj {n}", 300 * n) for n in range(5)] + [place("Uzak", 60_000)]
    made = []
    for n in range(40):
        made.append(
            row(
                vehicles,
                (here, there)[n % 3 == 0],
                plate=f"41 KM {100 + n}",
                kind=kinds[n % 4 == 0],
                location=None if n % 10 == 9 else places[n % 6],
                status=("in_use", "in_store", "lent_out")[n % 5 % 3],
                make=("Ford", "BMC")[n % 2],
            )
        )
    return made


FILTERS = (
    {},
    {"kind": ["Otobüs"]},
    {"kind": ["Otobüs", "Kamyon"], "status": ["in_use"]},
    {"status": ["in_store", "lent_out"]},
    {"responsible_unit": ["there"]},
    {"responsible_unit": ["there"], "kind": ["Kamyon"], "status": ["in_use"]},
    {"make": ["ford"]},
    {"q": ["41 km 11"]},
    {"make": ["BMC"], "status": ["in_use"]},
)


def asked(params: dict, there) -> dict:
    names = {"there": there.pk} | {each.name: each.pk for each in Kind.objects.filter(register="vehicles")}
    return {key: [names.get(value, value) for value in values] for key, values in params.items()}


@pytest.mark.parametrize("few", [0, 250])
def test_a_tile_has_the_rows_of_the_list(spread, here, there, admin, few, monkeypatch):
    """At every zoom, one by one and in clusters, for somebody who sees all and somebody who sees half."""
    monkeypatch.setattr(map_layers, "FEW", few)
    vehicles, at = registers.get("vehicles"), spread[0].location
    for account in (admin, user("goren", here, (here, "vehicles", 1))):
        client = signed_in(account)
        for params in FILTERS:
            query = asked(params, there)
            matching = Listing(vehicles, account, query).matching
            listed = list(matching.exclude(location=None).select_related("location"))
            for zoom in ZOOMS:
                layers = read(client.get(url(vehicles, zoom, at), query))
                _is_shown(listed, layers, at, zoom, few, params)


def _is_shown(listed: list, layers: dict, at: Location, zoom: int, few: int, params: dict) -> None:
    wanted = [r for r in listed if tile_of(r.location.cell, zoom) == tile_of(at.cell, zoom)]
    kinds: dict[int, int] = {}
    for each in wanted:
        kinds[each.kind_id] = kinds.get(each.kind_id, 0) + 1
    features = layers.get("vehicles", [])
    assert numbers_in(features) == (len(wanted), kinds), (zoom, params)
    one_by_one = {each["id"] for each in features if each["id"]}
    assert one_by_one <= {each.pk for each in wanted}, (zoom, params)
    if few:
        alone = [r.pk for r in wanted if sum(o.location_id == r.location_id for o in wanted) == 1]
        assert one_by_one == set(alone), (zoom, params)


def test_a_past_day_shows_what_stood_there_then(here, admin):
    vehicles, old, new = registers.get("vehicles"), place("Eski garaj"), place("Yeni garaj", 20_000)
    made = row(vehicles, here, location=old)
    past = timezone.now() - dt.timedelta(days=30)
    with opened():
        vehicles.model.history.update(history_date=past)
    made.location = new
    writes.save(vehicles, made, SYSTEM)
    client, day = signed_in(admin), (timezone.localdate() - dt.timedelta(days=7)).isoformat()
    for zoom in (13, 16):
        assert read(client.get(url(vehicles, zoom, old), {"as_of": day}))["vehicles"][0]["id"] == made.pk
        assert read(client.get(url(vehicles, zoom, old))) == {}
        assert read(client.get(url(vehicles, zoom, new)))["vehicles"][0]["id"] == made.pk


def test_a_filter_that_was_not_understood_shows_nothing(spread, admin):
    at = spread[0].location
    assert read(signed_in(admin).get(url(registers.get("vehicles"), 8, at), {"cost_from": "çok"})) == {}


def test_more_than_can_be_counted_is_said_to_be_at_least(spread, admin, monkeypatch):
    """Cell by cell: the far cell, which has few, is counted exactly, and none is left out."""
    monkeypatch.setattr(map_layers, "FEW", 0)
    vehicles, at, client = registers.get("vehicles"), spread[0].location, signed_in(admin)
    exact = read(client.get(url(vehicles, 8, at), {"make": "bmc"}))["vehicles"]
    near, far = sorted((each["number"] for each in exact), reverse=True)
    monkeypatch.setattr(map_layers, "MOST_COUNTED", far + near - 1)
    monkeypatch.setattr(map_layers, "MOST_IN_CELL", far)
    found = read(client.get(url(vehicles, 8, at), {"make": "bmc"}))["vehicles"]
    assert sorted((each["number"], each.get("at_least", False)) for each in found) == [(far, False), (far, True)]
    assert not any("at_least" in each for each in exact)


def test_several_at_one_place_are_one_point_that_names_it(here, admin):
    vehicles, at = registers.get("vehicles"), place("Garaj")
    for _ in range(3):
        row(vehicles, here, location=at)
    (found,) = read(signed_in(admin).get(url(vehicles, 16, at)))["vehicles"]
    assert (found["number"], found["location"]) == (3, at.pk) and not found["id"]


# Who sees what ---------------------------------------------------------------------------------------------


# Kept counts, cells of single items, items themselves.
@pytest.mark.parametrize("zoom", (8, 13, 16))
@pytest.mark.parametrize("register", ASSETS)
def test_another_directorates_items_are_in_no_tile(register, zoom, here, there, monkeypatch):
    at = place("Ortak bina", footprint=shapes.pack(shapely.box(HERE[0], HERE[1], HERE[0] + 1e-4, HERE[1] + 1e-4)))
    hidden, own = row(register, here, location=at), row(register, there, location=at)
    accounts = {
        "nobody": (None, 302),
        "no grant": (user("yetkisiz", here), 404),
        "stranger": (user("yabanci", there, (there, "", 3)), [own]),
        "viewer": (user("goren", here, (here, register.slug, 1)), [hidden]),
        "steward": (user("sorumlu", there, (None, register.slug, 3)), [hidden, own]),
        "auditor": (user("denetci", there, (None, "", 1)), [hidden, own]),
        "admin": (user("yonetici", there, is_superuser=True), [hidden, own]),
        "other register": (user("baska", here, (None, "people", 3)), 404),
    }
    people = {who: (signed_in(account), seen) for who, (account, seen) in accounts.items()}
    # What is kept and what is counted is found in the same way for every register: one goes through all of it.
    ways = (
        [(False, 0), (False, 250), (True, 0), (True, 250)] if register.slug == "vehicles" else [(False, 250), (True, 0)]
    )
    for fold, few in ways:
        counts.fold() if fold else None
        monkeypatch.setattr(map_layers, "FEW", few)
        for who, (client, seen) in people.items():
            for address in (url(register, zoom, at), url(None, zoom, at)):
                answer = client.get(address)
                if isinstance(seen, int):
                    assert answer.status_code == seen, who
                    continue
                layers = read(answer)
                assert numbers_in(layers[register.slug])[0] == len(seen), who
                for outline in layers.get(f"{register.slug}-footprints", []):
                    assert outline["number"] == len(seen), who
                    assert (outline.get("unit") == seen[0].responsible_unit_id) == (len(seen) == 1), who


def test_the_tile_of_all_has_a_layer_for_each_register(here, admin):
    at = place("Hizmet binası")
    for register in registers.every("asset"):
        row(register, here, location=at)
    layers = read(signed_in(admin).get(url(None, 16, at)))
    # A program brings its server along.
    assert {slug: numbers_in(layers[slug])[0] for slug in layers} == {
        "property": 1, "vehicles": 1, "network": 2, "equipment": 1, "software": 1,
    }  # fmt: skip
    one = read(signed_in(user("goren", here, (here, "vehicles", 1))).get(url(None, 16, at)))
    assert list(one) == ["vehicles"]


def test_a_register_without_places_has_no_tiles(here, admin):
    for slug in ("people", "inspections", "units"):
        assert signed_in(admin).get(reverse("register-tile", args=[registers.get(slug), 8, 149, 96])).status_code == 404


# Shapes ----------------------------------------------------------------------------------------------------


def square(east_m: float, side_m: float) -> bytes:
    west, south = HERE[0] + east_m / 84_000, HERE[1]
    return shapes.pack(shapely.box(west, south, west + side_m / 84_000, south + side_m / 111_000))


def test_footprints_when_close_with_what_stands_in_them(here, there, admin):
    vehicles = registers.get("vehicles")
    at = place("Garaj", footprint=square(0, 40))
    empty = place("Boş arsa", 50, footprint=square(50, 40))
    first = row(vehicles, here, location=at, status="in_use")
    row(vehicles, there, location=at, status="in_use", kind=kind(vehicles, "7"))
    client = signed_in(admin)
    assert "vehicles-footprints" not in read(client.get(url(vehicles, 14, at)))
    (found,) = read(client.get(url(vehicles, 17, at)))["vehicles-footprints"]
    assert (found["id"], found["number"], found["status"]) == (at.pk, 2, "in_use")
    assert "kind" not in found and "unit" not in found and empty.pk != found["id"]
    assert found["geometry"]["type"] == "Polygon"
    (found,) = read(client.get(url(vehicles, 17, at), {"responsible_unit": here.pk}))["vehicles-footprints"]
    assert (found["number"], found["kind"], found["unit"]) == (1, first.kind_id, here.pk)


def test_a_footprint_is_drawn_in_every_tile_that_it_reaches_and_cut_there(here, admin):
    vehicles = registers.get("vehicles")
    wide = square(0, 400)
    at = place("Büyük parsel", footprint=wide)
    row(vehicles, here, location=at)
    client, zoom = signed_in(admin), 17
    x, y = tile_of(at.cell, zoom)
    for right in (0, 1):
        address = reverse("register-tile", args=[vehicles, zoom, x + right, y])
        (found,) = read(client.get(address))["vehicles-footprints"]
        ring = found["geometry"]["coordinates"][0]
        assert all(-128 <= value <= 4096 + 128 for point in ring for value in point)


def test_links_are_lines_between_devices_that_one_may_see(here, there, admin):
    network, near, far = registers.get("network"), place("Kule 1"), place("Kule 2", 30_000)
    mast = row(network, there, location=far)
    link = row(network, here, location=near, linked_to=mast)
    row(network, here, location=near, linked_to=link)
    client = signed_in(admin)
    for zoom in (8, 12):
        (line,) = read(client.get(url(network, zoom, near)))["network-linked-to"]
        assert (line["id"], line["to"], line["geometry"]["type"]) == (link.pk, mast.pk, "LineString")
    # Half way, where neither of the two stands.
    between = Location(lon=HERE[0] + 15_000 / 84_000, lat=HERE[1])
    between.derive()
    assert len(read(client.get(url(network, 14, between)))["network-linked-to"]) == 1
    south = Location(lon=HERE[0], lat=HERE[1] - 0.3)
    south.derive()
    assert read(client.get(url(network, 14, south))) == {}
    own = signed_in(user("goren", here, (here, "network", 1)))
    assert "network-linked-to" not in read(own.get(url(network, 12, near)))


# Over the wire ---------------------------------------------------------------------------------------------


def test_a_tile_is_asked_about_again_and_sent_again_only_when_something_was_written(spread, here, there, admin):
    vehicles, at = registers.get("vehicles"), spread[0].location
    address, client = url(vehicles, 12, at), signed_in(admin)
    assert "ETag" not in client.get(address), "a write is not folded in yet"
    counts.fold()
    answer = client.get(address)
    assert "private" in answer["Cache-Control"] and "no-cache" in answer["Cache-Control"]
    assert {"Cookie", "Accept-Encoding"} <= set(answer["Vary"].split(", "))
    tag = {"if-none-match": answer["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    assert client.get(address + "?status=in_use", headers=tag).status_code == 200
    assert client.get(url(vehicles, 13, at), headers=tag).status_code == 200
    other = signed_in(user("goren", there, (there, "vehicles", 1)))
    counts.fold()
    assert other.get(address, headers=tag).status_code == 200
    tag = {"if-none-match": client.get(address)["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    # Even what no count knows of: a name.
    made = vehicles.model.objects.select_related(*vehicles.references).get(pk=spread[0].pk)
    made.plate = "41 ZZZ 999"
    writes.save(vehicles, made, SYSTEM)
    counts.fold()
    assert client.get(address, headers=tag).status_code == 200


def test_a_tile_of_some_size_is_sent_compressed(here, admin):
    vehicles = registers.get("vehicles")
    places = [place(f"Garaj {n}", 5 * n) for n in range(20)]
    for at in places:
        row(vehicles, here, location=at)
    answer = signed_in(admin).get(url(vehicles, 14, places[0]), headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert numbers_in(read(answer)["vehicles"])[0] > 10


def test_a_grant_that_is_taken_away_makes_it_another_tile(spread, here):
    account = user("goren", here, (here, "vehicles", 1), (None, "vehicles", 1))
    counts.fold()
    address, client = url(registers.get("vehicles"), 8, spread[0].location), signed_in(account)
    before = client.get(address)
    writes.delete(registers.get("grants"), account.person.grants.get(unit=None), SYSTEM)
    counts.fold()
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert numbers_in(read(after)["vehicles"])[0] < numbers_in(read(before)["vehicles"])[0]


@pytest.mark.parametrize("wrong", [(3, 8, 0), (3, 0, 8), (23, 0, 0), (99, 1, 1)])
def test_a_tile_that_there_is_not_is_said_in_a_sentence(wrong, admin):
    for address in (
        reverse("tile-of-all", args=wrong),
        reverse("register-tile", args=[registers.get("vehicles"), *wrong]),
    ):
        answer = signed_in(admin).get(address)
        assert answer.status_code == 400
        assert "diye bir harita karosu yok" in answer.content.decode()


def test_tiles_are_only_read(admin):
    address = reverse("tile-of-all", args=[8, 149, 96])
    assert signed_in(admin).post(address).status_code == 405
    assert signed_in(admin).head(address).status_code == 200
    assert signed_in(admin).get("/tiles/8/149/a.mvt").status_code == 404
