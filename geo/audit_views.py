"""The page of what is wrong with the places; each topic is asked for after the page, so that none waits for another."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geo.audit import SHOWN, TOPICS
from inventory import access, registers


def _allowed(request: HttpRequest) -> None:
    if not access.may_see(registers.get("locations"), request.user):
        raise Http404


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    _allowed(request)
    topics = [(slug, title, meaning) for slug, (title, meaning, _find) in TOPICS.items()]
    return render(request, "geo/audit.html", {"topics": topics})


@require_safe
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    _allowed(request)
    if topic not in TOPICS:
        raise Http404
    audited = TOPICS[topic][2](request.user)
    may_merge = access.may_manage(registers.get("locations"), request.user)
    context = {"topic": audited, "slug": topic, "shown": SHOWN, "may_merge": may_merge}
    return render(request, "geo/_audit_topic.html", context)
