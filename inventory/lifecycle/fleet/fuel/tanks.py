"""What a tank holds by the books, and how far that was from what was measured last."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory import former
from inventory.computed.columns import Computed
from inventory.lifecycle.fleet.fuel.models import FuelFill, TankMovement
from inventory.search import Term

_Litres = models.DecimalField(max_digits=14, decimal_places=4)


def _field(name: str, label: Any) -> models.Field[Any, Any]:
    field = models.DecimalField(label, max_digits=14, decimal_places=4, null=True, blank=True)
    field.name = field.attname = field.column = name
    return field


def _rows(model: type[models.Model], day: dt.date | None) -> models.QuerySet[Any]:
    return former.as_of(model, day) if day else model._default_manager.all()


def _sum(rows: models.QuerySet[Any]) -> Term:
    """Of the rows of one tank, as a value of the outer query; 0 where there is none."""
    summed = rows.order_by().values("tank").annotate(_sum=Sum("litres")).values("_sum")
    return Coalesce(Subquery(summed, output_field=_Litres), Value(Decimal(0)), output_field=_Litres)


def _flow(day: dt.date | None, tank: Any, until: Any = None) -> Term:
    """What came into the tank, less what was filled from it."""
    came = _rows(TankMovement, day).filter(tank=tank, kind=TankMovement.Kind.DELIVERY)
    went = _rows(FuelFill, day).filter(tank=tank)
    if until is not None:
        came, went = came.filter(at__lte=until), went.filter(filled_at__lte=until)
    return _sum(came) - _sum(went)


def _book(day: dt.date | None) -> Term:
    return _flow(day, OuterRef("id"))


def _levels(day: dt.date | None) -> models.QuerySet[Any]:
    levels = _rows(TankMovement, day).filter(tank=OuterRef("id"), kind=TankMovement.Kind.LEVEL)
    return levels.order_by("-at", "-id")


def _measured(day: dt.date | None) -> Term:
    return Subquery(_levels(day).values("litres")[:1], output_field=_Litres)


def _difference(day: dt.date | None) -> Term:
    """What was measured last, less what the books said at that moment."""
    there = _flow(day, OuterRef("tank"), OuterRef("at"))
    levels = _levels(day).annotate(_difference=F("litres") - there)
    return Subquery(levels.values("_difference")[:1], output_field=_Litres)


COLUMNS = (
    Computed(_field("book_level", _("defterdeki miktar (litre)")), _book),
    Computed(_field("measured_level", _("son ölçülen (litre)")), _measured),
    Computed(_field("level_difference", _("ölçümle fark (litre)")), _difference),
)
