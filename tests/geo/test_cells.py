from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import MOST_LAT, ZOOM, cell_of, cells_of_tile, corner, tile_of

pytestmark = pytest.mark.once

LONS = st.floats(-180, 179.9999999)
LATS = st.floats(-MOST_LAT, MOST_LAT)
ZOOMS = st.integers(0, 22)


@given(LONS, LATS, ZOOMS)
def test_a_point_is_in_the_range_of_the_tile_that_its_cell_names(lon, lat, zoom):
    cell = cell_of(lon, lat)
    x, y = tile_of(cell, zoom)
    first, last = cells_of_tile(zoom, x, y)
    assert first <= cell <= last < 1 << 62


@given(LONS, LATS, ZOOMS)
def test_the_tile_has_the_point_between_its_corners(lon, lat, zoom):
    x, y = tile_of(cell_of(lon, lat), zoom)
    (west, north), (east, south) = corner(zoom, x, y), corner(zoom, x + 1, y + 1)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(st.integers(0, 21), st.data())
def test_a_tile_is_its_four_quarters_side_by_side(zoom, data):
    x, y = (data.draw(st.integers(0, (1 << zoom) - 1)) for _ in "xy")
    first, last = cells_of_tile(zoom, x, y)
    quarters = sorted(cells_of_tile(zoom + 1, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1))
    assert (quarters[0][0], quarters[-1][1]) == (first, last)
    assert all(a[1] + 1 == b[0] for a, b in pairwise(quarters))


@given(st.integers(0, (1 << ZOOM) - 1), st.integers(0, (1 << ZOOM) - 1))
def test_every_cell_knows_its_row_and_column(x, y):
    first, last = cells_of_tile(ZOOM, x, y)
    assert first == last
    assert tile_of(first, ZOOM) == (x, y)


def test_a_known_place_is_in_the_tile_that_every_map_has():
    # İzmit's clock tower; tile numbers by the usual formula.
    cell = cell_of(29.9187, 40.7654)
    assert tile_of(cell, 0) == (0, 0)
    assert tile_of(cell, 10) == (597, 384)
    assert tile_of(cell, 16) == (38214, 24627)


def test_what_lies_beyond_the_square_counts_to_its_edge():
    assert tile_of(cell_of(180, 90), ZOOM) == ((1 << ZOOM) - 1, 0)
    assert tile_of(cell_of(-180, -90), ZOOM) == (0, (1 << ZOOM) - 1)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (32, 0, 0), (1, 2, 0), (1, 0, -1)])
def test_there_are_no_other_tiles(tile):
    with pytest.raises(ValueError, match="no tile"):
        cells_of_tile(*tile)
