"""What the audit of the map finds, and for whom; and two locations that become one."""

from __future__ import annotations

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from geo import audit, merging, shapes
from geo.models import Boundary, District, Location
from inventory import registers, writes
from inventory.history import Author
from inventory.writes import Refused
from tests.geo.files import square
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db

PLACES, NETWORK, PROPERTY = (registers.get(slug) for slug in ("locations", "network", "property"))


def place(name: str, shape: shapely.Geometry | None = None, **values) -> Location:
    if isinstance(shape, shapely.Point):
        values |= {"lon": shape.x, "lat": shape.y}
    elif shape is not None:
        values |= {"footprint": shapes.pack(shape)}
    return writes.save(PLACES, Location(name=name, **values), SYSTEM)


@pytest.fixture
def here():
    return unit("Emlak ve İstimlak Dairesi Başkanlığı")


def test_how_many_items_are_on_the_map_is_counted_by_register(here, there):
    mast, rough, nowhere = place("Direk", square(493_000, 4_514_000)), place(
        "Mahalle", shapely.Point(29.9, 40.7), source="neighbourhood"), place("Depo")  # fmt: skip
    for at in (mast, mast, rough, nowhere, None):
        row(NETWORK, here, location=at)
    row(NETWORK, there, location=mast)
    account = user("goren", here, (here, "network", 1))
    topic = audit.unplaced(account)
    (line,) = topic.lines
    assert line.cells == [NETWORK.title, "5", "3", "%60,0", "1", "1", "1"]
    assert topic.count == 2


def test_a_location_in_another_district_is_reported(here):
    districts = [District(official_id=n, name=name, province="Kocaeli") for n, name in ((1, "İzmit"), (2, "Gebze"))]
    writes.create_many(registers.get("districts"), districts, SYSTEM)
    for district, east in zip(districts, (480_000, 490_000), strict=True):
        Boundary.objects.create(district=district, shape=shapes.pack(square(east, 4_510_000, 10_000)), source="x")
    right, wrong = square(481_000, 4_511_000), square(491_000, 4_511_000)
    place("Doğru", right.centroid, district=districts[0])
    place("Yanlış", wrong.centroid, district=districts[0])
    place("Uzakta", shapely.Point(13.4, 52.5), district=districts[0])
    topic = audit.elsewhere(None)
    assert [line.cells for line in topic.lines] == [
        ["Yanlış", "İzmit", "Gebze"],
        ["Uzakta", "İzmit", "hiçbiri (il dışı)"],
    ]
    assert topic.count == 2


def test_without_boundaries_nothing_is_claimed():
    topic = audit.elsewhere(None)
    assert (topic.lines, topic.nothing) == ([], "Denetlenemedi.")
    assert "load_boundaries" in topic.note


def test_a_position_outside_the_province_tells_why():
    place("Ters", lon=40.7654, lat=29.9187)
    place("Berlin", lon=13.4, lat=52.5)
    place("İçeride", lon=29.9187, lat=40.7654)
    topic = audit.outside(None)
    assert [(line.cells[0], line.cells[3]) for line in topic.lines] == [
        ("Ters", "Bu satırın X ve Y değerleri yer değiştirmiş olabilir."),
        ("Berlin", "Bilinmiyor."),
    ]


def test_deeds_of_another_area_are_reported_to_those_who_may_see_them(here, there):
    lot = place("Parsel", square(493_000, 4_514_000))
    for of, area, parcel in ((here, "9000", "1"), (here, "9900", "2"), (there, "5000", "3")):
        row(PROPERTY, of, location=lot, area_m2=area, parcel=parcel, independent_unit="")
    row(PROPERTY, here, location=lot, area_m2="80", parcel="4", independent_unit="12")
    topic = audit.areas(user("goren", here, (here, "property", 1)))
    assert [line.cells[1:] for line in topic.lines] == [["9.000,00", "10.000,00", "%11,1"]]
    assert audit.areas(None).count == 2


def test_overlaps_are_message_and_common_edges_are_not():
    place("A", square(493_000, 4_514_000))
    place("B", square(493_050, 4_514_000))
    place("C", square(493_150, 4_514_000))
    topic = audit.overlapping(None)
    assert [line.cells for line in topic.lines] == [["A", "B", "5.000,0"]]


def test_places_at_one_point_are_message_but_not_the_middles_of_neighbourhoods():
    for name in ("Bina", "Bina 2"):
        place(name, lon=29.9, lat=40.7)
    for name in ("Yaklaşık", "Yaklaşık 2"):
        place(name, lon=29.8, lat=40.7, source="neighbourhood")
    topic = audit.duplicates(None)
    assert [line.cells for line in topic.lines] == [["Bina, Bina 2", "2"]]


def test_the_page_shows_each_topic(here):
    client = signed_in(user("goren", here, (here, "network", 1)))
    page = client.get(reverse("map-audit")).content.decode()
    for slug, (title, _meaning, _find) in audit.TOPICS.items():
        assert str(title) in page
        assert client.get(reverse("map-audit-topic", args=[slug])).status_code == 200
    assert client.get(reverse("map-audit-topic", args=["yok"])).status_code == 404
    assert signed_in(user("yetkisiz", here)).get(reverse("map-audit")).status_code == 404


@pytest.mark.parametrize("slug", audit.TOPICS)
def test_a_topic_costs_the_same_queries_for_few_and_many(slug, here):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            audit.TOPICS[slug][2](None)
        return len(captured)

    def add(number: int) -> None:
        lot = place(f"Parsel {number}", square(493_000 + number, 4_514_000))
        row(PROPERTY, here, location=lot, area_m2="500", parcel=str(number + 1), independent_unit="")

    add(0)
    few = queries()
    for number in range(1, 5):
        add(number)
    assert queries() == few


# A place's page and merging -----------------------------------------------------------------------------


def test_a_places_page_shows_only_the_items_that_the_user_may_see(here, there):
    mast = place("Direk")
    own, hidden = row(NETWORK, here, location=mast), row(NETWORK, there, location=mast)
    page = signed_in(user("goren", here, (here, "network", 1))).get(reverse("register-detail", args=[PLACES, mast.pk]))
    text = page.content.decode()
    assert own.inventory_no in text and hidden.inventory_no not in text
    stranger = signed_in(user("yabanci", unit("Fen İşleri Dairesi Başkanlığı"), (here, "vehicles", 1)))
    assert NETWORK.title not in stranger.get(reverse("register-detail", args=[PLACES, mast.pk])).context["records"]


def test_two_places_become_one_and_all_stays_explainable(here):
    kept = place("Garaj", address="")
    gone = place("Garaj (eski)", square(493_000, 4_514_000), address="Yenişehir Mah.")
    items = [row(NETWORK, here, location=gone), row(PROPERTY, here, location=gone)]
    assert {register.slug for register, _count in merging.items_at(gone, None)} == {"network", "property"}
    assert merging.merge(kept, gone, Author(reason="aynı bina")) == 2
    kept.refresh_from_db()
    assert kept.address == "Yenişehir Mah." and shapes.unpack(kept.footprint).equals(square(493_000, 4_514_000))
    for item in items:
        item.refresh_from_db()
        assert item.location == kept
        entry = type(item).history.filter(id=item.pk).latest("history_id")
        assert entry.history_change_reason == "“Garaj (eski)” yeri “Garaj” ile birleştirildi · aynı bina"
    assert not Location.objects.filter(name="Garaj (eski)").exists()
    assert Location.history.filter(name="Garaj (eski)", history_type="-").exists()


def test_a_merge_that_would_move_anothers_item_moves_nothing(here, there):
    kept, gone = place("Garaj"), place("Garaj 2")
    own, hidden = row(NETWORK, here, location=gone), row(PROPERTY, there, location=gone)
    account = user("haritaci", here, (None, "locations", 3), (here, "network", 2))
    with pytest.raises(Refused):
        merging.merge(kept, gone, Author(user=account))
    for item in (own, hidden):
        item.refresh_from_db()
        assert item.location_id == gone.pk


def test_the_page_asks_into_which_and_says_what_moves(here):
    kept, gone = place("Garaj"), place("Garaj 2")
    row(NETWORK, here, location=gone)
    client, url = signed_in(user("yonetici", here, is_superuser=True)), reverse("merge-locations", args=[gone.pk])
    assert "Garaj" in client.get(url, {"q": "garaj"}).content.decode()
    assert client.get(url, {"into": kept.pk}).context["items"][0][1] == 1
    client.post(url, {"into": kept.pk})
    assert Location.objects.count() == 2
    answer = client.post(url, {"into": kept.pk, "step": "write", "reason": "aynı"})
    assert answer.url == reverse("register-detail", args=[PLACES, kept.pk])
    assert Location.objects.count() == 1
    editor = signed_in(user("duzenleyen", here, (None, "locations", 2)))
    assert editor.get(reverse("merge-locations", args=[kept.pk])).status_code == 404
