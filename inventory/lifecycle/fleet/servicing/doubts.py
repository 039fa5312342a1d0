"""What is hardly right about work orders, their lines and planned services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.editing.doubts import Case, Doubt, Limits, Rule, plain, to_come
from inventory.lifecycle.fleet.servicing.flow import CANCELLED, FINISHED, REFUSED
from inventory.lifecycle.fleet.servicing.models import Place, PlannedService, ServiceOrder
from inventory.models import GONE


def _left(case: Case, limits: Limits) -> str | None:
    vehicle = case.row.vehicle if case.row.vehicle_id else None
    if vehicle is None or vehicle.status not in GONE:
        return None
    values = {"vehicle": vehicle, "status": vehicle.get_status_display()}
    return _("%(vehicle)s hizmette değil (%(status)s).") % values


def _no_firm(case: Case, limits: Limits) -> str | None:
    if case.row.place != Place.FIRM or case.row.supplier.strip():
        return None
    return _("Dış serviste yapılan işin firması yazılmamış.")


def _long(case: Case, limits: Limits) -> str | None:
    days, most = case.row.downtime, limits.get("service-days")
    if days is None or most is None or days <= most:
        return None
    values = {"days": plain(days), "most": plain(most)}
    return _("Araç serviste %(days)s gün kalmış; olağan sınır %(most)s gün.") % values


def _amount(case: Case, limits: Limits) -> str | None:
    product, amount = case.row.product(), case.row.amount
    if amount is None:
        return _("Birim fiyat ve tutar boş; iş emrinin maliyetine girmez. Bedelsizse 0 yazınız.")
    if product is None or product == amount:
        return None
    values = {"amount": plain(amount), "product": plain(product)}
    return _("Tutar %(amount)s TL; miktar × birim fiyat %(product)s TL eder.") % values


def _another_kind(case: Case, limits: Limits) -> str | None:
    row = case.row
    meant = row.plan.vehicle_kind if row.plan_id else None
    if meant is None or not row.vehicle_id or row.vehicle.kind.path.startswith(meant.path):
        return None
    values = {"vehicle": row.vehicle, "kind": row.vehicle.kind, "meant": meant}
    return _("%(vehicle)s türü %(kind)s; bu plan %(meant)s için.") % values


@dataclass(frozen=True)
class _NotPlanned:
    """An order of a plan in which the vehicle is not: nothing would become due by it."""

    columns: tuple[str, ...] = ("plan", "vehicle")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        cases = [case for case in cases if case.row.plan_id and case.row.vehicle_id]
        plans, vehicles = ({getattr(case.row, name) for case in cases} for name in ("plan_id", "vehicle_id"))
        known = PlannedService.objects.filter(plan__in=plans, vehicle__in=vehicles)
        pairs = set(known.values_list("plan", "vehicle"))
        for case in cases:
            if (case.row.plan_id, case.row.vehicle_id) not in pairs:
                values = {"vehicle": case.row.vehicle, "plan": case.row.plan}
                yield case, _("%(vehicle)s “%(plan)s” planında yok; sıradaki bakımı hesaplanmaz.") % values


@dataclass(frozen=True)
class _OpenTwice:
    """Another order of the vehicle for the same kind of work that is neither finished nor called off."""

    columns: tuple[str, ...] = ("vehicle", "kind")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        over = (*FINISHED, REFUSED, CANCELLED)
        cases = [case for case in cases if case.row.vehicle_id and case.row.state not in over]
        orders = ServiceOrder.objects.filter(vehicle__in={case.row.vehicle_id for case in cases})
        orders = orders.exclude(state__in=over).exclude(pk__in={case.row.pk for case in cases if case.row.pk})
        open_ones = {(v, kind): number for v, kind, number in orders.values_list("vehicle", "kind", "order_no")}
        for case in cases:
            if number := open_ones.get((case.row.vehicle_id, case.row.kind)):
                values = {"vehicle": case.row.vehicle, "order": number}
                yield case, _("%(vehicle)s için aynı türden açık bir iş emri var: %(order)s.") % values


_HAPPENED = tuple(to_come(name) for name in ("opened_at", "sent_at", "received_at", "invoice_on"))
ORDER: tuple[Rule, ...] = (
    Doubt(("vehicle",), _left),
    Doubt(("place", "supplier"), _no_firm),
    Doubt(("received_at", "sent_at"), _long),
    *_HAPPENED,
    _NotPlanned(),
    _OpenTwice(),
)
LINE: tuple[Rule, ...] = (Doubt(("amount", "quantity", "unit_price"), _amount),)
PLANNED: tuple[Rule, ...] = (
    Doubt(("vehicle",), _left),
    Doubt(("vehicle", "plan"), _another_kind),
    to_come("begins_on"),
)
