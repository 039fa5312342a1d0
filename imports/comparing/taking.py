"""What was decided for the outside list, handed to an ordinary import: nothing is written past its check."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator

import xlsxwriter
from django.core.files import File
from django.utils.translation import gettext as _

from imports import batches
from imports.cells import Cell
from imports.cells.cell import show
from imports.comparing.comparisons import lines_for
from imports.comparing.models import Comparison, Line
from imports.matching import Heading, key_label, match
from imports.models import Batch
from imports.reading import open_book
from inventory import access
from inventory.quoting import plain_text

_CHUNK = 1_000
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Verdict, Decision = Line.Verdict, Line.Decision


def takeable(comparison: Comparison, verdict: str, user):
    """The lines whose values on the other side shall be ours: fields that differ, or rows that we lack."""
    return lines_for(comparison, user).filter(verdict=verdict, decision=Decision.THEIRS)


def take(comparison: Comparison, verdict: str, user) -> Batch:
    """A batch, not yet checked, of the outside file's own cells under its own headings, with our key in front.

    Of a row that differs only the cells that differ and can be read; blank cells leave what there is.
    """
    register = comparison.of
    lines = takeable(comparison, verdict, user)
    book = open_book(comparison.file.path, comparison.name)
    sheet = batches.read_sheet(book, comparison)
    matching = match(register, sheet.headers, sheet.header_row, comparison.mapping)
    wanted = {line.row: line for line in lines.iterator(chunk_size=_CHUNK)}
    keys = _keys(comparison, [line.item for line in wanted.values() if line.item], user)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
        with xlsxwriter.Workbook(target, _OPTIONS) as made:
            page = made.add_worksheet()
            days = {"date": made.add_format({"num_format": "dd.mm.yyyy"})}
            headings = [key_label(register), *(heading.text for heading in matching.read)]
            page.write_row(0, 0, headings)
            for number, cells in enumerate(_rows(sheet.rows, wanted, keys, matching.read), 1):
                for place, cell in enumerate(cells):
                    _write(page, number, place, plain_text(cell) if _is_quoted(comparison, cell) else cell, days)
        target.seek(0)
        mapping = {heading.text: "+".join(heading.columns) for heading in matching.read}
        return batches.upload(
            register,
            user,
            File(target),
            _("karşılaştırma %(number)d.xlsx") % {"number": comparison.pk},
            header_row=1,
            mapping={key_label(register): register.key.name} | mapping,
            locale=comparison.read["locale"],
            mode=Batch.Mode.UPDATE if verdict == Verdict.DIFFERS else Batch.Mode.ADD,
            reason=_("%(number)d no’lu karşılaştırma: %(source)s")
            % {"number": comparison.pk, "source": comparison.source},
        )


def _keys(comparison: Comparison, ids: list[int], user) -> dict[int, object]:
    register, found = comparison.of, {}
    for start in range(0, len(ids), _CHUNK):
        rows = access.visible_to(register, user).filter(pk__in=ids[start : start + _CHUNK])
        found |= dict(rows.values_list("pk", register.key.name))
    return found


def _rows(rows, wanted: dict[int, Line], keys: dict[int, object], headings: list[Heading]) -> Iterator[list[Cell]]:
    for row, cells in rows:
        line = wanted.get(row)
        if line is None or (line.item and line.item not in keys):
            continue
        taken = {pair.column for pair in line.pairs if not pair.why}
        yield [
            keys.get(line.item),
            *(cells[heading.place] if taken & set(heading.columns) else None for heading in headings),
        ]


def _is_quoted(comparison: Comparison, cell: Cell) -> bool:
    return comparison.read["quoted"] and isinstance(cell, str)


def _write(page, number: int, place: int, cell: Cell, days: dict) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(number, place, cell)
    elif isinstance(cell, int | float):
        page.write_number(number, place, cell)
    elif isinstance(cell, dt.date) and cell.year >= 1900:
        page.write_datetime(number, place, cell, days["date"])
    else:
        page.write_string(number, place, show(cell) if not isinstance(cell, str) else cell)
