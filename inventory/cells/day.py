"""Dates, as dates, Excel's day numbers and the ways that people write them."""

import re
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Locale, Parsed, is_blank, show
from inventory.search import fold

FIRST_YEAR, LAST_YEAR = 1800, 2200
# Two digits of a year: 30–99 are of the last century, as Excel reads them.
_PIVOT = 30
# Excel's days count from 1900-01-01, and 60 is a 29 February 1900 that never was.
_EXCEL_START, _EXCEL_LEAP, _EXCEL_LAST = date(1899, 12, 31), 60, 80_000

_HALF = r"(?:[ap]\.?m\.?|o[os])"
_TIME = rf"(?:[t ,]+\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}}(?:[.,]\d+)?)?\s*(?:z|[+-]\d{{2}}:?\d{{2}}|{_HALF})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./-])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})\s?([./-])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}(?:\.0+)?", re.ASCII)
_NAMED = re.compile(rf"(\d{{1,2}})[. /-]*([a-z]+)[. /,-]*(\d{{4}}|\d{{2}}){_TIME}", re.ASCII | re.IGNORECASE)
_NAMED_FIRST = re.compile(rf"([a-z]+)[. ]+(\d{{1,2}})[, ]+(\d{{4}}){_TIME}", re.ASCII | re.IGNORECASE)

_TURKISH = [
    "ocak",
    "subat",
    "mart",
    "nisan",
    "mayis",
    "haziran",
    "temmuz",
    "agustos",
    "eylul",
    "ekim",
    "kasim",
    "aralik",
]
_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {
    name[:length]: number
    for names in (_TURKISH, _ENGLISH)
    for number, name in enumerate(names, 1)
    for length in (3, len(name))
} | {"sept": 9}
_WEEKDAYS = (
    r"(?:pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar|pzt|sal|car|per|cum|cmt|paz"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)"
)
# No date is longer; at each blank of a long text the pattern would begin anew.
_LONGEST = 100
_WEEKDAY = re.compile(rf"^{_WEEKDAYS}[., ]+|[., ]+{_WEEKDAYS}\.?$")
# Only English writes them, and with the month first.
_ENGLISH_HALF = re.compile(r"\d\s*[ap]\.?m\.?$")


def parse_date(cell: Cell, locale: Locale) -> Parsed:
    """A date; the time of day in the cell is left out."""
    if cell is None or is_blank(cell):
        return BLANK
    if isinstance(cell, datetime):
        return Parsed(_in_range(cell.date(), cell))
    if isinstance(cell, date):
        return Parsed(_in_range(cell, cell))
    if isinstance(cell, bool | time | timedelta):
        raise _not_a_date(cell)
    if isinstance(cell, int | float):
        return Parsed(_from_number(cell, cell))
    return _from_text(" ".join(cell.split()), locale)


def _from_text(text: str, locale: Locale) -> Parsed:
    if len(text) > _LONGEST:
        raise _not_a_date(text)
    plain = _WEEKDAY.sub("", fold(text)).removesuffix(".")
    if match := _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain):
        parts = [int(part) for part in match.groups() if part.isdigit()]
        return Parsed(_date(text, *parts))
    if _NUMBER.fullmatch(plain):
        counted = _from_number(float(plain), text)
        return Parsed(
            counted,
            _("“%(cell)s” Excel’in gün sayısı olarak %(day)s okundu; yanlışsa “17.07.2018” gibi yazınız.")
            % {"cell": text, "day": show(counted)},
        )
    if match := _YEAR_LAST.fullmatch(plain):
        return _from_three(text, match, "en" if _ENGLISH_HALF.search(plain) else locale)
    if match := _NAMED.fullmatch(plain):
        day, month, year = match.groups()
    elif match := _NAMED_FIRST.fullmatch(plain):
        month, day, year = match.groups()
    else:
        raise _not_a_date(text)
    if month not in _MONTHS:
        raise _not_a_date(text)
    return _warned(_date(text, _year(year), _MONTHS[month], int(day)), text, year)


def _from_three(text: str, match: re.Match, locale: Locale) -> Parsed:
    """Three numbers, the year last. Points mean day first everywhere; "/" and "-" follow the locale."""
    first, mark, second, year = int(match[1]), match[2], int(match[3]), match[4]
    day, month = (second, first) if locale == "en" and mark != "." and first <= 12 else (first, second)
    value = _date(text, _year(year), month, day)
    if locale == "en" and first <= 12 and second <= 12 and first != second:
        other = _date(text, _year(year), day, month)
        return Parsed(
            value,
            _("“%(cell)s” hem %(first)s hem %(second)s olabilir; %(first)s okundu. Yanlışsa düzeltiniz.")
            % {"cell": text, "first": show(value), "second": show(other)},
        )
    return _warned(value, text, year)


def _warned(value: date, text: str, year: str) -> Parsed:
    if len(year) == 4:
        return Parsed(value)
    return Parsed(
        value,
        _("“%(cell)s” tarihinin yılı iki haneli; %(day)s okundu. Yanlışsa yılı dört haneli yazınız.")
        % {"cell": text, "day": show(value)},
    )


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        year += 1900 if year >= _PIVOT else 2000
    return year


def _from_number(number: float, cell: Cell) -> date:
    """A day of Excel's 1900 count; a bare year is not one, though it could be (1880 is 22 February 1905)."""
    if FIRST_YEAR <= number <= LAST_YEAR and number == int(number):
        raise CellError(
            _("“%(cell)s” yalnızca bir yıl; günü ve ayıyla “17.07.%(year)d” gibi yazınız.")
            % {"cell": show(cell), "year": number}
        )
    if match := _COMPACT.fullmatch(format(number, ".0f") if number < 1e8 else ""):
        return _date(show(cell), *map(int, match.groups()))
    if not 1 <= number <= _EXCEL_LAST or int(number) == _EXCEL_LEAP:
        raise _not_a_date(cell)
    return _EXCEL_START + timedelta(days=int(number) - (number > _EXCEL_LEAP))


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        value = date(year, month, day)
    except ValueError:
        if month > 12 >= day:
            raise CellError(
                _("“%(cell)s” tarihinde %(month)d. ay yok; gün.ay.yıl sırasıyla yazınız.")
                % {"cell": text, "month": month},
                of_a_file=_("Dosyada ay önce yazılmışsa dosyanın yazımını İngilizce seçiniz."),
            ) from None
        raise CellError(
            _("“%(cell)s” takvimde yok; tarihi gün.ay.yıl sırasıyla “17.07.2018” gibi yazınız.") % {"cell": text}
        ) from None
    return _in_range(value, text)


def _in_range(value: date, cell: Cell) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise CellError(
            _("“%(cell)s” tarihinin yılı %(first)d ile %(last)d arasında değil; yılı düzeltiniz.")
            % {"cell": show(cell), "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return value


def _not_a_date(cell: Cell) -> CellError:
    return CellError(
        _("“%(cell)s” bir tarih değil; gün.ay.yıl sırasıyla “17.07.2018” gibi yazınız.") % {"cell": show(cell)}
    )
