"""A location's outline, drawn on the map or taken from a parcel beside it."""

from __future__ import annotations

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geo import shapes
from geo.models import Location, Source
from inventory import access, registers, writes
from inventory.history import Author
from inventory.server.asked import whole

# A drawn outline has some hundred corners; a parcel's, taken over, some thousand.
MOST_BYTES = 500_000


@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: HttpRequest, pk: int) -> HttpResponse:
    places = registers.serving(Location)
    if not access.may_change(places, request.user):
        raise Http404
    row = get_object_or_404(access.editable_by(places, request.user), pk=pk)
    if request.method == "POST":
        try:
            _give(row, request.POST.get("shape", ""))
            row.version = whole(request.POST.get("version", "")) or 0
            writes.save(places, row, Author(user=request.user, reason=request.POST.get("reason", "").strip()[:250]))
            messages.success(request, _("Sınır kaydedildi."))
            return redirect("register-detail", places, pk)
        except writes.Conflict:
            messages.error(request, _("Bu yer siz çizerken değiştirildi; sayfayı yenileyip yeniden çiziniz."))
        except (writes.Refused, ValidationError, ValueError) as refusal:
            why = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else refusal
            messages.error(request, _("Sınır kaydedilmedi. %(why)s") % {"why": why})
        row = access.editable_by(places, request.user).get(pk=pk)
    return render(request, "geo/outline.html", {"register": places, "row": row})


def _give(row: Location, text: str) -> None:
    """Set the outline from a GeoJSON geometry; a point that lies outside it moves in. Raises ValueError."""
    if not text or len(text) > MOST_BYTES:
        raise ValueError(_("Önce haritada bir alan çiziniz veya bir parsele tıklayınız."))
    try:
        shapes.refuse_nested(text)
        shape = shapely.from_geojson(text)
    except (ValueError, shapely.GEOSException) as error:
        raise ValueError(_("Çizilen alan anlaşılamadı; yeniden çiziniz.")) from error
    shape, _was_repaired = shapes.repaired(shape)
    row.footprint = shapes.pack(shape)
    shapes.unpack(row.footprint)
    if not row.is_placed or not shapely.intersects_xy(shape, row.lon, row.lat):
        # The location takes a point inside its outline when it has none (geo.models.Location.fill).
        row.lon = row.lat = None
        row.source, row.precision_m = Source.PICKED, None
