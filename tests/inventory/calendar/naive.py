"""The same counts, day by day and half hour by half hour, straight from the rules: slow and plain, to compare with."""

import datetime as dt
from zoneinfo import ZoneInfo

from inventory.calendar.working_time import DayRule, HoursRule

ZONE = ZoneInfo("Europe/Istanbul")
ONE = dt.timedelta(days=1)
STEP = 30
Rules = tuple[list[DayRule], list[HoursRule]]


def at(day: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(minute // 60, minute % 60), ZONE)


def worked(rules: Rules, day: dt.date) -> set[int]:
    """The minutes since midnight at which half hours of work begin; all rules lie on half hours."""
    days, hours = rules
    of_day = []
    for rule in days:
        if rule.yearly:
            returns = (rule.day.month, rule.day.day) == (day.month, day.day)
            if returns and rule.day <= day and (rule.until is None or day <= rule.until):
                of_day.append(rule)
        elif rule.day == day:
            of_day.append(rule)
    valid = [r for r in hours if (r.since is None or r.since <= day) and (r.until is None or day <= r.until)]
    weekday = day.isoweekday()
    if any(rule.kind == "working" for rule in of_day):
        of_day = [rule for rule in of_day if rule.kind == "working" and rule.closes is not None]
        if weekday not in {rule.weekday for rule in valid}:
            weekday = min(rule.weekday for rule in valid)
    return {
        minute
        for minute in range(0, 24 * 60, STEP)
        if any(rule.weekday == weekday and rule.starts <= minute < rule.ends for rule in valid)
        and not any(minute >= (rule.closes or 0) for rule in of_day)
    }


def added(rules: Rules, day: dt.date, n: int) -> dt.date:
    if n == 0:
        while not worked(rules, day):
            day += ONE
    while n:
        way = 1 if n > 0 else -1
        day += way * ONE
        if worked(rules, day):
            n -= way
    return day


def days_between(rules: Rules, start: dt.date, end: dt.date) -> int:
    counted, way = 0, 1 if start <= end else -1
    while start != end:
        start += way * ONE
        if worked(rules, start):
            counted += way
    return counted


def hours_between(rules: Rules, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """Both moments begin a half hour."""
    total, moment, known = dt.timedelta(), start.astimezone(dt.UTC), {}
    while moment < end:
        local = moment.astimezone(ZONE)
        day = local.date()
        if day not in known:
            known[day] = worked(rules, day)
        if local.hour * 60 + local.minute in known[day]:
            total += dt.timedelta(minutes=STEP)
        moment += dt.timedelta(minutes=STEP)
    return total
