"""Map tiles under the list's own query: what the list shows is what the map shows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe
from django.views.decorators.vary import vary_on_cookie

from geo import counts
from geo.map_layers import layers, on_the_map
from geo.vector_tile import DEEPEST, Tile, encode
from inventory import access, registers
from inventory.listing.address import Listing
from inventory.registers import Register

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
# Raised when the same rows come to look different on a tile.
FORM = 2


@require_safe
def tile(request: HttpRequest, register: Register, z: int, x: int, y: int) -> HttpResponse:
    """One register's tile, filtered as its list."""
    if not on_the_map(register):
        raise Http404
    return _answer(request, [register], (z, x, y))


@require_safe
def tile_of_all(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The items of every register that the user may see; a filter holds for the registers that have it."""
    return _answer(request, registers.every("asset"), (z, x, y))


def _answer(request: HttpRequest, asked: Sequence[Register], place: tuple[int, int, int]) -> HttpResponse:
    shown = [register for register in asked if access.may_see(register, request.user)]
    if not shown:
        raise Http404
    try:
        wanted = Tile(*place)
    except ValueError:
        message = _(
            "%(tile)s diye bir harita karosu yok. Yakınlık 0 ile %(deepest)d arasında, sütun ve satır 0 ile "
            "2^yakınlık − 1 arasında olmalıdır."
        )
        message %= {"tile": "/".join(map(str, place)), "deepest": DEEPEST}
        return HttpResponseBadRequest(message, content_type="text/plain; charset=utf-8")
    return _content(request, shown, wanted)


def _etag(request: HttpRequest, shown: Sequence[Register], wanted: Tile) -> str | None:
    """Another one after every write, for another scope, on another day (dates fall due) and for another query.

    None while a write is not yet in the counts: then nothing is said about the tile's age.
    """
    if (version := counts.version()) is None:
        return None
    user = request.user
    is_administrator = access.is_administrator(user)
    grants = [] if is_administrator else access.grants_of(user)
    scope = sorted((g.register, g.level, g.unit.path if g.unit else "") for g in grants)
    parts = (FORM, version, user.pk, is_administrator, scope, timezone.localdate(), request.get_full_path())
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


# Asked about each time, since anybody may write at any moment; answered in two queries when nothing was written.
@cache_control(private=True, no_cache=True)
@vary_on_cookie
@gzip_page
@condition(etag_func=_etag)
def _content(request: HttpRequest, shown: Sequence[Register], wanted: Tile) -> HttpResponse:
    listings = (Listing(register, request.user, request.GET) for register in shown)
    by = request.GET.get("by", "kind")
    drawn = [layer for listing in listings for layer in layers(listing, wanted, by)]
    return HttpResponse(encode(wanted, drawn), content_type=MEDIA_TYPE)
