"""Values that no rule forbids and that are hardly right: said, and saved all the same if the user says so.

A register declares its own (`Register.warnings`), each an object with `columns` and `look`; those of all registers
stand here. Forms, bulk edit and the check of a sheet ask `doubts`. How far a value may go is a row of the limits'
table, which users change; without its limit a doubt is silent.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from django.db import models
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from inventory import hooks
from inventory.models import GONE, Asset, Limit
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import capital


class Limits(dict[str, Decimal]):
    """A limit's code → its value; and the day on which rows are judged."""

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A row as it will be; its stored values by attribute name as they are (none of a new row); what changes."""

    row: Any
    before: Mapping[str, object]
    changed: Set[str]
    #: Who would write it: what she may not see is not named.
    user: Asker = None
    #: Columns whose cells could not be read: the row does not hold what was meant, so no rule that needs them is asked.
    failed: Set[str] = frozenset()


def case_of(row: models.Model, before: Mapping[str, object], user: Asker) -> Case:
    """The row as it will be, beside its stored values as they are."""
    now, fields = stored(row), row._meta.concrete_fields
    return Case(row, before, {f.name for f in fields if not before or before[f.attname] != now[f.attname]}, user)


class Doubted(NamedTuple):
    """A doubt about the case at `place` of those given; the sentence stands under `column`."""

    place: int
    column: str
    sentence: str


class Rule(Protocol):
    #: It is asked when one of these changes; an old row's oddities are not said at each of its changes.
    @property
    def columns(self) -> tuple[str, ...]: ...

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        """(case, sentence) for each that is doubted. All cases of a chunk at once, so that queries can be shared."""


@dataclass(frozen=True)
class Doubt:
    """About one row by itself."""

    columns: tuple[str, ...]
    sentence: Callable[[Case, Limits], str | Promise | None]

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        for case in cases:
            if sentence := self.sentence(case, limits):
                yield case, str(sentence)


def doubts(register: Register, cases: Sequence[Case]) -> list[Doubted]:
    """What is doubted about rows that are about to be written: one query for the limits, and those of the rules."""
    rules = [(rule, frozenset(rule.columns)) for rule in rules_of(register)]
    rules = [each for each in rules if any(not each[1].isdisjoint(case.changed) for case in cases)]
    if not rules:
        return []
    limits = Limits(Limit.objects.values_list("code", "value"))
    places, doubted = {case: place for place, case in enumerate(cases)}, []
    for rule, columns in rules:
        asked = [c for c in cases if not columns.isdisjoint(c.changed) and columns.isdisjoint(c.failed)]
        for case, sentence in rule.look(asked, limits) if asked else ():
            column = next(name for name in rule.columns if name in case.changed)
            doubted.append(Doubted(places[case], column, sentence))
    return sorted(doubted)


def concerns(register: Register, changed: Set[str]) -> bool:
    """Whether a change of these columns can be doubted at all."""
    return any(changed & set(rule.columns) for rule in rules_of(register))


def rules_of(register: Register) -> list[Rule]:
    dates = [column.name for column in register.all_columns() if column.type.is_dated]
    shared: list[Rule] = [_far_day(name) for name in dates]
    if issubclass(register.model, Asset):
        shared += [*(to_come(name) for name in ("acquired_on", "basis_on")), _left_before_it_came]
    return [*shared, *(rule for make in hooks.doubts for rule in make(register)), *register.warnings]


def stamp(sentences: Sequence[str]) -> str:
    """What the button "save all the same" says: just these have been read."""
    return hashlib.sha256("\n".join(sorted(sentences)).encode()).hexdigest()[:16]


def stored(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


# Those of all registers ------------------------------------------------------------------------------------


def _far_day(name: str) -> Doubt:
    """A year that was mistyped: 1204, 2204."""

    def sentence(case: Case, limits: Limits) -> str | None:
        day = getattr(case.row, name)
        first, ahead = limits.get("first-year"), limits.get("years-ahead")
        if not isinstance(day, dt.date):
            return None
        if (first is None or day.year >= first) and (ahead is None or day.year <= limits.today.year + ahead):
            return None
        values = {"column": capital(case.row._meta.get_field(name).verbose_name), "day": shown(day)}
        return _("%(column)s %(day)s: yıl olağan dışı.") % values

    return Doubt((name,), sentence)


def to_come(name: str) -> Doubt:
    """The day of something that has happened lies ahead."""

    def sentence(case: Case, limits: Limits) -> str | None:
        day = getattr(case.row, name)
        if not isinstance(day, dt.date) or (day.date() if isinstance(day, dt.datetime) else day) <= limits.today:
            return None
        values = {"column": capital(case.row._meta.get_field(name).verbose_name), "day": shown(day)}
        return _("%(column)s %(day)s: bu gün henüz gelmedi.") % values

    return Doubt((name,), sentence)


def _left(case: Case, limits: Limits) -> str | None:
    row = case.row
    if row.status not in GONE or not row.status_on or not row.acquired_on or row.acquired_on <= row.status_on:
        return None
    values = {"came": shown(row.acquired_on), "left": shown(row.status_on)}
    return _("Edinme tarihi (%(came)s) hizmetten çıkış tarihinden (%(left)s) sonra.") % values


_left_before_it_came = Doubt(("status_on", "acquired_on", "status"), _left)


def shown(day: dt.date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def plain(number: Decimal | int) -> str:
    """A number as the office writes it, without decimals that say nothing."""
    whole = number == int(number)
    return formats.number_format(int(number) if whole else number, use_l10n=True, force_grouping=True)
