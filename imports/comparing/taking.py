"""What was decided for the outside list, handed to an ordinary import: nothing is written past its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from imports import batches, rows
from imports.checking.matching import Heading, key_label, match
from imports.comparing.comparisons import lines_for
from imports.comparing.models import Comparison, ComparisonLine
from imports.models import Batch
from imports.reading import open_in_turn
from inventory import access
from inventory.cells import Cell, Locale, parse_decimal
from inventory.cells.quoting import plain_text
from inventory.many import chunked

_CHUNK = 1_000
# More decimal places than any column has.
_PLACES = 10

Verdict, Decision = ComparisonLine.Verdict, ComparisonLine.Decision


def takeable(comparison: Comparison, verdict: str, user):
    """The lines whose values on the other side shall be ours: fields that differ, or rows that we lack."""
    return lines_for(comparison, user).filter(verdict=verdict, decision=Decision.THEIRS)


def take(comparison: Comparison, verdict: str, user) -> Batch:
    """A batch, not yet checked, of the outside file's own cells under its own headings, with our key in front.

    Of a row that differs only the cells that differ and can be read; blank cells leave what there is. Raises
    UnreadableFile when the kept file cannot be read now.
    """
    register = comparison.of
    lines = takeable(comparison, verdict, user)
    book = open_in_turn(comparison.file.path, comparison.name, encoding=comparison.encoding)
    sheet = batches.read_sheet(book, comparison)
    matching = match(register, sheet.headers, sheet.header_row, comparison.mapping)
    wanted = {line.row: line for line in lines.iterator(chunk_size=_CHUNK)}
    locales = comparison.read.get("column_locales", {})
    keys = _keys(comparison, [line.item for line in wanted.values() if line.item], user)
    mapping = {heading.text: "+".join(heading.columns) for heading in matching.read}
    quoted = comparison.read["quoted"]
    cells = (
        [plain_text(cell) if quoted and isinstance(cell, str) else cell for cell in row]
        for row in _rows(sheet.rows, wanted, keys, matching.read, locales)
    )
    return rows.upload(
        register,
        user,
        _("karşılaştırma %(number)d.xlsx") % {"number": comparison.pk},
        [key_label(register), *(heading.text for heading in matching.read)],
        cells,
        mapping={key_label(register): register.key.name} | mapping,
        locale=comparison.read["locale"],
        as_of=comparison.compared_at,
        mode=Batch.Mode.UPDATE if verdict == Verdict.DIFFERS else Batch.Mode.ADD,
        reason=_("%(number)d no’lu karşılaştırma: %(source)s") % {"number": comparison.pk, "source": comparison.source},
    )


def _keys(comparison: Comparison, ids: list[int], user) -> dict[int, str | int]:
    register = comparison.of
    keys: dict[int, str | int] = {}
    for part in chunked(ids, _CHUNK):
        seen = access.visible_to(register, user).filter(pk__in=part)
        keys |= dict(seen.values_list("pk", register.key.name))
    return keys


def _rows(
    lines,
    wanted: dict[int, ComparisonLine],
    keys: dict[int, str | int],
    headings: list[Heading],
    locales: Mapping[str, Locale],
) -> Iterator[list[Cell]]:
    for row, cells in lines:
        line = wanted.get(row)
        if line is None or (line.item and line.item not in keys):
            continue
        taken = {pair.column for pair in line.pairs if not pair.why}
        yield [
            keys[line.item] if line.item else None,
            *(
                _number(cells[heading.place], locales.get(heading.columns[0])) if taken & set(heading.columns) else None
                for heading in headings
            ),
        ]


def _number(cell: Cell, locale: Locale | None) -> Cell:
    """The cell; as a number where its column was read otherwise than the sheet, since it leaves that column here."""
    return float(parse_decimal(cell, locale, _PLACES).value) if locale and isinstance(cell, str) else cell
