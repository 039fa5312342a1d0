"""Layers as sheets: a row for each feature, its attributes, and its shape as text (EWKT) in a last column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import shapely
from django.utils.translation import gettext as _
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo import shapes
from geo.files.layer import Layer
from geo.files.reading import read_layers
from imports.workbooks.limits import Limits
from imports.workbooks.raw import RawSheet, gather

#: The heading of the column with the shapes.
HEADING = "Geometri"


def sheets(file: IO[bytes], kind: str, name: str, limits: Limits) -> Iterator:
    """What the child hands on: the sheets, the header in the first row of each, then the notes."""
    layers = read_layers(file, kind, name, limits)
    notes = [note for layer in layers for note in layer.notes]
    for layer in layers:
        yield _sheet(layer, limits, notes)
    yield {"notes": notes, "header_row": 1}


def _sheet(layer: Layer, limits: Limits, notes: list[str]) -> RawSheet:
    headers = layer.headers
    code, change = _system(layer)
    if change is not None:
        notes.append(_("“%(layer)s” katmanının koordinat sistemi WGS 84’e çevrildi.") % {"layer": layer.name})
    prefix = f"SRID={code};" if code else ""

    def rows():
        yield 1, [*headers, HEADING]
        for number, (attributes, shape) in enumerate(layer.features, 2):
            cells = [attributes.get(name) for name in headers]
            yield number, [*cells, _text(shape, prefix, change)]

    return gather(RawSheet(layer.name[:100]), rows(), limits.max_rows)


def _system(layer: Layer) -> tuple[int | None, CRS | None]:
    """(EPSG code of the shapes as they will stand in the sheet, the system to change from if it has no code)."""
    try:
        crs = CRS.from_user_input(layer.crs) if layer.crs else None
    except CRSError:
        crs = None
    if crs is None:
        return None, None
    code = crs.to_epsg() or crs.to_epsg(min_confidence=25)
    return (code, None) if code else (shapes.WGS84, crs)


def _text(shape, prefix: str, change: CRS | None) -> str | None:
    if shape is None:
        return None
    if change is not None:
        shape = shapes.reproject(shape, change, shapes.WGS84)
    return prefix + shapely.to_wkt(shape, rounding_precision=-1)
