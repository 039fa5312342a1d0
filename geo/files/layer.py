"""One layer of a geographic file."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from imports.workbooks.limits import Limits, UnreadableFile

Attributes = dict[str, object]


@dataclass
class Layer:
    """Features in the file's order: attributes by name, and the shape or None.

    `crs` is what the file says of its coordinates ("EPSG:5254", WKT), None when it does not. Attribute values are
    str, int, float, bool, date, datetime or None, as the file has them.
    """

    name: str
    crs: str | None
    limits: Limits = field(default_factory=Limits)
    features: list[tuple[Attributes, BaseGeometry | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _names: dict[str, None] = field(default_factory=dict)

    @property
    def headers(self) -> list[str]:
        """The names of all attributes, in the order in which they first appear."""
        return list(self._names)

    def add(self, attributes: Attributes, shape: BaseGeometry | None) -> None:
        """Raises UnreadableFile for one feature, or one name of an attribute, too many."""
        self.features.append((attributes, shape))
        self._names.update(dict.fromkeys(attributes))
        if len(self.features) > self.limits.max_rows:
            raise UnreadableFile(
                _("Bir katmanda %(most)d nesneden çok var; dosyayı bölüp parça parça yükleyiniz.")
                % {"most": self.limits.max_rows}
            )
        if len(self._names) > self.limits.max_columns:
            raise UnreadableFile(
                _("Nesnelerin en çok %(most)d ayrı özniteliği olabilir; gereksizleri çıkarıp yeniden yükleyiniz.")
                % {"most": self.limits.max_columns}
            )


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
