"""Where the religious feasts lie by the arithmetic Islamic calendar: to know which are missing, never to count by.

The official days are those of the Presidency of Religious Affairs (Diyanet), which lie at most a few days from these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: The years of our calendar that are asked for.
FIRST_YEAR, LAST_YEAR = 700, 9_990
#: How far the official day may lie from the arithmetic one; the tests compare a century.
ODD = 3
# The first day (month, day) of the Islamic year, whole days of the feast.
_FEASTS = ((10, 1, 3, _("Ramazan Bayramı")), (12, 10, 4, _("Kurban Bayramı")))
_ONE = dt.timedelta(days=1)


class Feast(NamedTuple):
    name: str | Promise
    #: The first whole day, by the arithmetic calendar.
    about: dt.date
    length: int

    def possible(self) -> list[list[dt.date]]:
        """The days that the feast may take, with the half day before it: one list for each day it may begin on."""
        starts = (self.about + n * _ONE for n in range(-ODD, ODD + 1))
        return [[start + n * _ONE for n in range(-1, self.length)] for start in starts]


def feasts(year: int) -> Iterator[Feast]:
    """The feasts that may have a day in the year."""
    islamic = (year - 622) * 33 // 32
    for each in range(islamic - 1, islamic + 3):
        for month, day, length, name in _FEASTS:
            # The mean of the years, eleven leap days in thirty; months of 30 and 29 days in turn. From 19 July 622.
            number = (11 * each + 3) // 30 + 354 * each + 30 * month - (month - 1) // 2 + day + 226_630
            feast = Feast(name, dt.date.fromordinal(number), length)
            if year in (feast.possible()[0][0].year, feast.possible()[-1][-1].year):
                yield feast
