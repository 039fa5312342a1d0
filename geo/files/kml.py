"""KML, read as text: GDAL's driver turns "İlçe" into "__l__e" and drops attributes that not every place has."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from xml.etree import ElementTree

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.files.layer import Attributes, Layer, flattened
from imports.reading import UnreadableFile

# A description is often a table of names and values, for the balloon in Google Earth.
_TABLE_ROW = re.compile(r"<tr[^>]*>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*<td[^>]*>(.*?)</td>\s*</tr>", re.IGNORECASE | re.S)
_TAG = re.compile(r"<[^>]*>")
_COLLECTIONS = {Polygon: MultiPolygon, Point: MultiPoint, LineString: MultiLineString}


def read_kml(content: bytes, name: str) -> Layer:
    """Each Placemark with its name, its ExtendedData and the table in its description. Raises UnreadableFile."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _broken()
    layer = Layer(name, "EPSG:4326")
    try:
        for _event, element in ElementTree.iterparse(io.BytesIO(content)):  # noqa: S314 - no entities, see above
            if _tag(element) == "Placemark":
                layer.features.append((_attributes(element), _geometry(element)))
                element.clear()
    except (ElementTree.ParseError, ValueError, LookupError, shapely.GEOSException) as error:
        raise _broken() from error
    return layer


def _broken() -> UnreadableFile:
    return UnreadableFile(_("KML dosyası bozuk ya da yarım; aldığınız yerden yeniden indiriniz."))


def _tag(element: ElementTree.Element) -> str:
    """The name without its namespace, of which there are several."""
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, *tags: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _tag(child) in tags)


def _attributes(place: ElementTree.Element) -> Attributes:
    found: Attributes = {}
    for part in _children(place, "name", "description"):
        text = (part.text or "").strip()
        if _tag(part) == "name":
            found["name"] = text or None
        elif pairs := _TABLE_ROW.findall(text):
            found |= {_plain(key): _plain(value) for key, value in pairs}
        elif text:
            found["description"] = text
    for data in place.iter():
        if _tag(data) == "SimpleData" and data.get("name"):
            found[data.get("name")] = (data.text or "").strip() or None
        elif _tag(data) == "Data" and data.get("name"):
            value = next(_children(data, "value"), None)
            found[data.get("name")] = ((value.text if value is not None else "") or "").strip() or None
    return found


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html)).strip()


def _geometry(place: ElementTree.Element) -> BaseGeometry | None:
    parts = [shape for child in place if (shape := _shape(child)) is not None]
    return flattened(parts[0]) if parts else None


def _shape(element: ElementTree.Element) -> BaseGeometry | None:
    match _tag(element):
        case "Point":
            return Point(_coordinates(element)[0])
        case "LineString":
            return LineString(_coordinates(element))
        case "Polygon":
            rings = {tag: [_coordinates(ring) for ring in _children(element, tag)] for tag in
                     ("outerBoundaryIs", "innerBoundaryIs")}  # fmt: skip
            return Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
        case "MultiGeometry":
            parts = [shape for child in element if (shape := _shape(child)) is not None]
            kinds = {type(part) for part in parts}
            if len(kinds) == 1 and (collection := _COLLECTIONS.get(kinds.pop())):
                return collection(parts)
            return shapely.GeometryCollection(parts)
    return None


def _coordinates(element: ElementTree.Element) -> list[tuple[float, float]]:
    text = next((each.text for each in element.iter() if _tag(each) == "coordinates"), None) or ""
    points = [tuple(map(float, point.split(",")[:2])) for point in text.split()]
    if not points or any(len(point) != 2 for point in points):
        raise ValueError("coordinates")
    return points
