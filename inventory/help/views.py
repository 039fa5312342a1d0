"""The page of the user guide, and what is found in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory.help import guide as book


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    context = {"query": query, "parts": book.parts(), "introduction": book.introduction()}
    return render(request, "help/guide.html", context | ({"hits": book.found(query)} if query else {}))
