"""The map pages, and what they ask for beside the tiles: legend, cards, places."""

from __future__ import annotations

import shapely
from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from geo import legend, shapes, then
from geo.map_layers import on_the_map
from geo.models import Boundary, District, Location
from geo.within import Area
from inventory import access, registers
from inventory.computed.columns import name_rows
from inventory.computed.validity import SOON
from inventory.listing.address import Listing
from inventory.pages.shared import list_context, shown
from inventory.registers import Register
from inventory.server.asked import whole

# Rows listed on the card of one place; its list has all of them.
MOST_ON_CARD = 15
# About 50 m: what a boundary may lose on a map of a province.
TOLERANCE = 0.0005


@require_safe
def register_map(request: HttpRequest, register: Register) -> HttpResponse:
    """The list's page with a map above it: one filter for both."""
    if not on_the_map(register):
        raise Http404
    context = list_context(request, register)
    listing: Listing = context["listing"]
    # The list beside the map is for reading; many are changed on the list's own page.
    context |= {"may_change": False, "map": _config([register], _filter(listing), [listing])}
    context["lacks_boundaries"] = _lacks_boundaries(request.user)
    return render(request, "geo/register_map.html", context)


@require_safe
def map_of_all(request: HttpRequest) -> HttpResponse:
    seen = _seen(request.user)
    listings = [Listing(register, request.user, request.GET) for register in seen]
    lines = []
    for register, listing in zip(seen, listings, strict=True):
        cell = then.of_location(listing, "cell")
        number, placed = listing.matching.aggregate(number=Count("pk"), placed=Count(cell)).values()
        lines.append({"register": register, "number": number, "placed": placed, "query": _filter(listing)})
    query = request.GET.urlencode()
    context = {
        "lines": lines,
        "map": _config(seen, query, listings),
        "within": request.GET.get("within", ""),
        "lacks_boundaries": _lacks_boundaries(request.user),
    }
    return render(request, "geo/map_of_all.html", context)


@require_safe
def about(request: HttpRequest, register: Register) -> JsonResponse:
    """What stands beside the register's map (geo.legend.about)."""
    if not on_the_map(register):
        raise Http404
    listing = Listing(shown(register, request.user), request.user, request.GET)
    return JsonResponse(legend.about(listing))


@require_safe
def card(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """A fragment: what the list shows of one row, with the way to its page."""
    listing = Listing(shown(register, request.user), request.user, {})
    rows = listing.with_references(access.visible_to(register, request.user).select_related(*register.joined))
    row = get_object_or_404(rows, pk=pk)
    access.veil(register, request.user, [row])
    name_rows([row], listing.columns, request.user)
    facts = [(column.label, column.text(row)) for column in listing.columns]
    return render(request, "geo/_card.html", {"register": register, "row": row, "facts": facts})


@require_safe
def place(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """A fragment: what of the list stands at one location."""
    if not on_the_map(register):
        raise Http404
    listing = Listing(shown(register, request.user), request.user, request.GET)
    if whole(pk) is None:  # a number that no database counts to
        raise Http404
    there = listing.matching.filter(location=pk)
    location = get_object_or_404(then.places(listing.end), id=pk if there.exists() else None)
    rows = there.order_by(register.column("inventory_no").order, "id")
    name = register.model.__str__
    context = {
        "register": register,
        "location": location,
        "number": there.count(),
        "rows": [(row.id, name(row)) for row in listing.name(list(listing.with_references(rows)[:MOST_ON_CARD]))],
        "query": listing.query(location=pk, page=None),
    }
    return render(request, "geo/_place.html", context)


@require_safe
@cache_control(private=True, max_age=300)
def places(request: HttpRequest) -> JsonResponse:
    """GeoJSON: the districts' points with their names, and the boundaries that were loaded, simplified."""
    if not access.may_see(registers.serving(District), request.user):
        raise Http404
    points = District.objects.filter(lon__isnull=False).values_list("name", "lon", "lat")
    features = [_feature({"type": "Point", "coordinates": [lon, lat]}, name=name) for name, lon, lat in points]
    for shape in Boundary.objects.filter(district__isnull=False).values_list("shape", flat=True):
        plain = shapely.simplify(shapes.unpack(shape), TOLERANCE)
        features.append(_feature(shapely.geometry.mapping(plain)))
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
def shape(request: HttpRequest, pk: int) -> JsonResponse:
    """GeoJSON of one location: its footprint, and its point with its name."""
    register = registers.serving(Location)
    if not access.may_see(register, request.user):
        raise Http404
    location = get_object_or_404(access.visible_to(register, request.user), pk=pk)
    features = []
    if location.is_placed:
        features.append(_feature({"type": "Point", "coordinates": [location.lon, location.lat]}, name=str(location)))
    if location.footprint:
        features.append(_feature(shapely.geometry.mapping(shapes.unpack(location.footprint))))
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
def map_settings(request: HttpRequest) -> JsonResponse:
    """What static/map/small.js reads: a small map on another page."""
    if not access.may_see(registers.serving(Location), request.user):
        raise Http404
    slugs = [r.slug for r in registers.every("asset") if on_the_map(r) and access.may_see(r, request.user)]
    shapes_of = reverse("location-shape", args=[0])
    return JsonResponse(base() | {"tiles": "/tiles/{z}/{x}/{y}.mvt", "slugs": slugs, "shapes": shapes_of})


def _feature(geometry: dict, **properties) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _seen(user) -> list[Register]:
    seen = [r for r in registers.every("asset") if on_the_map(r) and access.may_see(r, user)]
    if not seen:
        raise Http404
    return seen


def _lacks_boundaries(user) -> bool:
    """Whether the page shows how boundaries are loaded: to those who can do it."""
    return access.is_administrator(user) and not Boundary.objects.exists()


def _filter(listing: Listing) -> str:
    """The query without what only concerns the table."""
    return listing.query(page=None, size=None, sort=None, columns=None)


def _config(seen: list[Register], query: str, listings: list[Listing]) -> dict:
    """What static/map/page.js reads."""
    area = next((listing.given["within"] for listing in listings if "within" in listing.given), None)
    root = seen[0].slug + "/" if len(seen) == 1 and len(listings) == 1 else ""
    return base() | {
        "tiles": f"/{root}tiles/{{z}}/{{x}}/{{y}}.mvt?{query}",
        "query": query,
        "registers": [_described(register, colour) for register, colour in zip(seen, legend.COLOURS, strict=False)],
        "single": bool(root),
        "within": _outline(area),
        "today": f"{timezone.localdate():%Y-%m-%d}",
        "soon": f"{timezone.localdate() + SOON:%Y-%m-%d}",
        "dueLegend": legend.due_legend(),
    }


def base() -> dict:
    """What every map needs, the small ones too."""
    return {
        "worker": static("maplibre/maplibre-gl-worker.mjs"),
        "home": legend.home_bounds(),
        "places": reverse("map-places"),
        "land": static("map/built/land.json") if settings.MAP_LAND.is_file() else None,
        "style": settings.MAP_STYLE_URL,
        "pmtiles": settings.MAP_PMTILES,
        "texts": _texts(),
    }


def _described(register: Register, colour: str) -> dict:
    linked = [f"{register.slug}-{column.name.replace('_', '-')}" for column in register.naming(register.model)]
    return {
        "slug": register.slug,
        "title": register.title,
        "colour": colour,
        "lines": linked,
        "dues": [{"key": key, "name": str(name)} for key, name in legend.dues(register)],
        "about": reverse("register-map-about", args=[register]),
        # The row's id goes where the 0 is.
        "card": reverse("register-card", args=[register, 0]),
        "place": reverse("map-place", args=[register, 0]),
    }


def _outline(area: object) -> dict | None:
    """`area`: what the filter `within` was read as."""
    return _feature(shapely.geometry.mapping(area.shape)) if isinstance(area, Area) else None


def _texts() -> dict[str, str]:
    return {
        "kind": _("Tür"),
        "unit": _("Sorumlu birim"),
        "status": _("Durum"),
        "atLeast": _("en az {n}"),
        "items": _("{n} kayıt"),
        "onMap": _("{n} kayıttan {m} tanesi haritada"),
        "nothing": _(
            "Bu süzgeçle haritada gösterilecek kayıt yok; kayıtların yeri veya yerlerin konumu yazılmamış olabilir."
        ),
        "drawBox": _("Sürükleyiniz ya da iki karşı köşeye tıklayınız; vazgeçmek için Esc."),
        "drawPolygon": _("Köşelere tıklayınız, bitirmek için ilk köşeye yeniden tıklayınız; vazgeçmek için Esc."),
        "failed": _("Harita verisi alınamadı; sayfayı yenileyiniz."),
        "roughCoast": _("Kıyı yaklaşıktır: Natural Earth 1:10m"),
        "lon": _("{n}° D"),
        "lat": _("{n}° K"),
        "zoomIn": _("Yakınlaştır"),
        "zoomOut": _("Uzaklaştır"),
        "north": _("Kuzeyi yukarı al"),
        "fullscreen": _("Tam ekran"),
        "leaveFullscreen": _("Tam ekrandan çık"),
        "gestures": _("Harita"),
        "noMap": _("Bu tarayıcı harita çizemiyor (WebGL 2 yok veya kapalı)."),
    }
