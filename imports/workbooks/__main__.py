"""The child: a workbook on stdin, its sheets packed on stdout.

    python -m imports.workbooks KIND MAX_ROWS MEMORY SECONDS

Writes pickled RawSheets and then an Ending; a death without an ending is a crash or a limit that was hit.
"""

import pickle
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from imports.workbooks.marks import ods_marks, sheet_parts, xlsx_marks
from imports.workbooks.raw import Ending, Marks, RawSheet, gather


def read_sheets(file: BinaryIO, kind: str, max_rows: int) -> Iterator[RawSheet]:
    """Every sheet of cells in the workbook; `kind` is "xlsx", "xls" or "ods"."""
    marks_of = _marks(file, kind)
    file.seek(0)
    with CalamineWorkbook.from_filelike(file) as workbook:
        for about in workbook.sheets_metadata:
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(about.name)
                raw = RawSheet(about.name, hidden=about.visible != SheetVisibleEnum.Visible)
                raw.marks = marks_of(about.name)
                raw.first_column = sheet.start[1] if sheet.start else 0
                gather(raw, _rows(sheet, raw), max_rows)
                _finish(raw.marks, raw.last_row, sheet.merged_cell_ranges or [])
                yield raw


def _rows(sheet, raw: RawSheet) -> Iterator[tuple[int, list]]:
    """Numbered rows, with the text of error cells, which calamine leaves empty."""
    for number, cells in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        for column, text in raw.marks.errors.get(number, {}).items():
            if 0 <= column - raw.first_column < len(cells):
                cells[column - raw.first_column] = text
        yield number, cells


def _finish(marks: Marks, last_row: int, merged: list) -> None:
    marks.hidden_rows = [row for row in marks.hidden_rows if row <= last_row]
    marks.merged += [(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in merged]


def _marks(file: BinaryIO, kind: str) -> Callable[[str], Marks]:
    """Sheet name → its marks; not complete for xls, whose records are not searched, and for odd files."""
    try:
        archive = zipfile.ZipFile(file)
        parts = {} if kind == "ods" else sheet_parts(archive)
        found = ods_marks(archive.open("content.xml")) if kind == "ods" else {}
    except Exception:  # hostile or odd: the values are calamine's matter, and a note says what is missing
        parts = found = {}

    def marks_of(name: str) -> Marks:
        try:
            return found[name] if name in found else xlsx_marks(archive.open(parts[name]))
        except Exception:
            return Marks(complete=False)

    return marks_of


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(kind: str, max_rows: str, memory: str, seconds: str) -> None:
    _limit(int(memory), int(seconds))
    ending = Ending.DONE
    try:
        for sheet in read_sheets(sys.stdin.buffer, kind, int(max_rows)):
            pickle.dump(sheet, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    except PasswordError:
        ending = Ending.ENCRYPTED
    except MemoryError:
        ending = Ending.TOO_BIG
    except BaseException:  # a panic in Rust is no Exception
        ending = Ending.DAMAGED
    pickle.dump(ending, sys.stdout.buffer)


if __name__ == "__main__":
    main(*sys.argv[1:])
