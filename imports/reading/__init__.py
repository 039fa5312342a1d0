"""Spreadsheets as they come: `open_book(file, name)` → Book → `read()` → Sheet with headers, rows and notes.

xlsx, xlsm, xls, ods, csv, tsv and txt. The content decides what a file is, not its name. Nothing is dropped
without a note that names the rows, and no file, whatever it is, raises anything but UnreadableFile.
"""

from django.utils.functional import lazy

from imports.reading.book import Book, SheetInfo, open_at_once, open_book, open_in_turn, opened
from imports.reading.child import in_child
from imports.reading.table import Sheet
from imports.workbooks import encoding
from imports.workbooks.limits import Limits, TookTooMuch, UnreadableFile

#: What a user may choose → as she reads it.
ENCODINGS = {name: lazy(encoding.shown, str)(name) for name in encoding.ENCODINGS}

__all__ = [
    "ENCODINGS", "Book", "Limits", "Sheet", "SheetInfo", "TookTooMuch", "UnreadableFile", "in_child", "open_at_once",
    "open_book", "open_in_turn", "opened",
]  # fmt: skip
