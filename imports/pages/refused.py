"""The refused rows of a sheet in the user's own layout, with a column that says why: to correct and upload again."""

from __future__ import annotations

import datetime as dt
from typing import IO

from django.utils.translation import gettext as _

from imports import batches
from imports.checking.matching import is_ours
from imports.exporting.about import about_title, as_of_label, as_text
from imports.models import Batch
from imports.plans.plan import Finding, Verdict
from imports.reading import open_in_turn
from inventory.cells import Cell
from inventory.cells.quoting import plain_text
from inventory.organization.models import Asker
from inventory.printing.book import Book
from inventory.printing.paper import Paper

# An Excel cell holds no more.
_LONGEST = 32_767


def own_headings(batch: Batch) -> tuple[str, str]:
    """The headings of the two columns that are ours (`matching.is_ours`), in the reader's language.

    By the import's number the corrected file takes its settings when it comes back.
    """
    return _("Dosyadaki satırı (aktarım %(number)d)") % {"number": batch.pk}, _("Neden yazılmadı")


def write(batch: Batch, target: IO[bytes], user: Asker) -> int:
    """Write the refused rows for the user; returns how many.

    Raises UnreadableFile when the kept file cannot be read any more.
    """
    book = open_in_turn(batch.file.path, batch.name, encoding=batch.encoding)
    sheet = batches.read_sheet(book, batch)
    with batch.plan() as plan:
        about = " ".join(finding.message for finding in plan.of_no_line()[0])
        why = {line.row: _why(line.errors) or about for line in plan.lines(Verdict.ERROR)}
    paper = Paper(f"{batch.of.title}: {batch.name}", user=user)
    with Book(target, paper, constant_memory=True) as made:
        out = made.add_sheet(_("Hatalı satırlar"))
        reason_format = made.add_format({"text_wrap": True, "valign": "top", "font_color": "#B00020"})
        styles = _styles(made)
        # A corrected file that is refused once more has our columns already.
        places = [place for place, header in enumerate(sheet.headers) if not is_ours(header)]
        last = len(places)
        # What is typed into a blank cell stays a text, too.
        out.set_column(0, last - 1, None, styles[str])
        out.set_column(last + 1, last + 1, 60, reason_format)
        out.freeze_panes(1, 0)
        out.write_heading([*(sheet.headers[place] for place in places), *own_headings(batch)])
        written = 0
        for row, cells in sheet.rows:
            if row in why:
                written += 1
                for place, source in enumerate(places):
                    _put(out, written, place, _as_typed(cells[source], quoted=book.delimiter is not None), styles)
                out.write_number(written, last, row)
                out.write_string(written, last + 1, why[row][:_LONGEST], reason_format)
        if moment := batches.as_of(batch):
            made.add_facts(about_title(), [(as_of_label(), as_text(moment))])
    return written


def _why(errors: tuple[Finding, ...]) -> str:
    reasons = (finding.message.removeprefix(f"{finding.column}: ") for finding in errors)
    return "\n".join(": ".join(filter(None, parts)) for parts in zip((f.column for f in errors), reasons, strict=True))


def _styles(book: Book) -> dict[type, object]:
    formats = {
        str: "@",
        dt.datetime: "dd.mm.yyyy hh:mm",
        dt.date: "dd.mm.yyyy",
        dt.time: "hh:mm",
        dt.timedelta: "[h]:mm",
        # Not the column's text format, by which a number would come back as a text.
        float: "General",
    }
    return {
        kind: book.add_format({"num_format": code, "valign": "top", "text_wrap": kind is str})
        for kind, code in formats.items()
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
