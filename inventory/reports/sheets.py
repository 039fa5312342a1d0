"""The report as a workbook: a sheet with typed numbers for each table, and one that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import IO

from django.utils import formats
from django.utils.translation import gettext as _

from inventory.models import DemoMark
from inventory.printing.book import Book
from inventory.printing.paper import Paper
from inventory.reports.layout import Section, sections
from inventory.reports.physical_resources import SOFTWARE, Report


def write(report: Report, target: IO[bytes], user) -> None:
    """`user`: who asked for it; None is the system itself."""
    with Book(target, paper_of(report, user)) as book:
        sheets = _Sheets(book)
        for section in sections(report):
            sheets.add_table(section)
        sheets.add_programs(report)
        sheets.add_about(report, user)


class _Sheets:
    def __init__(self, book: Book):
        self.book = book
        # (is a Decimal, stands in the row of totals): format
        self.numbers = {
            (exact, last): book.add_format(
                {
                    "num_format": "#,##0.00" if exact else "#,##0",
                    "valign": "top",
                    "bold": last,
                    "top": int(last),
                }
            )
            for exact in (False, True)
            for last in (False, True)
        }

    def add_table(self, section: Section) -> None:
        first = [_("Kod")] if section.table.has_codes else []
        first.append(section.name_heading)
        sheet = self.book.add_sheet(section.title[:31], keys=len(first))
        headings = [*first, *section.headings, *([_("Programlar")] if self._lists_programs(section) else [])]
        sheet.write_heading(headings)
        sheet.freeze_panes(1, len(first))
        if self._lists_programs(section):
            sheet.set_column(len(headings) - 1, len(headings) - 1, 90)
        for place, row in enumerate(section.rows, 1):
            texts = [row.code, row.name] if section.table.has_codes else [row.name]
            self._write_row(sheet, place, texts, row.cells)
            if row.programs:
                sheet.write_string(place, len(headings) - 1, "; ".join(row.programs))
        sheet.autofilter(0, 0, max(len(section.rows), 1), len(headings) - 1)
        if section.has_total:
            texts = ["", _("Toplam")] if section.table.has_codes else [_("Toplam")]
            self._write_row(sheet, len(section.rows) + 1, texts, section.totals, last=True)

    @staticmethod
    def _lists_programs(section: Section) -> bool:
        return any(row.programs for row in section.rows)

    def _write_row(self, sheet, place: int, texts: Sequence[str], cells: list, last: bool = False) -> None:
        for column, text in enumerate(texts):
            if text:
                sheet.write_string(place, column, text, self.book.bold if last else None)
        for column, cell in enumerate(cells, len(texts)):
            if cell.value is not None:
                sheet.write_number(place, column, cell.value, self.numbers[isinstance(cell.value, Decimal), last])

    def add_programs(self, report: Report) -> None:
        """One line for each program of each unit, to be filtered and counted."""
        sheet = self.book.add_sheet(_("Programlar"))
        sheet.write_heading([_("Kullanan birim"), _("Program")])
        sheet.freeze_panes(1, 0)
        lines = [(line.name, program) for line in report.tables[SOFTWARE].lines for program in line.programs]
        for place, texts in enumerate(lines, 1):
            self._write_row(sheet, place, texts, [])
        sheet.autofilter(0, 0, max(len(lines), 1), 1)

    def add_about(self, report: Report, user) -> None:
        self.book.add_facts(_("Bilgi"), described(report, user))


def paper_of(report: Report, user) -> Paper:
    day = formats.date_format(report.as_of, "SHORT_DATE_FORMAT") if report.as_of else _("bugün")
    asked = [
        (_("Birim"), str(report.unit) if report.unit else _("Tüm belediye")),
        (_("Hangi tarihteki durum"), day),
    ]
    return Paper(_("Fiziki Kaynaklar"), asked, user)


def described(report: Report, user) -> list[tuple[str, str]]:
    """What the report is, so that a printed or forwarded copy speaks for itself: (what, value)."""
    paper = paper_of(report, user)
    lines = [
        (_("Rapor"), paper.title),
        *paper.filters,
        (_("Hazırlayan"), paper.by),
        (_("Hazırlandığı an"), formats.date_format(paper.moment, "SHORT_DATETIME_FORMAT")),
        (_("Sayılmayanlar"), _("Hizmet dışı kalan ve kayıttan düşülenler")),
    ]
    lines += [(section.title, note) for section in sections(report) for note in section.notes]
    if DemoMark.objects.exists():
        lines.append((_("Uyarı"), _("Kayıtların bir bölümü uydurma tanıtım verisidir")))
    return lines
