"""What the pages of registers share: who may open one, its template, the list under its filters, addresses."""

from __future__ import annotations

from copy import copy

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inventory import access, registers
from inventory.computed.columns import shown as all_columns
from inventory.listing.address import SIZES, Listing
from inventory.listing.panel import panel
from inventory.pages import saved
from inventory.pages.tables import page
from inventory.registers import Register
from inventory.server.asked import wholes
from inventory.writes import Author

form_page = require_http_methods(["GET", "HEAD", "POST"])


def shown(register: Register, user) -> Register:
    """The register, or 404 for somebody who may see none of its rows."""
    if not access.may_see(register, user):
        raise Http404
    return register


def changeable(register: Register, user) -> Register:
    if not access.may_change(register, user):
        raise Http404
    return register


def may_hand_over(register: Register, user) -> bool:
    """Whether all items that name a row of the register may be given to another by somebody who may change some."""
    return register.shows_items and any(access.may_change(each, user) for each in registers.every("asset"))


def template(register: Register, name: str) -> list[str]:
    """The register's own page where there is one, else the shared one."""
    return [f"inventory/{register.slug}/{name}.html", f"inventory/{name}.html"]


def author(request: HttpRequest, reason: str = "") -> Author:
    return Author(user=request.user, reason=reason)


def list_context(request: HttpRequest, register: Register) -> dict:
    """What the list's page shows, for whoever shows the same list in another way."""
    shown(register, request.user)
    asked = Listing(register, request.user, request.GET)
    views = list(saved.seen_by(request.user, register))
    return {
        "register": register,
        "listing": asked,
        "page": page(asked),
        "sizes": SIZES,
        "panel": panel(asked),
        "views": [one for one in views if one.kind == saved.Kind.VIEW],
        "column_sets": [
            (one, asked.query(page=None, columns=saved.columns_of(one)))
            for one in views
            if one.kind == saved.Kind.COLUMNS
        ],
        "may_change": access.may_change(register, request.user) and not asked.as_of,
        "taken_by": [each for each in register.taken_by() if access.may_change(each[0], request.user)],
        "query": asked.query(page=None),
        "query_all_columns": asked.query(page=None, columns="all"),
        "query_now": asked.query(page=None, as_of=None),
        "kept": [(n, v) for n, values in request.GET.lists() if n not in ("size", "page") for v in values if v],
        "all_columns": [(column, column in asked.columns) for column in all_columns(register)],
        "query_anywhere": asked.query(page=None, within=None),
    }


def rows_chosen(request: HttpRequest, register: Register) -> QuerySet:
    """What the list posts: `selected` ids, or `all=1` with its query."""
    if request.POST.get("all"):
        listing = Listing(register, request.user, QueryDict(request.POST.get("query", "")))
        # Of a past day they are entries of the history, whose ids are those of other rows.
        return listing.matching if listing.as_of is None else register.model._default_manager.none()
    return access.visible_to(register, request.user).filter(pk__in=wholes(request.POST.getlist("selected")))


def selection(request: HttpRequest, register: Register) -> dict[str, object]:
    """What the list posted, for the page to post it on (`_selection.html`); `back` leads to the list."""
    query = request.POST.get("query", "")
    return {
        "selected": request.POST.getlist("selected"),
        "all": request.POST.get("all", ""),
        "query": query,
        "back": f"{reverse('register-list', args=[register])}?{query}",
    }


def detail_url(request: HttpRequest, register: Register, pk: int) -> str:
    """The row's page, at the place in the list from which it was opened."""
    query = f"?{request.GET.urlencode()}" if "at" in request.GET else ""
    return reverse("register-detail", args=[register, pk]) + query


def title_of(register: Register, user, row) -> str:
    return str(access.veil(register, user, [copy(row)])[0])
