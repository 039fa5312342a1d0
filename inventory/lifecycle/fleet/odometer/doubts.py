"""What is hardly right about a reading, of whatever register: it is lower than the one before, or too much higher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from inventory.columns import field_of, target_of
from inventory.editing.doubts import Case, Limits, Rule, plain
from inventory.lifecycle.fleet.odometer import feeds, log
from inventory.lifecycle.fleet.odometer.feeds import Feed
from inventory.lifecycle.fleet.odometer.models import MeterEntry
from inventory.registers import Register


def rules_of(register: Register) -> Sequence[Rule]:
    if register.model is target_of(field_of(MeterEntry, "vehicle")):
        return [_BehindItsLog()]
    return [_HardlyRead(one) for one in feeds.of(register)]


@dataclass(frozen=True)
class _HardlyRead:
    """A reading that the log will hold for suspicious, by what stands there now."""

    feed: Feed

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.feed.value, self.feed.vehicle, self.feed.at)

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        asked = [(case, entry) for case in cases if (entry := self.feed.entry(case.row)) and not entry.replaced]
        spans: dict[tuple[int, int], list] = defaultdict(list)
        for _case, entry in asked:
            spans[entry.vehicle_id, entry.meter].append(entry.at)
        stored = dict(log.around({key: (min(each), max(each)) for key, each in spans.items()})) if spans else {}
        for case, entry in asked:
            own = stored.get((entry.vehicle_id, entry.meter), [])
            rest = [one for one in own if (one.register, one.row) != (entry.register, entry.row)]
            good = [one for one in rest if one.at < entry.at and not one.suspicious]
            if good and (sentence := _sentence(entry, good[-1], limits)):
                yield case, sentence


def _sentence(entry: MeterEntry, last: MeterEntry, limits: Limits) -> str:
    values = {
        "now": plain(entry.value),
        "before": plain(last.value),
        "at": formats.date_format(last.at, "SHORT_DATETIME_FORMAT"),
    }
    if entry.value < last.value:
        return _("Sayaç %(now)s: önceki okumadan (%(at)s, %(before)s) düşük; şüpheli sayılır.") % values
    most = log.too_much(entry.unit or last.unit, log.good(last), entry.at, entry.value, limits)
    if most is None:
        return ""
    values["most"] = plain(most)
    return _("Sayaç %(now)s: önceki okumadan (%(at)s, %(before)s) sonra günde %(most)s sınırını aşıyor.") % values


@dataclass(frozen=True)
class _BehindItsLog:
    """What stands in the vehicle itself is lower than its last reading."""

    columns: tuple[str, ...] = ("meter",)

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        known = {case.row.pk for case in cases if case.row.pk and case.row.meter is not None}
        last = {one.vehicle_id: one for one in log.last_of(known)} if known else {}
        for case in cases:
            entry = last.get(case.row.pk)
            if entry is not None and case.row.meter is not None and case.row.meter < entry.value:
                at = formats.date_format(entry.at, "SHORT_DATETIME_FORMAT")
                values = {"now": plain(case.row.meter), "before": plain(entry.value), "at": at}
                yield case, _("Sayaç %(now)s: son okumadan (%(at)s, %(before)s) düşük.") % values
