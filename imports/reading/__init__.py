"""Spreadsheets as they come: `open_book(file, name)` → Book → `read()` → Sheet with headers, rows and notes.

xlsx, xlsm, xls, ods, csv, tsv and txt. The content decides what a file is, not its name. Nothing is dropped
without a note that names the rows, and no file, whatever it is, raises anything but UnreadableFile.
"""

from imports.reading.book import Book, SheetInfo, open_at_once, open_book, open_in_turn, opened
from imports.reading.child import in_child
from imports.reading.table import Sheet
from imports.workbooks.encoding import ENCODINGS
from imports.workbooks.limits import Limits, TookTooMuch, UnreadableFile

__all__ = [
    "ENCODINGS", "Book", "Limits", "Sheet", "SheetInfo", "TookTooMuch", "UnreadableFile", "in_child", "open_at_once",
    "open_book", "open_in_turn", "opened",
]  # fmt: skip
