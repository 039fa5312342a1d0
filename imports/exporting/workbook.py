"""An xlsx file: XlsxWriter makes the workbook, we stream the rows into its sheets.

XlsxWriter knows tables, filters, widths and totals, but makes rows an order of magnitude slower than they are
read. So it writes the book with one sample row in each sheet, and the rows of the sheet take that row's place,
with its cell formats. Memory does not grow with the rows.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from imports.exporting.about import UNWRITABLE, about, about_title, sheet_names, width
from imports.exporting.parts import Part, Values
from inventory.columns import Column, Type

NUMBER_FORMATS = {
    Type.DATE: "dd.mm.yyyy",
    Type.MONEY: "#,##0.00",
    Type.AREA: "#,##0.00",
    Type.DEGREE: "0.00#####",
    Type.DECIMAL: "#,##0.00",
    Type.INTEGER: "0",
    Type.CODE: "@",
    Type.TEXT: "@",
}
BOOK_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Excel counts days from here; it takes 1900 for a leap year, so programs differ on the days before March of it.
_FIRST_DAY = dt.date(1900, 3, 1)
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
# Excel keeps fifteen digits of a number.
_MOST_EXACT = 10**15
# What a text must be looked at for before it may stand between two tags.
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|^\s|\s$|\n|  |_x[0-9A-Fa-f]{4}_")
_ESCAPED_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SAMPLE_ROW = re.compile(rb'<row r="2"[^>]*?(?:/>|>(.*?)</row>)', re.S)
# In a formula: the sample row's cell of a column, as a range.
_SAMPLE_RANGE = "${0}$2:${0}$2"
_SAMPLE_CELLS = re.compile(rb"(\$[A-Z]+)\$2:\1\$2")
_STYLE = re.compile(rb'<c r="[A-Z]+2"(?: s="(\d+)")?')
_A4 = 9
# Fast enough not to be waited for, and a tenth larger than the best.
_COMPRESSION = 3


@dataclass
class Grid:
    """The rows of one sheet: its columns and its chunks of values, as `Part.chunks` gives them."""

    columns: list[Column]
    chunks: Iterable[list[Values]]
    #: Whether the shell makes a table of it, which must be stretched with the rows.
    is_table: bool = False


# Makes the workbook, a sample row in each sheet, given each sheet's number of rows and the cells that lost a character.
Shell = Callable[[list[int], int], bytes]


def write_workbook(parts: list[Part], target: IO[bytes], on_progress: Callable[[int], None]) -> list[int]:
    """Write the parts, each a sheet, and a last sheet about the file; returns each part's number of rows."""
    grids = [Grid(part.columns, part.chunks(), part.totals[0] > 0) for part in parts]
    return fill(grids, target, lambda counts, cleaned: _shell(parts, counts, cleaned), on_progress)


def fill(grids: list[Grid], target: IO[bytes], shell: Shell, on_progress: Callable[[int], None]) -> list[int]:
    """Stream the rows of each grid into the shell's first sheets; `on_progress` hears the rows written so far."""
    counts, cleaned = [0] * len(grids), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as made:
        sheets = _sheets(shell(counts, 0), len(grids))
        for place, (name, (head, styles, tail)) in enumerate(sheets.items()):
            rows = _Rows(grids[place].columns, styles)
            with made.open(name, "w") as sheet:
                sheet.write(head)
                for chunk in grids[place].chunks:
                    sheet.write(rows.written(chunk))
                    counts[place] = rows.count
                    on_progress(sum(counts))
                sheet.write(_moved(tail, rows.count))
            cleaned += rows.cleaned
        tables = [count for count, grid in zip(counts, grids, strict=True) if grid.is_table]
        with zipfile.ZipFile(io.BytesIO(shell(counts, cleaned))) as book:
            for entry in book.namelist():
                if entry not in sheets:
                    made.writestr(entry, _stretched(entry, book.read(entry), tables))
    return counts


def _sheets(book: bytes, count: int) -> dict[str, tuple[bytes, list[str], bytes]]:
    """The shell's first sheets: what stands before the sample row, that row's cell formats, and what stands after."""
    sheets = {}
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        for number in range(1, count + 1):
            name = f"xl/worksheets/sheet{number}.xml"
            # The dimension would be the shell's; it may be left out.
            xml = re.sub(rb"<dimension [^>]*/>", b"", parts.read(name), count=1)
            sample = _SAMPLE_ROW.search(xml)
            styles = [style.decode() or "0" for style in _STYLE.findall(sample[0])]
            sheets[name] = xml[: sample.start()], styles, xml[sample.end() :]
    return sheets


def _moved(tail: bytes, count: int) -> bytes:
    """What stood in the third row, below the sample, now stands below so many rows."""
    row, after = tail.split(b"</sheetData>", 1)
    row = re.sub(rb'r="([A-Z]*)3"', rb'r="\g<1>%d"' % (max(count, 1) + 2), row)
    return _widened(row, count) + b"</sheetData>" + after


def _widened(xml: bytes, count: int) -> bytes:
    """Sums over the sample cell as sums over so many rows."""
    return _SAMPLE_CELLS.sub(rb"\1$2:\1$%d" % (max(count, 1) + 1), xml)


def _stretched(name: str, xml: bytes, counts: list[int]) -> bytes:
    """A table of one row as a table of all; the tables are numbered as the sheets are."""
    if not (table := re.fullmatch(r"xl/tables/table(\d+)\.xml", name)):
        return xml
    count = counts[int(table[1]) - 1]
    more, xml = max(count, 1) - 1, _widened(xml, count)
    return re.sub(rb'(ref="A1:[A-Z]+)(\d+)"', lambda ref: b'%s%d"' % (ref[1], int(ref[2]) + more), xml)


class _Rows:
    """Rows of values as the XML of a sheet, from the second row on."""

    def __init__(self, columns: list[Column], styles: list[str]):
        self._columns = [
            (column.type, xl_col_to_name(place), style)
            for place, (column, style) in enumerate(zip(columns, styles, strict=True))
        ]
        self.count = self.cleaned = 0

    def written(self, chunk: list[Values]) -> bytes:
        first = self.count + 2
        self.count += len(chunk[0])
        columns = [
            self._cells(*column, first, values) for column, values in zip(self._columns, chunk, strict=True)
        ]  # fmt: skip
        rows = enumerate(zip(*columns, strict=True), first)
        return "".join([f'<row r="{number}">{"".join(cells)}</row>' for number, cells in rows]).encode()

    def _cells(self, kind: Type, letter: str, style: str, first: int, values: Values) -> list[str]:
        numbered = enumerate(values, first)
        if kind == Type.DATE:
            return [self._day(v, f'r="{letter}{n}" s="{style}"') if v is not None else "" for n, v in numbered]
        if kind.is_number:
            return [
                "" if v is None
                else f'<c r="{letter}{n}" s="{style}"><v>{v}</v></c>' if -_MOST_EXACT < v < _MOST_EXACT
                else self._text(str(v), f'r="{letter}{n}" s="{style}"')
                for n, v in numbered
            ]  # fmt: skip
        return [
            "" if v is None
            else self._text(v, f'r="{letter}{n}" s="{style}"') if _SPECIAL.search(v)
            else f'<c r="{letter}{n}" s="{style}" t="inlineStr"><is><t>{v}</t></is></c>'
            for n, v in numbered
        ]  # fmt: skip

    def _day(self, day: dt.date, at: str) -> str:
        if day < _FIRST_DAY:
            return self._text(f"{day:%d.%m.}{day.year:04d}", at)
        return f"<c {at}><v>{day.toordinal() - _DAY_ZERO}</v></c>"

    def _text(self, text: str, at: str) -> str:
        clean = UNWRITABLE.sub("", text)
        self.cleaned += clean != text
        # A text that looks like Excel's own escape must not be read as one.
        clean = _ESCAPED_LIKE.sub("_x005F_", clean.replace("\r\n", "\n").replace("\r", "\n"))
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


# The workbook around the rows -------------------------------------------------------------------------------


def _shell(parts: list[Part], counts: list[int], cleaned: int) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, BOOK_OPTIONS) as book:
        formats = {t: book.add_format({"num_format": f}) for t, f in NUMBER_FORMATS.items()}
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCE6F1"})
        for number, (name, part) in enumerate(zip(sheet_names(parts), parts, strict=True), 1):
            sheet = book.add_worksheet(name)
            _columns(sheet, part.columns, formats)
            sheet.freeze_panes(1, 1)
            sheet.set_paper(_A4)
            sheet.set_landscape()
            sheet.repeat_rows(0)
            sheet.write_row(0, 0, [column.label for column in part.columns], head)
            if part.totals[0]:
                _table(sheet, part, f"Liste{number if number > 1 else ''}", head, formats)
        _about(book, about(parts, counts, cleaned))
    return made.getvalue()


def _columns(sheet, columns: list[Column], formats: dict) -> None:
    """Widths, and the sample row with each column's format."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, width(column), formats.get(column.type))
        # A blank cell without any format would not be written.
        sheet.write_number(1, place, 0, formats.get(column.type))


def _table(sheet, part: Part, name: str, head, formats: dict) -> None:
    """A real Excel table: filters on the heading, and below the rows the sums that mean something."""
    sums = part.totals[1]
    headings = []
    for place, column in enumerate(part.columns):
        made = {"header": column.label, "header_format": head}
        if place == 0 and sums:
            made["total_string"] = _("Toplam")
        if column.name in sums:
            # By cells and not by the heading: LibreOffice does not find one with an ı.
            total = f"=SUBTOTAL(109,{_SAMPLE_RANGE.format(xl_col_to_name(place))})"
            made |= {"total_function": total, "total_value": sums[column.name], "format": formats[column.type]}
        headings.append(made)
    options = {"columns": headings, "total_row": bool(sums), "style": "Table Style Light 9", "name": name}
    sheet.add_table(0, 0, 1 + bool(sums), len(headings) - 1, options)


def _about(book, lines: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(about_title())
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for place, (what, value) in enumerate(lines):
        sheet.write_string(place, 0, what, bold)
        sheet.write_string(place, 1, value, wrapped)
