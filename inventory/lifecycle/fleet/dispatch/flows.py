"""The states of requests and task orders; a request follows the orders that meet it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory import registers, writes
from inventory.flows.declared import NEW, Flow, Step
from inventory.history import Author
from inventory.lifecycle.fleet.dispatch.models import OrderState, RequestState, TaskOrder, VehicleRequest

ASKED, APPROVED, PLANNED, OUT, BACK, CLOSED, PARTLY, REFUSED, WITHDRAWN = RequestState
#: The states of a request that its orders move, one after the other.
MOVED = (APPROVED, PLANNED, OUT, BACK, CLOSED)

REQUESTS = Flow(
    column="state",
    first=(ASKED,),
    waiting=(ASKED, APPROVED),
    steps=(
        Step(name="approve", label=_("Onayla"), source=(ASKED,), target=APPROVED, level="manage"),
        Step(
            name="plan",
            label=_("Araç ver"),
            source=(APPROVED,),
            target=PLANNED,
            needs=("assigned",),
            level="manage",
        ),
        Step(name="go", label=_("Yola çıktı"), source=(PLANNED,), target=OUT, level="manage"),
        Step(name="come-back", label=_("Döndü"), source=(OUT,), target=BACK, level="manage"),
        Step(name="close", label=_("Karşılandı"), source=(BACK,), target=CLOSED, level="manage"),
        Step(
            name="partly",
            label=_("Kısmen karşılandı"),
            source=(PLANNED, BACK, CLOSED),
            target=PARTLY,
            needs=("answer",),
            level="manage",
        ),
        Step(
            name="refuse",
            label=_("Karşılanmadı"),
            source=(ASKED, APPROVED),
            target=REFUSED,
            needs=("answer",),
            level="manage",
        ),
        Step(name="withdraw", label=_("Geri çek"), source=(ASKED, APPROVED), target=WITHDRAWN),
        # Back again: what a cancelled order leaves, and what was a mistake.
        Step(name="ask-again", label=_("Yeniden iste"), source=(APPROVED, REFUSED, WITHDRAWN), target=ASKED),
        Step(name="unplan", label=_("Planı geri al"), source=(PLANNED, PARTLY), target=APPROVED, level="manage"),
        Step(name="not-gone", label=_("Çıkışı geri al"), source=(OUT,), target=PLANNED, level="manage"),
        Step(name="not-back", label=_("Dönüşü geri al"), source=(BACK,), target=OUT, level="manage"),
        Step(name="reopen", label=_("Yeniden aç"), source=(CLOSED,), target=BACK, level="manage"),
    ),
    # Who asks does not approve, and who approves for the unit does not give the vehicle.
    not_both=((NEW, "approve"), ("approve", "plan"), ("approve", "refuse")),
)


def bring_request_on(order: TaskOrder, by: Author) -> None:
    """Move the order's request to where its orders are now, step by step, with the rights of who moved the order."""
    if order.request_id is None:
        return
    request = VehicleRequest.objects.get(pk=order.request_id)
    if request.state not in MOVED:
        return
    register, target = registers.serving(VehicleRequest), _state_by(request)
    while request.state != target:
        forward = MOVED.index(target) > MOVED.index(request.state)
        step = REQUESTS.between(request.state, MOVED[MOVED.index(request.state) + (1 if forward else -1)])
        assert step
        values: dict[str, object] = {"assigned": _assigned(request)} if step.name == "plan" else {}
        writes.step(register, request, step.name, values, by, reason=order.order_no)


def _state_by(request: VehicleRequest) -> str:
    """Where a request is whose orders are in these states."""
    states = {order.state for order in _active(request)}
    if not states:
        return APPROVED
    if states == {OrderState.CLOSED}:
        return CLOSED
    if states <= {OrderState.BACK, OrderState.CLOSED}:
        return BACK
    return PLANNED if states == {OrderState.APPROVED} else OUT


def _active(request: VehicleRequest) -> list[TaskOrder]:
    orders = TaskOrder.objects.filter(request=request).exclude(state__in=(OrderState.DRAFT, OrderState.CANCELLED))
    return list(orders.select_related("vehicle", "driver").order_by("pk"))


def _assigned(request: VehicleRequest) -> str:
    """The vehicles and drivers, in words: who asked need not see their registers."""
    given = [" · ".join(filter(None, (str(o.vehicle), o.driver and o.driver.name))) for o in _active(request)]
    return "; ".join(given)[:250]


ORDERS = Flow(
    column="state",
    first=(OrderState.DRAFT,),
    waiting=(OrderState.DRAFT, OrderState.BACK),
    steps=(
        Step(
            name="approve",
            label=_("Onayla"),
            source=(OrderState.DRAFT,),
            target=OrderState.APPROVED,
            needs=("driver", "purpose", "leave_at", "return_at"),
            level="manage",
            effect=bring_request_on,
        ),
        Step(
            name="go",
            label=_("Çıkışı yaz"),
            source=(OrderState.APPROVED,),
            target=OrderState.OUT,
            needs=("left_at", "odometer_out"),
            effect=bring_request_on,
        ),
        Step(
            name="come-back",
            label=_("Dönüşü yaz"),
            source=(OrderState.OUT,),
            target=OrderState.BACK,
            needs=("returned_at", "odometer_in"),
            effect=bring_request_on,
        ),
        Step(
            name="close",
            label=_("Kapat"),
            source=(OrderState.BACK,),
            target=OrderState.CLOSED,
            effect=bring_request_on,
        ),
        Step(
            name="cancel",
            label=_("İptal et"),
            source=(OrderState.DRAFT, OrderState.APPROVED),
            target=OrderState.CANCELLED,
            needs=("cancel_reason",),
            effect=bring_request_on,
        ),
        Step(
            name="redraft",
            label=_("Taslağa geri al"),
            source=(OrderState.APPROVED, OrderState.CANCELLED),
            target=OrderState.DRAFT,
            effect=bring_request_on,
        ),
        Step(
            name="not-gone",
            label=_("Çıkışı geri al"),
            source=(OrderState.OUT,),
            target=OrderState.APPROVED,
            level="manage",
            effect=bring_request_on,
        ),
        Step(
            name="not-back",
            label=_("Dönüşü geri al"),
            source=(OrderState.BACK,),
            target=OrderState.OUT,
            level="manage",
            effect=bring_request_on,
        ),
        Step(
            name="reopen",
            label=_("Yeniden aç"),
            source=(OrderState.CLOSED,),
            target=OrderState.BACK,
            level="manage",
            effect=bring_request_on,
        ),
    ),
    not_both=((NEW, "approve"),),
)
