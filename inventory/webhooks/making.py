"""Deliveries made in the transaction of the write that they report, of what a rule's owner may see and nothing else.

A row is read before and after by the API's own reader, under the rule's filter and its owner's rights. `before` is None
for a row that was not among them, `after` for one that no longer is: it was deleted, or has left the filter or what the
owner may see. Where it went is not said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from inventory import access
from inventory.history import CHANGED, CREATED, DELETED
from inventory.hooks import Write
from inventory.many import by_id, insert
from inventory.server import faults
from inventory.webhooks.models import WANTS, Delivery, Rule, State
from inventory.webhooks.reading import Unclear, Views, listing, rights, views
from inventory.webhooks.sending import send

log = logging.getLogger(__name__)

EVENTS = {CREATED: "created", CHANGED: "changed", DELETED: "deleted"}
STATE_CHANGED, TRIAL = "state_changed", "test"


@dataclass(frozen=True)
class _Before:
    """What was read before a write, for each rule; the states where the write may change them."""

    views: list[tuple[Rule, Views]]
    states: dict[int, Any]


def before_write(write: Write) -> None:
    rules = _rules(write)
    if write.kind == DELETED:
        for rule, seen in _each_view(rules, write.ids):
            _keep(rule, [(EVENTS[DELETED], pk, view, None) for pk, view in seen.items()])
    elif rules:
        _open()[write.register.slug, write.ids[0]] = _Before(_each_view(rules, write.ids), _states(write, rules))


def after_write(write: Write) -> None:
    if write.kind == CREATED:
        for rule, seen in _each_view(_rules(write), write.ids):
            _keep(rule, [(EVENTS[CREATED], pk, None, view) for pk, view in seen.items()])
        return
    before = _open().pop((write.register.slug, write.ids[0]), None)
    if before is None:
        return
    rules = [rule for rule, _seen in before.views]
    states = _states(write, rules)
    stepped = {pk for pk, state in states.items() if before.states.get(pk) != state}
    after = {rule.pk: views for rule, views in _each_view(rules, write.ids)}
    for rule, was in before.views:
        if rule.pk in after:
            _keep(rule, list(_changes(rule, write.ids, was, after[rule.pk], stepped)))


def after_forgetting(write: Write) -> None:
    ids = list(write.ids)
    Delivery.objects.filter(rule__register=write.register.slug, row_id__in=ids).delete()


def after_erasing(write: Write) -> None:
    """What may not be kept stands in no message either, whether it waits or has gone out."""
    reported = Delivery.objects.filter(rule__register=write.register.slug, row_id__in=list(write.ids)).exclude(body="")
    for part in by_id(reported, 200):
        for delivery in part:
            said = orjson.loads(delivery.body)
            for view in filter(None, (said["data"]["before"], said["data"]["after"])):
                view.update(dict.fromkeys(write.columns & view.keys()))
            delivery.body = orjson.dumps(said).decode()
        Delivery.objects.bulk_update(part, ["body"])


_Change = tuple[str, int, tuple[int, bytes] | None, tuple[int, bytes] | None]


def _changes(rule: Rule, ids: Sequence[int], was: Views, now: Views, stepped: set[int]) -> Iterator[_Change]:
    for pk in ids:
        old, new = was.get(pk), now.get(pk)
        if rule.on_state and pk in stepped and (old or new):
            yield STATE_CHANGED, pk, old, new
        elif rule.on_changed and (old and old[1]) != (new and new[1]):
            yield EVENTS[CHANGED], pk, old, new


def _open() -> dict[tuple[str, int], _Before]:
    """What this transaction has read before its writes; that of one that was rolled back is forgotten with it."""
    outer = connection.atomic_blocks[0] if connection.atomic_blocks else None
    kept = getattr(connection, "_webhooks", None)
    if kept is None or kept[0] is not outer:
        kept = (outer, {})
        connection._webhooks = kept  # type: ignore[attr-defined]  # ours
    return kept[1]


def _rules(write: Write) -> list[Rule]:
    """Those that want the write, of open accounts: one query, and for most writes the only one."""
    wanted = Q(**{WANTS[write.kind]: True})
    if write.kind == CHANGED and write.register.flow and write.register.flow.column in write.columns:
        wanted |= Q(on_state=True)
    rules = Rule.objects.filter(wanted, active=True, register=write.register.slug)
    return [rule for rule in rules.select_related("owner__person") if rule.owner.is_open]


def _states(write: Write, rules: list[Rule]) -> dict[int, Any]:
    flow = write.register.flow
    if not flow or flow.column not in write.columns or not any(rule.on_state for rule in rules):
        return {}
    return dict(write.rows.values_list("pk", flow.column))


def _each_view(rules: list[Rule], ids: Sequence[int]) -> list[tuple[Rule, Views]]:
    """Of each rule that is understood; of one that is not, that something was not sent: it stops nobody's write."""
    found = []
    # The site's language: what is compared and sent is not to depend on who writes.
    with translation.override(settings.SITE_LANGUAGE):
        for rule in rules:
            try:
                with transaction.atomic():
                    found.append((rule, views(listing(rule, ids))))
            except Unclear as why:
                _lose(rule, ids, str(why))
            except Exception as error:
                if faults.of_the_machine(error):
                    raise
                log.exception("webhook rule %d could not be asked", rule.pk)
                _lose(rule, ids, _("Kuralın süzgeci bu olayda çalıştırılamadı; daha yalın bir görünüm seçiniz."))
    return found


# Written down ---------------------------------------------------------------------------------------------


def _keep(rule: Rule, changes: Sequence[_Change]) -> None:
    """All in one statement, and a worker asked for once."""
    if not changes:
        return
    now, held = timezone.now(), " ".join(sorted(rights(rule.owner)))
    made = []
    for event, pk, before, after in changes:
        version = (after or before or (0,))[0]
        data = {
            "id": pk,
            "version": version,
            "before": orjson.Fragment(before[1]) if before else None,
            "after": orjson.Fragment(after[1]) if after else None,
        }
        kind = f"{rule.register}.{event}"
        body = orjson.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}).decode()
        made.append(Delivery(rule=rule, event=kind, row_id=pk, body=body, rights=held, due_at=now))
    insert(made)
    # In this transaction: a worker sees it once it is committed.
    send.enqueue(rule.pk)


def _lose(rule: Rule, ids: Sequence[int], why: str) -> None:
    """Not sent, but not silently either, unless of rows that the rule's owner does not see."""
    if rule.of and not access.visible_to(rule.of, rule.owner).filter(pk__in=ids).exists():
        return
    now = timezone.now()
    Delivery.objects.create(
        rule=rule, event=rule.register, body="", state=State.CANCELLED, answer=why[:300], due_at=now, tried_at=now
    )


def trial(rule: Rule) -> Delivery:
    """A message of no row, by which a receiver is tried."""
    now = timezone.now()
    body = orjson.dumps({"type": TRIAL, "timestamp": now.isoformat(), "data": {"rule": rule.name}}).decode()
    return Delivery.objects.create(rule=rule, key=get_random_string(32), event=TRIAL, body=body, due_at=now)
