"""One's own tokens; administrators see and revoke those of all accounts that they keep."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.accounts.signed_in import user_of
from inventory.api.endings import explain
from inventory.api.forms import TokenForm
from inventory.api.models import Token
from inventory.api.tokens import give
from inventory.organization import accounts
from inventory.pages.shared import form_page
from inventory.trail.keeping import detail


def kept_by(user) -> QuerySet[Token]:
    """Her own, and as an administrator those of the accounts that she may change."""
    others = Q(owner__in=accounts.kept_by(user).order_by()) if accounts.may_administer(user) else Q()
    return Token.objects.filter(Q(owner=user) | others if others else Q(owner=user)).select_related("owner__person")


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    kept = list(kept_by(request.user))
    explain(kept)
    context = {
        "own": [token for token in kept if token.owner_id == request.user.pk],
        "others": [token for token in kept if token.owner_id != request.user.pk],
        "is_administrator": accounts.may_administer(request.user),
    }
    return render(request, "api/tokens.html", context)


@form_page
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """The form, and once it is saved the secret: no other page ever shows it."""
    form = TokenForm(request.user, request.POST or None, instance=Token(owner=user_of(request)))
    if request.method == "POST" and form.is_valid():
        secret = give(form.instance)
        detail(token=form.instance.pk)
        return render(request, "api/token_given.html", {"token": form.instance, "secret": secret}, status=201)
    return render(request, "api/token_new.html", {"form": form})


@form_page
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Once somebody has read what it means."""
    token = get_object_or_404(kept_by(request.user), pk=pk)
    if request.method == "POST":
        Token.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, _("“%(name)s” anahtarı iptal edildi; bir daha geçmez.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "api/token_revoke.html", {"token": token})
