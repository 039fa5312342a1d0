"""The result as a workbook: a summary, and a sheet for each verdict with both sides, the decision and the note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports.comparing.models import Comparison, ComparisonLine, Pair
from imports.exporting.about import UNWRITABLE
from inventory.organization.models import Asker
from inventory.printing.book import Book, Sheet
from inventory.printing.paper import Paper
from inventory.registers import Register

CHUNK = 2_000
# The last row that Excel has.
_LAST_ROW = 1_048_576

Verdict = ComparisonLine.Verdict
Cell = str | int | None


def write(comparison: Comparison, lines: QuerySet[ComparisonLine], target: IO[bytes], user: Asker) -> None:
    """Write the report of these lines for the user; the memory needed does not grow with their number."""
    title = _("Karşılaştırma %(number)d: %(source)s") % {"number": comparison.pk, "source": comparison.source}
    part = [(_("Kütük"), comparison.of.title), *((what, value) for what, value in comparison.part)]
    with Book(target, Paper(_clean(title), part, user), constant_memory=True) as book:
        _summary(book, comparison, lines)
        for verdict in Verdict:
            some = lines.filter(verdict=verdict).select_related("by")
            headings, rows = _table(comparison, verdict, some.iterator(chunk_size=CHUNK))
            _sheet(book, str(verdict.label), headings, rows)


def _summary(book: Book, comparison: Comparison, lines: QuerySet[ComparisonLine]) -> None:
    sheet = book.add_sheet(_("Özet"), headed=False)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 5, 18)
    row = 0
    for what, value in _about(comparison):
        sheet.write_string(row, 0, what, book.head)
        # No wrapping: it goes on over the empty cells beside it.
        sheet.write_string(row, 1, _clean(value), book.plain)
        row += 1
    row += 1
    choices = list(ComparisonLine.Decision)
    for place, heading in enumerate((_("Sonuç"), _("Satır"), *(str(choice.label) for choice in choices))):
        sheet.write_string(row, place, heading, book.head)
    for verdict in Verdict:
        row += 1
        some = lines.filter(verdict=verdict)
        sheet.write_string(row, 0, str(verdict.label))
        sheet.write_number(row, 1, some.count())
        if verdict != Verdict.SAME:
            for place, choice in enumerate(choices, 2):
                sheet.write_number(row, place, some.filter(decision=choice.value).count())
    for note in comparison.read.get("notes", ()):
        row += 1
        sheet.write_string(row + 1, 0, _clean(note), book.plain)


def _about(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What a printed or forwarded copy says of itself."""
    yield _("Karşılaştırma"), str(comparison.pk)
    yield _("Kütük"), comparison.of.title
    yield from ((what, value) for what, value in comparison.part)
    yield _("Karşı liste"), comparison.source
    yield _("Dosya"), comparison.name
    yield _("Dosya özeti (SHA-256)"), comparison.sha256
    yield _("Sayfa ve başlık satırı"), f"{comparison.read['sheet']}, {comparison.read['header_row']}"
    if comparison.encoding_read:
        yield _("Harf kodlaması"), comparison.encoding_read
    count = comparison.counts["rows"]
    yield _("Listedeki satır"), ngettext("%(count)d satır", "%(count)d satır", count) % {"count": count}
    yield _("Yükleyen"), str(comparison.user)
    yield _("Karşılaştırıldığı an"), _moment(comparison.compared_at)
    if comparison.signed_at:
        yield _("Onaylayan"), str(comparison.signed_by)
        yield _("Onaylandığı an"), _moment(comparison.signed_at)
    else:
        yield _("Onay"), _("Taslak: henüz onaylanmadı, kararlar değişebilir")


def _table(
    comparison: Comparison, verdict: str, lines: Iterable[ComparisonLine]
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of a verdict's sheet: of what differs a row for each field, else one for each line."""
    register = comparison.of
    first, last = [_("Satır"), _("Kayıt")], [_("Karar"), _("Not"), _("Karar veren"), _("Karar anı")]
    if verdict == Verdict.SAME:
        return first, ([line.row, line.title] for line in lines)
    if verdict == Verdict.DIFFERS:
        headings = [*first, _("Alan"), _("Bizde"), _("Listede"), _("Açıklama"), *last]
        return headings, (cells for line in lines for cells in _fields(register, line))
    columns = comparison.read["columns"]
    labels = [register.column(name).label for name in columns]
    return [*first, *labels, _("Açıklama"), *last], (_wide(columns, line) for line in lines)


def _fields(register: Register, line: ComparisonLine) -> Iterator[list[Cell]]:
    for pair in line.pairs:
        message = " ".join(part for part in (pair.why, line.message) if part)
        label = register.column(pair.column).label
        yield [line.row, line.title, label, pair.ours, pair.theirs, message, *_decided(line)]


def _wide(columns: list[str], line: ComparisonLine) -> list[Cell]:
    pairs: dict[str, Pair] = {pair.column: pair for pair in line.pairs}
    texts = [(pairs[name].ours or pairs[name].theirs) if name in pairs else None for name in columns]
    return [line.row, line.title, *texts, line.message, *_decided(line)]


def _decided(line: ComparisonLine) -> list[Cell]:
    at = _moment(line.at) if line.at else ""
    return [line.get_decision_display(), line.note, str(line.by) if line.by else "", at]


def _sheet(book: Book, name: str, headings: list[str], rows: Iterator[list[Cell]]) -> None:
    """A sheet, and others after it when Excel's rows do not suffice."""
    sheet, number, part = None, 0, 0
    for cells in rows:
        if sheet is None or number == _LAST_ROW:
            part += 1
            sheet, number = _begun(book, name if part == 1 else f"{name} ({part})", headings), 1
        for place, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, place, cell)
            elif cell:
                sheet.write_string(number, place, _clean(cell))
        number += 1
    if sheet is None:
        _begun(book, name, headings)


def _begun(book: Book, name: str, headings: list[str]) -> Sheet:
    sheet = book.add_sheet(name, keys=2)
    sheet.freeze_panes(1, 2)
    sheet.write_heading(headings)
    return sheet


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _moment(at) -> str:
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M}"
