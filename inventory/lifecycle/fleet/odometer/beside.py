"""What the log says of a vehicle: columns of its list, and the months on its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max, Min, Subquery
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import former
from inventory.columns import field_of, target_of
from inventory.computed.columns import Computed
from inventory.hooks import Panel
from inventory.lifecycle.fleet.odometer import log
from inventory.lifecycle.fleet.odometer.models import FIRST_METER, MeterEntry
from inventory.organization.models import Asker
from inventory.registers import Register

MONTHS = 12


def is_of_vehicles(register: Register) -> bool:
    return register.model is target_of(field_of(MeterEntry, "vehicle"))


def columns_of(register: Register) -> Iterator[Computed]:
    """The last good reading of a vehicle, and its day."""
    if is_of_vehicles(register):
        value = models.DecimalField(_("son okunan sayaç"), max_digits=10, decimal_places=1, null=True, blank=True)
        yield Computed(_named(value, "last_reading"), lambda day: Subquery(_newest(day).values("value")[:1]))
        on = models.DateField(_("son sayaç okuması"), null=True, blank=True)
        newest = "_on"
        yield Computed(
            _named(on, "last_reading_on"),
            lambda day: Subquery(_newest(day).annotate(**{newest: TruncDate("at")}).values(newest)[:1]),
        )


def _newest(day: dt.date | None) -> models.QuerySet[MeterEntry]:
    return log.newest(former.end_of(day) if day else None)


def _named(field: models.Field[Any, Any], name: str) -> models.Field[Any, Any]:
    field.name = field.attname = field.column = name
    return field


@dataclass(frozen=True)
class Month:
    """The way come in a month, since the last reading before it; None without a reading."""

    first: dt.date
    way: Decimal | None


def months(vehicle: int, today: dt.date) -> list[Month]:
    """The last twelve, the newest first: two queries."""
    start = dt.date(today.year - 1, today.month, 1)
    good = MeterEntry.objects.filter(vehicle=vehicle, meter=FIRST_METER, suspicious=False)
    begins = dt.datetime.combine(start, dt.time())
    before = good.filter(at__lt=begins).aggregate(last=Max("total"))["last"]
    grouped = good.filter(at__gte=begins).annotate(month=TruncMonth("at", output_field=models.DateField()))
    found = {
        each["month"]: (each["first"], each["last"])
        for each in grouped.order_by().values("month").annotate(first=Min("total"), last=Max("total"))
    }
    made = []
    for number in range(MONTHS + 1):
        month = dt.date(start.year + (start.month - 1 + number) // 12, (start.month - 1 + number) % 12 + 1, 1)
        first, last = found.get(month, (None, None))
        made.append(Month(month, None if last is None else last - (first if before is None else before)))
        before = before if last is None else last
    return made[:0:-1]


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    """Beside a vehicle: its last reading and the way of each month; nothing before its first reading."""
    if not is_of_vehicles(register):
        return None
    own = MeterEntry.objects.filter(vehicle=row.pk)
    last = log.last_of([row.pk]).first()
    suspicious = own.filter(suspicious=True).count()
    if last is None and not suspicious:
        return None
    ways = months(row.pk, timezone.localdate())
    context = {
        "vehicle": row,
        "last": last,
        "suspicious": suspicious,
        "months": ways if any(month.way is not None for month in ways) else (),
        "behind": last is not None and row.meter is not None and row.meter < last.value,
    }
    return Panel("fleet/_meters.html", context)
