"""The log in order of time: which readings are good, and how far a vehicle has come by each.

A reading is judged by the last good one before it. So a change is judged from there on, and only as far as the next
good reading that it leaves as it was: what a write costs does not grow with the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Min, OuterRef, QuerySet, Subquery

from inventory.columns import field_of, target_of
from inventory.lifecycle.fleet.odometer.models import FIRST_METER, MeterEntry, Unit
from inventory.many import chunked, insert
from inventory.models import Limit

_Key = tuple[int, int]  # vehicle, meter
_Span = tuple[dt.datetime, dt.datetime]
_DAY = 86_400
# Meters whose readings are fetched in one query.
_CHUNK = 1_000
_EVER = dt.datetime.combine(dt.date(9000, 1, 1), dt.time())
_JUDGED, _PK = ["total", "suspicious"], ["pk"]
#: The code of the limit that says how much a meter rises in a day at most.
A_DAY = {Unit.KM: "meter-km-a-day", Unit.HOURS: "meter-hours-a-day", Unit.VOYAGES: "meter-voyages-a-day"}


class Good(NamedTuple):
    """A reading by which the next one is judged."""

    at: dt.datetime
    value: Decimal
    total: Decimal


def limits() -> dict[str, Decimal]:
    return dict(Limit.objects.filter(code__in=A_DAY.values()).values_list("code", "value"))


def too_much(unit: str, last: Good, at: dt.datetime, value: Decimal, most: Mapping[str, Decimal]) -> Decimal | None:
    """The limit that a rise since the last reading exceeds; within one day as in a whole one."""
    a_day = most.get(A_DAY[Unit(unit)])
    seconds = max(int((at - last.at).total_seconds()), _DAY)
    return a_day if a_day is not None and (value - last.value) * _DAY > a_day * seconds else None


def add(entries: Sequence[MeterEntry]) -> None:
    """Take new readings into the log, in the caller's transaction."""
    for part in chunked(entries, _CHUNK):
        units = _hold({entry.vehicle_id for entry in part})
        for entry in part:
            entry.value = Decimal(entry.value)
            entry.unit = entry.unit or units[entry.vehicle_id]
        judge({key: (own[0].at, own[-1].at) for key, own in _grouped(part)}, part)


def remove(entries: QuerySet[MeterEntry]) -> None:
    """Take readings out of the log, in the caller's transaction."""
    spans = entries.order_by().values_list("vehicle", "meter").annotate(first=Min("at"), last=Max("at"))
    gone = {(vehicle, meter): (first, last) for vehicle, meter, first, last in spans}
    if gone:
        _hold({vehicle for vehicle, _meter in gone})
        entries.delete()
        for part in chunked(gone.items(), _CHUNK):
            judge(dict(part), [])


def judge(spans: Mapping[_Key, _Span], new: Sequence[MeterEntry]) -> None:
    """Judge the readings of these meters that may be others now; `new` ones lie within the spans, and are written."""
    stored, fresh = dict(around(spans)), dict(_grouped(new))
    most = limits()
    differing: list[MeterEntry] = []
    further: dict[_Key, _Span] = {}
    for key, (first, last) in spans.items():
        own = stored.get(key, [])
        before = [entry for entry in own if entry.at < first and not entry.suspicious]
        later = sorted([*(entry for entry in own if entry.at >= first), *fresh.get(key, [])], key=_place)
        changed = list(judged(later, good(before[-1]) if before else None, most))
        differing += [entry for entry in changed if entry.pk]
        # The next good reading behind the span is another now, and so are those behind it.
        if any(entry.at > last for entry in changed if not entry.suspicious):
            further[key] = (max(entry.at for entry in later), _EVER)
    _update(differing)
    insert(new)
    if further:
        judge(further, [])


def judged(entries: Iterable[MeterEntry], last: Good | None, most: Mapping[str, Decimal]) -> Iterator[MeterEntry]:
    """Judge readings in order of time, after the last good one; yields those that are judged otherwise than before."""
    for entry in entries:
        before = entry.suspicious, entry.total
        if last is None:
            total = entry.value
        elif entry.replaced:
            total = last.total
        else:
            total = last.total + entry.value - last.value
        entry.suspicious = (
            last is not None
            and not entry.replaced
            and (entry.value < last.value or too_much(entry.unit, last, entry.at, entry.value, most) is not None)
        )
        entry.total = None if entry.suspicious else total
        last = last if entry.suspicious else Good(entry.at, entry.value, total)
        if before != (entry.suspicious, entry.total):
            yield entry


def good(entry: MeterEntry) -> Good:
    assert entry.total is not None
    return Good(entry.at, entry.value, entry.total)


def _update(entries: Sequence[MeterEntry]) -> None:
    # They are there and held, so nothing is created; bulk_update's CASE is searched anew for each row.
    MeterEntry.objects.bulk_create(entries, 500, update_conflicts=True, update_fields=_JUDGED, unique_fields=_PK)


def around(spans: Mapping[_Key, _Span]) -> Iterator[tuple[_Key, list[MeterEntry]]]:
    """Of each meter its readings in order: the last good one before the span, those within, and those behind it as far
    as the next good one."""
    table, field = connection.ops.quote_name(MeterEntry._meta.db_table), field_of(MeterEntry, "at")
    params: list[object] = []
    for first, last in spans.values():
        params += [field.get_db_prep_value(first, connection), field.get_db_prep_value(last, connection)]
    named = ", ".join(f"({vehicle:d}, {meter:d}, %s, %s)" for vehicle, meter in spans)
    good = f"FROM {table} AS good WHERE good.vehicle_id = span.v AND good.meter = span.m AND NOT good.suspicious"
    rows = MeterEntry.objects.raw(
        # Whole numbers stand in the statement itself, and moments are parameters.
        f"WITH span (v, m, first_at, last_at) AS (VALUES {named}) "  # noqa: S608
        f"SELECT entry.* FROM span JOIN {table} AS entry ON entry.vehicle_id = span.v AND entry.meter = span.m "
        f"AND (entry.at = (SELECT MAX(good.at) {good} AND good.at < span.first_at) OR (entry.at >= span.first_at "
        f"AND entry.at <= COALESCE((SELECT MIN(good.at) {good} AND good.at > span.last_at), %s)))",
        [*params, field.get_db_prep_value(_EVER, connection)],
    )
    return _grouped(rows)


def newest(end: dt.datetime | None = None) -> QuerySet[MeterEntry]:
    """The good readings of the vehicle of the outer query, before a moment, the newest first."""
    own = MeterEntry.objects.filter(vehicle=OuterRef("id"), meter=FIRST_METER, suspicious=False)
    return (own.filter(at__lt=end) if end else own).order_by("-at", "-total")


def last_of(vehicles: Iterable[int]) -> QuerySet[MeterEntry]:
    """The last good reading of each of these vehicles."""
    table: Any = target_of(field_of(MeterEntry, "vehicle"))._default_manager
    last = table.filter(pk__in=vehicles).annotate(_last=Subquery(newest().values("pk")[:1])).values("_last")
    return MeterEntry.objects.filter(pk__in=last)


def _hold(vehicles: Iterable[int]) -> dict[int, str]:
    """The units of vehicles whose log nobody else changes until the caller's transaction ends."""
    table: Any = target_of(field_of(MeterEntry, "vehicle"))._default_manager
    held = table.filter(pk__in=sorted(vehicles)).order_by("pk").select_for_update(no_key=True)
    return dict(held.values_list("pk", "meter_unit"))


@transaction.atomic
def rebuild(entries: Iterable[Sequence[MeterEntry]]) -> int:
    """Write the whole log anew of what all rows say; returns how many readings it has.

    On PostgreSQL writers wait meanwhile; on SQLite they always do.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(MeterEntry._meta.db_table)} IN EXCLUSIVE MODE")
    MeterEntry.objects.all().delete()
    for part in entries:
        add(part)
    return MeterEntry.objects.count()


def _place(entry: MeterEntry) -> tuple[object, ...]:
    """Of readings of one moment the old meter's comes first, then the lower one."""
    return entry.at, entry.replaced, entry.value, entry.register, entry.column, entry.row


def _grouped(entries: Iterable[MeterEntry]) -> Iterator[tuple[_Key, list[MeterEntry]]]:
    ordered = sorted(entries, key=lambda entry: (entry.vehicle_id, entry.meter, *_place(entry)))
    for key, own in groupby(ordered, key=lambda entry: (entry.vehicle_id, entry.meter)):
        yield key, list(own)
