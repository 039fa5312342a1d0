"""What is hardly right about accidents and fines, and who may have driven."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import field_of
from inventory.editing.doubts import Case, Doubt, Limits, Rule, plain, shown, to_come
from inventory.lifecycle.fleet.incidents.models import Fine
from inventory.organization.models import Person
from inventory.search import capital


@dataclass(frozen=True)
class _Driver:
    """By the task orders and duty logs that the user sees somebody else drove in that minute."""

    columns: tuple[str, ...] = ("at", "vehicle", "driver")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        cases = [case for case in cases if case.row.vehicle_id and isinstance(case.row.at, dt.datetime)]
        trips: dict[int, list[Any]] = defaultdict(list)
        for slug, begins, ends in _TRIPS if cases else ():
            for vehicle, *trip in _trips(slug, begins, ends, cases):
                trips[vehicle].append(trip)
        for case in cases:
            row = case.row
            drove = [who for who, begun, ended in trips[row.vehicle_id] if begun <= row.at <= (ended or row.at)]
            if drove and row.driver_id not in drove:
                values = {"person": Person.objects.get(pk=drove[0])}
                yield case, _("Görev emrine göre aracı o sırada %(person)s kullanıyordu.") % values


# The registers of trips, with the columns of their beginning and end.
_TRIPS = (("task-orders", "left_at", "returned_at"), ("duty-log", "from_at", "until_at"))


def _trips(slug: str, begins: str, ends: str, cases: Sequence[Case]) -> Iterable[Any]:
    """(vehicle, driver, beginning, end) of those that may concern the cases."""
    moments = [case.row.at for case in cases]
    rows = access.visible_to(registers.get(slug), cases[0].user).filter(
        Q(**{f"{ends}__gte": min(moments)}) | Q(**{ends: None}),
        vehicle__in={case.row.vehicle_id for case in cases},
        driver__isnull=False,
        **{f"{begins}__lte": max(moments)},
    )
    return rows.order_by("pk").values_list("vehicle", "driver", begins, ends)


def _more_than_fined(case: Case, limits: Limits) -> str | None:
    paid, amount = case.row.paid, case.row.amount
    if paid is None or amount is None or paid <= amount:
        return None
    return _("Ödenen %(paid)s TL, ceza %(amount)s TL.") % {"paid": plain(paid), "amount": plain(amount)}


def _served_before(case: Case, limits: Limits) -> str | None:
    at, served = case.row.at, case.row.served_on
    if not isinstance(at, dt.datetime) or served is None or served >= at.date():
        return None
    return _("Tebliğ %(served)s, ihlal %(at)s tarihli.") % {"served": shown(served), "at": shown(at)}


def _term(name: str) -> Doubt:
    """A last day that does not lie between the notice and the users' number of days after it."""

    def sentence(case: Case, limits: Limits) -> str | None:
        most, day, served = limits.get(Fine.DAYS[name]), getattr(case.row, name), case.row.served_on
        if most is None or not isinstance(day, dt.date) or not isinstance(served, dt.date):
            return None
        if 0 <= (day - served).days <= most:
            return None
        values = {"column": capital(field_of(Fine, name).verbose_name), "day": shown(day)}
        values |= {"served": shown(served), "most": plain(most)}
        return _("%(column)s %(day)s: tebliğ %(served)s, süre %(most)s gün.") % values

    return Doubt((name, "served_on"), sentence)


ACCIDENT: tuple[Rule, ...] = (to_come("at"), _Driver())
FINE: tuple[Rule, ...] = (
    *(to_come(name) for name in ("at", "served_on", "paid_on", "objected_on", "cancelled_on")),
    _Driver(),
    Doubt(("paid", "amount"), _more_than_fined),
    Doubt(("served_on", "at"), _served_before),
    *(_term(name) for name in Fine.DAYS),
)
