"""What a vehicle takes per 100 km or hour, from full fill to full fill; beside it the mean of its kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from inventory.hooks import Panel
from inventory.lifecycle.fleet.fuel.models import Fuel, FuelFill
from inventory.lifecycle.fleet.odometer.beside import is_of_vehicles
from inventory.lifecycle.fleet.odometer.models import FIRST_METER, MeterEntry
from inventory.organization.models import Asker
from inventory.registers import Register

_YEAR = dt.timedelta(365)
# So many stretches stand on the vehicle's page.
_SHOWN = 6
# So many vehicles of a kind are asked for its mean.
_MOST = 200


@dataclass(frozen=True)
class Stretch:
    """From one full fill to the next: the way, and what was filled for it."""

    until: dt.datetime
    way: Decimal
    litres: Decimal

    def rate(self, unit: str) -> Decimal:
        return _rate(self.litres, self.way, unit)


def _rate(litres: Decimal, way: Decimal, unit: str) -> Decimal:
    return litres / way * (100 if unit == "km" else 1)


def of_vehicles(vehicles: Iterable[int], since: dt.datetime) -> dict[int, list[Stretch]]:
    """Of each vehicle its stretches since a moment, the oldest first: two queries.

    None reaches over a fill that is missing, or ends at a reading that is not known or suspicious.
    """
    vehicles = list(vehicles)
    fills = FuelFill.objects.filter(vehicle__in=vehicles, filled_at__gte=since).exclude(
        fuel__in=(Fuel.ADBLUE, Fuel.OTHER)
    )
    good = MeterEntry.objects.filter(vehicle__in=vehicles, meter=FIRST_METER, suspicious=False, at__gte=since)
    totals = dict(good.filter(register="fuel-fills").values_list("row", "total"))
    by_vehicle: dict[int, list[FuelFill]] = defaultdict(list)
    for fill in fills.order_by("filled_at", "pk"):
        by_vehicle[fill.vehicle_id or 0].append(fill)
    return {vehicle: list(_stretches(own, totals)) for vehicle, own in by_vehicle.items()}


def _stretches(fills: list[FuelFill], totals: dict[int, Decimal | None]) -> Iterator[Stretch]:
    begun: Decimal | None = None
    litres = Decimal(0)
    for fill in fills:
        litres += fill.litres
        if fill.missed_before:
            begun = None
        total = totals.get(fill.pk)
        if not fill.full or total is None:
            continue
        if begun is not None and total > begun:
            yield Stretch(fill.filled_at, total - begun, litres)
        begun, litres = total, Decimal(0)


def _mean(stretches: Iterable[Stretch], unit: str) -> Decimal | None:
    """Of all ways together, so that a long one counts for more."""
    way = litres = Decimal(0)
    for each in stretches:
        way, litres = way + each.way, litres + each.litres
    return _rate(litres, way, unit) if way else None


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    """Beside a vehicle with fuel of the last year. The mean of its kind names nobody, and is of the whole town."""
    if not is_of_vehicles(register):
        return None
    since = timezone.localtime().replace(tzinfo=None) - _YEAR
    own = of_vehicles([row.pk], since).get(row.pk, [])
    if not own:
        return None
    table: Any = register.model._default_manager
    alike = table.filter(kind=row.kind_id, meter_unit=row.meter_unit).order_by("pk")
    others = of_vehicles(alike.values_list("pk", flat=True)[:_MOST], since)
    unit = row.meter_unit
    context = {
        "unit": unit,
        "mean": _mean(own, unit),
        "of_kind": _mean((each for some in others.values() for each in some), unit),
        "kind": row.kind,
        "stretches": [(each, each.rate(unit)) for each in own[: -_SHOWN - 1 : -1]],
    }
    return Panel("fleet/_consumption.html", context)
