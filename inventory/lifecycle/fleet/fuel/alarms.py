"""Fills that are worth a look, by rules that users switch and set ("Yakıt uyarıları").

A column of the list, computed in its own query: the first of the rules, in the order below, that a fill meets. The
vehicle and the calendar are those of today, on a past day too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from inventory.calendar.models import Day
from inventory.computed.columns import Computed
from inventory.lifecycle.fleet.fuel.models import Fuel, FuelAlarm, FuelFill
from inventory.models import GONE
from inventory.search import Term

#: What a fill meets, with the rule's figure.
Condition = Callable[[Decimal], Q]
_HYBRID, _BESIDE = "hybrid", (Fuel.ADBLUE, Fuel.OTHER)


class Alarm(models.TextChoices):
    RETIRED = "retired", _("Hizmet dışı araç")
    WRONG_FUEL = "wrong-fuel", _("Yanlış yakıt")
    TANK_SIZE = "tank-size", _("Depoya sığmaz")
    TWICE = "twice", _("Kısa sürede ikinci dolum")
    NO_WORK_DAY = "no-work-day", _("Tatil günü")


def _tank_size(more: Decimal) -> Q:
    most = ExpressionWrapper(
        F("vehicle__tank_litres") * (1 + more / 100), output_field=models.DecimalField(max_digits=14, decimal_places=4)
    )
    return Q(vehicle__tank_litres__isnull=False, litres__gt=most) & ~Q(fuel__in=_BESIDE)


def _twice(hours: Decimal) -> Q:
    """The fill just before it, by the index; not all that lie so near."""
    before = FuelFill.objects.filter(vehicle=OuterRef("vehicle")).exclude(fuel__in=_BESIDE)
    earlier = Q(filled_at__lt=OuterRef("filled_at")) | Q(filled_at=OuterRef("filled_at"), id__lt=OuterRef("id"))
    last = Subquery(before.filter(earlier).order_by("-filled_at").values("filled_at")[:1])
    until = ExpressionWrapper(last + dt.timedelta(hours=float(hours)), output_field=models.DateTimeField())
    return Q(GreaterThanOrEqual(until, F("filled_at"))) & ~Q(fuel__in=_BESIDE)


def _wrong_fuel(_figure: Decimal) -> Q:
    named = ~Q(fuel="") & ~Q(fuel__in=_BESIDE) & Q(vehicle__isnull=False)
    # A hybrid takes what its engine does, which nobody keeps.
    return named & ~Q(vehicle__fuel__in=("", _HYBRID)) & ~Q(vehicle__fuel=F("fuel"))


def _retired(_figure: Decimal) -> Q:
    left = Q(vehicle__status_on__isnull=True) | Q(filled_at__date__gt=F("vehicle__status_on"))
    return Q(vehicle__status__in=GONE) & left


def _no_work_day(_figure: Decimal) -> Q:
    by_kind: dict[str, Q] = defaultdict(lambda: Q(pk__in=[]))
    for day in Day.objects.all():
        if day.yearly:
            ends = Q() if day.yearly_until is None else Q(filled_at__date__lte=day.yearly_until)
            this = Q(filled_at__month=day.day.month, filled_at__day=day.day.day, filled_at__date__gte=day.day) & ends
        else:
            this = Q(filled_at__date=day.day)
        by_kind[day.kind] |= this
    closed = Q(filled_at__iso_week_day__in=(6, 7)) | by_kind[Day.Kind.HOLIDAY] | by_kind[Day.Kind.LEAVE]
    return closed & ~by_kind[Day.Kind.WORKING]


#: By code, in the order in which they are asked. Another app adds its own here, and its code to the list of rules.
CONDITIONS: dict[str, Condition] = {
    Alarm.RETIRED: _retired,
    Alarm.WRONG_FUEL: _wrong_fuel,
    Alarm.TANK_SIZE: _tank_size,
    Alarm.TWICE: _twice,
    Alarm.NO_WORK_DAY: _no_work_day,
}


def _alarm(_day: dt.date | None) -> Term:
    figures = dict(FuelAlarm.objects.filter(active=True).values_list("code", "figure"))
    cases = [
        When(met(figures[code] or Decimal(0)), then=Value(code)) for code, met in CONDITIONS.items() if code in figures
    ]
    if not cases:
        return Value("", output_field=models.CharField())
    return Case(*cases, default=Value(""), output_field=models.CharField())


_FIELD: models.Field = models.CharField(_("uyarı"), max_length=20, choices=Alarm, blank=True, default="")
_FIELD.name = _FIELD.attname = _FIELD.column = "alarm"
COLUMN = Computed(_FIELD, _alarm)
