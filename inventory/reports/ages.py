"""How old the equipment is, by the day of acquisition."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access, former, registers
from inventory.models import GONE, IN_SERVICE
from inventory.organization.models import Unit
from inventory.trees import below

# Whole years: (from, to); the last is open.
SPANS: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 2), (3, 4), (5, 7), (8, 10), (11, None))


@dataclass(frozen=True)
class Age:
    """A span of ages: its name, the number of devices, the address of their list."""

    name: str
    count: int
    url: str


def equipment_ages(user, as_of: dt.date | None = None, unit: Unit | None = None) -> list[Age]:
    """The devices in service that the user may see, by age on the day (today without one), in one query.

    A device whose day of acquisition is not known stands in a line of its own, so the counts add up to the list.
    """
    register = registers.get("equipment")
    then = (former.as_of(register.model, as_of), former.end_of(as_of)) if as_of else ()
    rows = access.visible_to(register, user, *then).exclude(status__in=GONE)
    query = QueryDict(mutable=True)
    query.setlist("status", IN_SERVICE)
    if unit:
        below_unit = Q(responsible_unit__in=Unit.objects.filter(below([unit])))
        rows = rows.filter(former.below_then("responsible_unit", [unit]) if as_of else below_unit)
        query["responsible_unit"] = str(unit.pk)
    if as_of:
        query["as_of"] = f"{as_of:%d.%m.%Y}"
    spans = _spans(as_of or timezone.localdate())
    counts = rows.aggregate(**{f"n{i}": Count("pk", filter=condition) for i, (_n, condition, _f) in enumerate(spans)})
    ages = []
    for place, (name, _condition, narrowed) in enumerate(spans):
        asked = query.copy()
        asked.update(narrowed)
        ages.append(Age(name, counts[f"n{place}"], f"{reverse('register-list', args=[register])}?{asked.urlencode()}"))
    return ages


def _spans(day: dt.date) -> list[tuple[str, Q, dict[str, str]]]:
    """Name, condition, and the list's filter that says the same."""
    made = []
    for low, high in SPANS:
        condition, narrowed = Q(acquired_on__isnull=False), {}
        # What is dated after the day counts as new.
        if low:
            last = _years_before(day, low)
            condition &= Q(acquired_on__lte=last)
            narrowed["acquired_on_to"] = f"{last:%d.%m.%Y}"
        if high is not None:
            first = _years_before(day, high + 1) + dt.timedelta(days=1)
            condition &= Q(acquired_on__gte=first)
            narrowed["acquired_on_from"] = f"{first:%d.%m.%Y}"
        made.append((_span_name(low, high), condition, narrowed))
    made.append((_("Edinme tarihi yazılmamış"), Q(acquired_on__isnull=True), {"acquired_on_blank": "yes"}))
    return made


def _span_name(low: int, high: int | None) -> str:
    if high is None:
        return _("%(low)d yıl ve üstü") % {"low": low}
    if not high:
        return _("1 yıldan yeni")
    return _("%(low)d–%(high)d yıl") % {"low": low, "high": high}


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
