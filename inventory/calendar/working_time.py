"""Time limits in working days and hours. All of them are counted here.

`load()` reads the calendar in two queries; its methods then ask the database nothing, however long the time. Who
counts for many rows loads it once. It is the calendar as it is known now, also of days that are over.

A working day is one with any working time: half a day counts as one. What the calendar cannot know is refused
(`Unknown`), never guessed: a religious feast that nobody has entered, a time before the first entry.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory.calendar.feasts import FIRST_YEAR, LAST_YEAR, feasts
from inventory.calendar.models import Day, WorkingHours

_ONE = dt.timedelta(days=1)
_MIDNIGHT = 24 * 60
#: Minutes since midnight, (from, to), in order and apart from each other.
Spans = list[tuple[int, int]]


class Unknown(ValueError):
    """The calendar knows too little of a day that is asked for; str() is a sentence that says what to enter."""


class DayRule(NamedTuple):
    """A row of `Day`; `closes` is the minute at which work ends, None where the row names none."""

    day: dt.date
    kind: str
    closes: int | None = None
    yearly: bool = False
    until: dt.date | None = None

    @classmethod
    def of(cls, day: dt.date, kind: str, works_until: str, yearly: bool, yearly_until: dt.date | None) -> DayRule:
        return cls(day, kind, _minutes(works_until) if works_until else None, yearly, yearly_until)

    def holds(self, day: dt.date) -> bool:
        return not self.yearly or self.day <= day <= (self.until or dt.date.max)


class HoursRule(NamedTuple):
    """A row of `WorkingHours`: ISO weekday, minutes since midnight, first and last day."""

    weekday: int
    starts: int
    ends: int
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(cls, weekday: int, starts_at: str, ends_at: str, since: dt.date | None, until: dt.date | None) -> HoursRule:
        return cls(weekday, _minutes(starts_at), _minutes(ends_at), since, until)

    def holds(self, day: dt.date) -> bool:
        return (self.since or dt.date.min) <= day <= (self.until or dt.date.max)


class _Year(NamedTuple):
    """Sums from the first of January on: item n is of the first n days."""

    days: list[int]
    seconds: list[int]
    #: The days of which too little is known, in order, each with the sentence that says so.
    unknown: list[tuple[dt.date, str]]


def load() -> Calendar:
    """The calendar as it stands; two queries."""
    days = Day.objects.values_list("day", "kind", "works_until", "yearly", "yearly_until")
    hours = WorkingHours.objects.values_list("weekday", "starts_at", "ends_at", "valid_from", "valid_until")
    return Calendar([DayRule.of(*row) for row in days], [HoursRule.of(*row) for row in hours])


def _minutes(clock: str) -> int:
    """Since midnight, of "08:30"."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _unknown_year(year: int) -> str:
    return _(
        "“%(list)s” %(year)s yılını bilmiyor. İş günü sayılabilmesi için o yılın tatil günlerini listeye ekleyiniz."
    ) % {"list": Day._meta.verbose_name_plural, "year": year}


class Calendar:
    """Every method raises Unknown where the calendar knows too little of a day between what is asked and the answer."""

    def __init__(self, days: Iterable[DayRule], hours: Iterable[HoursRule]):
        self._dated: dict[dt.date, list[DayRule]] = defaultdict(list)
        self._yearly: dict[tuple[int, int], list[DayRule]] = defaultdict(list)
        for rule in days:
            if rule.yearly:
                self._yearly[rule.day.month, rule.day.day].append(rule)
            else:
                self._dated[rule.day].append(rule)
        self._first_year = min((rule.day.year for rules in self._yearly.values() for rule in rules), default=dt.MAXYEAR)
        self._hours = sorted(hours, key=lambda rule: rule[:3])
        ends = {rule.until for rule in self._hours if rule.until}
        begins = {rule.since for rule in self._hours if rule.since}
        self._changes = sorted(begins | {until + _ONE for until in ends if until < dt.date.max})
        self._zone = timezone.get_default_timezone()
        self._weeks: dict[int, dict[int, Spans]] = {}
        self._years: dict[int, _Year] = {}

    def is_working_day(self, day: dt.date) -> bool:
        self._know(day, day)
        return bool(self._spans(day))

    def add_working_days(self, day: dt.date, n: int) -> dt.date:
        """The n-th working day after `day`, which itself is not counted; before it for a negative n.

        With 0 the day itself or, where that is no working day, the next one.
        """
        if n == 0:
            return day if self.is_working_day(day) else self.add_working_days(day, 1)
        self._know(day, day)
        year = day.year
        # The wanted day's place among the working days of `year`: the first is 1.
        place = self._through(day) + n if n > 0 else self._before(day) + n + 1
        while place > self._year(year).days[-1]:
            self._know(day, dt.date(year, 12, 31))
            place -= self._year(year).days[-1]
            year += 1
        while place < 1:
            self._know(dt.date(year, 1, 1), day)
            year -= 1
            place += self._year(year).days[-1]
        wanted = dt.date(year, 1, 1) + (bisect_left(self._year(year).days, place) - 1) * _ONE
        self._know(min(day, wanted), max(day, wanted))
        return wanted

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """The working days from `start`, which is not counted, to `end`, which is; negative where `end` lies before.

        So `working_days_between(day, add_working_days(day, n)) == n` for every n but 0.
        """
        first, last = sorted((start, end))
        self._know(first, last)
        whole = sum(self._year(year).days[-1] for year in range(first.year, last.year))
        if start <= end:
            return whole + self._through(end) - self._through(start)
        return -(whole + self._before(start) - self._before(end))

    def working_hours_between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """The working time between two moments; negative where `end` lies before. Raises ValueError for naive ones."""
        if timezone.is_naive(start) or timezone.is_naive(end):
            raise ValueError("a moment without a time zone")
        if end < start:
            return -self.working_hours_between(end, start)
        start, end = self._local(start), self._local(end)
        self._know(start.date(), end.date())
        whole = sum(self._year(year).seconds[-1] for year in range(start.year, end.year))
        return dt.timedelta(seconds=whole) + self._worked(end) - self._worked(start)

    # Sums of a year -------------------------------------------------------------------------------------------

    def _before(self, day: dt.date) -> int:
        return self._year(day.year).days[day.timetuple().tm_yday - 1]

    def _through(self, day: dt.date) -> int:
        return self._year(day.year).days[day.timetuple().tm_yday]

    def _worked(self, moment: dt.datetime) -> dt.timedelta:
        """The working time of the moment's year until then."""
        day = moment.date()
        seconds = dt.timedelta(seconds=self._year(day.year).seconds[day.timetuple().tm_yday - 1])
        moment = moment.astimezone(dt.UTC)
        for starts, ends in self._spans(day):
            seconds += max(min(moment, self._moment(day, ends)) - self._moment(day, starts), dt.timedelta())
        return seconds

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._summed(year)
        return self._years[year]

    def _summed(self, year: int) -> _Year:
        first = dt.date(year, 1, 1)
        days = [first + n * _ONE for n in range((dt.date(year, 12, 31) - first).days + 1)]
        if not max(self._first_year, FIRST_YEAR) <= year <= LAST_YEAR:
            sentence = _unknown_year(year)
            return _Year([0] * (len(days) + 1), [0] * (len(days) + 1), [(day, sentence) for day in days])
        worked, seconds = [0], [0]
        for day in days:
            spans = self._spans(day)
            worked.append(worked[-1] + bool(spans))
            seconds.append(seconds[-1] + self._seconds(day, spans))
        return _Year(worked, seconds, sorted([*self._without_hours(days), *self._missing_feasts(year)]))

    def _seconds(self, day: dt.date, spans: Spans) -> int:
        if not spans:
            return 0
        return int(sum((self._moment(day, ends) - self._moment(day, starts)).total_seconds() for starts, ends in spans))

    def _local(self, moment: dt.datetime) -> dt.datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError as error:
            # On the first or last day of all, and on this clock outside them.
            raise Unknown(_unknown_year(moment.year)) from error

    def _moment(self, day: dt.date, minute: int) -> dt.datetime:
        """A time on the wall's clock; in UTC, since a day on which clocks change has not 24 hours."""
        if minute == _MIDNIGHT:
            day, minute = day + _ONE, 0
        return dt.datetime.combine(day, dt.time(*divmod(minute, 60)), self._zone).astimezone(dt.UTC)

    # What is not known ----------------------------------------------------------------------------------------

    def _know(self, first: dt.date, last: dt.date) -> None:
        """Raises Unknown for the first day of them of which too little is known."""
        for year in range(first.year, last.year + 1):
            unknown = self._year(year).unknown
            place = bisect_left(unknown, (first,))
            if place < len(unknown) and unknown[place][0] <= last:
                raise Unknown(unknown[place][1])

    def _without_hours(self, days: list[dt.date]) -> list[tuple[dt.date, str]]:
        text = _("%(day)s için çalışma saati yazılmamış. O günlerin saatlerini “%(list)s” listesine ekleyiniz.")
        title = WorkingHours._meta.verbose_name_plural
        without = [day for day in days if not self._week(day)]
        return [(day, text % {"day": formats.date_format(day, "SHORT_DATE_FORMAT"), "list": title}) for day in without]

    def _missing_feasts(self, year: int) -> list[tuple[dt.date, str]]:
        """The days on which a feast may lie that the calendar has not whole."""
        missing = []
        for feast in feasts(year):
            possible = feast.possible()
            if not any(all(self._rules(day) for day in days) for days in possible):
                sentence = _(
                    "%(feast)s takvimde yok ya da eksik (%(day)s dolaylarında). İş günü sayılabilmesi için bayramın "
                    "günlerini, arifesiyle birlikte, “%(list)s” listesine ekleyiniz."
                ) % {
                    "feast": feast.name,
                    "day": formats.date_format(feast.about, "SHORT_DATE_FORMAT"),
                    "list": Day._meta.verbose_name_plural,
                }
                missing += [(day, sentence) for day in sorted({day for days in possible for day in days})]
        return [(day, sentence) for day, sentence in missing if day.year == year]

    # How a day is worked --------------------------------------------------------------------------------------

    def _rules(self, day: dt.date) -> list[DayRule]:
        rules = (*self._dated.get(day, ()), *self._yearly.get((day.month, day.day), ()))
        return [rule for rule in rules if rule.holds(day)]

    def _spans(self, day: dt.date) -> Spans:
        week, rules = self._week(day), self._rules(day)
        spans = week.get(day.isoweekday(), [])
        if not rules:
            return spans
        if working := [rule for rule in rules if rule.kind == Day.Kind.WORKING]:
            # At the end of a week, as long as on its first day.
            spans = spans or next(iter(week.values()), [])
            closes = min(_MIDNIGHT if rule.closes is None else rule.closes for rule in working)
        else:
            closes = min(rule.closes or 0 for rule in rules)
        return [(starts, min(ends, closes)) for starts, ends in spans if starts < closes]

    def _week(self, day: dt.date) -> dict[int, Spans]:
        """Weekday → when people work on it, by the hours that hold on the day."""
        place = bisect_right(self._changes, day)
        if place not in self._weeks:
            week: dict[int, Spans] = defaultdict(list)
            for rule in self._hours:
                if rule.holds(day):
                    spans = week[rule.weekday]
                    starts = max(rule.starts, spans[-1][1] if spans else 0)
                    if starts < rule.ends:
                        spans.append((starts, rule.ends))
            self._weeks[place] = dict(week)
        return self._weeks[place]
