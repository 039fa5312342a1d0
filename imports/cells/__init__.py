"""One cell into one value: numbers, dates, yes/no and text, by the locale of the file.

A cell is what the reader gives (`imports.reading`): str, int, float, bool, date, datetime, time, timedelta or
None. Each `parse_*` returns `Parsed(value, warning)`, value None for a blank cell, or raises CellError with a
sentence that says what to do. Nothing is rounded and nothing is guessed: a cell that can be read in two ways
gets the reading of the file's locale, and a warning that names both.
"""

from imports.cells.address import parse_address
from imports.cells.cell import Cell, CellError, Locale, Parsed, is_blank
from imports.cells.day import parse_date
from imports.cells.degrees import parse_degrees
from imports.cells.locale import guess_locale
from imports.cells.number import parse_decimal, parse_integer
from imports.cells.text import parse_boolean, parse_text

__all__ = [
    "Cell",
    "CellError",
    "Locale",
    "Parsed",
    "guess_locale",
    "is_blank",
    "parse_address",
    "parse_boolean",
    "parse_date",
    "parse_decimal",
    "parse_degrees",
    "parse_integer",
    "parse_text",
]
