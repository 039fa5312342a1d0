"""Addresses to places, offline: what is found, how well, and why something is not."""

from __future__ import annotations

import io
import json
from unittest import mock

import pytest
from django.core.management import call_command
from django.urls import reverse

from geo import shapes
from geo.geocoding import Geocoder, NotFound
from geo.models import Boundary, District, Location, Neighbourhood
from inventory import registers, writes
from tests.geo.files import square
from tests.pages import signed_in
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db

PLACES = registers.get("locations")


@pytest.fixture(autouse=True)
def province():
    districts = [
        District(official_id=1, name="İzmit", province="Kocaeli", lon=29.94, lat=40.77),
        District(official_id=2, name="Gebze", province="Kocaeli", lon=29.43, lat=40.80),
    ]
    writes.create_many(registers.get("districts"), districts, SYSTEM)
    names = (
        (0, "Cumhuriyet"),
        (1, "Cumhuriyet"),
        (0, "Yenişehir"),
        (1, "Hacı Halil"),
        (0, "Kadıköy"),
        (1, "Osman Yılmaz"),
    )
    rows = [
        Neighbourhood(official_id=n, district=districts[d], name=name, lon=29.9 + n / 100, lat=40.75)
        for n, (d, name) in enumerate(names)
    ]
    writes.create_many(registers.get("neighbourhoods"), rows, SYSTEM)


def find(address: str, **values):
    return Geocoder().find(Location(name="x", address=address, **values))


@pytest.mark.parametrize(
    ("address", "district", "neighbourhood"),
    [
        ("Yenişehir Mahallesi Atatürk Cad. No: 5", "İzmit", "Yenişehir"),
        ("YENİŞEHİR MAH. ATATÜRK CD. 5 IZMIT/KOCAELİ", "İzmit", "Yenişehir"),
        ("yenisehir mh. 12. sk. no 3", "İzmit", "Yenişehir"),
        ("Hacı Halil Mah. 1205. Sok. Gebze", "Gebze", "Hacı Halil"),
        ("Hacıhalil Mh. Gebze", "Gebze", "Hacı Halil"),
        ("Osman Yılmaz Mah. İstanbul Cad.", "Gebze", "Osman Yılmaz"),
        ("Cumhuriyet Mah. Gebze", "Gebze", "Cumhuriyet"),
        ("Cumhuriyet Mah. Gebze Cad. No 3 İzmit", "İzmit", "Cumhuriyet"),
        ("Yenişehir, İzmit", "İzmit", "Yenişehir"),
        ("Kadıköy Mah.", "İzmit", "Kadıköy"),
    ],
)
def test_an_address_names_its_neighbourhood(address, district, neighbourhood):
    found = find(address)
    assert (found.district.name, found.neighbourhood.name, found.source) == (district, neighbourhood, "neighbourhood")
    assert (found.lon, found.lat) == (found.neighbourhood.lon, found.neighbourhood.lat)
    assert "merkezi" in found.how


def test_a_district_alone_gives_its_middle_and_says_so():
    found = find("Organize Sanayi, Gebze")
    assert (found.district.name, found.neighbourhood, found.source, found.lon) == ("Gebze", None, "district", 29.43)


def test_a_name_of_several_districts_is_not_guessed():
    with pytest.raises(NotFound, match=r"2 ilçede var \(Gebze, İzmit\)"):
        find("Cumhuriyet Mah. 5. Sok.")
    assert find("Cumhuriyet Mah.", district=District.objects.get(name="Gebze")).neighbourhood.official_id == 1


@pytest.mark.parametrize("address", ["", "Atatürk Cad. No 5", "Gebze Cad. No 3", "Olmayan Mah."])
def test_what_names_no_place_says_so(address):
    with pytest.raises(NotFound, match="ilçe"):
        find(address)


def test_a_boundary_tells_how_far_the_middle_may_be_off():
    near = Neighbourhood.objects.get(name="Yenişehir")
    lot = square(493_000, 4_514_000, 1_000)
    Boundary.objects.create(neighbourhood=near, shape=shapes.pack(lot), source="x")
    near.lon, near.lat = lot.centroid.x, lot.centroid.y
    writes.save(registers.get("neighbourhoods"), near, SYSTEM)
    assert find("Yenişehir Mah.").precision_m == pytest.approx(708, abs=1)
    assert find("Kadıköy Mah.").precision_m is None


def test_block_and_parcel_lead_to_the_boundary_that_is_loaded():
    lot = square(493_000, 4_514_000)
    parcel = Location(name="İzmit/Yenişehir 123/4", footprint=shapes.pack(lot), source="parcel", precision_m=1)
    writes.save(PLACES, parcel, SYSTEM)
    found = find("Yenişehir Mah. 123 Ada 4 Parsel İzmit")
    assert (found.source, found.precision_m) == ("parcel", 1)
    assert shapes.unpack(found.footprint).equals(lot)
    assert find("Yenişehir Mah. 123 Ada 5 Parsel").source == "neighbourhood"


def answer(lon: str, lat: str):
    body = io.BytesIO(json.dumps([{"lon": lon, "lat": lat, "display_name": "Bir kapı"}]).encode())
    return mock.patch("geo.geocoding.urlopen", return_value=body)


def test_no_service_is_asked_unless_it_is_set():
    with mock.patch("geo.geocoding.urlopen") as asked:
        find("Yenişehir Mah.")
    assert not asked.called


def test_a_service_that_is_set_is_asked_with_a_time_limit(settings):
    settings.GEOCODER_URL, settings.GEOCODER_TIMEOUT = "http://geocoder.internal/search?q={query}", 3
    with answer("29.91", "40.76") as asked:
        found = find("Yenişehir Mah. No 5")
    assert (found.source, found.lon, found.how) == ("address", 29.91, "Dış hizmet: Bir kapı")
    request = asked.call_args.args[0]
    assert request.full_url == "http://geocoder.internal/search?q=Yeni%C5%9Fehir%20Mah.%20No%205"
    assert asked.call_args.kwargs == {"timeout": 3}


def test_a_service_that_fails_or_points_elsewhere_is_left_aside(settings):
    settings.GEOCODER_URL = "http://geocoder.internal/search?q={query}"
    with mock.patch("geo.geocoding.urlopen", side_effect=TimeoutError):
        assert find("Yenişehir Mah.").source == "neighbourhood"
    with answer("13.4", "52.5"):
        assert find("Yenişehir Mah.").source == "neighbourhood"


def test_the_page_shows_first_and_writes_then():
    here = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    depot = writes.save(PLACES, Location(name="Depo", address="Yenişehir Mah. 5. Sk."), SYSTEM)
    writes.save(PLACES, Location(name="Kule", address="bilinmiyor"), SYSTEM)
    client, url = signed_in(user("haritaci", here, (None, "locations", 2))), reverse("geocode")
    page = client.get(url).content.decode()
    assert "İzmit / Yenişehir mahallesinin merkezi" in page and "Kule" in page
    depot.refresh_from_db()
    assert depot.cell is None
    client.post(url, {"place": [depot.pk], "reason": "ilk yerleştirme", "query": ""})
    depot.refresh_from_db()
    assert (depot.source, depot.district.name) == ("neighbourhood", "İzmit")
    entry = Location.history.filter(id=depot.pk).latest("history_id")
    assert entry.history_change_reason.startswith("ilk yerleştirme · Adresinden yerleştirildi")
    assert signed_in(user("goren", here, (None, "locations", 1))).get(url).status_code == 404


def test_the_command_tells_and_writes_when_asked(capsys):
    writes.save(PLACES, Location(name="Depo", address="Yenişehir Mah."), SYSTEM)
    call_command("geocode")
    assert "Bulunan: 1" in capsys.readouterr().out
    assert not Location.objects.filter(cell__isnull=False).exists()
    call_command("geocode", "--apply")
    assert Location.objects.filter(cell__isnull=False).count() == 1
