"""One layer of a geographic file."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Attributes = dict[str, object]


@dataclass
class Layer:
    """Features in the file's order: attributes by name, and the shape or None.

    `crs` is what the file says of its coordinates ("EPSG:5254", WKT), None when it does not. Attribute values are
    str, int, float, bool, date, datetime or None, as the file has them.
    """

    name: str
    crs: str | None
    features: list[tuple[Attributes, BaseGeometry | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def headers(self) -> list[str]:
        """The names of all attributes, in the order in which they first appear."""
        return list(dict.fromkeys(name for attributes, _shape in self.features for name in attributes))


def flattened(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Polygons gathered in a collection as one multipolygon, which is what the collection means; None when empty."""
    if shape is None or shape.is_empty:
        return None
    if type(shape) is GeometryCollection and all(isinstance(part, Polygon | MultiPolygon) for part in shape.geoms):
        polygons = [
            polygon for part in shape.geoms for polygon in (part.geoms if isinstance(part, MultiPolygon) else [part])
        ]
        return MultiPolygon(polygons)
    return shape
