"""Tokens end with the password of their owner's account, and with the account: who comes in anew takes new ones.

The one place for it, whichever page, link or command changed the password or closed the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.api.models import Token
from inventory.history import CHANGED
from inventory.hooks import Write
from inventory.organization.models import Person, User
from inventory.trail.keeping import asking, record
from inventory.trail.models import Event

PASSWORD, CLOSED = "password", "closed"
WHY = {PASSWORD: gettext_lazy("parola değişti"), CLOSED: gettext_lazy("hesap kapatıldı")}


def account_saved(sender, instance: User, created: bool, update_fields: Iterable[str] | None, **kwargs) -> None:
    """Of each account that is saved (post_save)."""
    if created:
        return
    if not instance.is_active:
        _end(Q(owner=instance), CLOSED)
    elif _has_new_password(instance, update_fields or ()):
        _end(Q(owner=instance), PASSWORD)


def off_duty(write: Write) -> None:
    if write.register.model is Person and write.kind == CHANGED and "active" in write.columns:
        _end(Q(owner__person__in=write.ids, owner__person__active=False), CLOSED)


def explain(tokens: Sequence[Token]) -> None:
    """Say of each why it ended. The trail knows it."""
    ended = {token.owner_id for token in tokens if token.revoked_at}
    entries = Event.objects.filter(kind=Event.Kind.ACCOUNT, row_id__in=ended) if ended else ()
    why = {pk: WHY.get(each.details.get("why"), "") for each in entries for pk in each.details.get("tokens", ())}
    for token in tokens:
        token.why = str(why.get(token.pk, ""))


def _has_new_password(user: User, names: Iterable[str]) -> bool:
    """Set anew, or taken away. A login that only seals the same one more safely leaves `_password` empty."""
    return getattr(user, "_password", None) is not None or ("password" in names and not user.has_usable_password())


def _end(of: Q, why: str) -> None:
    ended: dict[User, list[int]] = {}
    for token in Token.objects.filter(of, revoked_at=None).select_related("owner"):
        ended.setdefault(token.owner, []).append(token.pk)
    if not ended:
        return
    Token.objects.filter(of, revoked_at=None).update(revoked_at=timezone.now())
    request = asking.get()
    by = request.user if request and request.user.is_authenticated else None
    for owner, tokens in ended.items():
        text = _("%(user)s hesabının API anahtarları iptal edildi: %(why)s")
        text %= {"user": owner.username, "why": WHY[why]}
        record(Event.Kind.ACCOUNT, request=request, user=by, row_id=owner.pk, text=text, tokens=tokens, why=why)
