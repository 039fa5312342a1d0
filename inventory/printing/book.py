"""Workbooks that print as an office expects: A4 on its side, one sheet wide, the heading on each, numbered.

Every workbook that a person may print is a `Book`; nothing else makes one (tests/inventory/test_printing.py).
"""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from inventory.printing.paper import BOTTOM, HEAD, SIDE, TOP, Paper, across
from inventory.printing.widths import HEADING, WIDEST, Widths, fitting, height

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4 = 9
_INCH = 2.54
# What Excel keeps of a head.
_MOST = 255


class Sheet(Worksheet):
    """A sheet that measures what is written into it. A width that is set stays; the others are set at the end."""

    def begin(self, keys: int, headed: bool) -> None:
        """`keys`: columns that are repeated where it is several pages wide; `headed`: its first row is repeated."""
        self.keys, self.headed = keys, headed
        self.measured = Widths()
        self.widths: dict[int, float] = {}
        self.column_formats: dict[int, Format | None] = {}
        self._row, self._height = -1, 0

    def set_column(self, first, last, width=None, cell_format=None, options=None):
        for place in range(first, last + 1):
            if width is not None:
                self.widths[place] = width
            self.column_formats[place] = cell_format
        return super().set_column(first, last, width, cell_format, options)

    def write_string(self, row, col, string, cell_format=None):
        self._see(row, col, string)
        look = cell_format or self.book.wrapped
        width = self.widths.get(col, WIDEST)
        if look.text_wrap and look is not self.book.head and (len(string) > fitting(width) or "\n" in string):
            self._make_room(row, height(string, width))
        return super().write_string(row, col, string, look)

    def write_number(self, row, col, number, cell_format=None):
        self._see(row, col, number)
        return super().write_number(row, col, number, cell_format or self.book.plain)

    def write_datetime(self, row, col, date, cell_format=None):
        self._see(row, col, date)
        return super().write_datetime(row, col, date, cell_format)

    def write_row(self, row, col, data, cell_format=None):
        for place, value in enumerate(data, col):
            if isinstance(value, str):
                self.write_string(row, place, value, cell_format)
            else:
                self.write(row, place, value, cell_format)

    def write_heading(self, texts) -> None:
        self.set_row(0, HEADING)
        self.write_row(0, 0, texts, self.book.head)

    def _make_room(self, row: int, needed: int) -> None:
        """The row as high as its highest cell; rows are written one after the other."""
        if row != self._row:
            self._row, self._height = row, self.default_row_height
        if needed > self._height:
            self._height = needed
            self.set_row(row, needed)

    def _see(self, row: int, place: int, value: object) -> None:
        if row == 0 and self.headed:
            self.measured.see_heading(place, str(value))
        elif place not in self.widths:
            self.measured.see(place, value)

    def lay_out(self, paper: Paper) -> None:
        places = range(max((*self.widths, *self.measured.places), default=0) + 1)
        widths = [self.widths.get(place) or self.measured.of(place) for place in places]
        for place, width in enumerate(widths):
            super().set_column(place, place, width, self.column_formats.get(place))
        self.set_paper(_A4)
        self.set_landscape()
        self.set_margins(SIDE / _INCH, SIDE / _INCH, TOP / _INCH, BOTTOM / _INCH)
        self.set_header(header(paper, self.get_name()), {"margin": HEAD / _INCH, "scale_with_doc": False})
        self.set_footer(footer(paper), {"margin": HEAD / _INCH, "scale_with_doc": False})
        self.fit_to_pages(across(widths, self.keys), 0)
        self.print_across()
        if self.headed:
            self.repeat_rows(0)
        if self.keys:
            self.repeat_columns(0, self.keys - 1)


class Book(Workbook):
    """Makes its sheets by `add_sheet`; what they say on paper is one for all."""

    def __init__(self, target: IO[bytes], paper: Paper, **options: bool):
        super().__init__(target, _OPTIONS | options)
        self.worksheet_class = Sheet
        self.paper = paper
        self.head = self.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCE6F1"}
        )
        self.bold = self.add_format({"bold": True, "valign": "top", "text_wrap": True})
        self.plain = self.add_format({"valign": "top"})
        self.wrapped = self.add_format({"text_wrap": True, "valign": "top"})

    def add_sheet(self, name: str, *, keys: int = 1, headed: bool = True) -> Sheet:
        sheet: Sheet = self.add_worksheet(name)
        sheet.book = self
        sheet.begin(keys, headed)
        return sheet

    def add_facts(self, name: str, facts: list[tuple[str, str]]) -> Sheet:
        """A sheet of (what, value), such as what the file says of itself."""
        sheet = self.add_sheet(name, keys=0, headed=False)
        sheet.set_column(1, 1, 90)
        for row, (what, value) in enumerate(facts):
            sheet.write_string(row, 0, what, self.bold)
            sheet.write_string(row, 1, value)
        return sheet

    def close(self) -> None:
        for sheet in self.worksheets():
            sheet.lay_out(self.paper)
        super().close()


def header(paper: Paper, name: str) -> str:
    """Title and filters, as Excel keeps them; a blank keeps a text's first digit apart from the size of the letters."""
    title = paper.title if name in paper.title or name == paper.title[:31] else f"{paper.title} · {name}"
    text = f"&L&B{_plain(title, 100)}&B"
    for line in paper.asked:
        text += f"\n&8 {_plain(line, max(1, _MOST - 5 - _units(text)))}"
    return text


def footer(paper: Paper) -> str:
    page = _("Sayfa %(page)s / %(pages)s") % {"page": "&P", "pages": "&N"}
    return f"&L&8 {_plain(paper.made, 150)}&R&8 {page}"


def _plain(text: str, most: int) -> str:
    """A text as a head has it, no longer than so many of Excel's letters."""
    kept = ""
    for letter in text.replace("\n", " "):
        more = kept + letter.replace("&", "&&")
        if _units(more) >= most:
            return f"{kept}…"
        kept = more
    return kept


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
