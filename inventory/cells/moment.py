"""A day with its time, to the second, by the municipality's clock."""

import re
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Locale, Parsed, is_blank, show
from inventory.cells.day import parse_date
from inventory.search import fold

# The time behind a day: "14:30", "14.30", "14:30:17", "02:30 PM", "2:30 ös"; a fraction of a second is left out.
_CLOCK = re.compile(
    r"(?P<day>.*[^\s,])(?:t|[ ,]+)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap]\.?m\.?|o[os]))?",
    re.ASCII,
)
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII | re.I)
# Excel's count of days, with the part of the day behind the mark.
_COUNTED = re.compile(r"\d{1,7}[.,]\d+", re.ASCII)
_LONGEST = 100


def parse_moment(cell: Cell, locale: Locale) -> Parsed:
    """A datetime without a zone. A text without a time is its midnight, with a warning; a cell that holds a day holds
    its midnight."""
    if cell is None or is_blank(cell):
        return BLANK
    if isinstance(cell, str):
        return _from_text(" ".join(cell.split()), locale)
    day = parse_date(cell, locale).value
    if isinstance(cell, datetime):
        # A file's fraction of a day is a hair beside the second that was written.
        whole = (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
        return Parsed(whole if whole.date() == day else cell.replace(microsecond=0))
    if isinstance(cell, float):
        return Parsed(datetime.combine(day, time()) + timedelta(seconds=round(cell % 1 * 86_400)))
    return Parsed(datetime.combine(day, time()))


def _from_text(text: str, locale: Locale) -> Parsed:
    if _COUNTED.fullmatch(text):
        return parse_moment(float(text.replace(",", ".")), locale)
    if _ZONED.fullmatch(text):
        try:
            return parse_moment(timezone.make_naive(datetime.fromisoformat(text.upper())), locale)
        except (ValueError, OverflowError):
            raise _not_a_moment(text) from None
    clock = _CLOCK.fullmatch(fold(text)) if len(text) <= _LONGEST else None
    if clock is None:
        return _midnight(parse_date(text, locale), text)
    half = clock["half"] or ""
    day, warning = parse_date(f"{clock['day']} 1:00 {half}" if half else clock["day"], locale)
    return Parsed(datetime.combine(day, _time(clock, half, text)), warning)


def _time(clock: re.Match[str], half: str, text: str) -> time:
    hour = int(clock["hour"])
    if half:
        if not 1 <= hour <= 12:
            raise _not_a_moment(text)
        hour = hour % 12 + (12 if half in ("os", "pm", "p.m.", "p.m", "pm.") else 0)
    try:
        return time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        raise _not_a_moment(text) from None


def _midnight(day: Parsed, text: str) -> Parsed:
    message = _("“%(cell)s” saatsiz; 00.00 sayıldı. Saati biliyorsanız “17.07.2018 14:30” gibi yazınız.")
    return Parsed(datetime.combine(day.value, time()), day.warning or message % {"cell": text})


def _not_a_moment(cell: Cell) -> CellError:
    return CellError(_("“%(cell)s” bir tarih ve saat değil; “17.07.2018 14:30” gibi yazınız.") % {"cell": show(cell)})
