"""The layers of the registers, and what programs learn of them: their columns, their filters, the OpenAPI document.

Programs take a layer's kind of shape from its first objects, so that points among areas would not be drawn. A register
is therefore three layers: all its rows, those that lie at a point, and those with an outline; and each has a schema
(OGC API – Features, part 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import register_converter, reverse
from django.utils.translation import gettext as _

from geo import systems
from geo.features import lies_somewhere
from geo.ogc_answers import link
from inventory import access, registers
from inventory.columns import Column, Type
from inventory.listing.filters import filter_class
from inventory.registers import Register

Shape = Literal["", "points", "areas"]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON, SCHEMA, OPENAPI = (
    "application/geo+json",
    "application/schema+json",
    "application/vnd.oai.openapi+json;version=3.0",
)
DEFAULT_LIMIT, MOST = 1_000, 10_000
# What a request for items may say besides the list's own filters, with its JSON schema.
PARAMETERS: dict[str, dict[str, object]] = {
    "limit": {"type": "integer", "default": DEFAULT_LIMIT, "minimum": 1, "maximum": MOST},
    "offset": {"type": "integer", "default": 0, "minimum": 0},
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "bbox-crs": {"type": "string", "enum": [CRS84]},
    "as_of": {"type": "string"},
    "columns": {"type": "string"},
    "sort": {"type": "string"},
    "f": {"type": "string", "enum": ["json"]},
}
_SHAPES: dict[Shape, str] = {
    "": "https://geojson.org/schema/Geometry.json",
    "points": "https://geojson.org/schema/Point.json",
    "areas": "https://geojson.org/schema/MultiPolygon.json",
}


@dataclass(frozen=True)
class Layer:
    """All rows of a register, or those that lie at a point, or those with an outline."""

    register: Register
    shape: Shape = ""

    def __str__(self) -> str:
        return f"{self.register.slug}.{self.shape}" if self.shape else self.register.slug

    @property
    def address(self) -> dict[str, object]:
        """The arguments of its URLs."""
        return {"register": self.register} | ({"shape": self.shape} if self.shape else {})

    @property
    def title(self) -> str:
        kinds = {"": "", "points": _("noktalar"), "areas": _("alanlar")}
        return f"{self.register.title} ({kinds[self.shape]})" if self.shape else self.register.title

    @property
    def condition(self) -> Q:
        """Which locations are those of the layer's rows; an empty one is any, or none."""
        outlined = Q(footprint__isnull=False)
        return {"": Q(), "areas": outlined, "points": ~outlined & Q(lon__isnull=False)}[self.shape]


class ShapeConverter:
    """The part of a layer's id in a URL that follows the register's slug."""

    regex = "points|areas"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(ShapeConverter, "shape")


def seen(user) -> list[Layer]:
    """The layers that the user may see."""
    shown = [r for r in registers.every() if lies_somewhere(r) and access.may_see(r, user)]
    return [Layer(register, shape) for register in shown for shape in _SHAPES]


def shown(user, layer: Layer) -> Layer:
    """Raises Http404 for a layer that the user may not see."""
    if layer not in seen(user):
        raise Http404
    return layer


def described(request: HttpRequest, layer: Layer) -> dict[str, object]:
    """The layer as a collection of OGC API – Features."""
    bounds = [systems.WEST, systems.SOUTH, systems.EAST, systems.NORTH]
    relation = "http://www.opengis.net/def/rel/ogc/1.0"
    return {
        "id": str(layer),
        "title": layer.title,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [bounds], "crs": CRS84}},
        "links": [
            link(request, "self", "features-collection", layer.address),
            link(request, "items", "features-items", layer.address, kind=GEOJSON),
            # Not as `describedby`: GDAL 3.12 takes every column of such a schema for a text.
            link(request, f"{relation}/schema", "features-schema", layer.address, kind=SCHEMA),
            link(request, f"{relation}/queryables", "features-queryables", layer.address, kind=SCHEMA),
        ],
    }


# Columns and filters ----------------------------------------------------------------------------------------


def schema(request: HttpRequest, layer: Layer) -> dict[str, object]:
    """What an item has, in JSON Schema: its columns under their headings, with types that hold whatever is blank."""
    columns = [layer.register.key, *(c for c in layer.register.all_columns() if c.name != layer.register.key.name)]
    properties = {column.label: _typed(column) for column in columns if not column.is_personal}
    geometry = {"x-ogc-role": "primary-geometry", "$ref": _SHAPES[layer.shape]}
    return _document(request, "features-schema", layer, properties | {"geometry": geometry})


def queryables(request: HttpRequest, layer: Layer) -> dict[str, object]:
    """The filters of the list, which are parameters of `items`."""
    properties = {name: {"title": label, "type": "string"} for name, label in filters(layer.register).items()}
    return _document(request, "features-queryables", layer, properties)


def filters(register: Register) -> dict[str, str]:
    """{parameter: what it narrows} of every filter of the list."""
    return {name: str(each.label or name) for name, each in filter_class(register).base_filters.items()}


def _typed(column: Column) -> dict[str, object]:
    schema: dict[str, object] = {"title": column.label, "type": "string"}
    if column.type == Type.INTEGER:
        schema["type"] = "integer"
    elif column.type.is_number:
        schema["type"] = "number"
    elif column.type == Type.DATE:
        schema["format"] = "date"
    elif column.type == Type.MOMENT:
        schema["format"] = "date-time"
    return schema


def _document(request: HttpRequest, name: str, layer: Layer, properties: dict) -> dict[str, object]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.build_absolute_uri(reverse(name, kwargs=layer.address)),
        "title": layer.title,
        "type": "object",
        "properties": properties,
    }


# The OpenAPI document ---------------------------------------------------------------------------------------


def api(user) -> dict[str, object]:
    """Every path with its parameters, as far as the user may see the layers."""
    paths = {
        reverse(name): _operation([])
        for name in ("features", "features-api", "features-conformance", "features-collections")
    }
    for layer in seen(user):
        for name in ("features-collection", "features-schema", "features-queryables"):
            paths[reverse(name, kwargs=layer.address)] = _operation([])
        given = PARAMETERS | {name: {"type": "string"} for name in filters(layer.register)}
        paths[reverse("features-items", kwargs=layer.address)] = _operation([_query(*each) for each in given.items()])
        # Not by the URL configuration, which knows no placeholder for a number.
        one = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[f"{reverse('features-items', kwargs=layer.address)}/{{featureId}}"] = _operation([one])
    return {"openapi": "3.0.3", "info": {"title": _("Kütükler"), "version": "1.0"}, "paths": paths}


def _operation(parameters: list[dict]) -> dict[str, object]:
    faults = {"400": _("Anlaşılmadı"), "401": _("Kullanıcı adı ve parola gerekli."), "404": _("Bulunamadı")}
    responses = {"200": {"description": "OK"}} | {code: {"description": text} for code, text in faults.items()}
    return {"get": {"parameters": parameters, "responses": responses}}


def _query(name: str, of: dict[str, object]) -> dict[str, object]:
    style = {"style": "form", "explode": False} if of["type"] == "array" else {}
    return {"name": name, "in": "query", "schema": of} | style
