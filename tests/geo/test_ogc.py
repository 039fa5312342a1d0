"""The registers as OGC API – Features, read by GDAL's own driver from a server that runs."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest
import shapely
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from geo import shapes
from geo.models import Location
from inventory import registers, writes
from inventory.organization.models import Unit
from tests.geo.files import square
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

NETWORK = registers.get("network")
PASSWORD = "uzun-ve-gizli-1"  # of tests.rows.user


@pytest.fixture
def world(transactional_db):
    """Two directorates with three devices each, on masts 100 m apart; the last lies nowhere."""
    here, there = unit("Bilgi İşlem Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    for number, of in enumerate((here, there, here, there)):
        lot = square(493_000 + 1_000 * number, 4_514_000)
        place = Location(name=f"Direk {number}", footprint=shapes.pack(lot) if number < 2 else None)
        if number >= 2:
            place.lon, place.lat = lot.centroid.x, lot.centroid.y
        writes.save(registers.get("locations"), place, SYSTEM)
        row(NETWORK, of, location=place, hostname=f"direk-{number}")
    row(NETWORK, here, location=None, hostname="depoda")
    user("bilgi", here, (here, "network", 1))
    return here, there


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


# In a process of its own: GDAL waits for the answer without letting the test's server thread go on.
READER = """
import json, sys
import pyogrio
options = json.loads(sys.argv[1])
pyogrio.set_gdal_config_options({"GDAL_HTTP_USERPWD": options.pop("login"), "CPL_VSIL_CURL_USE_HEAD": "NO"})
source = options.pop("source")
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
layers = [name for name, _kind in pyogrio.list_layers(source)]
found = pyogrio.read_dataframe(source, **options)
read = json.loads(found.to_json(drop_id=True, default=str))
print(json.dumps({"layers": layers, "crs": found.crs.to_epsg(), "features": read}))
"""


@pytest.fixture
def gdal(live_server):
    """gdal(prefix, path, …): what `pyogrio.read_dataframe` reads from the server as "bilgi"."""

    def read(prefix: str, path: str, **options) -> tuple[list[str], int, dict]:
        options |= {"source": f"{prefix}{live_server.url}{path}", "login": f"bilgi:{PASSWORD}"}
        call = [sys.executable, "-W", "ignore", "-c", READER, json.dumps(options)]
        run = subprocess.run(call, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stderr
        result = json.loads(run.stdout)
        return result["layers"], result["crs"], result["features"]["features"]

    return read


def names(features: list[dict]) -> set[str]:
    return {feature["properties"]["Cihaz adı"] for feature in features}


def test_gdals_own_driver_opens_a_register(world, gdal):
    layers, crs, found = gdal("OAPIF:", reverse("features"), layer="network")
    # Only what the grant is for, and the places that others refer to.
    registers_seen = {"network", "locations"}
    assert set(layers) == registers_seen | {
        f"{slug}.{shape}" for slug in registers_seen for shape in ("points", "areas")
    }
    assert crs == 4326
    assert names(found) == {"direk-0", "direk-2", "depoda"}
    by_name = {feature["properties"]["Cihaz adı"]: feature["geometry"] for feature in found}
    assert shapely.geometry.shape(by_name["direk-0"]).equals(square(493_000, 4_514_000))
    assert by_name["direk-2"]["type"] == "Point"
    assert by_name["depoda"] is None


def test_gdal_goes_from_page_to_page(world, gdal):
    here, _there = world
    for _ in range(25):
        row(NETWORK, here)
    assert len(gdal("OAPIF:", reverse("features"), layer="network", PAGE_SIZE=10)[2]) == 28


def test_the_items_are_plain_geojson_for_gdal_as_well(world, gdal):
    _layers, crs, found = gdal("", f"{reverse('features-items', args=[NETWORK])}?limit=1000")
    assert len(found) == 3 and crs == 4326


def test_gdal_asks_for_a_box(world, gdal):
    box = square(492_950, 4_513_950, 300).bounds
    assert names(gdal("OAPIF:", reverse("features"), layer="network", bbox=box)[2]) == {"direk-0"}


def test_without_a_password_or_with_a_wrong_one_nothing_is_reported(world):
    client, url = Client(), reverse("features-items", args=[NETWORK])
    for headers in (
        {},
        basic("bilgi", "yanlış"),
        {"HTTP_AUTHORIZATION": "Basic !"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
    ):
        answer = client.get(url, **headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
    assert client.get(url, **basic("bilgi")).status_code == 200


def test_guessing_passwords_locks_out_here_as_on_the_login_page(world, settings):
    cache.clear()
    client, url = Client(), reverse("features")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.get(url, **basic("bilgi", "yanlış"))
    assert client.get(url, **basic("bilgi")).status_code in (401, 403, 429)


def get(client: Client, **query) -> dict:
    return client.get(reverse("features-items", args=[NETWORK]), query).json()


def test_another_directorates_items_are_in_no_page_count_or_item(world):
    here, _there = world
    client = signed_in(user("goren", here, (here, "network", 1)))
    answer = get(client)
    assert (answer["numberMatched"], answer["numberReturned"]) == (3, 3)
    hidden = NETWORK.model.objects.get(hostname="direk-1")
    assert client.get(reverse("features-item", args=[NETWORK, hidden.pk])).status_code == 404
    own = NETWORK.model.objects.get(hostname="direk-0")
    assert client.get(reverse("features-item", args=[NETWORK, own.pk])).json()["properties"]["Cihaz adı"] == "direk-0"
    assert client.get(reverse("features-collection", args=["property"])).status_code == 404


def test_pages_are_linked_and_neither_overlap_nor_lack(world):
    here, _there = world
    client = signed_in(user("goren", here, (None, "network", 1)))
    seen, query = [], {"limit": 2}
    for _ in range(3):
        answer = get(client, **query)
        seen += [feature["id"] for feature in answer["features"]]
        links = {link["rel"]: link["href"] for link in answer["links"]}
        if "next" not in links:
            break
        query = dict(pair.split("=") for pair in links["next"].partition("?")[2].split("&"))
    assert sorted(seen) == sorted(NETWORK.model.objects.values_list("pk", flat=True))
    assert "prev" in links


def test_the_lists_filters_are_parameters(world):
    client = signed_in(user("goren", world[0], (None, "network", 1)))
    assert [f["properties"]["Cihaz adı"] for f in get(client, hostname="direk-1")["features"]] == ["direk-1"]
    assert list(get(client, columns="hostname")["features"][0]["properties"]) == ["Envanter no", "Cihaz adı"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "nan,1,2,3"},
        {"bbox": "5,1,2,3"}, {"colour": "red"}, {"bbox-crs": "EPSG:4326"}, {"as_of": "yarın"},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(world, query):
    client = signed_in(user("goren", world[0], (None, "network", 1)))
    answer = client.get(reverse("features-items", args=[NETWORK]), query)
    assert answer.status_code == 400
    assert answer.json()["description"]


def test_a_page_costs_the_same_queries_for_few_and_many_rows(world):
    client = signed_in(user("goren", world[0], (None, "network", 1)))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            get(client)
        return len(captured)

    few = queries()
    for _ in range(5):
        row(NETWORK, world[0])
    assert queries() == few


def test_what_there_is_is_described(world):
    client = signed_in(user("goren", world[0], (None, "network", 1)))
    landing = client.get(reverse("features")).json()
    assert {link["rel"] for link in landing["links"]} == {"self", "service-desc", "conformance", "data"}
    for link in landing["links"]:
        assert client.get(link["href"]).status_code == 200
    (network,) = [c for c in client.get(reverse("features-collections")).json()["collections"] if c["id"] == "network"]
    assert network["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    assert client.post(reverse("features")).status_code == 405


def test_points_and_areas_are_layers_of_their_own(world, gdal):
    _layers, _crs, points = gdal("OAPIF:", reverse("features"), layer="network.points")
    _layers, _crs, areas = gdal("OAPIF:", reverse("features"), layer="network.areas")
    assert (names(points), names(areas)) == ({"direk-2"}, {"direk-0"})
    assert {each["geometry"]["type"] for each in points} == {"Point"}


def test_a_column_whose_first_rows_are_blank_keeps_its_type(world, live_server):
    """GDAL takes types from the first page, so rows that fill the columns come first, and the schema says the rest."""
    for _ in range(10):
        row(NETWORK, world[0])
    for each in NETWORK.model.objects.order_by("pk"):
        each.licence_until, each.cost = None, None
        writes.save(NETWORK, each, SYSTEM)
    last = row(NETWORK, world[0], location=None, cost="12.50")
    code = (
        "import sys, pyogrio\n"
        f"pyogrio.set_gdal_config_options({{'GDAL_HTTP_USERPWD': 'bilgi:{PASSWORD}'}})\n"
        "found = pyogrio.read_dataframe(sys.argv[1], layer='network', PAGE_SIZE=10)\n"
        "print(found['Edinme bedeli (TL)'].dtype, found['Ruhsat bitişi'].dtype)"
    )
    call = [sys.executable, "-W", "ignore", "-c", code, f"OAPIF:{live_server.url}{reverse('features')}"]
    run = subprocess.run(call, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    assert last.cost and run.stdout.split() == ["float64", "datetime64[ms]"]


@pytest.fixture
def reader(world):
    return signed_in(user("goren", world[0], (None, "network", 1)))


def test_a_filter_that_is_given_twice_stays_so_in_every_link(world, reader):
    here, there = world
    url = reverse("features-items", args=[NETWORK])
    answer = reader.get(f"{url}?responsible_unit={here.pk}&responsible_unit={there.pk}&limit=2").json()
    assert answer["numberMatched"] == 5
    links = {link["rel"]: link["href"] for link in answer["links"]}
    assert links["next"].count("responsible_unit=") == links["self"].count("responsible_unit=") == 2
    assert reader.get(links["next"]).json()["numberMatched"] == 5


def test_items_come_in_the_order_that_was_asked_for(reader):
    hosts = [each["properties"]["Cihaz adı"] for each in get(reader, sort="-hostname", limit=3)["features"]]
    assert hosts == ["direk-3", "direk-2", "direk-1"]


@pytest.mark.parametrize("query", [{"columns": "hostname,yok"}, {"datetime": "2025-01-01"}, {"sort": "yok"}])
def test_what_is_not_there_is_refused_by_its_name(reader, query):
    answer = reader.get(reverse("features-items", args=[NETWORK]), query)
    assert answer.status_code == 400
    assert any(word in answer.json()["description"] for word in ("yok", "datetime"))


def test_every_fault_is_json(reader):
    for url in (
        "/ogc/yok",
        "/ogc/collections/yok",
        "/ogc/collections/people/items",
        "/ogc/collections/network/items/9",
    ):
        answer = reader.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "404"), url
    client = Client(enforce_csrf_checks=True)
    client.cookies = reader.cookies
    for method in ("post", "put", "delete"):
        answer = getattr(client, method)(reverse("features"))
        assert (answer.status_code, answer.json()["code"]) == (405, "405")
        assert "GET" in answer["Allow"]


def test_an_answer_is_packed_and_not_sent_twice(reader):
    url = reverse("features-items", args=[NETWORK])
    first = reader.get(url, headers={"Accept-Encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip" and "Accept-Encoding" in first["Vary"]
    again = reader.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    row(NETWORK, Unit.objects.first())
    assert reader.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_openapi_document_names_every_path_and_filter(reader):
    document = reader.get(reverse("features-api")).json()
    layers = [each["id"] for each in reader.get(reverse("features-collections")).json()["collections"]]
    for layer in layers:
        base = f"/ogc/collections/{layer}"
        assert {base, f"{base}/schema", f"{base}/queryables", f"{base}/items/{{featureId}}"} <= set(document["paths"])
        given = {each["name"]: each for each in document["paths"][f"{base}/items"]["get"]["parameters"]}
        queryables = reader.get(f"{base}/queryables").json()["properties"]
        assert queryables.keys() <= given.keys()
        assert (given["limit"]["schema"]["default"], given["limit"]["schema"]["maximum"]) == (1_000, 10_000)
        # What it names is understood.
        for name in queryables:
            assert reader.get(f"{base}/items", {name: ""}).status_code == 200
