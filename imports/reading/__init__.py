"""Spreadsheets as they come: `open_book(file, name)` → Book → `read()` → Sheet with headers, rows and notes.

xlsx, xlsm, xls, ods, csv, tsv and txt. The content decides what a file is, not its name. Nothing is dropped
without a note that names the rows, and no file, whatever it is, raises anything but UnreadableFile.
"""

from imports.reading.book import Book, SheetInfo, offer_reader, open_book
from imports.reading.limits import Limits, UnreadableFile
from imports.reading.table import Sheet

__all__ = ["Book", "Limits", "Sheet", "SheetInfo", "UnreadableFile", "offer_reader", "open_book"]
