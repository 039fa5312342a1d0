"""The registers as layers for QGIS and its like: OGC API – Features, parts 1 (GeoJSON) and 5 (schemas), read-only.

A collection is a register whose rows have a place (geo/ogc_layers.py); an item is a row, with the list's columns under
their headings. Every filter of the list is a parameter of `items`. Who asks is known by her session, or by her user
name and password (HTTP Basic, under the same lockout as the login page), and sees what she sees on the pages. An
account with a second factor is refused here, since Basic carries no code.
"""

from __future__ import annotations

from math import isfinite

from django.db.models import Case, Min, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from geo import ogc_layers
from geo.features import features
from geo.files.writing import as_geojson
from geo.ogc_answers import Unusable, answers_programs, link
from geo.ogc_layers import CRS84, DEFAULT_LIMIT, GEOJSON, MOST, OPENAPI, PARAMETERS, SCHEMA, Layer, Shape
from geo.then import lying
from imports.exporting.parts import Part
from inventory.computed.columns import Computed
from inventory.listing.address import Listing
from inventory.listing.filters import filter_class
from inventory.registers import Register
from inventory.server.asked import whole

_SPEC = "http://www.opengis.net/spec"
CONFORMANCE = [
    *(f"{_SPEC}/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")),
    *(f"{_SPEC}/ogcapi-features-5/1.0/conf/{part}" for part in ("schemas", "queryables", "core-roles-features")),
]

# What there is ----------------------------------------------------------------------------------------------


@answers_programs
def landing(request: HttpRequest) -> JsonResponse:
    links = [
        link(request, "self", "features"),
        link(request, "service-desc", "features-api", kind=OPENAPI),
        link(request, "conformance", "features-conformance"),
        link(request, "data", "features-collections"),
    ]
    return JsonResponse({"title": _("Kütükler"), "links": links})


@answers_programs
def conformance(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"conformsTo": CONFORMANCE})


@answers_programs
def api(request: HttpRequest) -> JsonResponse:
    return JsonResponse(ogc_layers.api(request.user), content_type=OPENAPI)


@answers_programs
def collections(request: HttpRequest) -> JsonResponse:
    layers = [ogc_layers.described(request, layer) for layer in ogc_layers.seen(request.user)]
    return JsonResponse({"links": [link(request, "self", "features-collections")], "collections": layers})


@answers_programs
def collection(request: HttpRequest, register: Register, shape: Shape = "") -> JsonResponse:
    return JsonResponse(ogc_layers.described(request, ogc_layers.shown(request.user, Layer(register, shape))))


@answers_programs
def schema(request: HttpRequest, register: Register, shape: Shape = "") -> JsonResponse:
    layer = ogc_layers.shown(request.user, Layer(register, shape))
    return JsonResponse(ogc_layers.schema(request, layer), content_type=SCHEMA)


@answers_programs
def queryables(request: HttpRequest, register: Register, shape: Shape = "") -> JsonResponse:
    layer = ogc_layers.shown(request.user, Layer(register, shape))
    return JsonResponse(ogc_layers.queryables(request, layer), content_type=SCHEMA)


@answers_programs
def unknown(_request: HttpRequest, _rest: str) -> JsonResponse:
    """Whatever else is asked for below this address."""
    raise Http404


# Items ------------------------------------------------------------------------------------------------------


@answers_programs
def items(request: HttpRequest, register: Register, shape: Shape = "") -> JsonResponse:
    """A page of the rows under the list's filters and a box: `numberMatched` counts all of them."""
    layer = ogc_layers.shown(request.user, Layer(register, shape))
    _refuse_unknown(register, request.GET)
    limit = min(_whole(request.GET, "limit", DEFAULT_LIMIT, least=1), MOST)
    offset = _whole(request.GET, "offset", 0, least=0)
    there = layer.condition & _within(_box(request.GET))
    page = _Page(register, request.user, _filters(request.GET), there, slice(offset, offset + limit))
    if page.errors:
        raise Unusable("; ".join(f"{what}: {' '.join(why)}" for what, why in page.faults()))
    matched = page.matching.count()
    features = _items(page)
    links = [
        link(request, "self", "features-items", layer.address, kind=GEOJSON, query=request.GET),
        link(request, "collection", "features-collection", layer.address),
    ]
    beside = {"next": offset + limit if offset + limit < matched else None, "prev": max(0, offset - limit)}
    for rel, start in beside.items():
        if start is not None and (rel == "next" or offset):
            query = request.GET.copy()
            query["offset"], query["limit"] = str(start), str(limit)
            links.append(link(request, rel, "features-items", layer.address, kind=GEOJSON, query=query))
    answer = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(features),
        "features": features,
        "links": links,
    }
    if page.not_kept_before:
        answer["description"] = page.not_kept
    return JsonResponse(answer, content_type=GEOJSON)


@answers_programs
def item(request: HttpRequest, register: Register, pk: int, shape: Shape = "") -> JsonResponse:
    layer = ogc_layers.shown(request.user, Layer(register, shape))
    params = QueryDict("columns=all")
    features = _items(_Lying(register, request.user, params, layer.condition, Q(id=pk)))
    if not features:
        raise Http404
    links = [
        link(request, "self", "features-item", layer.address | {"pk": pk}, kind=GEOJSON),
        link(request, "collection", "features-collection", layer.address),
    ]
    return JsonResponse(features[0] | {"links": links}, content_type=GEOJSON)


class _Lying(Listing):
    """A listing of the rows for whose locations a condition holds."""

    def __init__(self, register: Register, user, params: QueryDict, there: Q, only: Q | None = None):
        self._there = there
        super().__init__(register, user, params, only)

    def _all(self) -> QuerySet:
        return super()._all().filter(lying(self, self._there))


class _Page(_Lying):
    """A part of a listing in the order of `sort`, else by id behind its examples.

    Programs (GDAL 3.12, QGIS 3.22) take the columns' types from the first objects, ten of them, and no schema: a date
    or number that is blank there would be text. So the examples come first: for each such column the first row that
    fills it. They are looked up anew for each page, in one query: a row that is written between two pages can shift
    them, as it shifts any page by offset.
    """

    def __init__(self, register: Register, user, params: QueryDict, there: Q, part: slice):
        self._part = part
        super().__init__(register, user, params, there)

    @property
    def rows(self) -> QuerySet:
        start, stop = self._part.start, self._part.stop
        if "sort" in self.params:
            return super().rows[start:stop]
        first = self._examples()
        rest, behind = self.matching.exclude(id__in=first).order_by("id"), len(first)
        if start >= behind:
            return self.with_references(rest)[start - behind : stop - behind]
        ids = first[start:stop] + list(rest.values_list("id", flat=True)[: max(0, stop - behind)])
        rank = Case(When(id__in=first, then=Value(0)), default=Value(1))
        return self.with_references(self.matching.filter(id__in=ids)).order_by(rank, "id")

    def _examples(self) -> list[int]:
        blank = [
            column
            for column in self.columns
            if not isinstance(column, Computed)
            and column.field.null
            and (column.type.is_number or column.type.is_dated)
        ]
        filled = {f"first_{c.name}": Min("id", filter=Q(**{f"{c.name}__isnull": False})) for c in blank}
        return sorted({*self.matching.order_by().aggregate(**filled).values()} - {None})


def _items(page: Listing) -> list[dict[str, object]]:
    part = Part(page)
    return [as_geojson(each, part.columns) for chunk in features(part) for each in chunk]


def _filters(params: QueryDict) -> QueryDict:
    """The list's own parameters; all columns where none are chosen."""
    kept = params.copy()
    for name in PARAMETERS.keys() - {"as_of", "columns", "sort"}:
        kept.pop(name, None)
    kept.setdefault("columns", "all")
    return kept


def _refuse_unknown(register: Register, params: QueryDict) -> None:
    if "datetime" in params:
        raise Unusable(_("datetime yok; geçmiş bir günü as_of=31.12.2025 ile isteyiniz."))
    known = PARAMETERS.keys() | filter_class(register).base_filters.keys()
    if wrong := [name for name in params if name not in known]:
        raise Unusable(_("“%(names)s” diye bir parametre yok.") % {"names": ", ".join(wrong)})
    if params.get("bbox-crs", CRS84) != CRS84:
        raise Unusable(_("bbox-crs yalnızca %(crs)s olabilir.") % {"crs": CRS84})
    asked = {name for text in params.getlist("columns") for name in text.split(",")} - {"all"}
    asked |= {text.removeprefix("-") for text in params.getlist("sort")}
    if wrong := sorted(asked - {name for name in register.columns if not register.column(name).is_personal}):
        raise Unusable(
            _("“%(names)s” diye bir sütun yok; sütunlar: %(known)s.")
            % {"names": ", ".join(wrong), "known": ", ".join(register.columns)}
        )


def _whole(params: QueryDict, name: str, otherwise: int, least: int) -> int:
    number = whole(params.get(name, otherwise))
    if number is None or not least <= number < 10**9:
        raise Unusable(_("%(name)s: %(least)d veya daha büyük bir tam sayı yazınız.") % {"name": name, "least": least})
    return number


def _within(box: tuple[float, float, float, float] | None) -> Q:
    """The locations whose shape's box meets the box; all of them without one."""
    if box is None:
        return Q()
    west, south, east, north = box
    return Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south)


def _box(params: QueryDict) -> tuple[float, float, float, float] | None:
    """(west, south, east, north); a box may have heights, too, which are left out of account."""
    if "bbox" not in params:
        return None
    sentence = _("bbox: batı,güney,doğu,kuzey derecelerini virgülle ayırarak yazınız.")
    try:
        numbers = [float(each) for each in params.get("bbox", "").split(",")]
    except ValueError as error:
        raise Unusable(sentence) from error
    if len(numbers) not in (4, 6) or not all(map(isfinite, numbers)):
        raise Unusable(sentence)
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if west > east or south > north:
        raise Unusable(sentence)
    return west, south, east, north
