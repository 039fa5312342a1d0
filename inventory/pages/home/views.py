"""The first page: cards of one's own work, in one's own order. All of it within what one may see.

What must be counted is brought after the page, so that it opens at once however large the registers are.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory import access, registers
from inventory.accounts.signed_in import user_of
from inventory.pages.home import cards
from inventory.pages.home.kinds import kept
from inventory.pages.home.units import totals, unit_lines


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "seen": any(access.may_see(register, request.user) for register in registers.every("asset")),
        "cards": [(card, () if card.later else card.lines(request.user)) for card in cards.chosen(user_of(request))],
    }
    return render(request, "inventory/home.html", context)


@require_safe
def card(request: HttpRequest, name: str) -> HttpResponse:
    """A fragment: what stands in one card."""
    if name not in cards.CARDS:
        raise Http404
    return render(request, cards.CARDS[name].template, {"lines": cards.CARDS[name].lines(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest) -> HttpResponse:
    """Which cards one's own first page has, and in which order."""
    if request.method != "POST":
        return render(request, "inventory/home_arrange.html", {"cards": cards.arranged(user_of(request))})
    order, shown = request.POST.getlist("order"), set(request.POST.getlist("shown"))
    if "reset" in request.POST:
        order = []
    elif shown.isdisjoint(order):
        messages.error(request, _("En az bir kart seçiniz."))
        return redirect("home-arrange")
    for name, places in (("up", -1), ("down", 1)):
        order = cards.moved(order, request.POST.get(name, ""), places)
    cards.arrange(user_of(request), order, shown)
    if "save" in request.POST:
        messages.success(request, _("Kartlarınız kaydedildi."))
    return redirect("home" if "save" in request.POST else "home-arrange")


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """How many items each unit answers for, by register."""
    seen = [register for register in registers.every("asset") if access.may_see(register, request.user)]
    lines = unit_lines(seen, request.user)
    context = {"registers": seen, "lines": lines, "totals": totals(lines, seen), "kept": kept()}
    return render(request, "inventory/home_units.html", context)
