"""An indicator's figure of a year, from live rows or from those of a past day: what was counted, of how many, which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.calendar import working_time
from inventory.indicators import rules
from inventory.indicators.measures import Measure
from inventory.indicators.models import Indicator, YearFigure
from inventory.indicators.rules import Period, Unreadable
from inventory.listing.address import Listing
from inventory.organization.models import Asker


@dataclass(frozen=True)
class Part:
    """A month, or the whole of what is counted at once."""

    period: Period
    #: How many are counted, or the sum of days; `of` is what they are divided by, None where nothing is.
    numerator: int
    of: int | None
    excluded: int = 0
    rows_url: str = ""
    of_url: str = ""
    is_percent: bool = False

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.numerator) if self.of is None else _ratio(self.numerator, self.of, percent=self.is_percent)


@dataclass
class Figure:
    """A year of an indicator; `value` is None where there is nothing to say, which is not 0."""

    indicator: Indicator
    year: int
    as_of: dt.date | None
    parts: list[Part] = field(default_factory=list)
    #: Why there is no figure.
    missing: str = ""
    target: Decimal | None = None
    printed: YearFigure | None = None
    #: Whether the reader sees only some of the rows that are counted.
    partial: bool = False

    @property
    def is_percent(self) -> bool:
        return self.indicator.measure in (Measure.RATE, Measure.WITHIN)

    @property
    def numerator(self) -> int | None:
        return sum(part.numerator for part in self.parts) if self.parts else None

    @property
    def denominator(self) -> int | None:
        return sum(part.of or 0 for part in self.parts) if any(p.of is not None for p in self.parts) else None

    @property
    def excluded(self) -> int:
        return sum(part.excluded for part in self.parts)

    @property
    def value(self) -> Decimal | None:
        """Of months the mean of those that have one, as the programme's monthly units say."""
        values = [v for part in self.parts if (v := part.value) is not None]
        return (sum(values, Decimal()) / len(values)).quantize(Decimal("0.01")) if values else None

    @property
    def pooled(self) -> Decimal | None:
        """All months as one; None where that is the value itself."""
        if not self.indicator.monthly or self.denominator is None or self.numerator is None:
            return None
        return _ratio(self.numerator, self.denominator, percent=self.is_percent)

    @property
    def is_reached(self) -> bool | None:
        if self.value is None or self.target is None or self.is_running:
            return None
        return self.value >= self.target if self.indicator.better == Indicator.Better.UP else self.value <= self.target

    @property
    def is_running(self) -> bool:
        """Whether the year goes on: a count has not come to its end yet, nor has a time that may still grow."""
        return (self.as_of or timezone.localdate()) < dt.date(self.year, 12, 31)

    @property
    def rows_url(self) -> str:
        """The rows of the whole period: what is divided by, else what is counted."""
        return next((part.of_url or part.rows_url for part in self.parts[:1]), "") if len(self.parts) == 1 else ""


def _ratio(numerator: int, of: int, *, percent: bool) -> Decimal | None:
    return (Decimal(numerator) * (100 if percent else 1) / of).quantize(Decimal("0.01")) if of else None


def figures(indicators: Iterable[Indicator], year: int, user: Asker, as_of: dt.date | None = None) -> Iterator[Figure]:
    """The figures of a year, as they stand now or at the end of a day in it or after it."""
    indicators = list(indicators)
    calendar = working_time.load()
    printed = {row.indicator_id: row for row in YearFigure.objects.filter(year=year, indicator__in=indicators)}
    for indicator in indicators:
        row = printed.get(indicator.pk)
        figure = Figure(indicator, year, as_of, target=row.target if row else None, printed=row)
        try:
            figure.parts = list(_parts(indicator, year, user, as_of, calendar))
            figure.partial = bool(figure.parts) and not rules.sees_everything(indicator, user)
        except (Unreadable, working_time.Unknown) as error:
            figure.missing = str(error)
        if not figure.parts and not figure.missing:
            figure.missing = _("Kuralı yazılmamış.") if not indicator.counted else _("Bu yıl henüz başlamadı.")
        yield figure


def _parts(
    indicator: Indicator, year: int, user: Asker, as_of: dt.date | None, calendar: working_time.Calendar
) -> Iterator[Part]:
    if not indicator.counted:
        return
    if not rules.may_see(indicator, user):
        raise Unreadable(_("Bu göstergenin kayıtlarını görme yetkiniz yok."))
    for period in _periods(year, as_of, monthly=indicator.monthly):
        counted = rules.listing(indicator.counted, user, period)
        if counted.not_kept_before:
            raise Unreadable(counted.not_kept)
        yield _MEASURES[Measure(indicator.measure)](indicator, counted, user, period, calendar)


def _periods(year: int, as_of: dt.date | None, *, monthly: bool) -> Iterator[Period]:
    """The year, or its months, as far as they have begun."""
    today = as_of or timezone.localdate()
    starts = [dt.date(year, month, 1) for month in range(1, 13)] if monthly else [dt.date(year, 1, 1)]
    ends = [*(first - dt.timedelta(1) for first in starts[1:]), dt.date(year, 12, 31)]
    for first, last in zip(starts, ends, strict=True):
        if first <= today:
            yield Period(first, last, as_of)


def _count(indicator: Indicator, counted: Listing, user: Asker, period: Period, _calendar: object) -> Part:
    return Part(period, counted.matching.count(), None, rows_url=rules.address(counted))


def _rate(indicator: Indicator, counted: Listing, user: Asker, period: Period, _calendar: object) -> Part:
    base = rules.listing(indicator.base, user, period)
    return Part(
        period,
        counted.matching.count(),
        base.matching.count(),
        rows_url=rules.address(counted),
        of_url=rules.address(base),
        is_percent=True,
    )


def _within(
    indicator: Indicator, counted: Listing, user: Asker, period: Period, calendar: working_time.Calendar
) -> Part:
    """One that has not ended is late once its time is over; until then nothing can be said of it."""
    most, today = indicator.within or 0, period.as_of or timezone.localdate()
    in_time, late, open_ = 0, 0, 0
    for begins, ends in _dates(indicator, counted):
        days = calendar.working_days_between(begins, ends or today) if begins else 0
        if begins is None or (ends is None and days <= most):
            open_ += 1
        elif ends is not None and days <= most:
            in_time += 1
        else:
            late += 1
    return Part(period, in_time, in_time + late, open_, of_url=rules.address(counted), is_percent=True)


def _mean(indicator: Indicator, counted: Listing, user: Asker, period: Period, calendar: working_time.Calendar) -> Part:
    days, lacking = [], 0
    for begins, ends in _dates(indicator, counted):
        if begins is None or ends is None:
            lacking += 1
        else:
            days.append(calendar.working_days_between(begins, ends))
    return Part(period, sum(days), len(days), lacking, of_url=rules.address(counted))


def _dates(indicator: Indicator, counted: Listing) -> Iterator[tuple[dt.date | None, dt.date | None]]:
    for begins, ends in counted.matching.values_list(indicator.begins, indicator.ends).iterator(chunk_size=2_000):
        yield _day(begins), _day(ends)


def _day(moment: dt.date | None) -> dt.date | None:
    return moment.date() if isinstance(moment, dt.datetime) else moment


_MEASURES: dict[Measure, Callable[..., Part]] = {
    Measure.COUNT: _count,
    Measure.RATE: _rate,
    Measure.WITHIN: _within,
    Measure.DAYS: _mean,
}
