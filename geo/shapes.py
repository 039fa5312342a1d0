"""Footprints and boundaries: polygons in WGS 84 (EPSG:4326, longitude first), kept as WKB."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import shapely
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

WGS84 = 4326
# TUREF / TM30, the province's own plane in metres: areas and distances are taken in it.
PLANE = 5254

_POLYGONS = (Polygon, MultiPolygon)


def pack(shape: BaseGeometry) -> bytes:
    """A polygon or multipolygon as it is kept: two dimensions, WKB. Raises ValueError for anything else."""
    if not isinstance(shape, _POLYGONS) or shape.is_empty:
        raise ValueError(_("Sınır bir alan olmalıdır (polygon ya da multipolygon)."))
    return shapely.to_wkb(shapely.force_2d(shape), byte_order=1)


def plain(shape: BaseGeometry) -> BaseGeometry:
    """A gathering of one shape as that shape: some formats know no other areas than gathered ones."""
    parts: Sequence[BaseGeometry] = getattr(shape, "geoms", ())
    return parts[0] if len(parts) == 1 else shape


def unpack(kept: bytes | memoryview) -> Polygon | MultiPolygon:
    """Raises ValueError when the bytes are no valid polygon in degrees."""
    try:
        shape = shapely.from_wkb(bytes(kept))
    except shapely.GEOSException as error:
        raise ValueError(_("Sınır okunamıyor; coğrafi dosyayı yeniden aktarınız.")) from error
    if not isinstance(shape, _POLYGONS) or shape.is_empty:
        raise ValueError(_("Sınır bir alan olmalıdır (polygon ya da multipolygon)."))
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(_("Sınırın koordinatları boylam ve enlem derecesi değil."))
    return shape


@cache
def transformer(source: int | CRS, target: int | CRS) -> Transformer:
    """Between coordinate systems (EPSG codes or others), longitude or easting first."""
    return Transformer.from_crs(source, target, always_xy=True)


def reproject(shape: BaseGeometry, source: int | CRS, target: int | CRS) -> BaseGeometry:
    if source == target:
        return shape
    change = transformer(source, target).transform
    return shapely.transform(shape, lambda x, y: change(x, y), interleaved=False)


def area_m2(shape: BaseGeometry) -> Decimal:
    """The area in EPSG:5254, square metres to two places."""
    return Decimal(reproject(shape, WGS84, PLANE).area).quantize(Decimal("0.01"), ROUND_HALF_UP)


# The most that a repair may change of the area: what rounding the corners may, and no loop lost.
_SAFE = 1e-6


# GEOS compares every pair of sides whose boxes meet, and remembers each crossing: 4,000 corners of a star take 900 MB
# and a minute. A side of an outline meets some three others, of the most winding coast some ten.
_SIDES_ASKED, _MOST_MEETINGS, _MOST_PAIRS = 400, 50, 100_000
# Collections in collections are read by recursion, which ends the whole process; no file of an office has more.
_DEEPEST = 20
_BRACKETS = re.compile(r"[(\[{)\]}]")


def refuse_nested(text: str) -> None:
    """Raises ValueError for WKT or GeoJSON with more brackets in brackets than any shape has."""
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += 1 if bracket[0] in "([{" else -1
        if depth > _DEEPEST:
            raise ValueError(text[:60])


def _is_tangled(shape: BaseGeometry) -> bool:
    """Whether so many sides lie across each other that GEOS would not come to an end; judged by some of them."""
    corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    same = ring[:-1] == ring[1:]
    sides = shapely.linestrings(np.stack([corners[:-1][same], corners[1:][same]], axis=1))
    if len(sides) < _SIDES_ASKED:
        return False
    asked = sides[np.random.default_rng(0).choice(len(sides), _SIDES_ASKED, replace=False)]
    meetings = len(shapely.STRtree(sides).query(asked)[0]) / _SIDES_ASKED
    return meetings > _MOST_MEETINGS and meetings * len(sides) > _MOST_PAIRS


def repaired(shape: BaseGeometry) -> tuple[BaseGeometry, bool]:
    """(the valid shape, whether it was repaired). Raises ValueError where a repair would lose or add area.

    A ring that touches or doubles itself is mended; one that crosses itself like an 8 has no area of its own to
    keep, so what was meant is for somebody to say.
    """
    if _is_tangled(shape):
        raise ValueError(_("Sınırın kenarları birbirini sayısız kez kesiyor; çizimi düzeltip yeniden aktarınız."))
    if shape.is_valid:
        return shape, False
    mended = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(mended) if isinstance(part, _POLYGONS)]
    mended = shapely.union_all(parts) if parts else Polygon()
    if not mended.is_empty and abs(mended.area - shape.area) <= _SAFE * mended.area:
        return mended, True
    raise ValueError(
        _("Sınır kendini kesiyor (%(why)s) ve alanı değişmeden onarılamıyor; çizimi düzeltip yeniden aktarınız.")
        % {"why": shapely.is_valid_reason(shape)}
    )
