"""What is hardly right about a task order when it is planned: all of it is said, none forbids it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import field_of, moment_text
from inventory.editing.doubts import Case, Doubt, Limits, plain, shown
from inventory.lifecycle.fleet.dispatch.licences import have_one_of
from inventory.lifecycle.fleet.dispatch.models import (
    Driver,
    LicenceRule,
    OrderState,
    RequestState,
    TaskOrder,
)
from inventory.models import GONE
from inventory.search import capital


def _asked_late(case: Case, limits: Limits) -> str | None:
    row = case.row
    if not _both(row.asked_at, row.from_at) or row.asked_at <= row.from_at:
        return None
    values = {"asked": moment_text(row.asked_at), "from": moment_text(row.from_at)}
    return _("Talep zamanı (%(asked)s) istenen çıkıştan (%(from)s) sonra.") % values


def _gone(case: Case, limits: Limits) -> str | None:
    vehicle = case.row.vehicle if case.row.vehicle_id else None
    if vehicle is None or vehicle.status not in GONE:
        return None
    values = {"vehicle": vehicle, "status": vehicle.get_status_display()}
    return _("%(vehicle)s hizmette değil (%(status)s).") % values


def _too_many(case: Case, limits: Limits) -> str | None:
    row = case.row
    seats = row.vehicle.seats if row.vehicle_id else None
    if seats is None or row.people is None:
        return None
    drivers = 2 if row.second_driver_id else 1
    if row.people + drivers <= seats:
        return None
    values = {"people": plain(row.people + drivers), "vehicle": row.vehicle, "seats": plain(seats)}
    return _("Sürücüyle birlikte %(people)s kişi: %(vehicle)s %(seats)s koltuklu.") % values


def _of_a_request(case: Case, limits: Limits) -> str | None:
    request = case.row.request if case.row.request_id else None
    over = (RequestState.PARTLY, RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.CLOSED)
    if request is None or request.state not in over or case.row.state == OrderState.CANCELLED:
        return None
    values = {"request": request, "state": request.get_state_display()}
    return _("%(request)s talebi görev emri beklemiyor; durumu: %(state)s.") % values


def _outside_order(case: Case, limits: Limits) -> str | None:
    row = case.row
    order = row.order if row.order_id else None
    if order is None or not _both(row.from_at, order.leave_at) or not _both(order.return_at, order.leave_at):
        return None
    if order.leave_at <= row.from_at and (row.until_at or row.from_at) <= order.return_at:
        return None
    values = {"order": order.order_no, "from": moment_text(order.leave_at), "to": moment_text(order.return_at)}
    return _("%(order)s görev emri %(from)s ile %(to)s arasını kapsıyor.") % values


def _both(*moments: object) -> bool:
    return all(isinstance(moment, dt.datetime) for moment in moments)


#: Until when a driver may drive, by each of the papers.
PAPERS = ("licence_until", "src_until", "psychotechnic_until", "health_until", "operator_until")


def _drivers(row: TaskOrder) -> list[Any]:
    return [driver for driver in (row.driver, row.second_driver) if driver]


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.leave_at < other.return_at and other.leave_at < one.return_at)


def _planned(cases: Iterable[Case]) -> list[Case]:
    """Those of which it is known which vehicle is to leave when."""
    return [c for c in cases if c.row.vehicle_id and _both(c.row.leave_at) and c.row.state != OrderState.CANCELLED]


@dataclass(frozen=True)
class _Licence:
    """A driver who may not drive the vehicle by the list of rules, or whose paper has run out on that day."""

    columns: tuple[str, ...] = ("driver", "second_driver", "vehicle", "leave_at")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        cases = [case for case in _planned(cases) if _drivers(case.row)]
        rules = {rule.kind.path: rule for rule in LicenceRule.objects.select_related("kind")}
        ids = {person.pk for case in cases for person in _drivers(case.row)}
        drivers = {driver.person_id: driver for driver in Driver.objects.filter(person__in=ids)}
        for case in cases:
            path = case.row.vehicle.kind.path
            of_kind = max((each for each in rules if path.startswith(each)), key=len, default="")
            for person in _drivers(case.row):
                for sentence in self._of(case.row, drivers.get(person.pk), rules.get(of_kind)):
                    yield case, f"{person}: {sentence}"

    def _of(self, row: Any, driver: Driver | None, rule: LicenceRule | None) -> Iterator[str]:
        if driver is None or not driver.active:
            yield _("sürücüler listesinde yok ya da artık araç kullanmıyor.")
            return
        values: dict[str, object] = {"kind": row.vehicle.kind}
        if rule and not have_one_of(driver.classes, rule.classes):
            values |= {"held": driver.classes or "—", "wanted": rule.classes}
            yield _("belge sınıfı %(held)s; %(kind)s için şunlardan biri gerekir: %(wanted)s.") % values
        if rule and rule.needs_operator and not driver.operator_certificate_no:
            yield _("%(kind)s için operatörlük belgesi gerekir, kaydı yok.") % values
        for name in PAPERS:
            until = getattr(driver, name)
            if until and until < row.leave_at.date():
                label = capital(field_of(Driver, name).verbose_name)
                yield _("%(paper)s %(until)s; görev gününde süresi dolmuş oluyor.") % {
                    "paper": label,
                    "until": shown(until),
                }


@dataclass(frozen=True)
class _VehiclePapers:
    """A vehicle that on that day lacks what it must have, such as an inspection: what the registers of its records say
    by their validity."""

    columns: tuple[str, ...] = ("vehicle", "leave_at")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        cases, vehicles = _planned(cases), registers.get("vehicles")
        ids = {case.row.vehicle_id for case in cases}
        for child, of in vehicles.children():
            if child.validity is None or child.validity.of != of:
                continue
            for one in child.validity.beside:
                if one.missing is None:
                    continue
                asked = set(
                    vehicles.model._default_manager.filter(one.missing, pk__in=ids).values_list("pk", flat=True)
                )
                times = _times(child, one.kinds, asked)
                for case in cases:
                    day = case.row.leave_at.date()
                    held = times[case.row.vehicle_id]
                    if case.row.vehicle_id in asked and not any(first <= day <= last for first, last in held):
                        values = {"vehicle": case.row.vehicle, "what": child.one, "day": shown(day)}
                        yield case, _("%(vehicle)s: %(day)s günü geçerli kaydı yok: %(what)s.") % values


def _times(child: registers.Register, kinds: Sequence[str], ids: set[int]) -> dict[int, list[tuple[dt.date, dt.date]]]:
    """{vehicle: (first, last day) of each record that holds}."""
    validity = child.validity
    assert validity
    only: dict[str, object] = {f"{name}__in": values for name, values in validity.counts.items()}
    only |= {f"{validity.series}__in": kinds} if kinds else {}
    found = defaultdict(list)
    rows = child.model._default_manager.filter(**only, **{f"{validity.of}__in": ids})
    for vehicle, first, last in rows.values_list(validity.of, validity.begins or validity.ends, validity.ends):
        found[vehicle].append((first if validity.begins else dt.date.min, last))
    return found


@dataclass(frozen=True)
class _AtOneTime:
    """A vehicle or a driver with another order at that time; those of one chunk of a sheet are compared, too.

    The driver of a standing order is whoever the log says, so that only single orders claim theirs.
    """

    columns: tuple[str, ...] = ("vehicle", "driver", "second_driver", "leave_at", "return_at")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        cases = [case for case in _planned(cases) if _both(case.row.return_at)]
        if not cases:
            return
        rows = [case.row for case in cases]
        first, last = min(row.leave_at for row in rows), max(row.return_at for row in rows)
        others = TaskOrder.objects.exclude(pk__in=[row.pk for row in rows if row.pk])
        others = others.exclude(state=OrderState.CANCELLED).filter(leave_at__lt=last, return_at__gt=first)
        drivers = {driver.pk for row in rows for driver in _drivers(row)}
        vehicles = {row.vehicle_id for row in rows}
        of_these = Q(vehicle__in=vehicles) | Q(driver__in=drivers) | Q(second_driver__in=drivers)
        stored = list(others.filter(of_these).select_related("vehicle"))
        hidden = access.hidden(registers.serving(TaskOrder), cases[0].user, [order.pk for order in stored])
        for case in cases:
            for other in (each for each in (*stored, *rows) if each is not case.row and _overlap(each, case.row)):
                yield from ((case, sentence) for sentence in self._said(case.row, other, other.pk in hidden))

    def _said(self, row: TaskOrder, other: Any, is_hidden: bool) -> Iterator[str]:
        values: dict[str, object] = {"from": moment_text(other.leave_at), "to": moment_text(other.return_at)}
        # What she may not see is busy, and nothing more.
        values["order"] = _("başka bir görev") if is_hidden else other.order_no or other.purpose
        if row.vehicle_id == other.vehicle_id:
            values["who"] = row.vehicle
            yield _("%(who)s bu saatlerde dolu: %(order)s (%(from)s – %(to)s).") % values
        if TaskOrder.Kind.STANDING in (row.kind, other.kind):
            return
        for driver in _drivers(row):
            if driver.pk in (other.driver_id, other.second_driver_id):
                values["who"] = driver
                yield _("%(who)s bu saatlerde dolu: %(order)s (%(from)s – %(to)s).") % values


ASKED_LATE = Doubt(("asked_at", "from_at"), _asked_late)
OUTSIDE_ORDER = Doubt(("from_at", "until_at", "order"), _outside_order)
ORDER = (
    Doubt(("vehicle",), _gone),
    Doubt(("people", "vehicle", "second_driver"), _too_many),
    Doubt(("request",), _of_a_request),
    _Licence(),
    _VehiclePapers(),
    _AtOneTime(),
)
