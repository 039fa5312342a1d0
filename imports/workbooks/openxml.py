"""A second reader of .xlsx, openpyxl, for what calamine does not take: merged ranges written with dollar signs
("$A$5:$B$5") and error values in another language ("#HATA!").

Slower, so it comes second. Values are those that calamine gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from imports.workbooks.raw import Marks, RawSheet, gather


def read_sheets(file: IO[bytes], max_rows: int, marks_of: Callable[[str], Marks]) -> Iterator[RawSheet]:
    """The sheets of cells in the workbook. Raises whatever openpyxl makes of broken files."""
    # Two thirds of the child's time, with numpy, for what few files need.
    from openpyxl import load_workbook

    file.seek(0)
    book = load_workbook(file, read_only=True, data_only=True)
    for sheet in book.worksheets:
        # What a file says of its own size may be untrue.
        sheet.reset_dimensions()
        raw = RawSheet(sheet.title, hidden=sheet.sheet_state != "visible")
        raw.marks = marks_of(sheet.title)
        gather(raw, _rows(sheet), max_rows)
        raw.marks.hidden_rows = [row for row in raw.marks.hidden_rows if row <= raw.last_row]
        yield raw


def _rows(sheet) -> Iterator[tuple[int, list]]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, [float(cell) if type(cell) is int else cell for cell in cells]
