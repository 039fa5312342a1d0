"""When a planned service was done last: follows the writes of work orders, plans and planned services."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from inventory import registers, writes
from inventory.history import CREATED, DELETED
from inventory.hooks import Write
from inventory.lifecycle.fleet.servicing.flow import FINISHED
from inventory.lifecycle.fleet.servicing.models import PlannedService, ServiceOrder, ServicePlan
from inventory.many import chunked

_CHUNK = 500
_KEPT = (*PlannedService.SAID, "due_on", "due_reading")
_NONE = (None, None, None, None)


def follow(write: Write) -> None:
    """After a write."""
    if write.register.model is PlannedService:
        # One that comes to a plan may have been serviced before.
        if write.kind == CREATED or write.columns & {"plan", "vehicle"}:
            for part in chunked(write.ids, _CHUNK):
                _bring_up(PlannedService.objects.filter(pk__in=part), write)
    elif write.register.model is ServicePlan and write.kind != CREATED:
        _bring_up(PlannedService.objects.filter(plan__in=write.ids), write)
    elif write.register.model is ServiceOrder:
        _follow_orders(write)


def precede(write: Write) -> None:
    """Before orders go."""
    if write.register.model is ServiceOrder and write.kind == DELETED:
        _follow_orders(write, without=write.ids)


def _follow_orders(write: Write, without: Collection[int] = ()) -> None:
    pairs: set[tuple[int, int]] = set()
    for part in chunked(write.ids, _CHUNK):
        pairs.update(ServiceOrder.objects.filter(pk__in=part, plan__isnull=False).values_list("plan", "vehicle"))
        if write.kind != CREATED:
            # The plan or vehicle that an order has left has another last one now.
            past = ServiceOrder.history.filter(id__in=part, plan__isnull=False).order_by()
            pairs.update(past.values_list("plan", "vehicle").distinct())
    for some in chunked(sorted(pairs), _CHUNK):
        plans, vehicles = zip(*some, strict=True)
        _bring_up(PlannedService.objects.filter(plan__in={*plans}, vehicle__in={*vehicles}), write, without)


def _bring_up(planned: QuerySet[PlannedService], write: Write, without: Collection[int] = ()) -> None:
    """Write those whose last or next service is another than they say."""
    rows, moved = list(planned.select_related("plan", "vehicle").order_by("pk")), []
    last = _last(rows, without)
    for row in rows:
        before = [getattr(row, name) for name in _KEPT]
        for name, value in zip(PlannedService.SAID, last.get((row.plan_id, row.vehicle_id), _NONE), strict=True):
            setattr(row, name, value)
        row.fill()
        if before != [getattr(row, name) for name in _KEPT]:
            moved.append(row)
    if moved:
        # In no batch: when that is undone, they follow again by themselves.
        by = replace(write.author, batch_id=None)
        writes.update_many(registers.serving(PlannedService), moved, _KEPT, by, checked=True)


def _last(rows: Sequence[PlannedService], without: Collection[int]) -> dict[tuple[int, int], Sequence[Any]]:
    """What the last finished order of each vehicle's plan says, as in `PlannedService.SAID`."""
    found: dict[tuple[int, int], Sequence[Any]] = {}
    for part in chunked(rows, _CHUNK):
        orders = ServiceOrder.objects.filter(
            plan__in={row.plan_id for row in part},
            vehicle__in={row.vehicle_id for row in part},
            state__in=FINISHED,
            received_at__isnull=False,
        )
        orders = orders.exclude(pk__in=without) if without else orders
        names = ("plan", "vehicle", "received_at", "odometer", "next_on", "next_reading")
        for plan, vehicle, received_at, *rest in orders.order_by("received_at", "pk").values_list(*names):
            found[plan, vehicle] = (received_at.date(), *rest)
    return found
