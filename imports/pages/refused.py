"""The refused rows of a sheet in the user's own layout, with a column that says why: to correct and upload again."""

from __future__ import annotations

import datetime as dt
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _

from imports import batches
from imports.checking.matching import is_ours
from imports.exporting.about import about_title, as_of_label, as_text
from imports.models import Batch
from imports.plans.plan import Finding, Verdict
from imports.reading import open_in_turn
from inventory.cells import Cell
from inventory.cells.quoting import plain_text

# An Excel cell holds no more.
_LONGEST = 32_767


def own_headings(batch: Batch) -> tuple[str, str]:
    """The headings of the two columns that are ours (`matching.is_ours`), in the reader's language.

    By the import's number the corrected file takes its settings when it comes back.
    """
    return _("Dosyadaki satırı (aktarım %(number)d)") % {"number": batch.pk}, _("Neden yazılmadı")


def write(batch: Batch, target: IO[bytes]) -> int:
    """Write the refused rows; returns how many. Raises UnreadableFile when the kept file cannot be read any more."""
    book = open_in_turn(batch.file.path, batch.name, encoding=batch.encoding)
    sheet = batches.read_sheet(book, batch)
    with batch.plan() as plan:
        about = " ".join(finding.message for finding in plan.of_no_line()[0])
        why = {line.row: _why(line.errors) or about for line in plan.lines(Verdict.ERROR)}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as made:
        out = made.add_worksheet(_("Hatalı satırlar"))
        head = made.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCE6F1"})
        reason_format = made.add_format({"text_wrap": True, "valign": "top", "font_color": "#B00020"})
        styles = _styles(made)
        # A corrected file that is refused once more has our columns already.
        places = [place for place, header in enumerate(sheet.headers) if not is_ours(header)]
        last = len(places)
        out.set_column(0, last - 1, 18, styles[str])
        out.set_column(last, last, 12)
        out.set_column(last + 1, last + 1, 80, reason_format)
        out.freeze_panes(1, 0)
        out.write_row(0, 0, [*(sheet.headers[place] for place in places), *own_headings(batch)], head)
        written = 0
        for row, cells in sheet.rows:
            if row in why:
                written += 1
                for place, source in enumerate(places):
                    _put(out, written, place, _as_typed(cells[source], quoted=book.delimiter is not None), styles)
                out.write_number(written, last, row)
                out.write_string(written, last + 1, why[row][:_LONGEST], reason_format)
        if moment := batches.as_of(batch):
            made.add_worksheet(about_title()).write_row(0, 0, [as_of_label(), as_text(moment)])
    return written


def _why(errors: tuple[Finding, ...]) -> str:
    reasons = (finding.message.removeprefix(f"{finding.column}: ") for finding in errors)
    return "\n".join(": ".join(filter(None, parts)) for parts in zip((f.column for f in errors), reasons, strict=True))


def _styles(book) -> dict[type, object]:
    return {
        str: book.add_format({"num_format": "@"}),
        dt.datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
        dt.date: book.add_format({"num_format": "dd.mm.yyyy"}),
        dt.time: book.add_format({"num_format": "hh:mm"}),
        dt.timedelta: book.add_format({"num_format": "[h]:mm"}),
        # Not the column's text format, by which a number would come back as a text.
        float: book.add_format({"num_format": "General"}),
    }


def _as_typed(cell: Cell, *, quoted: bool) -> Cell:
    return plain_text(cell) if quoted and isinstance(cell, str) else cell


def _put(out, row: int, place: int, cell: Cell, styles: dict[type, object]) -> None:
    match cell:
        case None:
            return
        case bool():
            out.write_boolean(row, place, cell, styles[float])
        case int() | float():
            out.write_number(row, place, cell, styles[float])
        case dt.datetime() | dt.date() if cell.year >= 1900:
            is_day = not isinstance(cell, dt.datetime) or cell.time() == dt.time()
            out.write_datetime(row, place, cell, styles[dt.date if is_day else dt.datetime])
        case dt.time() | dt.timedelta():
            out.write_datetime(row, place, cell, styles[type(cell)])
        case str():
            out.write_string(row, place, cell[:_LONGEST], styles[str])
        case _:
            out.write_string(row, place, f"{cell.day:02}.{cell.month:02}.{cell.year:04}", styles[str])
