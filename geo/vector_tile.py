"""Map tiles in the Mapbox Vector Tile format, version 2.

Points are written straight into the library's messages, four times as fast as by its `encode`
(docs/measurements.md); lines and areas, of which a tile holds few, go through `encode`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import mapbox_vector_tile
import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2 as messages

from geo import cells

# Units along a tile's side, and how far beyond it shapes are kept so that their strokes meet the neighbours'.
EXTENT, MARGIN = 4096, 128
DEEPEST = 22
Properties = dict[str, str | int | float | bool]
# A point: its id (0 for none), longitude, latitude, properties.
Feature = tuple[int, float, float, Properties]


@dataclass(frozen=True)
class Tile:
    """One square of the web map: zoom 0 is the world, each further zoom has four for one."""

    z: int
    x: int
    y: int

    def __post_init__(self):
        if not (0 <= self.z <= DEEPEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise ValueError(f"{self.z}/{self.x}/{self.y} is no tile of the web map")

    @property
    def cells(self) -> tuple[int, int]:
        """The first and the last point of the tile, as full cell numbers."""
        return cells.cells_of_tile(self.z, self.x, self.y)

    def around(self, zoom: int) -> list[tuple[int, int]]:
        """First and last point of the tile of that zoom in which this one lies (itself, if it is the wider one) and
        of those that touch it; what follows on one another is one range."""
        up = max(0, self.z - zoom)
        x, y, side = self.x >> up, self.y >> up, 1 << (self.z - up)
        near = ((x + right, y + down) for right in (-1, 0, 1) for down in (-1, 0, 1))
        joined: list[tuple[int, int]] = []
        for first, last in sorted(
            cells.cells_of_tile(self.z - up, *each) for each in near if 0 <= min(each) <= max(each) < side
        ):
            if joined and joined[-1][1] + 1 == first:
                first = joined.pop()[0]
            joined.append((first, last))
        return joined

    def place(self, degrees: np.ndarray) -> np.ndarray:
        """Pairs of longitude and latitude in the tile's own units, y downwards."""
        size = EXTENT * (1 << self.z)
        x = (degrees[:, 0] + 180) / 360
        y = (1 - np.arcsinh(np.tan(np.radians(degrees[:, 1]))) / math.pi) / 2
        return np.column_stack((x * size - self.x * EXTENT, y * size - self.y * EXTENT))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees, with the margin."""
        margin = MARGIN / EXTENT
        west, east = ((self.x + at) / (1 << self.z) * 360 - 180 for at in (-margin, 1 + margin))
        north, south = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (self.y + at) / (1 << self.z)))))
            for at in (-margin, 1 + margin)
        )
        return west, south, east, north

    def shapes(self, geometries: np.ndarray, coarse: float = 2) -> np.ndarray:
        """Geometries in degrees as the tile shows them: in its units, simplified, cut at the margin; empty where
        nothing is left."""
        drawn = shapely.transform(geometries, self.place)
        cut = shapely.clip_by_rect(drawn, -MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)
        return shapely.simplify(cut, coarse)


@dataclass
class Layer:
    """Features of one name: points in degrees, shapes (id, geometry, properties) in the tile's units."""

    name: str
    points: list[Feature] = field(default_factory=list)
    shapes: list[tuple[int, shapely.Geometry, Properties]] = field(default_factory=list)


def encode(tile: Tile, layers: Iterable[Layer]) -> bytes:
    """The tile's bytes; nothing for no features."""
    parts = []
    for layer in layers:
        if layer.points:
            parts.append(_points(tile, layer))
        if layer.shapes:
            parts.append(_shapes(layer))
    # A message of layers is the same as its parts one after the other.
    return b"".join(parts)


def _points(tile: Tile, layer: Layer) -> bytes:
    message = messages.tile()
    written = message.layers.add(name=layer.name, version=2, extent=EXTENT)
    keys: dict[str, int] = {}
    values: dict[tuple[type, object], int] = {}
    places = tile.place(np.array([(lon, lat) for _, lon, lat, _ in layer.points])).astype(int).tolist()
    for (number, _, _, properties), (x, y) in zip(layer.points, places, strict=True):
        tags: list[int] = []
        for key, value in properties.items():
            tags += keys.setdefault(key, len(keys)), values.setdefault((type(value), value), len(values))
        # "Move to", once; then the zigzag form of the two.
        geometry = (9, x << 1 ^ x >> 31, y << 1 ^ y >> 31)
        feature = written.features.add(type=messages.tile.GeomType.Point, tags=tags, geometry=geometry)
        if number:
            feature.id = number
    written.keys.extend(keys)
    for kind, kept in values:
        written.values.add(**{_VALUES[kind]: kept})
    return message.SerializeToString()


_VALUES = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}


def _shapes(layer: Layer) -> bytes:
    features = [
        {"id": number, "geometry": shape, "properties": properties} for number, shape, properties in layer.shapes
    ]
    return mapbox_vector_tile.encode(
        [{"name": layer.name, "features": features}], default_options={"y_coord_down": True, "extents": EXTENT}
    )
