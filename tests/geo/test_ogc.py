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
told = json.loads(found.to_json(drop_id=True, default=str))
print(json.dumps({"layers": layers, "crs": found.crs.to_epsg(), "features": told}))
"""


@pytest.fixture
def gdal(live_server):
    """gdal(prefix, path, …): what `pyogrio.read_dataframe` reads from the server as "bilgi"."""

    def read(prefix: str, path: str, **options) -> tuple[list[str], int, dict]:
        options |= {"source": f"{prefix}{live_server.url}{path}", "login": f"bilgi:{PASSWORD}"}
        call = [sys.executable, "-W", "ignore", "-c", READER, json.dumps(options)]
        run = subprocess.run(call, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        told = json.loads(run.stdout)
        return told["layers"], told["crs"], told["features"]["features"]

    return read


def names(features: list[dict]) -> set[str]:
    return {feature["properties"]["Cihaz adı"] for feature in features}


def test_gdals_own_driver_opens_a_register(world, gdal):
    layers, crs, found = gdal("OAPIF:", reverse("features"), layer="network")
    # Only what the grant is for, and the places that others refer to.
    assert set(layers) == {"network", "locations"}
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


def test_without_a_password_or_with_a_wrong_one_nothing_is_told(world):
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
    assert seen == sorted(NETWORK.model.objects.values_list("pk", flat=True))
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
