"""Logging in by the identity provider, and the administrators' page of the directory's groups."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.accounts.directory.forms import DirectoryGroupForm
from inventory.accounts.directory.models import DirectoryGroup
from inventory.accounts.directory.persons import Refused, account_of
from inventory.accounts.signing_in import second_step
from inventory.organization.views import administrators_only, form_page
from inventory.search import LONGEST, turkish
from inventory.trail.keeping import record, record_within
from inventory.trail.models import Event

PAGE = 50
_UNMAPPED = ExpressionWrapper(Q(group=None), output_field=BooleanField())
_THEN = "oidc_then"
# Whoever came by the provider is asked at each request what everybody is asked.
_BACKEND = "inventory.accounts.signing_in.backend.StaffBackend"


# Logging in ---------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the identity provider, and from there back to `?next=`."""
    then = _ours(request, request.GET.get("next", ""))
    if not settings.OIDC_ISSUER:
        return redirect("login")
    if request.user.is_authenticated:
        return redirect(then)
    # Only where it is set is its library there.
    from inventory.accounts.directory import oidc

    try:
        answer = oidc.begin(request)
    except oidc.Unreachable:
        return _unreachable(request)
    request.session[_THEN] = then
    return answer


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the identity provider."""
    if not settings.OIDC_ISSUER:
        return redirect("login")
    from inventory.accounts.directory import oidc

    try:
        user = account_of(oidc.entry_of(request), request)
    except oidc.Unreachable:
        return _unreachable(request)
    except oidc.Untrusted as error:
        record(Event.Kind.LOGIN_FAILED, request=request, text=f"OpenID Connect: {error}")
        return render(request, "directory/untrusted.html", status=400)
    except Refused as refused:
        return render(request, "directory/refused.html", {"refused": refused}, status=403)
    user.backend = _BACKEND
    then = _ours(request, request.session.pop(_THEN, ""))
    return second_step.admit(request, user, then, seen=settings.SSO_TRUSTED_SECOND_FACTOR)


def _unreachable(request: HttpRequest) -> HttpResponse:
    return render(request, "directory/unreachable.html", status=503)


def _ours(request: HttpRequest, path: str) -> str:
    """The path if it is one of ours, else the home page's."""
    hosts = {request.get_host()}
    fits = url_has_allowed_host_and_scheme(path, allowed_hosts=hosts, require_https=request.is_secure())
    return path if fits else settings.LOGIN_REDIRECT_URL


# Groups -------------------------------------------------------------------------------------------------------


@require_safe
@administrators_only
def groups(request: HttpRequest) -> HttpResponse:
    """Which of our groups the directory's stand for; those that were only seen at logins come last."""
    query = request.GET.get("q", "").strip()[:LONGEST]
    groups = DirectoryGroup.objects.select_related("group").order_by(_UNMAPPED, turkish("group__name"), "name")
    if query:
        groups = groups.filter(name__icontains=query) | groups.filter(group__name__icontains=query)
    page = Paginator(groups, PAGE).get_page(request.GET.get("page"))
    return render(request, "directory/groups.html", {"page": page, "query": query})


@form_page
@administrators_only
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Say which of our groups one of the directory's stands for."""
    row = get_object_or_404(DirectoryGroup, pk=pk) if pk else DirectoryGroup()
    form = DirectoryGroupForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _announce(form.save())
        messages.success(request, _("Kaydedildi; üyelere bir sonraki girişlerinde uygulanır."))
        return redirect("groups-directory")
    return render(request, "directory/group.html", {"form": form, "row": row})


@require_POST
@administrators_only
def group_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget it; whoever is in it loses at her next login what came by it, and the next login lists it again."""
    row = get_object_or_404(DirectoryGroup, pk=pk)
    with transaction.atomic():
        row.group = None
        _announce(row)
        row.delete()
    messages.success(request, _("Dizin grubu listeden çıkarıldı; üyelere bir sonraki girişlerinde uygulanır."))
    return redirect("groups-directory")


def _announce(row: DirectoryGroup) -> None:
    """What a mapping gives is as much as a grant."""
    message = (
        _("“%(name)s” dizin grubunun üyeleri “%(group)s” grubuna alınacak")
        if row.group
        else (_("“%(name)s” dizin grubu artık hiçbir şey vermiyor"))
    )
    record_within(Event.Kind.ACCOUNT, text=message % {"name": row.name[:150], "group": row.group})
