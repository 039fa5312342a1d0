"""Which registers say what a meter showed, and how their rows reach the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inventory import registers
from inventory.hooks import Write
from inventory.lifecycle.fleet.odometer import log
from inventory.lifecycle.fleet.odometer.models import FIRST_METER, MeterEntry, Source
from inventory.many import by_id
from inventory.registers import Register


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The columns of a register's rows that say a reading; without `source` each row names its own."""

    register: Register
    vehicle: str
    at: str
    value: str
    source: Source | None
    unit: str
    meter: str
    replaced: str

    @property
    def columns(self) -> set[str]:
        return {self.vehicle, self.at, self.value, self.unit, self.meter, self.replaced} - {""}

    def entry(self, row: Any) -> MeterEntry | None:
        """The reading that a row says; 0 and blank are none."""
        vehicle, at, value = getattr(row, f"{self.vehicle}_id"), getattr(row, self.at), getattr(row, self.value)
        if vehicle is None or at is None or not value:
            return None
        return MeterEntry(
            vehicle_id=vehicle,
            at=at,
            value=value,
            meter=getattr(row, self.meter) if self.meter else FIRST_METER,
            unit=getattr(row, self.unit) if self.unit else "",
            source=self.source or row.source,
            replaced=getattr(row, self.replaced) if self.replaced else False,
            register=self.register.slug,
            column=self.value,
            row=row.pk,
        )


_feeds: dict[str, list[Feed]] = {}


def feed(
    slug: str,
    *,
    vehicle: str = "vehicle",
    at: str,
    value: str,
    source: Source | None,
    unit: str = "",
    meter: str = "",
    replaced: str = "",
) -> None:
    """Rows of the register carry a reading: called beside its declaration; raises KeyError for a name that is none."""
    register = registers.get(slug)
    made = Feed(
        register=register,
        vehicle=vehicle,
        at=at,
        value=value,
        source=source,
        unit=unit,
        meter=meter,
        replaced=replaced,
    )
    for name in made.columns:
        register.column(name)
    _feeds.setdefault(slug, []).append(made)


def of(register: Register) -> list[Feed]:
    return _feeds.get(register.slug, [])


def sources() -> list[Register]:
    """The registers whose rows carry a reading."""
    return [registers.get(slug) for slug in _feeds]


def enter(write: Write) -> None:
    """Follows rows that are new or were changed."""
    if feeds := [one for one in of(write.register) if one.columns & write.columns]:
        rows = write.objects or list(write.rows)
        log.add([entry for one in feeds for row in rows if (entry := one.entry(row))])


def leave(write: Write) -> None:
    """Follows rows that are about to change or to go."""
    if names := [one.value for one in of(write.register) if one.columns & write.columns]:
        log.remove(MeterEntry.objects.filter(register=write.register.slug, row__in=write.ids, column__in=names))


def every() -> Iterator[list[MeterEntry]]:
    """What all rows say, part by part."""
    for feeds in _feeds.values():
        for rows in by_id(feeds[0].register.model._default_manager.all()):
            yield [entry for one in feeds for row in rows if (entry := one.entry(row))]
