"""For administrators and for what watches the service."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from inventory import access
from inventory.organization.views import administrators_only
from inventory.server import health, heartbeat, jobs, requests


@require_safe
@administrators_only
def job_list(request: HttpRequest) -> HttpResponse:
    context = {
        "workers": len(heartbeat.alive()),
        "counts": jobs.counted(),
        "running": jobs.shown(jobs.RUNNING),
        "waiting": jobs.shown(jobs.READY),
        "failed": jobs.shown(jobs.FAILED),
        "done": jobs.shown(jobs.DONE),
    }
    return render(request, "operations/jobs.html", context)


@require_POST
@administrators_only
def job_again(request: HttpRequest) -> HttpResponse:
    """Have a failed job (`job` is its id) done once more."""
    try:
        job = UUID(request.POST.get("job", ""))
    except ValueError as error:
        raise Http404 from error
    if jobs.repeat(job):
        messages.success(request, _("İş yeniden sıraya alındı."))
    else:
        messages.warning(request, _("Bu iş artık başarısız durumda değil: yeniden istenmiş ya da bitmiş olabilir."))
    return redirect("jobs")


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers, and which version it runs."""
    return JsonResponse({"live": True, "version": settings.VERSION})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when everything that the service needs is there, else 503."""
    states = health.checks()
    is_ready = all(state == health.OK for state in states.values())
    return JsonResponse({"ready": is_ready, **states}, status=200 if is_ready else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For administrators, and for Prometheus, which sends METRICS_TOKEN; for everybody else the page is not there."""
    sent, token = request.headers.get("Authorization", ""), settings.METRICS_TOKEN
    if not access.is_administrator(request.user) and not (token and constant_time_compare(sent, f"Bearer {token}")):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Now())
    text = generate_latest(registry) + generate_latest(requests.measured())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class Now:
    """What there is at this moment. Not the library's Gauge, which keeps a file where several processes count."""

    def collect(self) -> Iterator[Metric]:
        states = health.checks()
        parts = GaugeMetricFamily("register_ready", "1 for each part that is there", labels=["part"])
        for part, state in states.items():
            parts.add_metric([part], state == health.OK)
        yield parts
        yield GaugeMetricFamily("register_workers", "Workers that give signs of life", len(heartbeat.alive()))
        if states["database"] == health.OK:
            counts = GaugeMetricFamily("register_jobs", "Background jobs by state", labels=["state"])
            for state, count in jobs.counted().items():
                counts.add_metric([state.lower()], count)
            yield counts
            yield GaugeMetricFamily("register_job_wait_seconds", "How long the oldest job waits", jobs.longest_wait())
