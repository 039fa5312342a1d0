"""Sends what waits, one worker for a rule at a time, the messages of a row in the order of its writes.

At least once: a message is marked when its receiver has answered. A worker that is killed in between leaves it waiting,
and the one that finds the lease run out sends it again, with the same `webhook-id`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from inventory import access
from inventory.accounts.signing_in import sealing
from inventory.organization.models import User
from inventory.server import faults
from inventory.webhooks import posting, signing
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.reading import rights

T = TypeVar("T")

#: After each try the next one; after the last it is given up (those of Standard Webhooks).
DELAYS = [dt.timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400)]
#: Longer than a message takes; the sender renews it before each.
LEASE = dt.timedelta(seconds=60)
#: Seconds after which a worker lets other work come in between.
TURN = 30
#: So many failures in a row, and the rule rests, each time for the next of the delays up to half an hour: its receiver
#: is away, and another try of each of ten thousand messages would only keep the worker from other work.
AWAY, _LONGEST_REST = 3, 3
# Read at once; each is of another row.
_SOME = 100
# Seconds for which SQLite's one writer is waited for.
_PATIENCE = 600


# After what somebody waits for: imports, exports, comparisons.
@task(priority=-10)
def send(rule_id: int) -> None:
    with translation.override(settings.SITE_LANGUAGE):
        take_turn(rule_id)


def take_turn(rule_id: int) -> None:
    """Send what is due, unless another worker does."""
    holder = get_random_string(16)
    if _patiently(lambda: _claim(rule_id, holder)):
        is_away = _send_due(rule_id, holder)
        _patiently(lambda: _leave(rule_id, holder, is_away=is_away))


def _send_due(rule_id: int, holder: str) -> bool:
    """Whether the receiver seems to be away."""
    end, failed = time.monotonic() + TURN, 0
    # By their time: what failed comes after all that has not been tried.
    while some := heads(rule_id).filter(due_at__lte=timezone.now()).order_by("due_at", "pk")[:_SOME]:
        for delivery in some:
            if time.monotonic() >= end or not _patiently(lambda: _hold(rule_id, holder)):
                return False
            failed = 0 if _send(delivery) else failed + 1
            if failed == AWAY:
                return True
    return False


def heads(rule_id: int) -> QuerySet[Delivery]:
    """What waits for nothing but its time: of each row the first, of trials all."""
    waiting = Delivery.objects.filter(state=State.WAITING)
    earlier = waiting.filter(rule=OuterRef("rule"), row_id=OuterRef("row_id"), pk__lt=OuterRef("pk"))
    return waiting.filter(~Exists(earlier), rule=rule_id)


def wake(rule: Rule) -> None:
    """Try at once, whatever was tried in vain before."""
    Rule.objects.filter(pk=rule.pk).update(paused_until=None)
    send.enqueue(rule.pk)


# The lease ------------------------------------------------------------------------------------------------


@transaction.atomic
def _claim(rule_id: int, holder: str) -> bool:
    """Whether the rule's messages are now this worker's. Where it is not their time, another look is asked for."""
    now, rules = timezone.now(), Rule.objects.filter(pk=rule_id, active=True)
    if not (due := heads(rule_id).aggregate(at=Min("due_at"))["at"]):
        return False
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    if due <= now and rules.filter(free, rested).update(leased_until=now + LEASE, holder=holder):
        # Should this worker be killed.
        _look(rule_id, now + LEASE)
        return True
    if rule := rules.first():
        _look(rule_id, max(filter(None, (due, rule.leased_until, rule.paused_until))))
    return False


def _hold(rule_id: int, holder: str) -> bool:
    """Whether the lease is still this worker's, and the rule on."""
    held = Rule.objects.filter(pk=rule_id, active=True, holder=holder)
    return bool(held.update(leased_until=timezone.now() + LEASE))


@transaction.atomic
def _leave(rule_id: int, holder: str, *, is_away: bool) -> None:
    if not Rule.objects.filter(pk=rule_id, holder=holder).update(leased_until=None, holder=""):
        return
    now, rule = timezone.now(), Rule.objects.filter(pk=rule_id, active=True).first()
    if rule is None:
        return
    if is_away:
        rule.paused_until = now + DELAYS[min(rule.failures // AWAY, _LONGEST_REST) - 1]
        rule.save(update_fields=["paused_until"])
    if due := heads(rule_id).aggregate(at=Min("due_at"))["at"]:
        _look(rule_id, max(due, rule.paused_until or due, now))


def _look(rule_id: int, at: dt.datetime) -> None:
    """Have a worker look at that moment, or before: one task for a rule, however often it is asked for."""
    now = timezone.now()
    none_sooner = Q(look_at=None) | Q(look_at__lte=now) | Q(look_at__gt=at)
    if Rule.objects.filter(none_sooner, pk=rule_id).update(look_at=at):
        send.using(run_after=at).enqueue(rule_id)


def _patiently(work: Callable[[], T]) -> T:
    """The work's result; where SQLite's one writer is busy for long, tried again."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return work()
        except OperationalError as error:
            if not faults.is_lock(error) or time.monotonic() > end:
                raise
        time.sleep(1)


# One message ----------------------------------------------------------------------------------------------


def _send(delivery: Delivery) -> bool:
    """False when it failed."""
    rule = Rule.objects.select_related("owner__person").get(pk=delivery.rule_id)
    if why := forbidden(rule, delivery):
        _patiently(lambda: _mark(delivery, state=State.CANCELLED, answer=why, status=None))
        return True
    body = delivery.body.encode()
    try:
        secret = sealing.opened(rule.seal)
        signed = signing.headers(secret, delivery.message_id, int(time.time()), body)
        answer = posting.post(rule.url, body, signed)
    except sealing.Unreadable:
        said, status = _("İmza anahtarı açılamıyor; anahtarı yenileyiniz."), None
    except posting.Unreachable as error:
        said, status = str(error), None
    else:
        said, status = answer.text, answer.status
        if 300 <= status < 400:
            said = _("Başka bir adrese yönlendiriyor; yönlendirme izlenmez.")
        if 200 <= status < 300:
            _patiently(lambda: _sent(delivery, status, said))
            return True
    _patiently(lambda: _failed(delivery, status, said))
    return False


def forbidden(rule: Rule, delivery: Delivery) -> str:
    """Why this is not reported to its owner; "" where she may: rights that were lost since it was made count."""
    owner: User = rule.owner
    if not owner.is_open:
        return _("Kuralın sahibinin hesabı kapalı.")
    if delivery.row_id is None:
        return ""
    if set(delivery.rights.split()) - rights(owner):
        return _("Kuralın sahibinin yetkileri bu olaydan sonra azaldı.")
    if rule.of is None or not access.may_see(rule.of, owner):
        return _("Kuralın sahibi bu kütüğü göremiyor.")
    return ""


def _mark(delivery: Delivery, **values: object) -> None:
    text = str(values.pop("answer")).replace("\0", "")
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        tried_at=timezone.now(), answer=text[:300], **values
    )


@transaction.atomic
def _sent(delivery: Delivery, status: int | None, said: str) -> None:
    _mark(delivery, state=State.SENT, tries=F("tries") + 1, status=status, answer=said)
    Rule.objects.filter(pk=delivery.rule_id, failures__gt=0).update(failures=0)


@transaction.atomic
def _failed(delivery: Delivery, status: int | None, said: str) -> None:
    tries = delivery.tries + 1
    if tries > len(DELAYS):
        _mark(delivery, state=State.FAILED, tries=tries, status=status, answer=said)
    else:
        _mark(delivery, due_at=timezone.now() + DELAYS[tries - 1], tries=tries, status=status, answer=said)
    rules = Rule.objects.filter(pk=delivery.rule_id)
    rules.update(failures=F("failures") + 1)
    rules.filter(failures__gte=settings.WEBHOOK_MAX_FAILURES).update(active=False, stopped_at=timezone.now())
