"""Spreadsheets out: a listing, and the records of its rows, as a workbook, an ods or a CSV file.

`write` is the way in; what it makes comes back through the import as it went out.
"""

from imports.exporting.writing import ENDINGS, FORMATS, CannotExport, write

__all__ = ["ENDINGS", "FORMATS", "CannotExport", "write"]
