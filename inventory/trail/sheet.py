"""The trail as a file: a workbook, or CSV as Excel in Turkish opens it."""

from __future__ import annotations

import csv
import io
import json
from typing import IO

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.cells.quoting import safe_text
from inventory.trail.models import Event

# Rows that a sheet has, without its heading; what is more goes on the next sheet.
ROWS = 1_048_575
_WIDTHS = (19, 22, 20, 18, 16, 10, 60, 60)


def write_workbook(events: QuerySet, target: IO[bytes]) -> None:
    """Line by line, so that a million entries take no more memory than one; every text stays a text."""
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    moment, bold = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}), book.add_format({"bold": True})
    sheet, row = None, ROWS
    for event in events.iterator(2_000):
        if row >= ROWS:
            sheet, row = _sheet(book, bold), 0
        row += 1
        sheet.write_datetime(row, 0, timezone.localtime(event.at).replace(tzinfo=None), moment)
        for column, text in enumerate(_texts(event), 1):
            sheet.write_string(row, column, text)
    if sheet is None:
        _sheet(book, bold)
    book.close()


def write_csv(events: QuerySet, target: IO[bytes]) -> None:
    """The same with semicolons and a byte order mark; no text is taken for a formula."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings())
    for event in events.iterator(2_000):
        at = f"{timezone.localtime(event.at):%d.%m.%Y %H:%M:%S}"
        writer.writerow([at, *(safe_text(each) for each in _texts(event))])
    text.detach()


FORMS = {"xlsx": write_workbook, "csv": write_csv}


def _texts(event: Event) -> list[str]:
    details = json.dumps(event.details, ensure_ascii=False) if event.details else ""
    cells = (event.get_kind_display(), event.username, event.address, event.subject, event.row_id or "", event.text)
    return [*map(str, cells), details]


def _headings() -> tuple[str, ...]:
    return (
        _("Ne zaman"), _("Olay"), _("Kim"), _("Nereden"), _("Kütük"), _("Kayıt no"), _("İstek"), _("Ayrıntı"),
    )  # fmt: skip


def _sheet(book: xlsxwriter.Workbook, bold) -> object:
    sheet = book.add_worksheet(f"{_('Denetim izi')} {len(book.worksheets()) + 1}")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, _headings(), bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(_WIDTHS) - 1)
    return sheet
