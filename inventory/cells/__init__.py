"""One cell, or one field of a form, into one value: numbers, dates, yes/no and text, by a locale.

A cell is what the reader gives (`imports.reading`): str, int, float, bool, date, datetime, time, timedelta or
None. Each `parse_*` returns `Parsed(value, warning)`, value None for a blank cell, or raises CellError with a
sentence that says what to do. Nothing is rounded and nothing is guessed: a cell that can be read in two ways
gets the reading of the file's locale, and a warning that names both.
"""

from inventory.cells.address import parse_address
from inventory.cells.cell import Cell, CellError, Locale, Parsed, is_blank
from inventory.cells.day import parse_date
from inventory.cells.degrees import parse_degrees
from inventory.cells.locale import NumberMarks, guess_locale
from inventory.cells.moment import parse_moment
from inventory.cells.number import parse_decimal, parse_integer
from inventory.cells.text import parse_boolean, parse_code, parse_text

__all__ = [
    "Cell",
    "CellError",
    "Locale",
    "NumberMarks",
    "Parsed",
    "guess_locale",
    "is_blank",
    "parse_address",
    "parse_boolean",
    "parse_code",
    "parse_date",
    "parse_decimal",
    "parse_degrees",
    "parse_integer",
    "parse_moment",
    "parse_text",
]
