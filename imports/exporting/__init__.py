"""Spreadsheets out: a listing, and the records of its rows, as a workbook, an ods or a CSV file.

`write` is the way in; what it makes comes back through the import as it went out.
"""

from imports.exporting.writing import FORMATS, CannotExport, Form, ending, forms_of, write

__all__ = ["FORMATS", "CannotExport", "Form", "ending", "forms_of", "write"]
