"""KML, read as text: GDAL's driver turns "İlçe" into "__l__e" and drops attributes that not every place has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.files.layer import Attributes, Layer, flattened
from imports.workbooks.limits import Limits, UnreadableFile

# A description that is longer is no balloon with a parcel's data, and is taken as the text that it is.
_LONGEST_TABLE = 50_000
_COLLECTIONS = {Polygon: MultiPolygon, Point: MultiPoint, LineString: MultiLineString}


def read_kml(content: bytes, name: str, limits: Limits) -> Layer:
    """Each Placemark with its name, its ExtendedData and the table in its description. Raises UnreadableFile."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _broken()
    layer = Layer(name, "EPSG:4326", limits)
    try:
        for _event, element in ElementTree.iterparse(io.BytesIO(content)):  # noqa: S314 - no entities, see above
            if _tag(element) == "Placemark":
                layer.add(_attributes(element), _geometry(element))
                element.clear()
    except (ElementTree.ParseError, ValueError, LookupError, shapely.GEOSException) as error:
        raise _broken() from error
    return _without_repeated_name(layer)


def _without_repeated_name(layer: Layer) -> Layer:
    """The label on the map is often one of the values once more (as in our own files); it is then no column itself."""
    others = [[value for name, value in attributes.items() if name != "name"] for attributes, _shape in layer.features]
    if not all(
        attributes.get("name") in values for (attributes, _), values in zip(layer.features, others, strict=True)
    ):
        return layer
    made = Layer(layer.name, layer.crs, layer.limits)
    for attributes, shape in layer.features:
        made.add({name: value for name, value in attributes.items() if name != "name"}, shape)
    return made


def _broken() -> UnreadableFile:
    return UnreadableFile(_("KML dosyası bozuk ya da yarım; aldığınız yerden yeniden indiriniz."))


def _tag(element: ElementTree.Element) -> str:
    """The name without its namespace, of which there are several."""
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, *tags: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _tag(child) in tags)


def _attributes(place: ElementTree.Element) -> Attributes:
    attributes: Attributes = {}
    for part in _children(place, "name", "description"):
        text = (part.text or "").strip()
        if _tag(part) == "name":
            attributes["name"] = text or None
        elif pairs := _Balloon.pairs(text):
            attributes |= pairs
        elif text:
            attributes["description"] = text
    for data in place.iter():
        if not (name := data.get("name")):
            continue
        if _tag(data) == "SimpleData":
            attributes[name] = (data.text or "").strip() or None
        elif _tag(data) == "Data":
            value = next(_children(data, "value"), None)
            attributes[name] = ((value.text if value is not None else "") or "").strip() or None
    return attributes


class _Balloon(HTMLParser):
    """A description is often a table of names and values, for the balloon in Google Earth: rows of two cells."""

    def __init__(self):
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    @classmethod
    def pairs(cls, html: str) -> dict[str, str]:
        """Names and values; empty where the text is no such table."""
        if "<" not in html or len(html) > _LONGEST_TABLE:
            return {}
        parser = cls()
        parser.feed(html)
        parser.close()
        pairs = ([cell.strip() for cell in row] for row in parser.rows if len(row) == 2)
        return {name: value for name, value in pairs if name}

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "tr":
            self.rows.append([])
        self._in_cell = tag in ("td", "th") or (self._in_cell and tag != "tr")
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


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
    points = [point.split(",") for point in text.split()]
    if not points or any(len(point) < 2 for point in points):
        raise ValueError("coordinates")
    return [(float(point[0]), float(point[1])) for point in points]
