"""The log as a page: of one vehicle or of all that the reader sees, the suspicious readings alone if she asks."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory import access, registers
from inventory.columns import field_of, target_of
from inventory.lifecycle.fleet.odometer import feeds
from inventory.lifecycle.fleet.odometer.models import MeterEntry
from inventory.server.asked import whole

SIZE = 50


@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    vehicles = registers.serving(target_of(field_of(MeterEntry, "vehicle")))
    if not access.may_see(vehicles, request.user):
        raise Http404
    vehicle, rows = None, access.visible_to(vehicles, request.user)
    if "vehicle" in request.GET:
        vehicle = rows.filter(pk=whole(request.GET["vehicle"])).first()
        if vehicle is None:
            raise Http404
    seen = Q(pk__in=[])
    for each in feeds.sources():
        seen |= Q(register=each.slug, row__in=access.visible_to(each, request.user).values("pk"))
    entries = MeterEntry.objects.filter(seen).select_related("vehicle")
    entries = entries.filter(vehicle=vehicle) if vehicle else entries.filter(vehicle__in=rows)
    if "suspicious" in request.GET:
        entries = entries.filter(suspicious=True)
    page = Paginator(entries.order_by("-at", "-pk"), SIZE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "vehicles": vehicles,
        "vehicle": vehicle,
        "suspicious": "suspicious" in request.GET,
        "page": page,
        "query": asked.urlencode(),
    }
    return render(request, "fleet/readings.html", context)
