"""A sheet as it stands in the file, packed: what readers hand on, over a pipe or not."""

import io
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import IO, Any

_BATCH = 1_000


class Ending(Enum):
    """How the reading of a workbook ended."""

    DONE = "done"
    DAMAGED = "damaged"
    TOO_BIG = "too big"

    def __reduce_ex__(self, protocol: object) -> tuple:
        # Python before 3.11.4 packs a member as a call of getattr, which _Unpacker refuses.
        return Ending, (self.value,)


@dataclass
class Marks:
    """What a sheet says of its cells beside their values. Rows count from 1, columns from 0.

    `merged` ranges are (first row, last row, first column, last column); the last two are None where the
    format does not hold them. `errors` has the text of cells such as #DIV/0!, by row and column. Not
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
    """One sheet; its rows in pickled batches, about a tenth of what they take as lists.

    `delimited`: its cells are separated by marks between them, so that one too many shifts all that follow.
    """

    name: str
    hidden: bool = False
    first_column: int = 0
    width: int = 0
    row_count: int = 0
    last_row: int = 0
    too_many_rows: bool = False
    delimited: bool = False
    blank_rows: list[int] = field(default_factory=list)
    batches: list[bytes] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)

    def rows(self) -> Iterator[tuple[int, list]]:
        """(row number, cells) of every row that is not blank; blank cells are None."""
        for batch in self.batches:
            yield from unpacked(io.BytesIO(batch))


class _Unpacker(pickle.Unpickler):
    """Makes cells and sheets and nothing else, so that what a hostile file makes of its reader stays there."""

    def find_class(self, module: str, name: str) -> type:
        if known := _CLASSES.get((module, name)):
            return known
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a sheet")


_CLASSES = {(c.__module__, c.__name__): c for c in (RawSheet, Marks, Ending, date, datetime, time, timedelta)}


def unpacked(file: IO[bytes]) -> Any:
    """The next object that was packed; EOFError or UnpicklingError where there is none."""
    return _Unpacker(file).load()


class _Texts(dict):
    """Each text once, None for blanks: many cells share few texts, and pickle writes a shared object once."""

    def __missing__(self, text: str) -> str | None:
        self[text] = value = text if text.strip() else None
        return value


def gather(sheet: RawSheet, rows: Iterable[tuple[int, list]], max_rows: int) -> RawSheet:
    """The sheet with these rows packed in; stops, and says so, after `max_rows` rows that are not blank.

    One header row is allowed for, so that a sheet of exactly `max_rows` items is read.
    """
    batch, texts, blank = [], _Texts(), []
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
            batch, texts = [], _Texts()
    if batch:
        sheet.batches.append(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
    return sheet
