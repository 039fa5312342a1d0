"""Which marks a file uses, and which a column of numbers, from its cells."""

import re
from collections.abc import Iterable

from inventory.cells.cell import Cell, Locale

_STRONG: dict[Locale, re.Pattern[str]] = {
    # A decimal comma, several grouping points, or a day that cannot be a month: and the mirror image.
    "tr": re.compile(
        r"\d+,\d{1,2}|\d+,\d{4,}|\d{1,3}(?:[. ]\d{3})+,\d+|0,\d+|\d{4,},\d+|\d{1,3}(?:\.\d{3}){2,}"
        r"|(?:1[3-9]|2\d|3[01])[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?: .*)?"
    ),
    "en": re.compile(
        r"\d+\.\d{1,2}|\d+\.\d{4,}|\d{1,3}(?:[, ]\d{3})+\.\d+|0\.\d+|\d{4,}\.\d+|\d{1,3}(?:,\d{3}){2,}"
        r"|\d{1,2}[./-](?:1[3-9]|2\d|3[01])[./-](?:\d{4}|\d\d)(?: .*)?"
    ),
}
_POINT_AND_THREE = re.compile(r"\d{1,3}\.\d{3}")
_AROUND = re.compile(r"^[\s(₺%+−-]+|[\s)₺%-]+$|\s*(?:TL|TRY|m²|m2)\s*$", re.IGNORECASE)


# No number is longer; at each blank of a long text the pattern would begin anew.
_LONGEST = 100
_ONE_MARK = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def _bare(text: str) -> str:
    """A number without its sign, percentage or currency."""
    return _AROUND.sub("", text) if len(text) <= _LONGEST else text


class NumberMarks:
    """The one reading of a column of numbers: what its cells that can be read in one way only decide for all.

    `places` are the decimal places that the column may have: "264,949" cannot be a number of two.
    """

    def __init__(self, places: int):
        self._places = places
        self._seen: set[str] = set()
        self._only: set[Locale] = set()

    def look(self, cell: Cell) -> None:
        if type(cell) is str and cell not in self._seen:
            self._seen.add(cell)
            if only := self._only_reading(_bare(cell)):
                self._only.add(only)

    @property
    def locale(self) -> Locale | None:
        """None where no cell decides, or cells contradict each other."""
        return next(iter(self._only)) if len(self._only) == 1 else None

    def _only_reading(self, text: str) -> Locale | None:
        if _ONE_MARK.fullmatch(text):
            if len(text.rstrip("0").partition(text[-4])[2]) <= self._places:
                return None
            return "tr" if text[-4] == "." else "en"
        strong = [locale for locale, pattern in _STRONG.items() if pattern.fullmatch(text)]
        return strong[0] if len(strong) == 1 else None


def guess_locale(values: Iterable[Cell]) -> Locale | None:
    """ "tr" or "en" by what only one of them would write, None when the cells do not show it.

    A column of "9.336" with one "214.87" (seen in a published table) shows nothing: the one cell speaks for
    decimal points, the many for grouping points, since decimals do not always come in threes.
    """
    votes = {"tr": 0, "en": 0}
    point_and_three = 0
    for value in values:
        if not isinstance(value, str) or not value:
            continue
        text = _bare(value)
        point_and_three += bool(_POINT_AND_THREE.fullmatch(text))
        for locale, pattern in _STRONG.items():
            votes[locale] += bool(pattern.fullmatch(text))
    if votes["tr"] == votes["en"] or (votes["en"] > votes["tr"] and point_and_three > votes["en"]):
        return None
    return "tr" if votes["tr"] > votes["en"] else "en"
