"""The calendar of vehicles and drivers as a page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory import access, registers
from inventory.lifecycle.fleet.dispatch import calendar
from inventory.lifecycle.fleet.dispatch.models import TaskOrder


@require_safe
def vehicle_calendar(request: HttpRequest) -> HttpResponse:
    if not access.may_see(registers.serving(TaskOrder), request.user):
        raise Http404
    return render(request, "fleet/calendar.html", calendar.context(request))
