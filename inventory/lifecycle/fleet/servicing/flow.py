"""The states of a work order, and the vehicle's status, which follows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import registers, writes
from inventory.flows.declared import NEW, Flow, Step
from inventory.history import DELETED, Author
from inventory.hooks import Write
from inventory.lifecycle.fleet.servicing.models import ServiceOrder, State
from inventory.many import chunked
from inventory.models import GONE, Status
from inventory.organization.models import Asker

ASKED, APPROVED, WAITING, IN_WORK, DONE, ACCEPTED, REFUSED, CANCELLED = State
# The vehicle stands in the workshop.
IN_SHOP = (WAITING, IN_WORK)
FINISHED = (DONE, ACCEPTED)


def comes_in(order: Any, by: Author) -> None:
    """The vehicle is under repair, unless it is so already or has left."""
    vehicle = _vehicle(order)
    if vehicle.status not in (Status.UNDER_REPAIR, *GONE):
        _set(vehicle, Status.UNDER_REPAIR, reason_of(order), by)


def goes_out(order: Any, by: Author) -> None:
    """The vehicle is what it was before, unless another order keeps it, or somebody has changed its status since."""
    vehicle = _vehicle(order)
    if vehicle.status != Status.UNDER_REPAIR or vehicle.status_reason != reason_of(order):
        return
    others = ServiceOrder.objects.filter(vehicle=vehicle.pk, state__in=IN_SHOP).exclude(pk=order.pk)
    if other := others.order_by("pk").first():
        _set(vehicle, Status.UNDER_REPAIR, reason_of(other), by)
        return
    past = type(vehicle).history.filter(id=vehicle.pk).exclude(status=Status.UNDER_REPAIR)
    before = past.order_by("-history_id").first()
    _set(vehicle, before.status if before else Status.IN_USE, before.status_reason if before else "", by)


def reason_of(order: Any) -> str:
    """By this the order knows the status as its own."""
    return f"İş emri {order.order_no}"


def _vehicle(order: Any) -> Any:
    return type(order.vehicle)._default_manager.get(pk=order.vehicle_id)


def _set(vehicle: Any, status: str, reason: str, by: Author) -> None:
    """These columns alone: what else may be wrong in the vehicle is not judged now."""
    vehicle.status, vehicle.status_reason = status, reason
    vehicle.status_on = timezone.localdate(by.at) if by.at else timezone.localdate()
    written = ("status", "status_reason", "status_on")
    writes.update_many(registers.serving(type(vehicle)), [vehicle], written, by, checked=True)


FLOW = Flow(
    column="state",
    # One that was finished before it came into the register begins as accepted.
    first=(ASKED, ACCEPTED),
    waiting=(ASKED, APPROVED, WAITING, DONE),
    steps=(
        Step(name="approve", label=gettext_lazy("Onayla"), source=(ASKED,), target=APPROVED, level="manage"),
        Step(
            name="start",
            label=gettext_lazy("İşe başla"),
            source=(APPROVED,),
            target=IN_WORK,
            needs=("place", "sent_at"),
            effect=comes_in,
        ),
        Step(name="wait", label=gettext_lazy("Parça bekle"), source=(IN_WORK,), target=WAITING),
        Step(name="go-on", label=gettext_lazy("İşe devam et"), source=(WAITING,), target=IN_WORK),
        Step(
            name="finish",
            label=gettext_lazy("Bitir"),
            source=(IN_WORK,),
            target=DONE,
            needs=("received_at", "diagnosis"),
            effect=goes_out,
        ),
        Step(
            name="accept",
            label=gettext_lazy("Kabul et"),
            source=(DONE,),
            target=ACCEPTED,
            needs=("place", "sent_at", "received_at"),
        ),
        Step(name="rework", label=gettext_lazy("Yeniden işe al"), source=(DONE,), target=IN_WORK, effect=comes_in),
        Step(name="reopen", label=gettext_lazy("Kabulü geri al"), source=(ACCEPTED,), target=DONE, level="manage"),
        Step(
            name="refuse",
            label=gettext_lazy("Reddet"),
            source=(ASKED,),
            target=REFUSED,
            needs=("closing_note",),
            level="manage",
        ),
        Step(
            name="cancel",
            label=gettext_lazy("İptal et"),
            source=(ASKED, APPROVED, WAITING, IN_WORK),
            target=CANCELLED,
            needs=("closing_note",),
            effect=goes_out,
        ),
        Step(name="return", label=gettext_lazy("Talebe geri al"), source=(APPROVED, REFUSED, CANCELLED), target=ASKED),
    ),
    not_both=((NEW, "approve"),),
)


def guard(pairs: Sequence[tuple[Any, Any]], user: Asker) -> Iterator[tuple[int, str, str]]:
    """The vehicle's status hangs on an order that is in the workshop: that becomes no other vehicle's."""
    for place, (before, after) in enumerate(pairs):
        if before and after and before.state in IN_SHOP and after.vehicle_id != before.vehicle_id:
            yield place, "vehicle", _("Araç serviste; iş emrinin aracı değişmez. İptal edip yenisini açınız.")


def release(write: Write) -> None:
    """The vehicles of orders that are deleted while they are in the workshop come out of it."""
    if write.register.model is ServiceOrder and write.kind == DELETED:
        for part in chunked(write.ids, 500):
            for order in ServiceOrder.objects.filter(pk__in=part, state__in=IN_SHOP).select_related("vehicle"):
                goes_out(order, write.author)
