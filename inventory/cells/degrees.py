"""Degrees of longitude or latitude. A degree is never grouped, so one mark always begins the decimals."""

import re
from math import isfinite

from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Parsed, is_blank, show

# Finer than a millimetre says nothing about a place.
PLACES = 7

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DECIMAL = re.compile(rf"([+-]?){_NUMBER}\s*°?", re.ASCII)
_PARTS = re.compile(rf"(\d{{1,3}})\s*[°º]\s*{_NUMBER}\s*['′’]\s*(?:{_NUMBER}\s*(?:[\"″”]|''))?", re.ASCII)
# North and east in Turkish and English; south and west turn the sign.
_SIDES = {"K": 1, "N": 1, "D": 1, "E": 1, "G": -1, "S": -1, "B": -1, "W": -1}


def parse_degrees(cell: Cell) -> Parsed:
    """Degrees as a float of seven decimals, from 29.9187654, "29,9187654" or "29° 55' 7,55\\" D"."""
    if is_blank(cell):
        return BLANK
    if isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell):
        return Parsed(round(float(cell), PLACES))
    degrees = _read(" ".join(cell.split())) if isinstance(cell, str) else None
    if degrees is None:
        raise CellError(
            _("“%(cell)s” bir derece değil; ondalık derece olarak “29,9187654” gibi yazınız.") % {"cell": show(cell)}
        )
    return Parsed(round(degrees, PLACES))


def _read(text: str) -> float | None:
    side = _SIDES.get(text[-1:].upper())
    number = text[:-1].rstrip() if side else text
    if match := _DECIMAL.fullmatch(number):
        if side and match[1]:
            return None
        return _float(match[2]) * (-1 if match[1] == "-" else 1) * (side or 1)
    match = _PARTS.fullmatch(number)
    if not match or _float(match[2]) >= 60 or _float(match[3]) >= 60:
        return None
    return (_float(match[1]) + _float(match[2]) / 60 + _float(match[3]) / 3600) * (side or 1)


def _float(text: str | None) -> float:
    return float((text or "0").replace(",", "."))
