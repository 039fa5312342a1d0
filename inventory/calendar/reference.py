"""The official holidays (law 2429) as rows of the calendar, from the package `holidays`; the usual working hours.

The package is read here alone, when a list is loaded: a web process that imported it would grow by 10 MB. It takes the
feasts from the Presidency of Religious Affairs, up to 2032; those that it only estimates are left out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from inventory import registers
from inventory.calendar import working_time
from inventory.calendar.models import Day, WorkingHours
from inventory.reference import add_missing

# No time limit of ours began earlier; the lists of packages for earlier years are less sure.
_FIRST, _LAST = 2000, 2100
_BASIS = "2429 sayılı Kanun"
# Law 2429: the eves of the feasts and 28 October, from 13:00 on.
_HALF = "13:00"


def load() -> dict[str, int]:
    known = working_time.load()
    days = [row for row in official() if row.yearly or not _is_known(known, row.day)]
    return {
        "calendar-days": add_missing(registers.get("calendar-days"), days, "day", "kind"),
        "working-hours": add_missing(registers.get("working-hours"), usual_hours(), "weekday", "starts_at"),
    }


def _is_known(calendar: working_time.Calendar, day: dt.date) -> bool:
    """Whether users entered the feast already, perhaps otherwise than the package has it."""
    try:
        calendar.is_working_day(day)
    except working_time.Unknown:
        return False
    return True


def official() -> Iterator[Day]:
    """The holidays as rows that are not saved: those of a fixed date once, as returning every year."""
    from holidays.countries.turkey import Turkey

    for category, kind in (("public", Day.Kind.HOLIDAY), ("half_day", Day.Kind.HALF_DAY)):
        named = defaultdict(list)
        for day, names in sorted(Turkey(years=range(_FIRST, _LAST), categories=category, language="tr").items()):
            for name in names.split("; "):
                named[name].append(day)
        for name, days in named.items():
            if "tahmini" in name:
                continue
            yearly = len({(day.month, day.day) for day in days}) == 1 and len(days) > 1
            values = {"kind": kind, "name": name, "yearly": yearly, "basis": _BASIS}
            if kind == Day.Kind.HALF_DAY:
                values |= {"name": f"{name.partition(' (')[0]} arifesi", "works_until": _HALF}
            yield from (Day(day=day, **values) for day in (days[:1] if yearly else days))


def usual_hours() -> Iterator[WorkingHours]:
    """Forty hours a week, as rows that are not saved."""
    for weekday in list(WorkingHours.Weekday)[:5]:
        for starts, ends in (("08:00", "12:00"), ("13:00", "17:00")):
            yield WorkingHours(weekday=weekday, starts_at=starts, ends_at=ends, valid_from=dt.date(_FIRST, 1, 1))
