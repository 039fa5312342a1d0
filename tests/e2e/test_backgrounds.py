"""A background from outside, under our own items: an archive of one file, or a MapLibre style."""

import io
import re

import mapbox_vector_tile
import pytest
from django.test import override_settings
from django.urls import reverse
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import MultiLineString, box

from geo import cells
from tests.e2e.test_maps import MAP, drawn, fleet, total  # noqa: F401 - the fleet is a fixture
from tests.rows import user

pytestmark = pytest.mark.django_db(transaction=True)
ZOOM = 8
ARCHIVE, STYLE = "/harita/zemin.pmtiles", "/harita/stil.json"


def archive() -> bytes:
    """A sea with roads in each tile around the middle of the province."""
    roads = MultiLineString([[(0, y), (4096, y)] for y in range(0, 4096, 64)])
    shapes = [("water", box(0, 0, 4096, 4096)), ("roads", roads)]
    layers = [{"name": name, "features": [{"geometry": shape, "properties": {}}]} for name, shape in shapes]
    x, y = cells.tile_of(cells.cell_of(29.92, 40.71), ZOOM)
    file = io.BytesIO()
    writer = Writer(file)
    for right in (-1, 0, 1):
        for down in (-1, 0, 1):
            writer.write_tile(zxy_to_tileid(ZOOM, x + right, y + down), mapbox_vector_tile.encode(layers))
    header = {
        "tile_type": TileType.MVT, "tile_compression": Compression.NONE, "min_zoom": ZOOM, "max_zoom": ZOOM,
        "min_lon_e7": 280000000, "min_lat_e7": 395000000, "max_lon_e7": 320000000, "max_lat_e7": 420000000,
        "center_zoom": ZOOM, "center_lon_e7": 299200000, "center_lat_e7": 407100000,
    }  # fmt: skip
    writer.finalize(header, {"vector_layers": [{"id": "water"}, {"id": "roads"}], "attribution": "Deneme zemini"})
    return file.getvalue()


def serve_archive(page) -> list[str]:
    """As a proxy does that knows ranges; returns what is asked for."""
    content, asked = archive(), []

    def answer(route):
        asked.append(route.request.headers["range"])
        first, last = (int(number) for number in re.fullmatch(r"bytes=(\d+)-(\d+)", asked[-1]).groups())
        headers = {"Content-Range": f"bytes {first}-{min(last, len(content) - 1)}/{len(content)}", "ETag": '"1"'}
        route.fulfill(status=206, body=content[first : last + 1], headers=headers)

    page.route(f"**{ARCHIVE}", answer)
    return asked


def show(page) -> None:
    page.goto(page.base + reverse("register-map", args=["vehicles"]))
    page.locator(MAP).wait_for()
    page.get_by_text("5 kayıttan 5 tanesi haritada").wait_for()


def test_an_archive_lies_under_the_items(fleet, page, sign_in):  # noqa: F811
    asked = serve_archive(page)
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    with override_settings(MAP_PMTILES=ARCHIVE):
        show(page)
    assert asked
    assert drawn(page, "background-water-areas") and drawn(page, "background-roads-lines")
    assert total(page) == 5
    page.get_by_text("Deneme zemini").wait_for()
    # It knows the coast better than the rough one.
    assert not page.get_by_text("Kıyı yaklaşıktır").is_visible()


def test_a_style_lies_under_the_items(fleet, page, sign_in):  # noqa: F811
    ground = {"type": "Polygon", "coordinates": [[[29, 40], [31, 40], [31, 41.5], [29, 41.5], [29, 40]]]}
    source = {"type": "geojson", "data": ground, "attribution": "Deneme stili"}
    layer = {"id": "zemin", "type": "fill", "source": "zemin", "paint": {"fill-color": "#e8efe0"}}
    page.route(f"**{STYLE}", lambda r: r.fulfill(json={"version": 8, "sources": {"zemin": source}, "layers": [layer]}))
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    with override_settings(MAP_STYLE_URL=STYLE):
        show(page)
    assert drawn(page, "zemin")
    assert total(page) == 5
    page.get_by_text("Deneme stili").wait_for()
