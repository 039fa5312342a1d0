"""Saved views: a list's query under a name, for oneself or for everybody."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory.listing import Listing
from inventory.models import SavedView
from inventory.registers import Register
from inventory.views import shown


@require_POST
def save(request: HttpRequest, register: Register) -> HttpResponse:
    """Keep the list's query; a view of the same name is replaced, which is how one is changed."""
    shown(register, request.user)
    query = Listing(register, request.user, QueryDict(request.POST.get("query", ""))).query(page=None)
    name = request.POST.get("name", "").strip()[:80]
    if name:
        SavedView.objects.update_or_create(
            register=register.slug,
            owner=request.user,
            name=name,
            defaults={"query": query, "shared": bool(request.POST.get("shared"))},
        )
        messages.success(request, _("“%(name)s” görünümü kaydedildi.") % {"name": name})
    else:
        messages.error(request, _("Görünüme bir ad veriniz."))
    return redirect(f"{reverse('register-list', args=[register])}?{query}")


@require_POST
def delete(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, register=register.slug, owner=request.user, pk=pk)
    view.delete()
    messages.success(request, _("“%(name)s” görünümü silindi.") % {"name": view.name})
    return redirect("register-list", register)
