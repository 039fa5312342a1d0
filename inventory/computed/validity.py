"""What is valid on a day, as expressions over a list's query: one query for a hundred rows or a million.

Each expression is of one day: today, with the tables; a past day, with their histories as of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Least
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import former, registers
from inventory.computed.declared import Until, Validity
from inventory.models import GONE, Asset
from inventory.registers import Register

SOON = dt.timedelta(days=30)
DAY = dt.timedelta(days=1)
#: The last day that has a day after it.
_LAST = dt.date.max - DAY


class State(TextChoices):
    """What a day means for an item or a record; the empty one says that nothing is asked."""

    OVERDUE = "overdue", _("Süresi geçmiş")
    MISSING = "missing", _("Eksik")
    SOON = "soon", _("Yaklaşıyor")
    VALID = "valid", _("Geçerli")
    FUTURE = "future", _("Henüz başlamadı")
    ENDED = "ended", _("Sona erdi")
    NO_RESULT = "no_result", _("Geçerli değil")


#: The states that ask somebody to do something, the most urgent first.
ASKING = (State.OVERDUE, State.MISSING, State.SOON)


def rows_of(register: Register, day: dt.date | None) -> QuerySet[Any]:
    """The register's rows now, or as they stood at the end of a day."""
    return former.as_of(register.model, day) if day else register.model._default_manager.all()


@dataclass(frozen=True, eq=False)
class Records:
    """A register's records that hold at all, as they stood on the day; `day`: None is now."""

    register: Register
    day: dt.date | None

    @property
    def validity(self) -> Validity:
        return _declared(self.register)

    @cached_property
    def on(self) -> dt.date:
        """The day that the states speak of."""
        return self.day or timezone.localdate()

    def of_item(self, item: OuterRef, **series: object) -> QuerySet[Any]:
        """Those of one item and kind, for a subquery of the list."""
        rows = rows_of(self.register, self.day).filter(**{self.validity.of: item}, **series)
        return rows.filter(self.counted())

    def counted(self) -> Q:
        unknown = ("",) if self.day else ()
        return Q(*(Q(**{f"{name}__in": (*values, *unknown)}) for name, values in self.validity.counts.items()))

    def begun(self) -> Q:
        """Without a first day a row has always held."""
        begins = self.validity.begins
        return Q(**{f"{begins}__lte": self.on}) | Q(**{f"{begins}__isnull": True}) if begins else Q()

    def holding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(self.begun(), **{f"{self.validity.ends}__gte": self.on})

    def lapsed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(self.begun(), **{f"{self.validity.ends}__lt": self.on})

    def until(self, item: OuterRef, **series: object) -> Expression:
        """The day until which the item has a record without a gap; where none holds, the day on which the last ended;
        NULL where none has begun."""
        ends, rows = self.validity.ends, self.of_item(item, **series)
        last = Subquery(self.lapsed(rows).order_by(f"-{ends}").values(ends)[:1], output_field=DateField())
        chain = self._ending(rows, series).order_by(ends).values(ends)[:1]
        return Case(When(Exists(self.holding(rows)), then=Subquery(chain)), default=last, output_field=DateField())

    def runs_out(self, item: OuterRef, **series: object) -> Q:
        """Of an item for which a record holds: whether `until` is near."""
        ending = self._ending(self.of_item(item, **series), series)
        return Q(Exists(ending.filter(**{f"{self.validity.ends}__lte": self.on + SOON})))

    def _ending(self, rows: QuerySet[Any], series: dict[str, object]) -> QuerySet[Any]:
        """Those after which there is a gap, from the day on: the first of them is the end of what holds."""
        return rows.filter(~Exists(self._going_on(series)), **{f"{self.validity.ends}__gte": self.on})

    def _going_on(self, series: dict[str, object]) -> QuerySet[Any]:
        """The records that go on where the outer one ends."""
        ends, begins = self.validity.ends, self.validity.begins
        again = {name: OuterRef(name) if name == self.validity.series else value for name, value in series.items()}
        rows = self.of_item(OuterRef(self.validity.of), **again).filter(**{f"{ends}__gt": OuterRef(ends)})
        # After the last day of all nothing goes on, and SQLite would fail at the day after it.
        end = Least(OuterRef(ends), Value(_LAST), output_field=DateField())
        return rows.filter(**{f"{begins}__lte": end + DAY}) if begins else rows


def until(register: Register, one: Until, day: dt.date | None) -> Expression:
    """`<name>_until` of an item."""
    return Records(register, day).until(OuterRef("id"), **_kinds(register, one))


def due(register: Register, one: Until, day: dt.date | None) -> Expression:
    """`<name>_due` of an item: a `State`, or "" where nothing is asked."""
    records, item, series = Records(register, day), OuterRef("id"), _kinds(register, one)
    rows = records.of_item(item, **series)
    holds, lapsed = Q(Exists(records.holding(rows))), Q(Exists(records.lapsed(rows)))
    whens = [When(~_asking(item_of(register)), then=Value(""))]
    if one.overdue is not None:
        whens += [When(holds & one.overdue & records.runs_out(item, **series), then=Value(State.SOON))]
    whens += [When(holds, then=Value(State.VALID))]
    if one.overdue is not None:
        whens += [When(lapsed & one.overdue, then=Value(State.OVERDUE))]
    if one.missing is not None:
        whens += [When(_met(one.missing), then=Value(State.MISSING))]
    # Where whatever has lapsed is overdue, nothing is left that has ended.
    whens += [When(lapsed, then=Value(State.ENDED))] if one.overdue != Q() else []
    return Case(*whens, default=Value(""), output_field=CharField())


def item_of(register: Register) -> Register:
    """The register of the items whose records these are; the register itself where a row speaks of itself."""
    of = _declared(register).of
    return registers.serving(register.column(of).target) if of else register


def _declared(register: Register) -> Validity:
    if register.validity is None:
        raise TypeError(f"{register}: its rows do not hold for a time")
    return register.validity


def _kinds(register: Register, one: Until) -> dict[str, object]:
    return {f"{_declared(register).series}__in": one.kinds} if one.kinds else {}


def _met(condition: Q | None) -> Q:
    """The condition of a declaration: None is no row, an empty one every row."""
    nothing = Q(pk__in=[])
    return nothing if condition is None else condition or ~nothing


def _asking(items: Register) -> Q:
    """The items that anything is asked of: those in service."""
    return ~Q(status__in=GONE) if issubclass(items.model, Asset) else ~Q(pk__in=[])


def state(register: Register, day: dt.date | None, ends: str = "") -> Expression:
    """`due` of a record, or of an item that holds its own last day; `ends`: of another day that it holds."""
    records, validity = Records(register, day), _declared(register)
    ends = ends or validity.ends
    over = Q(**{f"{ends}__lt": records.on})
    soon = Q(**{f"{ends}__gte": records.on, f"{ends}__lte": records.on + SOON})
    asked = asks(register, day)
    overdue = asked if validity.of else _met(validity.overdue)
    whens = [When(Q(**{f"{name}__in": values}), then=Value(State.ENDED)) for name, values in validity.ended.items()]
    whens += [When(~records.counted(), then=Value(State.NO_RESULT))] if validity.counts else []
    # A row of which nothing is asked any more, such as a fine that is paid, does not come near either.
    near = soon & asked if validity.of or validity.overdue is None else soon & asked & _met(validity.overdue)
    whens += [When(near, then=Value(State.SOON))]
    whens += [When(~records.begun(), then=Value(State.FUTURE))] if validity.begins else []
    return Case(
        *whens,
        When(over & asked & overdue, then=Value(State.OVERDUE)),
        When(over, then=Value(State.ENDED)),
        When(Q(**{f"{ends}__isnull": True}), then=Value("")),
        default=Value(State.VALID),
        output_field=CharField(),
    )


def asks(register: Register, day: dt.date | None) -> Q:
    """Of a record, or of an item that holds its own last day: whether its end asks for another at all."""
    records, validity = Records(register, day), _declared(register)
    if not validity.of:
        return _asking(register)
    series = {validity.series: OuterRef(validity.series)} if validity.series else {}
    is_last = Q(Exact(records.until(OuterRef(validity.of), **series), F(validity.ends)))
    return is_last & _item_asks(register, day)


def asks_for(register: Register, one: Until) -> Q:
    """Of an item: whether the end of `<name>_until` asks for another record."""
    return _asking(item_of(register)) & _met(one.overdue)


def _item_asks(register: Register, day: dt.date | None) -> Q:
    """Whether the record's item is one that is overdue once its last record of this kind has ended."""
    validity, items = _declared(register), item_of(register)
    rows = rows_of(items, day).filter(_asking(items), id=OuterRef(validity.of))
    asks = Q(Exists(rows))
    for one in validity.beside:
        if one.overdue != Q():
            of_kind = Q(**{f"{validity.series}__in": one.kinds}) if one.kinds else ~Q(pk__in=[])
            asks &= ~of_kind | Q(Exists(rows.filter(_met(one.overdue))))
    return asks
