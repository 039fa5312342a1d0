"""Pages of the locations: placed by their addresses, and two that are one merged."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geo import merging
from geo.geocoding import Geocoder, NotFound, Position
from geo.models import Location
from inventory import access, registers, writes
from inventory.history import Author
from inventory.listing.address import Listing
from inventory.server.asked import wholes

form_page = require_http_methods(["GET", "HEAD", "POST"])
# So many are placed at once; the next ones by asking again.
MOST = 500


@form_page
def geocode(request: HttpRequest) -> HttpResponse:
    """The list's locations that have no position: where their addresses lead, and after a word of consent, written."""
    places = registers.get("locations")
    if not access.may_change(places, request.user):
        raise Http404
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    listing = Listing(places, request.user, QueryDict(query))
    placed, lost, rest = located(listing)
    if request.method == "POST":
        chosen = set(wholes(request.POST.getlist("place")))
        written = [(row, place) for row, place in placed if row.pk in chosen]
        try:
            write(written, Author(user=request.user, reason=request.POST.get("reason", "").strip()[:250]))
            messages.success(request, _("%(count)d yer adresinden yerleştirildi.") % {"count": len(written)})
            return redirect(f"{reverse('register-list', args=[places])}?{query}")
        except (writes.Refused, ValidationError) as refusal:
            why = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else refusal
            messages.error(request, _("Hiçbir yer yazılmadı. %(why)s") % {"why": why})
    context = {"register": places, "placed": placed, "lost": lost, "rest": rest, "query": query, "most": MOST}
    return render(request, "geo/geocode.html", context)


def located(listing: Listing) -> tuple[list[tuple[Location, Position]], list[tuple[Location, str]], int]:
    """(those whose place was found, those whose was not and why, how many more there are)."""
    rows = listing.matching.filter(cell__isnull=True).select_related("district", "neighbourhood__district")
    geocoder, placed, lost = Geocoder(), [], []
    for row in rows.order_by("pk")[:MOST]:
        try:
            placed.append((row, geocoder.find(row)))
        except NotFound as error:
            lost.append((row, str(error)))
    return placed, lost, max(0, rows.count() - MOST)


def write(placed: list[tuple[Location, Position]], by: Author) -> None:
    """Give the locations what was found, in one transaction. A district that is named already is left."""
    with transaction.atomic():
        for row, place in placed:
            row.lon, row.lat, row.footprint = place.lon, place.lat, place.footprint
            row.source, row.precision_m = place.source, place.precision_m
            row.district = row.district or place.district
            row.neighbourhood = row.neighbourhood or place.neighbourhood
            why = _("Adresinden yerleştirildi: %(how)s") % {"how": place.how}
            reason = " · ".join(filter(None, (by.reason, why)))
            writes.save(registers.get("locations"), row, Author(user=by.user, reason=reason, at=by.at))


@form_page
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Which location is kept, and what moves there."""
    places = registers.get("locations")
    managed = access.managed_by(places, request.user)
    gone = get_object_or_404(managed, pk=pk)
    named = [request.POST.get("into") or request.GET.get("into", "")]
    kept = managed.filter(pk__in=wholes(named)).exclude(pk=pk).first()
    if request.method == "POST" and kept is not None and request.POST.get("step") == "write":
        try:
            moved = merging.merge(kept, gone, Author(user=request.user, reason=request.POST.get("reason", "").strip()))
            message = _("“%(gone)s” kaldırıldı; %(count)d kayıt “%(kept)s” yerine taşındı.")
            messages.success(request, message % {"gone": gone.name, "count": moved, "kept": kept})
            return redirect("register-detail", places, kept.pk)
        except (writes.Refused, ValidationError) as refusal:
            why = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else refusal
            messages.error(request, _("Birleştirilmedi, hiçbir şey değişmedi. %(why)s") % {"why": why})
    near = []
    if kept is None:
        query = request.GET.get("q", "").strip()
        near = list(Listing(places, request.user, {"q": query}).rows.exclude(pk=pk)[:20]) if query else []
    context = {
        "register": places, "gone": gone, "kept": kept, "near": near, "q": request.GET.get("q", ""),
        "items": merging.items_at(gone, request.user), "may_swap": kept is not None,
    }  # fmt: skip
    return render(request, "geo/merge.html", context)
