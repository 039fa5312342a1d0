"""Sums of lines, as columns beside the list of the rows whose lines they are."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Func, OuterRef, Subquery
from django.db.models.functions import Cast, Round

from inventory.computed.declared import Total
from inventory.computed.validity import rows_of
from inventory.registers import Register
from inventory.search import Term


def field_of(register: Register, one: Total) -> models.Field[Any, Any]:
    field = copy.copy(register.column(one.column).field)
    field.verbose_name, field.null, field.blank, field.help_text = one.label, True, True, ""
    return field


def total(register: Register, one: Total, day: dt.date | None) -> Term:
    """NULL where a row has no lines that say anything."""
    field = register.column(one.column).field
    lines = rows_of(register, day).filter(**{register.line_of: OuterRef("id")})
    # As a plain function, all lines of the row are one group. SQLite adds as floating point: rounded, that is exact as
    # long as the sum has no more than 15 digits; without the cast it would compare it with a number as with a text.
    added = Func(F(one.column), function="SUM", output_field=field)
    added = Cast(Round(added, register.column(one.column).places), field)
    return Subquery(lines.order_by().annotate(_total=added).values("_total"), output_field=field)
