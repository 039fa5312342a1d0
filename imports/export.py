"""Spreadsheets out: what the list shows, as a workbook or a CSV file that comes back in as it went out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import xlsxwriter
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range

from inventory.columns import Column, Type
from inventory.listing import Listing
from inventory.models import DemoMark

FORMATS = ("xlsx", "csv")
CHUNK = 2_000
# An Excel sheet has 1,048,576 lines, of which the heading and the totals take two.
MOST_ROWS = 1_048_574
# Up to here a real Excel table, whose cells XlsxWriter keeps in memory; above, the same look line by line.
TABLE_ROWS = 20_000

# What a spreadsheet program would take for a formula.
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")
# Characters that XML cannot hold at all.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class TooLarge(Exception):
    """More rows than a sheet holds; the message says what to do."""


def safe_text(text: str) -> str:
    """A text that a CSV cell may hold: one that begins like a formula gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) or text.startswith("'") else text


def plain_text(cell: str) -> str:
    """What `safe_text` made, as it was."""
    return cell[1:] if cell.startswith("'") and (_FORMULA.match(cell[1:]) or cell[1:].startswith("'")) else cell


def exported_columns(listing: Listing) -> list[Column]:
    """The list's columns, the key in front: by it a changed sheet finds its rows again."""
    key = listing.register.key
    return [key, *(column for column in listing.columns if column.name != key.name)]


def write(listing: Listing, target: BinaryIO, form: str) -> int:
    """Write the listing in the given form ("xlsx" or "csv"); returns the number of rows.

    One query for the count, one for each chunk of rows; memory does not grow with their number.
    Raises TooLarge.
    """
    count = listing.matching.count()
    if form == "xlsx" and count > MOST_ROWS:
        told = _("%(count)d kayıt bir Excel sayfasına sığmaz; süzgeçle daraltıp parça parça alınız.")
        raise TooLarge(told % {"count": count})
    return (_write_xlsx if form == "xlsx" else _write_csv)(listing, target, count)


def _values(listing: Listing, columns: list[Column]) -> Iterator[list[object]]:
    key, rest = columns[0], columns[1:]
    for row in listing.rows.iterator(chunk_size=CHUNK):
        yield [_key(key, row), *(column.value(row) for column in rest)]


def _key(column: Column, row: Model) -> object:
    # A row of the history has an id of its own; `id` is the item's.
    return row.id if column.field.primary_key else column.value(row)


# CSV -------------------------------------------------------------------------------------------------------


def _write_csv(listing: Listing, target: BinaryIO, count: int) -> int:
    """Semicolons, a byte order mark and the office's own numbers, since Excel in Turkish expects them."""
    columns = exported_columns(listing)
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label for column in columns])
    written = 0
    for values in _values(listing, columns):
        writer.writerow([_csv_cell(column, value) for column, value in zip(columns, values, strict=True)])
        written += 1
    text.detach()
    return written


def _csv_cell(column: Column, value: object) -> str:
    if value is None:
        return ""
    if column.type in (Type.MONEY, Type.AREA, Type.DECIMAL):
        return str(value).replace(".", ",")
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return safe_text(column.show(value))


# Workbook --------------------------------------------------------------------------------------------------

_NUMBER_FORMATS = {
    Type.DATE: "dd.mm.yyyy",
    Type.MONEY: "#,##0.00",
    Type.AREA: "#,##0.00",
    Type.DECIMAL: "#,##0.00",
    Type.INTEGER: "0",
    Type.CODE: "@",
    Type.TEXT: "@",
}
_WIDTHS = {Type.DATE: 12, Type.MONEY: 18, Type.AREA: 16, Type.INTEGER: 11, Type.BOOLEAN: 9, Type.LONG_TEXT: 40}


def _write_xlsx(listing: Listing, target: BinaryIO, count: int) -> int:
    columns = exported_columns(listing)
    is_table = 0 < count <= TABLE_ROWS
    options = {
        "constant_memory": not is_table,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": _NUMBER_FORMATS[Type.DATE],
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(listing.register.title[:31])
        formats = {t: book.add_format({"num_format": f}) for t, f in _NUMBER_FORMATS.items()}
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCE6F1"})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _width(column), formats.get(column.type))
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, [column.label for column in columns], head)
        written, cleaned = _write_rows(sheet, listing, columns, formats)
        _finish(book, sheet, listing, columns, written, is_table)
        _write_about(book, listing, written, cleaned)
    return written


def _width(column: Column) -> int:
    return max(_WIDTHS.get(column.type, 20), min(len(column.label) + 3, 30))


def _write_rows(sheet, listing: Listing, columns: list[Column], formats: dict) -> tuple[int, int]:
    """Returns how many rows were written, and in how many cells unprintable characters were left out."""
    written = cleaned = 0
    for written, values in enumerate(_values(listing, columns), 1):
        for place, (column, value) in enumerate(zip(columns, values, strict=True)):
            if value is None:
                continue
            if column.type == Type.DATE and value.year < 1900:
                # Excel knows no day before 1900; as text it comes back as it is.
                sheet.write_string(written, place, column.show(value))
            elif column.type == Type.DATE:
                sheet.write_datetime(written, place, value, formats[Type.DATE])
            elif column.type.is_number:
                sheet.write_number(written, place, value, formats[column.type])
            else:
                text = column.show(value)
                clean = _UNWRITABLE.sub("", text)
                cleaned += clean != text
                sheet.write_string(written, place, clean, formats.get(column.type))
    return written, cleaned


def _finish(book, sheet, listing: Listing, columns: list[Column], written: int, is_table: bool) -> None:
    """Filters on the heading, and below the rows the sums that mean something."""
    __, sums = listing.totals()
    summed = {column.name: total for column, total in sums}
    last = written + 1 if summed and written else written
    if is_table:
        headings = [_table_column(book, column, place, summed) for place, column in enumerate(columns)]
        sheet.add_table(0, 0, last, len(columns) - 1, _table(headings, bool(summed)))
        return
    sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
    if written and summed:
        bold = {"bold": True, "top": 1}
        sheet.write_string(last, 0, _("Toplam"), book.add_format(bold))
        for place, column in enumerate(columns):
            if column.name in summed:
                shown = book.add_format(bold | {"num_format": _NUMBER_FORMATS[column.type]})
                cells = xl_range(1, place, written, place)
                sheet.write_formula(last, place, f"=SUBTOTAL(109,{cells})", shown, summed[column.name])


def _table(headings: list[dict], has_sums: bool) -> dict:
    return {"columns": headings, "total_row": has_sums, "style": "Table Style Light 9", "name": "Liste"}


def _table_column(book, column: Column, place: int, summed: dict) -> dict:
    made = {"header": column.label}
    if place == 0 and summed:
        made["total_string"] = _("Toplam")
    if column.name in summed:
        made |= {
            "total_function": "sum",
            "total_value": summed[column.name],
            "format": book.add_format({"num_format": _NUMBER_FORMATS[column.type]}),
        }
    return made


def _write_about(book, listing: Listing, written: int, cleaned: int) -> None:
    """A sheet that says what the list is, so that a printed or forwarded copy speaks for itself."""
    sheet = book.add_worksheet(_("Dosya bilgisi"))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    now = timezone.localtime()
    user = listing.user
    lines = [
        (_("Kütük"), listing.register.title),
        (_("Kayıt sayısı"), str(written)),
        *listing.described(),
        (_("Sıralama"), listing.sorted_by()),
        (_("Sütunlar"), ", ".join(column.label for column in exported_columns(listing))),
        (_("Hazırlayan"), str(user) if user else _("Sistem")),
        (_("Hazırlandığı an"), f"{now:%d.%m.%Y %H:%M}"),
    ]
    if not listing.described():
        lines.insert(2, (_("Süzgeç"), _("yok; görebildiğiniz bütün kayıtlar")))
    if cleaned:
        told = _("%(count)d hücredeki yazdırılamayan karakterler çıkarıldı") % {"count": cleaned}
        lines.append((_("Uyarı"), told))
    if DemoMark.objects.exists():
        lines.append((_("Uyarı"), _("Kayıtların bir bölümü uydurma tanıtım verisidir")))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for place, (what, value) in enumerate(lines):
        sheet.write_string(place, 0, what, bold)
        sheet.write_string(place, 1, _UNWRITABLE.sub("", value), wrapped)
