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
from collections.abc import Callable
from decimal import Decimal
from typing import IO, cast
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from imports.exporting.about import UNWRITABLE, about, about_title, sheet_names
from imports.exporting.grid import Grid
from imports.exporting.parts import Part, Values
from inventory.columns import Column, Type
from inventory.printing.book import Book, Sheet
from inventory.printing.paper import Paper
from inventory.printing.widths import fitting, height

NUMBER_FORMATS = {
    Type.DATE: "dd.mm.yyyy",
    Type.MOMENT: "dd.mm.yyyy hh:mm:ss",
    Type.MONEY: "#,##0.00",
    Type.AREA: "#,##0.00",
    Type.DEGREE: "0.00#####",
    Type.DECIMAL: "#,##0.00",
    Type.INTEGER: "0",
    Type.CODE: "@",
    Type.TEXT: "@",
}
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
_ONE_LINE = 15
# Fast enough not to be waited for, and a tenth larger than the best.
_COMPRESSION = 3


# Makes the workbook, a sample row in each sheet, given each sheet's number of rows and the cells that lost a character.
Shell = Callable[[list[int], int], bytes]


def write_workbook(parts: list[Part], target: IO[bytes], on_progress: Callable[[int], None]) -> list[int]:
    """Write the parts, each a sheet, and a last sheet about the file; returns each part's number of rows."""
    grids = [Grid.of(part) for part in parts]
    return fill(grids, target, lambda counts, cleaned: _shell(parts, grids, counts, cleaned), on_progress)


def fill(grids: list[Grid], target: IO[bytes], shell: Shell, on_progress: Callable[[int], None]) -> list[int]:
    """Stream the rows of each grid into the shell's first sheets; `on_progress` hears the rows written so far."""
    counts, cleaned = [0] * len(grids), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as made:
        sheets = _sheets(shell(counts, 0), len(grids))
        for place, (name, (head, styles, tail)) in enumerate(sheets.items()):
            rows = _Rows(grids[place], styles)
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
            assert sample is not None  # every shell has one
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

    def __init__(self, grid: Grid, styles: list[str]):
        self._columns = [
            (column.type, xl_col_to_name(place), style)
            for place, (column, style) in enumerate(zip(grid.columns, styles, strict=True))
        ]
        self._wrapped = [(place, grid.widths[place]) for place in grid.wrapped]
        self.count = self.cleaned = 0

    def written(self, chunk: list[Values]) -> bytes:
        first = self.count + 2
        self.count += len(chunk[0])
        columns = [
            self._cells(*column, first, values) for column, values in zip(self._columns, chunk, strict=True)
        ]  # fmt: skip
        rows = zip(enumerate(self._heights(chunk), first), zip(*columns, strict=True), strict=True)
        return "".join([f'<row r="{number}"{high}>{"".join(cells)}</row>' for (number, high), cells in rows]).encode()

    def _heights(self, chunk: list[Values]) -> list[str]:
        """What says of each row how high it is, where that is more than one line."""
        higher: dict[int, int] = {}
        for place, width in self._wrapped:
            most = fitting(width)
            for number, text in enumerate(cast(list[str | None], chunk[place])):
                if text is not None and (len(text) > most or "\n" in text):
                    higher[number] = max(higher.get(number, 0), height(text, width))
        return [f' ht="{higher[n]}"' if higher.get(n, 0) > _ONE_LINE else "" for n in range(len(chunk[0]))]

    def _cells(self, kind: Type, letter: str, style: str, first: int, values: Values) -> list[str]:
        if kind.is_dated:
            days = enumerate(cast(list[dt.date | None], values), first)
            return [self._day(v, f'r="{letter}{n}" s="{style}"') if v is not None else "" for n, v in days]
        if kind.is_number:
            return [
                "" if v is None
                else f'<c r="{letter}{n}" s="{style}"><v>{v}</v></c>' if -_MOST_EXACT < v < _MOST_EXACT
                else self._text(str(v), f'r="{letter}{n}" s="{style}"')
                for n, v in enumerate(cast(list[int | Decimal | None], values), first)
            ]  # fmt: skip
        return [
            "" if v is None
            else self._text(v, f'r="{letter}{n}" s="{style}"') if _SPECIAL.search(v)
            else f'<c r="{letter}{n}" s="{style}" t="inlineStr"><is><t>{v}</t></is></c>'
            for n, v in enumerate(cast(list[str | None], values), first)
        ]  # fmt: skip

    def _day(self, day: dt.date, at: str) -> str:
        """A moment is a day with the part of it that has gone."""
        time = day.time() if isinstance(day, dt.datetime) else None
        if day.toordinal() < _FIRST_DAY.toordinal():
            return self._text(f"{day:%d.%m.}{day.year:04d}{f' {time}' if time else ''}", at)
        part = (time.hour * 3600 + time.minute * 60 + time.second) / 86_400 if time else 0
        return f"<c {at}><v>{day.toordinal() - _DAY_ZERO + part}</v></c>"

    def _text(self, text: str, at: str) -> str:
        clean = UNWRITABLE.sub("", text)
        self.cleaned += clean != text
        # A text that looks like Excel's own escape must not be read as one.
        clean = _ESCAPED_LIKE.sub("_x005F_", clean.replace("\r\n", "\n").replace("\r", "\n"))
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


# The workbook around the rows -------------------------------------------------------------------------------


def _shell(parts: list[Part], grids: list[Grid], counts: list[int], cleaned: int) -> bytes:
    made = io.BytesIO()
    with Book(made, Paper.of(parts[0].listing), in_memory=True) as book:
        formats = Formats(book)
        for number, (name, part, grid) in enumerate(zip(sheet_names(parts), parts, grids, strict=True), 1):
            sheet = book.add_sheet(name)
            for place, column in enumerate(grid.columns):
                cell = formats.of(column, is_wrapped=place in grid.wrapped)
                sheet.set_column(place, place, grid.widths[place], cell)
                # The sample row; a blank cell without any format would not be written.
                sheet.write_number(1, place, 0, cell)
            sheet.freeze_panes(1, 1)
            sheet.write_heading([column.label for column in part.columns])
            if part.totals[0]:
                _table(sheet, part, f"Liste{number if number > 1 else ''}", formats)
        book.add_facts(about_title(), about(parts, counts, cleaned))
    return made.getvalue()


class Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Book):
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def of(self, column: Column, *, is_wrapped: bool = False, **more: object) -> Format:
        """Beside a text that goes on in a next line all stand at the top; a number keeps off the text to its right."""
        look: dict[str, object] = {
            "num_format": NUMBER_FORMATS.get(column.type, "General"),
            "valign": "top",
            "text_wrap": is_wrapped,
        }
        look |= {"align": "right", "indent": 1} if column.type.is_number or column.type.is_dated else {}
        look |= more
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _table(sheet: Sheet, part: Part, name: str, formats: Formats) -> None:
    """A real Excel table: filters on the heading, and below the rows the sums that mean something."""
    sums = part.totals[1]
    headings = []
    for place, column in enumerate(part.columns):
        made = {"header": column.label, "header_format": sheet.book.head}
        if place == 0 and sums:
            made["total_string"] = _("Toplam")
        if column.name in sums:
            # By cells and not by the heading: LibreOffice does not find one with an ı.
            total = f"=SUBTOTAL(109,{_SAMPLE_RANGE.format(xl_col_to_name(place))})"
            made |= {"total_function": total, "total_value": sums[column.name], "format": formats.of(column)}
        headings.append(made)
    options = {"columns": headings, "total_row": bool(sums), "style": "Table Style Light 9", "name": name}
    sheet.add_table(0, 0, 1 + bool(sums), len(headings) - 1, options)
