"""What is hardly right about a fill: its amount, its lack of a vehicle."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.editing.doubts import Case, Doubt, Limits, plain


def _amount(case: Case, limits: Limits) -> str | None:
    """The amount beside litres and price, and either beside the discount: files write it with and without."""
    row, most = case.row, limits.get("fuel-amount")
    if row.amount is None or row.unit_price is None or row.litres is None or most is None:
        return None
    full = row.litres * row.unit_price
    nearest = min((full, full - (row.discount or 0)), key=lambda expected: abs(expected - row.amount))
    if abs(nearest - row.amount) <= most:
        return None
    values = {"amount": plain(row.amount), "expected": plain(round(nearest, 2))}
    return _("Tutar %(amount)s TL: litre ile birim fiyatın çarpımı %(expected)s TL.") % values


def _no_vehicle(case: Case, limits: Limits) -> str | None:
    if case.row.vehicle_id is not None:
        return None
    return _("Araç bulunamadı; satır eşleşmeyenler arasında bekler, toplamlara girer.")


def _more_than_it_holds(case: Case, limits: Limits) -> str | None:
    capacity = case.row.tank.capacity if case.row.tank_id else None
    if capacity is None or case.row.litres is None or case.row.litres <= capacity:
        return None
    return _("%(litres)s litre: tank %(capacity)s litre alır.") % {
        "litres": plain(case.row.litres),
        "capacity": plain(capacity),
    }


AMOUNT = Doubt(("amount", "litres", "unit_price"), _amount)
NO_VEHICLE = Doubt(("vehicle", "plate_text"), _no_vehicle)
MORE_THAN_IT_HOLDS = Doubt(("litres", "tank"), _more_than_it_holds)
