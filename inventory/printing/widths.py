"""Columns as wide as what stands in them, rows as high. A text longer than the widest column goes on in a next line.

Excel makes a row of such a text higher by itself; LibreOffice believes what a workbook says.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from functools import lru_cache

from xlsxwriter.utility import CHAR_WIDTHS

NARROWEST, WIDEST = 6, 60
#: Of a line, in points; a row is no higher than Excel's highest.
_LINE, _HIGHEST = 15, 405
#: A heading has room for two lines.
HEADING = 2 * _LINE
# Of a letter that Excel's typeface is not known to have, in pixels.
_USUAL_LETTER = 8
# The button on a heading.
_BUTTON = 3
# Lines end with a word, so that more of them are needed than letters would fill.
_RAGGED = 1.1
# A text's letters in digits, rather more than they are on average.
_LETTER = 1.1


class _Pixels(dict[int, str]):
    """What `str.translate` makes of each letter: the one whose number is its width."""

    def __missing__(self, letter: int) -> str:
        return chr(_USUAL_LETTER)


_PIXELS = _Pixels((ord(letter), chr(width)) for letter, width in CHAR_WIDTHS.items())


class Widths:
    """The longest text of each column so far."""

    def __init__(self) -> None:
        self._longest: dict[int, str] = {}
        self._headings: dict[int, float] = {}

    def see(self, place: int, value: object) -> None:
        text = _written(value)
        # Most cells are no longer than the longest, and need no closer look.
        if len(text) > len(self._longest.get(place, "")):
            line = max(text.splitlines(), key=len, default="")
            if len(line) > len(self._longest.get(place, "")):
                self._longest[place] = line

    def see_heading(self, place: int, text: str) -> None:
        self._headings[place] = heading(text)

    def of(self, place: int) -> float:
        """In digits, as Excel counts."""
        needed = letters(self._longest.get(place, ""))
        return max(NARROWEST, min(WIDEST, max(needed, self._headings.get(place, 0))))

    def is_cut(self, place: int) -> bool:
        """Whether some text is longer than its column."""
        return letters(self._longest.get(place, "")) > WIDEST

    @property
    def places(self) -> list[int]:
        return sorted({*self._longest, *self._headings})


def heading(text: str) -> float:
    """The width at which a heading stands in two lines."""
    words = text.split()
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words) + 1)]
    return _BUTTON + min((max(map(letters, both)) for both in halves), default=0)


def fitting(width: float) -> int:
    """So many letters stand in one line of a column so wide; only a text that is longer is looked at closely."""
    return int(width / _LETTER)


@lru_cache(maxsize=10_000)
def height(text: str, width: float) -> int:
    """The height of a row, in points, that shows all of the text in a column so wide."""
    lines = [letters(line) for line in text.split("\n")]
    return min(_HIGHEST, _LINE * sum(math.ceil(each * _RAGGED / width) if each > width else 1 for each in lines))


def letters(text: str) -> float:
    """A text's width in digits, a little more than it needs: not every machine has Excel's typeface."""
    return round(sum(text.translate(_PIXELS).encode("latin-1")) / 7 * 1.05 + 1, 1) if text else 0


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal | float):
        return f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    if isinstance(value, dt.date):
        return "00.00.0000"
    return str(value)
