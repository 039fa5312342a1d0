"""A sheet as it stands in the file, packed: what readers hand on, over a pipe or not."""

import pickle
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

_BATCH = 1_000
# How Excel writes what XML cannot: "_x000D_" is a carriage return.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Ending(Enum):
    """How the reading of a workbook ended."""

    DONE = "done"
    PASSWORD = "password"
    DAMAGED = "damaged"
    TOO_BIG = "too big"


@dataclass
class Marks:
    """What a sheet says of its cells beside their values. Rows count from 1, columns from 0.

    `merged` ranges are (first row, last row, first column, last column); the last two are None where the
    format does not tell them. `errors` has the text of cells such as #DIV/0!, by row and column. Not
    complete: the file may hide rows, columns and errors that nobody looked for.
    """

    complete: bool = True
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int | None, int | None]] = field(default_factory=list)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    error_rows: list[int] = field(default_factory=list)
    uncached: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class RawSheet:
    """One sheet; its rows in pickled batches, about a tenth of what they take as lists."""

    name: str
    hidden: bool = False
    first_column: int = 0
    width: int = 0
    row_count: int = 0
    last_row: int = 0
    too_many_rows: bool = False
    blank_rows: list[int] = field(default_factory=list)
    batches: list[bytes] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)

    def rows(self) -> Iterator[tuple[int, list]]:
        """(row number, cells) of every row that is not blank; blank cells are None."""
        for batch in self.batches:
            yield from pickle.loads(batch)


class _Texts(dict):
    """Each text once, tidied: many cells share few texts, and pickle writes a shared object once."""

    def __init__(self, escaped: bool):
        self.escaped = escaped

    def __missing__(self, text: str) -> str | None:
        tidy = text
        if self.escaped and "_x" in text:
            tidy = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
            tidy = tidy.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        self[text] = tidy = tidy if tidy.strip() else None
        return tidy


def gather(
    sheet: RawSheet, rows: Iterable[tuple[int, list]], max_rows: int, escaped: bool = False
) -> RawSheet:
    """The sheet with these rows packed in; stops, and says so, after `max_rows` rows that are not blank.

    One header row is allowed for, so that a sheet of exactly `max_rows` items is read.
    """
    batch, texts, blank = [], _Texts(escaped), []
    for number, cells in rows:
        cells = [texts[cell] if type(cell) is str else cell for cell in cells]
        if cells.count(None) == len(cells):
            blank.append(number)
            continue
        sheet.row_count += 1
        if sheet.row_count > max_rows + 1:
            sheet.too_many_rows = True
            break
        sheet.blank_rows += blank  # only what has a row below it: the end of a sheet is no gap
        blank.clear()
        sheet.last_row = number
        sheet.width = max(sheet.width, len(cells))
        batch.append((number, cells))
        if len(batch) == _BATCH:
            sheet.batches.append(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
            batch, texts = [], _Texts(escaped)
    if batch:
        sheet.batches.append(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
    return sheet
