"""The registers as layers for QGIS and its like: OGC API – Features, parts 1 (core, GeoJSON), read-only.

A collection is a register whose rows have a place; an item is a row, with the list's columns under their headings.
Every filter of the list is a parameter of `items`. Who asks is known by her session, or by her user name and
password (HTTP Basic, under the same lockout as the login page), and sees what she sees on the pages. An account with
a second factor is refused here, since Basic carries no code.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from functools import wraps
from math import isfinite

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from geo import systems
from geo.features import features, lies_somewhere, path
from geo.files.writing import as_geojson
from imports.exporting.parts import Part
from inventory import access, registers
from inventory.asked import whole
from inventory.filters import filter_class
from inventory.listing import Listing
from inventory.registers import Register

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
]
GEOJSON = "application/geo+json"
DEFAULT_LIMIT, MOST = 100, 10_000
# What a request may say besides the list's own filters.
_KNOWN = {"limit", "offset", "bbox", "bbox-crs", "datetime", "f", "as_of", "columns", "sort"}

View = Callable[..., HttpResponse]


class Unusable(ValueError):
    """A parameter that cannot be understood; the message says what to write."""


def _open(view: View) -> View:
    """For programs: who is not logged in is asked for a password instead of being sent to a page."""

    @wraps(view)
    def asked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            user = _by_password(request)
            if user and user.second_factor_since:
                return JsonResponse({"code": "403", "description": _wants_code()}, status=403)
            if user is None:
                answer = JsonResponse({"code": "401", "description": _("Kullanıcı adı ve parola gerekli.")}, status=401)
                answer["WWW-Authenticate"] = 'Basic realm="register", charset="UTF-8"'
                return answer
            request.user = user
        try:
            return view(request, *args, **kwargs)
        except Unusable as error:
            return JsonResponse({"code": "400", "description": str(error)}, status=400)

    return login_not_required(
        cache_control(private=True, no_cache=True)(vary_on_headers("Cookie", "Authorization")(asked))
    )


def _wants_code() -> str:
    return _(
        "Bu hesap girişte ikinci adım ister; yalnızca parolayla bağlanılamaz. Harita programı için ikinci adımı "
        "olmayan, yalnızca görme yetkili bir hesap kullanınız."
    )


def _by_password(request: HttpRequest):
    scheme, _mark, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _mark, password = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return None
    # No account is called so, and no database would look for it.
    if len(name) > 150 or "\0" in name + password:
        return None
    return authenticate(request, username=name, password=password)


def _link(request: HttpRequest, rel: str, name: str, *args, kind: str = "application/json", **query) -> dict[str, str]:
    url = request.build_absolute_uri(reverse(name, args=args))
    return {"rel": rel, "type": kind, "href": f"{url}?{urlencode(query)}" if query else url}


# What there is ----------------------------------------------------------------------------------------------


@_open
@require_safe
def landing(request: HttpRequest) -> JsonResponse:
    links = [
        _link(request, "self", "features"),
        _link(request, "service-desc", "features-api", kind="application/vnd.oai.openapi+json;version=3.0"),
        _link(request, "conformance", "features-conformance"),
        _link(request, "data", "features-collections"),
    ]
    return JsonResponse({"title": _("Kütükler"), "links": links})


@_open
@require_safe
def conformance(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"conformsTo": CONFORMANCE})


@_open
@require_safe
def api(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document: the paths, and the largest page."""
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": DEFAULT_LIMIT, "maximum": MOST}}
    texts = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("bbox", "offset")]
    answer = {"200": {"description": "OK"}}
    paths = {reverse("features-collections"): {"get": {"responses": answer}}}
    for register in _seen(request):
        url = reverse("features-items", args=[register])
        paths[url] = {"get": {"parameters": [limit, *texts], "responses": answer}}
    document = {"openapi": "3.0.3", "info": {"title": _("Kütükler"), "version": "1.0"}, "paths": paths}
    return JsonResponse(document, content_type="application/vnd.oai.openapi+json;version=3.0")


@_open
@require_safe
def collections(request: HttpRequest) -> JsonResponse:
    found = [_collection(request, register) for register in _seen(request)]
    return JsonResponse({"links": [_link(request, "self", "features-collections")], "collections": found})


@_open
@require_safe
def collection(request: HttpRequest, register: Register) -> JsonResponse:
    return JsonResponse(_collection(request, _shown(request, register)))


def _seen(request: HttpRequest) -> list[Register]:
    return [r for r in registers.every() if lies_somewhere(r) and access.may_see(r, request.user)]


def _shown(request: HttpRequest, register: Register) -> Register:
    if register not in _seen(request):
        raise Http404
    return register


def _collection(request: HttpRequest, register: Register) -> dict[str, object]:
    bounds = [systems.WEST, systems.SOUTH, systems.EAST, systems.NORTH]
    return {
        "id": register.slug,
        "title": register.title,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [bounds], "crs": CRS84}},
        "links": [
            _link(request, "self", "features-collection", register),
            _link(request, "items", "features-items", register, kind=GEOJSON),
        ],
    }


# Items ------------------------------------------------------------------------------------------------------


@_open
@require_safe
def items(request: HttpRequest, register: Register) -> JsonResponse:
    """A page of the rows under the list's filters and a box: `numberMatched` counts all of them."""
    _shown(request, register)
    _refuse_unknown(register, request.GET)
    limit = min(_whole(request.GET, "limit", DEFAULT_LIMIT, least=1), MOST)
    offset = _whole(request.GET, "offset", 0, least=0)
    listing = _Page(register, request.user, _filters(request.GET))
    if listing.errors:
        raise Unusable("; ".join(f"{what}: {' '.join(why)}" for what, why in listing.faults()))
    listing.box = _box(request.GET)
    matched = listing.count()
    listing.part = slice(offset, offset + limit)
    part = Part(listing)
    found = [as_geojson(each, part.columns) for chunk in features(part) for each in chunk]
    query = request.GET.dict()
    links = [_link(request, "self", "features-items", register, kind=GEOJSON, **query)]
    links.append(_link(request, "collection", "features-collection", register))
    if offset + limit < matched:
        more = query | {"offset": offset + limit, "limit": limit}
        links.append(_link(request, "next", "features-items", register, kind=GEOJSON, **more))
    if offset:
        less = query | {"offset": max(0, offset - limit), "limit": limit}
        links.append(_link(request, "prev", "features-items", register, kind=GEOJSON, **less))
    answer = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat().replace("+00:00", "Z"),
        "numberMatched": matched,
        "numberReturned": len(found),
        "features": found,
        "links": links,
    }
    return JsonResponse(answer, content_type=GEOJSON)


@_open
@require_safe
def item(request: HttpRequest, register: Register, pk: int) -> JsonResponse:
    listing = _Page(_shown(request, register), request.user, QueryDict("columns=all"))
    listing.one = pk
    part = Part(listing)
    found = [as_geojson(each, part.columns) for chunk in features(part) for each in chunk]
    if not found:
        raise Http404
    links = [
        _link(request, "self", "features-item", register, pk, kind=GEOJSON),
        _link(request, "collection", "features-collection", register),
    ]
    return JsonResponse(found[0] | {"links": links}, content_type=GEOJSON)


class _Page(Listing):
    """A listing within a box, of which one page is wanted; ordered by id, so that pages neither overlap nor lack."""

    box: tuple[float, float, float, float] | None = None
    one: int | None = None
    part = slice(None)

    def _boxed(self):
        rows, way = self.matching, path(self.register)
        if self.one is not None:
            rows = rows.filter(id=self.one)
        if self.box:
            west, south, east, north = self.box
            limits = {"west__lte": east, "east__gte": west, "south__lte": north, "north__gte": south}
            rows = rows.filter(**{f"{way}{name}": value for name, value in limits.items()})
        return rows

    def count(self) -> int:
        return self._boxed().count()

    @property
    def rows(self):
        return self._boxed().order_by("id")[self.part]


def _filters(params: QueryDict) -> QueryDict:
    """The list's own parameters; all columns where none are chosen."""
    kept = params.copy()
    for name in _KNOWN - {"as_of", "columns"}:
        kept.pop(name, None)
    kept.setdefault("columns", "all")
    return kept


def _refuse_unknown(register: Register, params: QueryDict) -> None:
    known = _KNOWN | set(filter_class(register).base_filters)
    if wrong := [name for name in params if name not in known]:
        raise Unusable(_("“%(names)s” diye bir parametre yok.") % {"names": ", ".join(wrong)})
    if params.get("bbox-crs", CRS84) != CRS84:
        raise Unusable(_("bbox-crs yalnızca %(crs)s olabilir.") % {"crs": CRS84})


def _whole(params: QueryDict, name: str, otherwise: int, least: int) -> int:
    told = whole(params.get(name, otherwise))
    if told is None or not least <= told < 10**9:
        raise Unusable(_("%(name)s: %(least)d veya daha büyük bir tam sayı yazınız.") % {"name": name, "least": least})
    return told


def _box(params: QueryDict) -> tuple[float, float, float, float] | None:
    """(west, south, east, north); a box may have heights, too, which are left out of account."""
    if "bbox" not in params:
        return None
    told = _("bbox: batı,güney,doğu,kuzey derecelerini virgülle ayırarak yazınız.")
    try:
        numbers = [float(each) for each in params["bbox"].split(",")]
    except ValueError as error:
        raise Unusable(told) from error
    if len(numbers) not in (4, 6) or not all(map(isfinite, numbers)):
        raise Unusable(told)
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if west > east or south > north:
        raise Unusable(told)
    return west, south, east, north
