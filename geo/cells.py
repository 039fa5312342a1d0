"""Cells of the map: one whole number for a point, so that a tile is one range of numbers.

The world is the square of Web Mercator (EPSG:3857), as map tiles have it. Halved 31 times each way it has
2³¹ × 2³¹ cells, the side of one being 1.9 cm at the equator. A cell's number has the bits of its row and column in
turns, row first ("quadkey" in base four, read as one number of 62 bits): all cells of a tile z/x/y have the tile's
number in front, so they are exactly the numbers of `cells_of_tile(z, x, y)`, and an index on the number serves a
tile at any zoom.
"""

from __future__ import annotations

from math import asinh, atan, degrees, floor, pi, radians, sinh, tan

ZOOM = 31
# Where the square ends in the north and in the south.
MOST_LAT = 85.0511287798066

_SIDE = 1 << ZOOM
# Bits spread out to every other place: eight at a time.
_SPREAD = [sum((byte >> bit & 1) << 2 * bit for bit in range(8)) for byte in range(256)]


def cell_of(lon: float, lat: float) -> int:
    """The cell of a point, EPSG:4326 degrees; what lies beyond the square's edge counts to the edge."""
    return _number(*_place(lon, lat))


def tile_of(cell: int, zoom: int) -> tuple[int, int]:
    """(x, y) of the tile of a zoom in which a cell lies."""
    number = cell >> 2 * (ZOOM - zoom)
    return _gathered(number), _gathered(number >> 1)


def cells_of_tile(zoom: int, x: int, y: int) -> tuple[int, int]:
    """(first, last) cell of a tile, both in it. Raises ValueError for a tile that there is not."""
    if not (0 <= zoom <= ZOOM and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise ValueError(f"no tile {zoom}/{x}/{y}")
    shift = 2 * (ZOOM - zoom)
    first = _number(x, y) << shift
    return first, first + (1 << shift) - 1


def corner(zoom: int, x: int, y: int) -> tuple[float, float]:
    """(lon, lat) of a tile's north-west corner, EPSG:4326 degrees."""
    side = 1 << zoom
    return x / side * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y / side))))


def _place(lon: float, lat: float) -> tuple[int, int]:
    lat = min(max(lat, -MOST_LAT), MOST_LAT)
    x = (lon + 180) / 360
    y = (1 - asinh(tan(radians(lat))) / pi) / 2
    column, row = (min(max(floor(part * _SIDE), 0), _SIDE - 1) for part in (x, y))
    return column, row


def _number(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1


def _spread(bits: int) -> int:
    return (
        _SPREAD[bits & 255]
        | _SPREAD[bits >> 8 & 255] << 16
        | _SPREAD[bits >> 16 & 255] << 32
        | _SPREAD[bits >> 24] << 48
    )


def _gathered(number: int) -> int:
    """The bits of a number's every other place, put together again."""
    bits = number & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        bits = (bits | bits >> shift) & mask
    return bits
