"""What the trail says of webhooks, and what waits for an owner whose rule was switched off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from inventory.hooks import Waiting
from inventory.organization.models import Asker, User
from inventory.trail.sentences import Sentence, Thing, prepares
from inventory.webhooks.models import Rule, State

SENTENCES: dict[str, Sentence] = {
    "webhook-new": prepares(_("Bir bildirim kuralı kurdu")),
    "webhook-edit": prepares(_("%(what)s değiştirildi"), "webhook"),
    "webhook-key": prepares(_("%(what)s için yeni imza anahtarı alındı"), "webhook"),
    "webhook-delete": prepares(_("%(what)s silindi"), "webhook"),
    "webhook-test": prepares(_("%(what)s denendi"), "webhook"),
    "webhook-resend": prepares(_("%(what)s: iletilemeyen bildirimler yeniden gönderildi"), "webhook"),
    "webhook-resend-one": prepares(_("Bir bildirim yeniden gönderildi")),
}


def _rules(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    return dict(Rule.objects.filter(pk__in=ids).values_list("pk", "name"))


THINGS: dict[str, Thing] = {"webhook": Thing(_("bildirim kuralı"), "webhook", _rules)}


def waiting(user: User) -> Iterator[Waiting]:
    lost = Count("deliveries", filter=Q(deliveries__state=State.FAILED))
    for rule in Rule.objects.filter(owner=user).annotate(lost=lost):
        if rule.stopped_at and not rule.active:
            text = now("Bildirim kuralı kapandı, alıcı yanıt vermiyor: %(name)s") % {"name": rule.name}
        elif rule.lost:
            text = now("İletilemeyen bildirimler: %(name)s") % {"name": rule.name}
        else:
            continue
        yield Waiting(text, reverse("webhook", args=[rule.pk]), "webhook", rule.lost or None)
