"""Rows that no user's file holds, made into one: so they are checked, applied and undone as every sheet."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter
from django.core.files import File
from django.utils import timezone

from imports import batches
from imports.models import Batch
from inventory.cells import Cell
from inventory.cells.cell import show
from inventory.registers import Register

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Excel keeps no more of a number's digits.
_DIGITS = 15


def upload(
    register: Register, user, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], **choices
) -> Batch:
    """A batch, not yet checked, of a workbook with the headings in row 1 and the rows below, each cell of its own type.

    `choices` as for `batches.upload`.
    """
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
        with xlsxwriter.Workbook(target, _OPTIONS) as made:
            page, day = made.add_worksheet(), made.add_format({"num_format": "dd.mm.yyyy"})
            page.write_row(0, 0, headings)
            for number, cells in enumerate(rows, 1):
                for place, cell in enumerate(cells):
                    _write(page, number, place, cell, day)
        target.seek(0)
        return batches.upload(register, user, File(target), name, header_row=1, **choices)


def _write(page, number: int, place: int, cell: Cell, day) -> None:
    # "Not a number" differs from itself.
    if cell is None or cell != cell:
        return
    if isinstance(cell, dt.datetime) and timezone.is_aware(cell):
        cell = timezone.make_naive(cell)
    if isinstance(cell, bool):
        page.write_boolean(number, place, cell)
    elif isinstance(cell, int | float | Decimal):
        if _is_kept(cell):
            page.write_number(number, place, cell)
        else:
            page.write_string(number, place, f"{Decimal(cell):f}".replace(".", ","))
    elif isinstance(cell, dt.date) and cell.year >= 1900:
        page.write_datetime(number, place, cell, day)
    else:
        page.write_string(number, place, show(cell) if not isinstance(cell, str) else cell)


def _is_kept(number: float | Decimal) -> bool:
    """Whether a cell of numbers holds it digit by digit; a float never had more than it can hold."""
    if not isinstance(number, float) and sum(map(str.isdigit, f"{Decimal(number):f}")) > _DIGITS:
        return False
    return math.isfinite(number)
