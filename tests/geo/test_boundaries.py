"""Boundaries from a file: what matches, what does not, and that nothing is created or loaded twice."""

import errno
import json

import pytest
import shapely
from django.core.management import CommandError, call_command

from geo import shapes
from geo.models import Boundary, District, Location, Neighbourhood
from inventory import registers, writes
from tests.geo.files import geojson, square, written
from tests.rows import SYSTEM

pytestmark = pytest.mark.django_db

# Two districts side by side, 10 km each; both have a neighbourhood "Cumhuriyet".
IZMIT, GEBZE = square(480_000, 4_510_000, 10_000), square(490_000, 4_510_000, 10_000)


@pytest.fixture(autouse=True)
def places():
    districts = [District(official_id=n, name=name, province="Kocaeli") for n, name in ((1, "İzmit"), (2, "Gebze"))]
    writes.create_many(registers.get("districts"), districts, SYSTEM)
    names = ((1, "Cumhuriyet"), (1, "M.Alipaşa"), (1, "Yeni"), (1, "Kılıçarslan"), (2, "Cumhuriyet"), (2, "Çırçır"))
    rows = [Neighbourhood(official_id=n, district=districts[d - 1], name=name) for n, (d, name) in enumerate(names, 1)]
    writes.create_many(registers.get("neighbourhoods"), rows, SYSTEM)


FEATURES = [
    ({"name": "IZMIT", "admin_level": "6"}, IZMIT),
    ({"name": "Gebze İlçesi", "admin_level": "6"}, GEBZE),
    ({"name": "Adapazarı", "admin_level": "6"}, square(540_000, 4_510_000, 10_000)),
    ({"name": "Cumhuriyet Mahallesi", "admin_level": "8"}, square(481_000, 4_511_000)),
    ({"name": "CUMHURİYET", "admin_level": "8"}, square(491_000, 4_511_000)),
    ({"name": "Yeni Mahalle", "admin_level": "8"}, square(482_000, 4_511_000)),
    ({"name": "Bahçecik Kılıçarslan Mahallesi", "alt_name": "Kılıçarslan Mah.", "admin_level": "8"},
     square(483_000, 4_511_000)),
    ({"name": "Mehmet Ali Paşa Mahallesi", "admin_level": "8"}, square(484_000, 4_511_000)),
    ({"name": "Cumhuriyet Mahallesi", "admin_level": "8"}, square(541_000, 4_511_000)),
    ({"admin_level": "8"}, square(485_000, 4_511_000)),
]  # fmt: skip


@pytest.fixture
def load(tmp_path, capsys):
    def load(content: bytes, *args: str, name: str = "sinir.geojson") -> dict:
        path = tmp_path / name
        path.write_bytes(content)
        try:
            call_command("load_boundaries", str(path), "--json", *args)
        except SystemExit as exit:
            code = exit.code
        else:
            code = 0
        return json.loads(capsys.readouterr().out) | {"exit": code}

    return load


def test_what_matches_and_what_does_not_is_reported(load):
    loaded = load(geojson(*FEATURES))
    assert (loaded["districts"], loaded["neighbourhoods"], loaded["new"], loaded["placed"]) == (2, 4, 6, 6)
    assert loaded["outside"] == ["Adapazarı", "Cumhuriyet Mahallesi"]
    assert loaded["unmatched"] == [["Mehmet Ali Paşa Mahallesi", "İzmit", ["M.Alipaşa"]]]
    assert loaded["missing"] == ["Gebze / Çırçır", "İzmit / M.Alipaşa"]
    assert loaded["exit"] == 1
    # A name in two districts goes to the one in which it lies.
    boundary = Neighbourhood.objects.get(official_id=5).boundary
    assert shapes.unpack(boundary.shape).equals(square(491_000, 4_511_000))
    # Nothing was created.
    assert (District.objects.count(), Neighbourhood.objects.count(), Location.objects.count()) == (2, 6, 0)


def test_a_second_load_changes_nothing(load):
    load(geojson(*FEATURES))
    again = load(geojson(*FEATURES))
    assert (again["new"], again["changed"], again["unchanged"], again["placed"]) == (0, 0, 6, 0)
    assert Neighbourhood.history.filter(id=Neighbourhood.objects.get(official_id=1).pk).count() == 2
    moved = [(a, square(481_500, 4_511_000) if a.get("name") == "Cumhuriyet Mahallesi" else s) for a, s in FEATURES[:8]]
    assert load(geojson(*moved))["changed"] == 1


def test_a_name_spelled_otherwise_can_be_reported(load):
    loaded = load(geojson(*FEATURES), "--same", "Mehmet Ali Paşa Mahallesi=M.Alipaşa")
    assert (loaded["neighbourhoods"], loaded["unmatched"], loaded["exit"]) == (5, [], 0)


def test_a_neighbourhood_gets_a_point_inside_itself_but_keeps_its_own(load):
    own = Neighbourhood.objects.get(official_id=1)
    own.lon, own.lat = 29.9, 40.7
    writes.save(registers.get("neighbourhoods"), own, SYSTEM)
    load(geojson(*FEATURES))
    own.refresh_from_db()
    assert (own.lon, own.lat) == (29.9, 40.7)
    new = Neighbourhood.objects.get(official_id=3)
    assert square(482_000, 4_511_000).contains(shapely.Point(new.lon, new.lat))
    assert "sinir.geojson" in Neighbourhood.history.filter(id=new.pk).latest("history_id").history_change_reason


def test_two_shapes_for_one_place_are_message_and_neither_is_loaded(load):
    twice = (*FEATURES[:4], ({"name": "Cumhuriyet", "admin_level": "8"}, square(486_000, 4_511_000)))
    loaded = load(geojson(*twice))
    assert loaded["twice"] == [["Cumhuriyet Mahallesi", "Cumhuriyet"], ["Cumhuriyet", "Cumhuriyet"]]
    assert not Boundary.objects.filter(neighbourhood__isnull=False).exists()


def test_a_shape_that_can_be_mended_is_and_one_that_cannot_is_not_loaded(load):
    # The first runs along an edge twice; the second crosses itself like an 8.
    spike = shapely.Polygon(
        [(29.8, 40.75), (29.81, 40.75), (29.81, 40.76), (29.81, 40.77), (29.81, 40.76), (29.8, 40.76)]
    )
    eight = shapely.Polygon([(29.8, 40.75), (29.81, 40.76), (29.81, 40.75), (29.8, 40.76)])
    loaded = load(
        geojson(*FEATURES[:2], ({"name": "Yeni", "ilce": "İzmit"}, spike), ({"name": "Çırçır", "ilce": "Gebze"}, eight))
    )
    assert loaded["repaired"] == ["Yeni"]
    assert [name for name, _why in loaded["broken"]] == ["Çırçır"]
    assert loaded["neighbourhoods"] == 1


def test_a_shapefile_in_the_provinces_own_system_with_its_own_attribute_names(load):
    rows = [({"ILCE": a["ilce"], "MAHALLE_AD": a["ad"]}, s) for a, s in (
        ({"ilce": "İzmit", "ad": "YENİ MAH."}, square(482_000, 4_511_000)),
        ({"ilce": "Gebze", "ad": "Çırçır"}, square(492_000, 4_511_000)),
    )]  # fmt: skip
    loaded = load(written(rows, 5254, "shp"), name="mahalle.zip")
    assert (loaded["neighbourhoods"], loaded["exit"]) == (2, 0)
    kept = shapes.unpack(Neighbourhood.objects.get(official_id=6).boundary.shape)
    assert kept.hausdorff_distance(square(492_000, 4_511_000)) < 1e-7


@pytest.mark.parametrize("content", [b"", b"ad;x\n1;2", geojson(), geojson(({"no": "1"}, IZMIT))])
def test_a_file_that_cannot_serve_says_so(load, content):
    with pytest.raises(CommandError):
        load(content)


def test_a_path_that_is_none_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"yok\.geojson” açılamadı"):
        call_command("load_boundaries", str(tmp_path / "yok.geojson"))


def test_a_full_disk_is_not_called_an_unreadable_file(load, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("geo.management.commands.load_boundaries.boundaries.load", full)
    with pytest.raises(CommandError, match="diskinde yer kalmadığı"):
        load(geojson(*FEATURES))


@pytest.fixture
def namesake(places):
    """A neighbourhood with its district's name, as Çayırova is in Çayırova."""
    row = Neighbourhood(official_id=99, district=District.objects.get(name="Gebze"), name="Gebze")
    return writes.save(registers.get("neighbourhoods"), row, SYSTEM)


OUTLINE = ({"name": "Gebze", "district": "Gebze"}, GEBZE)


@pytest.mark.parametrize("known", [True, False])
def test_a_districts_outline_is_no_neighbourhoods_that_has_its_name(load, namesake, known):
    if known:
        load(geojson(*FEATURES[:2]))
    loaded = load(geojson(OUTLINE))
    assert loaded["neighbourhoods"] == 0 and not Boundary.objects.filter(neighbourhood=namesake).exists()
    # Taken for the district where its outline is known, else refused with the reason.
    assert (loaded["districts"], len(loaded["broken"])) == ((1, 0) if known else (0, 1))
    assert loaded["exit"] == (0 if known else 1)


def test_beside_its_neighbours_a_neighbourhood_is_reported_from_its_district(load, namesake):
    small = ({"name": "Gebze", "district": "Gebze"}, square(491_000, 4_511_000))
    loaded = load(geojson(small, ({"name": "Çırçır", "district": "Gebze"}, square(495_000, 4_515_000))))
    assert (loaded["neighbourhoods"], loaded["districts"], loaded["broken"]) == (2, 0, [])


def test_no_neighbourhood_reaches_outside_its_district(load):
    load(geojson(*FEATURES[:2]))
    loaded = load(geojson(({"name": "Çırçır", "district": "Gebze"}, square(499_500, 4_511_000, 1_000))))
    assert loaded["neighbourhoods"] == 0 and "dışına" in loaded["broken"][0][1]
