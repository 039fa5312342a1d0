"""Geographic files as sheets: a row for each feature, its attributes, and its shape as text (EWKT) in a last column."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO

import shapely
from django.utils.translation import gettext as _
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo import shapes
from geo.files import Layer, is_geographic, read_layers
from imports.reading import Book, Limits, Sheet
from imports.workbooks.raw import RawSheet, gather

#: The heading of the column with the shapes.
HEADING = "Geometri"


class GeographicBook(Book):
    """Its sheets are the layers; the header is the first row of each."""

    def read(
        self,
        sheet: str | None = None,
        header_row: int | None = None,
        header_rows: int | None = None,
        known: Collection[str] = (),
    ) -> Sheet:
        return super().read(sheet, header_row or 1, header_rows or 1, known)


def read_book(file: BinaryIO, filename: str, limits: Limits) -> GeographicBook | None:
    """None for a file of another kind. Raises UnreadableFile."""
    if not is_geographic(file):
        return None
    layers = read_layers(file, filename, limits)
    notes = [note for layer in layers for note in layer.notes]
    return GeographicBook([_sheet(layer, limits, notes) for layer in layers], limits, notes=notes)


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


def parse(text: str) -> tuple[str | None, shapely.Geometry]:
    """(what the text says of its system, the shape) of WKT or EWKT. Raises ValueError."""
    told, mark, wkt = text.strip().partition(";")
    if not mark:
        told, wkt = "", told
    code = told.upper().removeprefix("SRID=")
    try:
        return (f"EPSG:{int(code)}" if told else None), shapely.from_wkt(wkt)
    except shapely.GEOSException as error:
        raise ValueError(text[:60]) from error
