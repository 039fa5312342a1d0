"""Geographic files for tests, made where they are needed: small squares at known places in the province."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry

from geo import shapes
from geo.files.kinds import kind_of
from geo.files.layer import Layer
from geo.files.reading import read_layers
from imports.reading import Limits


def layers_of(content: bytes, name: str = "dosya", limits: Limits | None = None) -> list[Layer]:
    """As the child reads them, here: it takes half a second to start."""
    file = io.BytesIO(content)
    return read_layers(file, kind_of(file), name, limits or Limits())


def square(east: float, north: float, side: float = 100) -> BaseGeometry:
    """A square in WGS 84, given by its south-west corner in EPSG:5254."""
    return shapes.reproject(shapely.box(east, north, east + side, north + side), shapes.PLANE, shapes.WGS84)


def geojson(*features: tuple[dict, BaseGeometry | None], **members) -> bytes:
    made = [
        {"type": "Feature", "properties": attributes, "geometry": shape and shapely.geometry.mapping(shape)}
        for attributes, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made, **members}, ensure_ascii=False).encode()


def kml(*places: tuple[dict[str, str], BaseGeometry | None]) -> bytes:
    marks = "".join(f"<Placemark><name>x</name>{_data(each)}{_polygon(shape)}</Placemark>" for each, shape in places)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>Parseller</name>{marks}</Document></kml>"
    ).encode()


def _data(attributes: dict[str, str]) -> str:
    data = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in attributes.items())
    return f"<ExtendedData>{data}</ExtendedData>"


def _polygon(shape: BaseGeometry | None) -> str:
    if shape is None:
        return ""
    points = " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)
    return (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{points}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )


def zipped(**files: bytes) -> bytes:
    """`zipped(doc_kml=…)`: the last "_" of a name is the dot before the ending."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            stem, _mark, ending = name.rpartition("_")
            archive.writestr(f"{stem}.{ending}", content)
    return target.getvalue()


def written(
    rows: list[tuple[dict, BaseGeometry]], epsg: int | None, ending: str, without: tuple[str, ...] = ()
) -> bytes:
    """What GeoPandas writes of shapes in WGS 84: "shp" comes zipped, `without` some of its files."""
    frame = geopandas.GeoDataFrame([r for r, _s in rows], geometry=[s for _r, s in rows], crs=shapes.WGS84)
    frame = frame.to_crs(epsg) if epsg else frame
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"parseller.{ending}"
        frame.to_file(path)
        if ending != "shp":
            return path.read_bytes()
        parts = [part for part in Path(folder).iterdir() if part.suffix not in without]
        return zipped(**{part.name.replace(".", "_"): part.read_bytes() for part in parts})


# A DXF by hand: a closed line with a text in it, and a line that closes nothing.
_PAIRS = """
0 SECTION; 2 ENTITIES; 0 LWPOLYLINE; 8 PARSEL; 90 4; 70 1; 10 493000; 20 4514000; 10 493100; 20 4514000;
10 493100; 20 4514100; 10 493000; 20 4514100; 0 TEXT; 8 YAZI; 10 493050; 20 4514050; 40 2; 1 123/4;
0 LINE; 8 YOL; 10 0; 20 0; 11 5; 21 5; 0 ENDSEC; 0 EOF
"""
DRAWING = "".join("\n".join(pair.split()) + "\n" for pair in _PAIRS.split(";")).encode()
