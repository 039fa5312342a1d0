"""Land and sea around the province, cut out of the atlas that scripts/setup installs."""

import json

import pytest
import shapely

from geo import land


@pytest.fixture(scope="module")
def cut():
    return land.geojson(land.surroundings())


def test_the_surroundings_follow_from_the_districts_points(tmp_path):
    file = tmp_path / "districts.csv"
    file.write_text("name,lon,lat\nBatı,29.4,40.6\nDoğu,30.1,41.0\n")
    assert land.surroundings(file) == (27.4, 38.6, 32.1, 43.0)


@pytest.mark.parametrize(
    ("lon", "lat", "is_land"),
    [
        (29.75, 40.745, False),  # the gulf
        (30.10, 41.25, False),  # the Black Sea
        (28.60, 40.65, False),  # the Marmara
        (29.94, 40.80, True),  # north of İzmit
        (29.80, 40.65, True),  # the southern coast
        (30.07, 41.04, True),  # Kandıra
        (29.20, 41.10, True),  # both sides of the Bosporus
        (28.90, 41.05, True),
    ],
)
def test_the_gulf_and_both_coasts_lie_where_they_are(cut, lon, lat, is_land):
    sea, earth = (shapely.geometry.shape(feature["geometry"]) for feature in cut["features"])
    point = shapely.Point(lon, lat)
    assert sea.contains(point)
    assert earth.is_valid and earth.contains(point) == is_land


def test_what_a_browser_loads_is_small(cut, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(land, "ROOT", tmp_path)
    monkeypatch.setattr(land, "FILE", tmp_path / "built" / "land.json")
    land.main()
    assert json.loads(land.FILE.read_text()) == json.loads(json.dumps(cut))
    assert land.FILE.stat().st_size < 20_000
    assert "kB" in capsys.readouterr().out
