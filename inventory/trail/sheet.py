"""The trail as a file: a workbook, or CSV as Excel in Turkish opens it."""

from __future__ import annotations

import csv
import io
from typing import IO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.cells.quoting import safe_text
from inventory.printing.book import Book, Sheet
from inventory.printing.paper import Paper
from inventory.trail.words import InWords, in_words_in_turn

# Rows that a sheet has, without its heading; what is more goes on the next sheet.
ROWS = 1_048_575


def write_workbook(events: QuerySet, target: IO[bytes], paper: Paper) -> None:
    """Line by line, so that a million entries take no more memory than one; every text stays a text."""
    with Book(target, paper, constant_memory=True) as book:
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss", "valign": "top"})
        sheet: Sheet | None = None
        row = 0
        for line in in_words_in_turn(events.iterator(2_000), paper.user):
            if sheet is None or row >= ROWS:
                sheet, row = _sheet(book), 0
            row += 1
            sheet.write_datetime(row, 0, timezone.localtime(line.event.at).replace(tzinfo=None), moment)
            for column, text in enumerate(_texts(line), 1):
                sheet.write_string(row, column, text)
        if sheet is None:
            _sheet(book)


def write_csv(events: QuerySet, target: IO[bytes], paper: Paper) -> None:
    """The same with semicolons and a byte order mark; no text is taken for a formula."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings())
    for line in in_words_in_turn(events.iterator(2_000), paper.user):
        at = f"{timezone.localtime(line.event.at):%d.%m.%Y %H:%M:%S}"
        writer.writerow([at, *(safe_text(each) for each in _texts(line))])
    text.detach()


FORMS = {"xlsx": write_workbook, "csv": write_csv}


def _texts(line: InWords) -> list[str]:
    event = line.event
    cells = (line.kind, event.username, event.address, event.subject, event.row_id or "", line.sentence)
    return [*map(str, cells), "\n".join(line.more)]


def _headings() -> tuple[str, ...]:
    return (
        _("Ne zaman"), _("Olay"), _("Kim"), _("Nereden"), _("Kütük"), _("Kayıt no"), _("Ne oldu"), _("Ayrıntı"),
    )  # fmt: skip


def _sheet(book: Book) -> Sheet:
    sheet = book.add_sheet(f"{_('Denetim izi')} {len(book.worksheets()) + 1}")
    sheet.write_heading(_headings())
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(_headings()) - 1)
    return sheet
