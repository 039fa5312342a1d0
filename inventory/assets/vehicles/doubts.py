"""What is hardly right about a vehicle and its records; the limits are the users' (`data/limits.csv`)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.assets.vehicles.models import MeterUnit, Ownership
from inventory.editing.doubts import Case, Doubt, Limits, plain, shown, to_come
from inventory.models import GONE
from inventory.search import fold


def _model_year(case: Case, limits: Limits) -> str | None:
    year, this = case.row.model_year, limits.today.year
    first, ahead = limits.get("model-year-first"), limits.get("model-year-ahead")
    if year is None:
        return None
    if ahead is not None and year > this + ahead:
        return _("Model yılı %(year)d: bu yıldan %(ahead)d yıl sonra.") % {"year": year, "ahead": year - this}
    if first is not None and year < first:
        return _("Model yılı %(year)d: olağan dışı eski.") % {"year": year}
    return None


def _registered_before_it_was_built(case: Case, limits: Limits) -> str | None:
    day, year = case.row.first_registered_on, case.row.model_year
    # A model of next year is sold in this one.
    if not day or not year or day.year >= year - 1:
        return None
    values = {"day": shown(day), "year": year}
    return _("İlk tescil tarihi (%(day)s) model yılından (%(year)d) önce.") % values


def _registered_after_it_left(case: Case, limits: Limits) -> str | None:
    row = case.row
    if row.status not in GONE or not row.status_on or not row.first_registered_on:
        return None
    if row.first_registered_on <= row.status_on:
        return None
    values = {"day": shown(row.first_registered_on), "left": shown(row.status_on)}
    return _("İlk tescil tarihi (%(day)s) hizmetten çıkış tarihinden (%(left)s) sonra.") % values


def _meter(case: Case, limits: Limits) -> str | None:
    meter, before = case.row.meter, case.before.get("meter")
    if meter is None:
        return None
    same_unit = case.before.get("meter_unit", case.row.meter_unit) == case.row.meter_unit
    if isinstance(before, int | Decimal) and meter < before and same_unit:
        values = {"before": plain(before), "now": plain(meter)}
        return _("Sayaç geri gidiyor: %(before)s → %(now)s.") % values
    most = limits.get("vehicle-meter" if case.row.meter_unit == MeterUnit.KM else "vehicle-meter-hours")
    if most is not None and meter > most:
        return _("Sayaç %(now)s: %(most)s olağan sınırının üstünde.") % {"now": plain(meter), "most": plain(most)}
    return None


def _leased_car(case: Case, limits: Limits) -> str | None:
    """The circular on leased cars: passenger cars of at most 1,600 cc."""
    row, most = case.row, limits.get("leased-car-cc")
    if most is None or row.ownership != Ownership.LEASED or not row.engine_cc or row.engine_cc <= most:
        return None
    if row.kind_id is None or "binek" not in fold(row.kind.name):
        return None
    values = {"cc": plain(row.engine_cc), "most": plain(most)}
    return _("Kiralık binek otonun motor hacmi %(cc)s cm³: en çok %(most)s olabilir.") % values


def _longer(first: str, last: str, limit: str, sentence: Promise) -> Doubt:
    """From one day to another it is longer than the limit's years; `sentence` names the last day and the years."""

    def doubt(case: Case, limits: Limits) -> str | None:
        start, end, most = getattr(case.row, first), getattr(case.row, last), limits.get(limit)
        if not isinstance(start, dt.date) or not isinstance(end, dt.date) or most is None:
            return None
        # Two days of grace: a policy ends on the day on which it began, and years have a 29 February.
        if (end - start).days <= float(most) * 365.25 + 2:
            return None
        return sentence % {"end": shown(end), "most": plain(most)}

    return Doubt((last, first), doubt)


DONE = to_come("done_on")
VEHICLE = (
    to_come("first_registered_on"),
    to_come("council_decision_on"),
    Doubt(("model_year",), _model_year),
    Doubt(("first_registered_on", "model_year"), _registered_before_it_was_built),
    Doubt(("first_registered_on", "status_on", "status"), _registered_after_it_left),
    Doubt(("meter",), _meter),
    Doubt(("engine_cc", "ownership", "kind"), _leased_car),
)
INSPECTION = _longer(
    "done_on",
    "valid_until",
    "inspection-years",
    gettext_lazy("Geçerlilik sonu %(end)s: muayene en çok %(most)s yıl geçerli olur."),
)
INSURANCE = _longer(
    "starts_on", "ends_on", "insurance-years", gettext_lazy("Bitiş %(end)s: poliçe en çok %(most)s yıl sürer.")
)
LEASE = _longer(
    "starts_on", "ends_on", "lease-years", gettext_lazy("Bitiş %(end)s: sözleşme en çok %(most)s yıl sürer.")
)
