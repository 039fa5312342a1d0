"""What is hardly right about parts and checks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.editing.doubts import Case, Doubt, Limits, Rule, plain, to_come
from inventory.models import GONE


def _another_kind(case: Case, limits: Limits) -> str | None:
    row = case.row
    meant = row.kind.vehicle_kind if row.kind_id else None
    if meant is None or not row.vehicle_id or row.vehicle.kind.path.startswith(meant.path):
        return None
    values = {"vehicle": row.vehicle, "kind": row.vehicle.kind, "meant": meant, "check": row.kind}
    return _("%(vehicle)s türü %(kind)s; “%(check)s” %(meant)s için.") % values


def _left(case: Case, limits: Limits) -> str | None:
    vehicle = case.row.vehicle if case.row.vehicle_id else None
    if vehicle is None or vehicle.status not in GONE:
        return None
    values = {"vehicle": vehicle, "status": vehicle.get_status_display()}
    return _("%(vehicle)s hizmette değil (%(status)s).") % values


def _worn(case: Case, limits: Limits) -> str | None:
    tread, least = case.row.tread_mm, limits.get("tyre-tread-mm")
    if tread is None or least is None or case.row.kind != "tyre" or case.row.scrapped_on or tread >= least:
        return None
    values = {"tread": plain(tread), "least": plain(least)}
    return _("Diş derinliği %(tread)s mm; en az %(least)s mm olmalı.") % values


PART: tuple[Rule, ...] = (
    Doubt(("vehicle",), _left),
    Doubt(("tread_mm", "scrapped_on"), _worn),
    *(to_come(name) for name in ("mounted_on", "removed_on", "scrapped_on")),
)
CHECK: tuple[Rule, ...] = (Doubt(("vehicle",), _left), Doubt(("kind", "vehicle"), _another_kind), to_come("done_on"))
