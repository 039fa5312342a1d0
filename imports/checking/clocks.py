"""The time of a moment that stands in a column of its own: "İşlem tarihi" and "Saat" are one moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from inventory.cells import Cell, is_blank
from inventory.cells.cell import show
from inventory.columns import Type
from inventory.registers import Register

# Behind a column's name: its time alone.
_SUFFIX = ".clock"
_ANY = ("saat", "saati", "zaman", "işlem saati", "time")


def names(register: Register) -> dict[str, str]:
    """The pseudo-columns of a register's moments, with their labels."""
    return {
        column.name + _SUFFIX: _("%(column)s, saati") % {"column": column.label}
        for column in register.all_columns()
        if column.type == Type.MOMENT and column.editable
    }


def headings(register: Register) -> dict[str, Sequence[str]]:
    """The headings that mean a time alone, by the name of the pseudo-column; "Saat" where there is one moment."""
    own = names(register)
    labels = {name: register.column(column_of(name)).labels() for name in own}
    alone = _ANY if len(own) == 1 else ()
    return {name: (*alone, *(f"{label} saati" for label in labels[name]), own[name]) for name in own}


def is_clock(name: str) -> bool:
    return name.endswith(_SUFFIX)


def column_of(name: str) -> str:
    """The moment to which the time belongs."""
    return name.removesuffix(_SUFFIX)


def joined(day: Cell, clock: Cell) -> Cell:
    """The cell of the day with the time behind it; a day that has its time already keeps it.

    >>> joined("05.03.2026", "14:05"), joined(dt.date(2026, 3, 5), dt.time(14, 5))
    ('05.03.2026 14:05', datetime.datetime(2026, 3, 5, 14, 5))
    """
    if is_blank(day) or clock is None or is_blank(clock):
        return day
    if isinstance(day, dt.datetime) and day.time() != dt.time():
        return day
    if isinstance(clock, dt.datetime):
        clock = clock.time()
    if isinstance(clock, float) and 0 <= clock < 1:
        clock = dt.timedelta(seconds=round(clock * 86_400))
    if isinstance(day, dt.date) and isinstance(clock, dt.time | dt.timedelta):
        whole = dt.datetime.combine(day, dt.time())
        since = clock if isinstance(clock, dt.timedelta) else dt.datetime.combine(day, clock) - whole
        return whole + since
    if isinstance(clock, dt.time):
        clock = clock.isoformat("seconds")
    return f"{show(day)} {show(clock)}"
