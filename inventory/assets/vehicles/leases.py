"""The states of a lease contract, and what is hardly right about its lines: a vehicle that is the municipality's own or
gone, two leases at one time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.assets.vehicles.models import LeasedVehicle, LeaseState, Ownership
from inventory.editing.doubts import Case, Doubt, Limits, shown
from inventory.flows.declared import Flow, Step
from inventory.models import GONE

DRAFT, RUNNING, ENDED, CLOSED = LeaseState

# Which vehicle is leased on which day follows from the dates of the lines, whatever the contract's state. No step has
# an effect on them: a line has an end from the beginning, and a contract does not end before its lines do.
FLOW = Flow(
    column="state",
    # One that was already in force when it came into the register begins so.
    first=(DRAFT, RUNNING),
    waiting=(DRAFT, ENDED),
    steps=(
        Step(
            name="run",
            label=gettext_lazy("Yürürlüğe al"),
            source=(DRAFT,),
            target=RUNNING,
            needs=("number", "contractor", "signed_on", "starts_on", "ends_on"),
        ),
        Step(name="end", label=gettext_lazy("Sona erdir"), source=(RUNNING,), target=ENDED, needs=("ends_on",)),
        Step(name="close", label=gettext_lazy("Kapat"), source=(ENDED,), target=CLOSED, level="manage"),
        Step(name="redraft", label=gettext_lazy("Taslağa geri al"), source=(RUNNING,), target=DRAFT),
        Step(name="resume", label=gettext_lazy("Yürürlüğe geri al"), source=(ENDED,), target=RUNNING),
        Step(name="reopen", label=gettext_lazy("Yeniden aç"), source=(CLOSED,), target=ENDED, level="manage"),
    ),
)


def _hardly_leased(case: Case, limits: Limits) -> str | None:
    vehicle = case.row.vehicle if case.row.vehicle_id else None
    if vehicle is None:
        return None
    if vehicle.ownership != Ownership.LEASED:
        return _("%(vehicle)s kiralık değil, belediyenin aracı olarak kayıtlı.") % {"vehicle": vehicle}
    if vehicle.status in GONE:
        values = {"vehicle": vehicle, "status": vehicle.get_status_display()}
        return _("%(vehicle)s hizmette değil (%(status)s).") % values
    return None


@dataclass(frozen=True)
class _AtOneTime:
    """Two lines of one vehicle whose days overlap; those of one chunk of a sheet are compared with each other, too."""

    columns: tuple[str, ...] = ("vehicle", "starts_on", "ends_on", "contract")

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        lines: dict[int, list[LeasedVehicle]] = defaultdict(list)
        new = {case.row.pk for case in cases if case.row.pk}
        cases = [case for case in cases if case.row.vehicle_id]
        vehicles = {case.row.vehicle_id for case in cases}
        stored = LeasedVehicle.objects.filter(vehicle__in=vehicles).exclude(pk__in=new).select_related("contract")
        for line in (*stored, *(case.row for case in cases if _dated(case.row))):
            lines[line.vehicle_id].append(line)
        for case in cases:
            row = case.row
            rivals = [line for line in lines[row.vehicle_id] if line is not row and _dated(row) and _overlap(line, row)]
            if rivals:
                values = {"vehicle": row.vehicle, "other": rivals[0].contract, "from": shown(rivals[0].starts_on)}
                values["to"] = shown(rivals[0].ends_on)
                yield case, _("%(vehicle)s bu günlerde %(other)s ile de kiralanmış (%(from)s – %(to)s).") % values


def _dated(row: LeasedVehicle) -> bool:
    return isinstance(row.starts_on, dt.date) and isinstance(row.ends_on, dt.date)


def _overlap(one: LeasedVehicle, other: LeasedVehicle) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _ended_before_its_end(case: Case, limits: Limits) -> str | None:
    row = case.row
    if row.state not in (ENDED, CLOSED) or not isinstance(row.ends_on, dt.date) or row.ends_on <= limits.today:
        return None
    message = _(
        "Bitiş günü %(day)s henüz gelmedi. Sözleşme erken bittiyse “Değiştir” sayfasında kendisinin ve araçlarının "
        "bitişini düzeltiniz."
    )
    return message % {"day": shown(row.ends_on)}


ENDED_EARLY = Doubt(("state", "ends_on"), _ended_before_its_end)
HARDLY_LEASED = Doubt(("vehicle",), _hardly_leased)
AT_ONE_TIME = _AtOneTime()
