"""One's own rules, and what they have sent; administrators see and delete those of the accounts that they keep."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.accounts.signed_in import user_of
from inventory.accounts.signing_in import sealing
from inventory.organization import accounts
from inventory.pages.shared import form_page
from inventory.trail.keeping import detail
from inventory.webhooks import making, posting, signing
from inventory.webhooks.forms import RuleForm
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.reading import Unclear, listing
from inventory.webhooks.sending import forbidden, wake

_ON_A_PAGE = 50


def kept_by(user) -> QuerySet[Rule]:
    """Her own, and as an administrator those of the accounts that she may change."""
    own = Q(owner=user)
    if accounts.may_administer(user):
        own |= Q(owner__in=accounts.kept_by(user).order_by())
    return Rule.objects.filter(own).select_related("owner__person")


def _own(request: HttpRequest, pk: int) -> Rule:
    return get_object_or_404(Rule, pk=pk, owner=user_of(request))


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    waiting = Count("deliveries", filter=Q(deliveries__state=State.WAITING))
    kept = list(kept_by(request.user).annotate(waiting=waiting))
    context = {
        "own": [rule for rule in kept if rule.owner_id == request.user.pk],
        "others": [rule for rule in kept if rule.owner_id != request.user.pk],
        "is_administrator": accounts.may_administer(request.user),
    }
    return render(request, "webhooks/rules.html", context)


@form_page
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """The form, and once it is saved the secret: no other page ever shows it."""
    form = RuleForm(request.user, request.POST or None, instance=Rule(owner=user_of(request)))
    if request.method == "POST" and form.is_valid():
        secret = signing.new_secret()
        form.instance.seal = sealing.sealed(secret)
        _tell_trail(form.instance)
        return render(request, "webhooks/key_given.html", {"rule": form.save(), "secret": secret}, status=201)
    return render(request, "webhooks/form.html", {"form": form})


@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _own(request, pk)
    form = RuleForm(request.user, request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # Not the lease, which a worker may hold.
            rule.failures, rule.stopped_at = 0, None
            rule.save(update_fields=[*form.fields.keys() - {"what"}, "register", "query", "failures", "stopped_at"])
            wake(rule)
        _tell_trail(rule)
        messages.success(request, _("“%(name)s” kaydedildi.") % {"name": rule.name})
        return redirect("webhook", pk)
    return render(request, "webhooks/form.html", {"form": form, "rule": rule})


def _tell_trail(rule: Rule) -> None:
    """Which server gets what: a deleted rule leaves no other trace. Not the whole address, which may hold a secret."""
    detail(register=rule.register, host=posting.split(rule.url).netloc)


@require_safe
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """What a rule reports, and what it has sent."""
    shown = get_object_or_404(kept_by(request.user), pk=pk)
    sent = shown.deliveries.order_by("-pk").defer("body")
    state = request.GET.get("state", "")
    if state in State.values:
        sent = sent.filter(state=state)
    context = {
        "rule": shown,
        "is_own": shown.owner_id == request.user.pk,
        **_described(shown),
        "page": Paginator(sent, _ON_A_PAGE).get_page(request.GET.get("page")),
        "counts": _counts(shown),
        "state": state,
        "failed": shown.deliveries.filter(state__in=(State.FAILED, State.CANCELLED)).exclude(body="").count(),
        "keep_days": settings.WEBHOOK_KEEP_DAYS,
    }
    return render(request, "webhooks/rule.html", context)


def _described(shown: Rule) -> dict[str, Any]:
    try:
        with translation.override(settings.SITE_LANGUAGE):
            asked = listing(shown)
    except Unclear as why:
        return {"unclear": str(why)}
    columns = [] if "columns" not in shown.query else [column.label for column in asked.columns]
    return {"filter": asked.described(), "columns": columns}


def _counts(shown: Rule) -> list[tuple[str, str, int]]:
    counts = dict(shown.deliveries.order_by().values_list("state").annotate(Count("pk")))
    return [(value, str(label), counts.get(value, 0)) for value, label in State.choices]


@require_safe
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _delivery(kept_by(request.user), pk)
    is_own = shown.rule.owner_id == request.user.pk
    # What is no longer reported to her she does not read here either.
    hidden = forbidden(shown.rule, shown) if is_own else ""
    context = {"delivery": shown, "rule": shown.rule, "is_own": is_own, "hidden": hidden}
    return render(request, "webhooks/delivery.html", context)


def _delivery(among: QuerySet[Rule], pk: int) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("rule__owner__person"), pk=pk, rule__in=among.order_by())


@form_page
@never_cache
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Another secret, once somebody has read what it means."""
    rule = _own(request, pk)
    if request.method == "POST":
        secret = signing.new_secret()
        Rule.objects.filter(pk=pk).update(seal=sealing.sealed(secret))
        return render(request, "webhooks/key_given.html", {"rule": rule, "secret": secret}, status=201)
    return render(request, "webhooks/key_renew.html", {"rule": rule})


@form_page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(kept_by(request.user), pk=pk)
    if request.method == "POST":
        rule.delete()
        messages.success(request, _("“%(name)s” silindi; artık bildirim göndermez.") % {"name": rule.name})
        return redirect("webhooks")
    return render(request, "webhooks/delete.html", {"rule": rule, "deliveries": rule.deliveries.count()})


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _own(request, pk)
    if not rule.active:
        messages.warning(request, _("Kural kapalı; önce düzenleyip açınız."))
        return redirect("webhook", pk)
    with transaction.atomic():
        made = making.trial(rule)
        wake(rule)
    messages.success(request, _("Deneme bildirimi sırada; sonucu birkaç saniye içinde bu sayfada görürsünüz."))
    return redirect("webhook-delivery", made.pk)


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """All that failed, in the order of their writes."""
    rule = _own(request, pk)
    again = rule.deliveries.filter(state__in=(State.FAILED, State.CANCELLED)).exclude(body="")
    _again(request, rule, again)
    return redirect("webhook", pk)


@require_POST
def resend_one(request: HttpRequest, pk: int) -> HttpResponse:
    made = _delivery(Rule.objects.filter(owner=user_of(request)), pk)
    _again(request, made.rule, Delivery.objects.filter(pk=pk).exclude(state=State.WAITING).exclude(body=""))
    return redirect("webhook-delivery", pk)


@transaction.atomic
def _again(request: HttpRequest, rule: Rule, deliveries: QuerySet[Delivery]) -> None:
    count = deliveries.update(state=State.WAITING, due_at=timezone.now(), tries=0)
    if count and rule.active:
        wake(rule)
    if not count:
        messages.info(request, _("Yeniden gönderilecek bildirim yok."))
    elif rule.active:
        messages.success(request, _("%(count)d bildirim yeniden sırada.") % {"count": count})
    else:
        messages.warning(request, _("%(count)d bildirim sırada; kural açılınca gönderilir.") % {"count": count})
