"""Saved views and column sets: a list's query under a name, for oneself, one's unit or everybody."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory import access
from inventory.accounts.signed_in import user_of
from inventory.listing.address import Listing
from inventory.models import SavedView
from inventory.pages.sharing import shared_with, unit_of
from inventory.registers import Register

Kind = SavedView.Kind


def seen_by(user, register: Register) -> QuerySet[SavedView]:
    """Her own, and what others share with her: views and sets of columns."""
    views = SavedView.objects.filter(register=register.slug).select_related("unit")
    return views.filter(shared_with(user) | Q(shared=True))


def columns_of(saved: SavedView) -> str:
    """The column names of a set, separated by commas, as a list's query has them."""
    return QueryDict(saved.query).get("columns", "")


@require_POST
def save(request: HttpRequest, register: Register) -> HttpResponse:
    """Keep the list's query, or only its columns; what has the same name is replaced, which is how one is changed."""
    if not access.may_see(register, request.user):
        raise Http404
    listing = Listing(register, request.user, QueryDict(request.POST.get("query", "")))
    query = listing.query(page=None)
    kind = Kind.COLUMNS if request.POST.get("kind") == Kind.COLUMNS else Kind.VIEW
    name = request.POST.get("name", "").strip()[:80]
    audience = request.POST.get("audience", "")
    unit = unit_of(request.user) if audience == "unit" else None
    if not name:
        messages.error(request, _("Görünüme bir ad veriniz."))
    elif audience == "unit" and unit is None:
        messages.error(
            request, _("Kaydedilmedi: hesabınız bir birime bağlı değil; “Herkes” veya “Yalnızca ben” seçiniz.")
        )
    else:
        columns = ",".join(column.name for column in listing.columns)
        SavedView.objects.update_or_create(
            register=register.slug,
            owner=user_of(request),
            kind=kind,
            name=name,
            defaults={
                "query": query if kind == Kind.VIEW else urlencode({"columns": columns}),
                "shared": audience == "all",
                "unit": unit,
            },
        )
        message = (
            _("“%(name)s” görünümü kaydedildi.") if kind == Kind.VIEW else _("“%(name)s” sütun takımı kaydedildi.")
        )
        messages.success(request, message % {"name": name})
    return redirect(f"{reverse('register-list', args=[register])}?{query}")


@require_POST
def delete(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, register=register.slug, owner=request.user, pk=pk)
    view.delete()
    message = _("“%(name)s” görünümü silindi.") if view.kind == Kind.VIEW else _("“%(name)s” sütun takımı silindi.")
    messages.success(request, message % {"name": view.name})
    return redirect("register-list", register)
