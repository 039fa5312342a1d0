"""The trail as a workbook."""

from __future__ import annotations

import json
from typing import BinaryIO

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.trail.models import Event

# Rows that a sheet has, without its heading; what is more goes on the next sheet.
ROWS = 1_048_575
_WIDTHS = (19, 22, 20, 18, 16, 10, 60, 60)


def write(events: QuerySet, target: BinaryIO) -> None:
    """Line by line, so that a million entries take no more memory than one; every text stays a text."""
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    moment, bold = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}), book.add_format({"bold": True})
    kinds = dict(Event.Kind.choices)
    sheet, row = None, ROWS
    for event in events.iterator(2_000):
        if row >= ROWS:
            sheet, row = _sheet(book, bold), 0
        row += 1
        sheet.write_datetime(row, 0, timezone.localtime(event.at).replace(tzinfo=None), moment)
        texts = (
            str(kinds.get(event.kind, event.kind)), event.username, event.address, event.register, event.row_id or "",
            event.text, json.dumps(event.details, ensure_ascii=False) if event.details else "",
        )  # fmt: skip
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, str(text))
    if sheet is None:
        _sheet(book, bold)
    book.close()


def _sheet(book: xlsxwriter.Workbook, bold) -> object:
    sheet = book.add_worksheet()
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    headings = (
        _("Ne zaman"), _("Olay"), _("Kim"), _("Nereden"), _("Kütük"), _("Kayıt no"), _("İstek"), _("Ayrıntı"),
    )  # fmt: skip
    sheet.write_row(0, 0, headings, bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(headings) - 1)
    return sheet
