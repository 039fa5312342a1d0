"""Geographic files as this process gets them from the child that reads them (`geo.files`)."""

from __future__ import annotations

from os import PathLike

import shapely

from geo import shapes
from geo.files.layer import Layer
from imports.reading import Limits, in_child, opened

READER = "geo.files.kinds"


def read_layers(path: PathLike, name: str) -> list[Layer]:
    """The file's layers that have features. Raises UnreadableFile."""
    limits = Limits.from_settings()
    with opened(path, limits) as file:
        parts = in_child(file, name, [READER], limits, "layers")
    layers: list[Layer] = []
    for part in parts:
        if isinstance(part, tuple):
            name, crs, notes = part
            layers.append(Layer(name, crs, limits, notes=notes))
        else:
            for attributes, packed in part:
                layers[-1].add(attributes, packed and shapely.from_wkb(packed))
    return layers


def parse(text: str) -> tuple[str | None, shapely.Geometry]:
    """(what the text says of its system, the shape) of WKT or EWKT. Raises ValueError."""
    srid, mark, wkt = text.strip().partition(";")
    if not mark:
        srid, wkt = "", srid
    code = srid.upper().removeprefix("SRID=")
    shapes.refuse_nested(wkt)
    try:
        return (f"EPSG:{int(code)}" if srid else None), shapely.from_wkt(wkt)
    except shapely.GEOSException as error:
        raise ValueError(text[:60]) from error
