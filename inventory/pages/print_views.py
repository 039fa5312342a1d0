"""A list as it is printed: all that its filters find, and not the page that is shown."""

from __future__ import annotations

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inventory.listing.address import Listing
from inventory.pages.shared import shown, template
from inventory.pages.tables import whole
from inventory.registers import Register

# Some thirty sheets of paper; and letters that can still be read on one of them.
MOST_ROWS, MOST_COLUMNS = 1_000, 20


@require_safe
def printed(request: HttpRequest, register: Register) -> HttpResponse:
    """The list under its filters on one page; of one too long or too wide for paper, what to do instead."""
    shown(register, request.user)
    listing = Listing(register, request.user, request.GET)
    count, sums = listing.totals()
    refusals = _refusals(listing, count)
    context = {
        "register": register,
        "listing": listing,
        "query": listing.query(page=None),
        "count": count,
        "sums": [(c, c.show(0 if value is None else value)) for c, value in sums if not listing.not_kept_before],
        "refusals": refusals,
        "page": None if refusals or listing.errors else whole(listing, MOST_ROWS),
        "may_change": False,
    }
    return render(request, template(register, "printed"), context)


def _refusals(listing: Listing, count: int) -> list[str]:
    refusals = []
    if count > MOST_ROWS:
        message = _(
            "%(count)s kayıt var; buradan en çok %(most)s kayıt yazdırılır. Listeyi süzerek daraltınız ya da Excel’e "
            "verip oradan yazdırınız: dosya yazdırmaya hazırdır."
        )
        refusals.append(message % {"count": intcomma(count), "most": intcomma(MOST_ROWS)})
    if len(listing.columns) > MOST_COLUMNS:
        message = _(
            "%(count)d sütun bir sayfanın enine sığmaz; en çok %(most)d sütun yazdırılır. Sütunları azaltınız ya da "
            "Excel’e verip oradan yazdırınız: dosya yazdırmaya hazırdır."
        )
        refusals.append(message % {"count": len(listing.columns), "most": MOST_COLUMNS})
    return refusals
