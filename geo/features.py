"""A listing's rows as features: attributes under their headings, and the footprint, else the point, in WGS 84."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, cast

import shapely
from shapely.geometry.base import BaseGeometry

from geo.models import Location
from geo.then import of_location
from imports.exporting.parts import Part
from inventory.registers import Register
from inventory.search import Term

_GEOMETRY = ("footprint", "lon", "lat")


class Feature(NamedTuple):
    id: int
    values: list[object]  # of the part's columns: str, int, float, date, bool or None
    shape: BaseGeometry | None


def lies_somewhere(register: Register) -> bool:
    """Whether the register's rows have a place on the map."""
    return register.model is Location or "location" in register.columns


def path(register: Register) -> str:
    """The way from a row to its location's fields."""
    return "" if register.model is Location else "location__"


def features(part: Part) -> Iterator[list[Feature]]:
    """A chunk at a time, as `Part.chunks` has the values; a row that lies nowhere has no shape."""
    for chunk in part.chunks("id", *_geometry(part)):
        *columns, ids, footprints, lons, lats = chunk
        # What the columns are whose names were asked for besides.
        at = cast(tuple[list[bytes | None], list[float | None], list[float | None]], (footprints, lons, lats))
        shapes = [shape(*each) for each in zip(*at, strict=True)]
        rows = zip(*columns, strict=True)
        yield [
            Feature(row_id, [plain(value) for value in values], geometry)
            for row_id, values, geometry in zip(cast(list[int], ids), rows, shapes, strict=True)
        ]


def _geometry(part: Part) -> list[str | Term]:
    if path(part.register):
        return [of_location(part.listing, name) for name in _GEOMETRY]
    return list(_GEOMETRY)


def shape(footprint: bytes | None, lon: float | None, lat: float | None) -> BaseGeometry | None:
    if footprint:
        return shapely.from_wkb(bytes(footprint))
    return None if lon is None or lat is None else shapely.Point(lon, lat)


def plain(value: object) -> object:
    """What a geographic file can hold: an exact decimal becomes the nearest floating point number."""
    return float(value) if isinstance(value, Decimal) else value


def text(value: object) -> object:
    """For the formats that know no dates."""
    return value.isoformat() if isinstance(value, dt.date) else value
