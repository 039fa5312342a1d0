"""Which marks a file uses, from a whole column."""

import re
from collections.abc import Iterable

from imports.cells.cell import Cell, Locale

_STRONG = {
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


def guess_locale(values: Iterable[Cell]) -> Locale | None:
    """ "tr" or "en" by what only one of them would write, None when the cells do not tell.

    A column of "9.336" with one "214.87" (seen in a published table) tells nothing: the one cell speaks for
    decimal points, the many for grouping points, since decimals do not always come in threes.
    """
    votes = {"tr": 0, "en": 0}
    point_and_three = 0
    for value in values:
        if not isinstance(value, str) or not value:
            continue
        text = _AROUND.sub("", value)
        point_and_three += bool(_POINT_AND_THREE.fullmatch(text))
        for locale, pattern in _STRONG.items():
            votes[locale] += bool(pattern.fullmatch(text))
    if votes["tr"] == votes["en"] or (votes["en"] > votes["tr"] and point_and_three > votes["en"]):
        return None
    return "tr" if votes["tr"] > votes["en"] else "en"
