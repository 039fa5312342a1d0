"""A sheet as a table: headers, the rows under them, and notes on what was left out or looks odd."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from django.utils.translation import gettext as _

from imports.reading.header import header_names, letters, propose, without_twins
from imports.reading.notes import sheet_notes, spans
from imports.reading.signatures import Signatures
from imports.workbooks.limits import UnreadableFile
from imports.workbooks.raw import RawSheet
from inventory.cells.cell import Cell
from inventory.search import fold

_TOTAL = re.compile(r"(?:(?:genel|ara|sayfa|icmal|grand|sub) ?)?(?:toplami?|yekun|total)(?: \(.*\))?\s*[:=.]?")
_NUMBER = re.compile(r"[\d\s.,()%₺+–-]+(?:TL|m²|m2|adet)?", re.IGNORECASE)
# A column at the left with this share of blanks under its first value has group names.
_GROUPED = 0.25
_GROUPS_AT_MOST = 3


# Its number, as a person sees it, and its cells by header.
Row = tuple[int, list[Cell]]


@dataclass(frozen=True, eq=False)
class Rows(Sequence[Row]):
    """(row number, cells by header) for each row, unpacked as it is read; may be gone through many times."""

    raw: RawSheet
    columns: list[int]
    first: int
    skipped: frozenset[int]
    length: int
    filled: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index):
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return list(islice(self, start, stop, step)) if step > 0 else list(self)[index]
        return next(islice(self, range(len(self))[index], None))

    def __iter__(self) -> Iterator[Row]:
        above: dict[int, Cell] = {}
        for number, cells in self.raw.rows():
            if number < self.first or number in self.skipped:
                continue
            cells += [None] * (self.raw.width - len(cells))
            row = [cells[column] for column in self.columns]
            for column in self.filled:
                above[column] = row[column] = above.get(column) if row[column] is None else row[column]
            yield number, row

    def filled_down(self, columns: Collection[int]) -> "Rows":
        """The same rows, where a blank in these columns takes the value above it."""
        return replace(self, filled=self.filled | frozenset(columns))


@dataclass(frozen=True)
class Sheet:
    """A table. Row numbers are those a person sees; `letters` are the columns' as Excel shows them.

    `header_row` is the first of `header_rows` rows. `fillable` are headers whose values seem to stand only in
    the first row of a group; `filled_down` carries them on. `filled_cells` counts the cells under each header
    that are not blank.
    """

    name: str
    headers: list[str]
    rows: Sequence[Row]
    notes: list[str]
    header_row: int
    header_rows: int
    letters: list[str]
    fillable: list[str]
    filled_cells: list[int]

    def filled_down(self, headers: Collection[str]) -> "Sheet":
        """The sheet with the blanks in these columns filled from above, and a note that says so."""
        note = _("Boş hücreler üstündekiyle dolduruldu: %(headers)s.") % {"headers": ", ".join(headers)}
        assert isinstance(self.rows, Rows)  # as they were read: no column has been added yet
        rows = self.rows.filled_down([self.headers.index(header) for header in headers])
        return replace(self, rows=rows, notes=[*self.notes, note])


@dataclass
class _Survey:
    """One pass over the rows under the header."""

    totals: list[int] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    beyond: list[int] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    leading: list[int] = field(default_factory=list)
    blanks: Counter[int] = field(default_factory=Counter)
    filled: Counter[int] = field(default_factory=Counter)
    count: int = 0

    def add(self, number: int, cells: list[Cell], unnamed: list[int], last_named: int) -> None:
        """Count a row of the table in; `unnamed` are columns without a heading, `last_named` the last that has one."""
        self.count += 1
        self.filled.update([column for column, cell in enumerate(cells) if cell is not None])
        self.used.update(c for c in unnamed if c < len(cells) and cells[c] is not None)
        if len(cells) > last_named + 1 and any(cell is not None for cell in cells[last_named + 1 :]):
            self.beyond.append(number)
        if self.count == 1:
            self.leading = [c for c in range(min(_GROUPS_AT_MOST, len(cells))) if cells[c] is not None]
        self.blanks.update(c for c in self.leading if c >= len(cells) or cells[c] is None)


def make_sheet(raw: RawSheet, header_row: int | None, header_rows: int | None, known: Collection[str]) -> Sheet:
    """The sheet read as a table, its header where it is said or proposed. Raises UnreadableFile."""
    if not raw.row_count:
        raise UnreadableFile(_("“%(sheet)s” sayfası boş; başka bir sayfa seçiniz.") % {"sheet": raw.name})
    proposed_row, proposed_rows = (header_row, 1) if header_row else propose(raw, known)
    header = list(islice((row for row in raw.rows() if row[0] >= proposed_row), header_rows or proposed_rows))
    if not header or header[0][0] != proposed_row:
        raise UnreadableFile(
            _("%(row)d. satır boş; “%(sheet)s” sayfasında başlıkların bulunduğu satırı seçiniz.")
            % {"row": proposed_row, "sheet": raw.name}
        )
    names = header_names(raw, header)
    last_named = max((column for column, name in enumerate(names) if name), default=-1)
    body = header[-1][0] + 1
    survey = _survey(raw, body, [cells for _number, cells in header], names, last_named)
    if raw.delimited and survey.count and len(survey.beyond) == survey.count:
        raise _shifted(survey.beyond)
    columns = [c for c in range(last_named + 1) if names[c] or c in survey.used]
    named = [names[c] or _("Sütun %(letter)s") % {"letter": letters(c + raw.first_column)} for c in columns]
    headers, twins = without_twins(named)
    placed = {column + raw.first_column: name for column, name in zip(columns, headers, strict=True)}
    unnamed = [name for column, name in zip(columns, headers, strict=True) if not names[column]]
    return Sheet(
        name=raw.name,
        headers=headers,
        rows=Rows(raw, columns, body, frozenset(survey.totals + survey.repeated + survey.signed), survey.count),
        notes=_header_notes(raw, header, twins, unnamed)
        + _row_notes(raw, body, survey)
        + sheet_notes(raw, body, placed, survey.totals + survey.signed),
        header_row=header[0][0],
        header_rows=len(header),
        letters=[letters(column) for column in placed],
        fillable=_fillable(raw, body, columns, headers, survey),
        filled_cells=[survey.filled[column] for column in columns],
    )


def _survey(raw: RawSheet, body: int, header: list[list[Cell]], names: list[str], last_named: int) -> _Survey:
    survey = _Survey()
    unnamed = [column for column in range(last_named) if not names[column]]
    signatures, signed = Signatures(sum(map(bool, names))), []
    for number, cells in raw.rows():
        if number < body:
            continue
        if cells in header:
            survey.repeated.append(number)
        elif _is_total(cells, number == raw.last_row):
            survey.totals.append(number)
        elif signatures.belongs(cells):
            signed.append((number, cells))
        else:
            for earlier in signed:  # signatures have no row of the table below them
                survey.add(*earlier, unnamed, last_named)
            signed.clear()
            survey.add(number, cells, unnamed, last_named)
    survey.signed = [number for number, _cells in signed]
    return survey


def _shifted(rows: list[int]) -> UnreadableFile:
    """A heading is missing, or a comma within a number was taken for the delimiter: every value may stand one off."""
    return UnreadableFile(
        _(
            "Her satırda başlıktan çok hücre var (%(rows)s), değerler kaymış olabilir. Eksik başlığı yazınız; "
            "sayılarda virgül varsa dosyayı Excel’de açıp .xlsx olarak kaydediniz."
        )
        % {"rows": spans(rows)}
    )


def _is_total(cells: list[Cell], is_last: bool) -> bool:
    """Whether a row says only "Toplam" and numbers; without numbers only at the end of the sheet."""
    filled = (cell for cell in cells if cell is not None)
    first = next(filled)
    if not isinstance(first, str) or len(first) > 40 or not _TOTAL.fullmatch(fold(first)):
        return False
    rest = list(filled)
    return (bool(rest) or is_last) and all(not isinstance(c, str) or _NUMBER.fullmatch(c) for c in rest)


def _fillable(raw: RawSheet, body: int, columns: list[int], headers: list[str], survey: _Survey) -> list[str]:
    merged = {
        first - raw.first_column
        for top, bottom, first, _last in raw.marks.merged
        if first is not None and bottom > top >= body
    }
    fillable, at_the_left = [], len(columns) > 1
    for column, header in zip(columns, headers, strict=True):
        is_grouped = at_the_left and survey.blanks[column] >= max(2, _GROUPED * survey.count)
        at_the_left = is_grouped
        if is_grouped or column in merged:
            fillable.append(header)
    return fillable


def _header_notes(raw: RawSheet, header: list, twins: list[str], unnamed: list[str]) -> list[str]:
    notes = []
    if above := [number for number, _cells in islice(raw.rows(), 50) if number < header[0][0]]:
        notes.append(_("Başlığın üstündeki satırlar okunmadı: %(rows)s.") % {"rows": spans(above)})
    if twins:
        notes.append(
            _("Aynı başlık birden çok kez var: %(names)s. Sonrakilere “(2)” eklendi.") % {"names": ", ".join(twins)}
        )
    if unnamed:
        notes.append(_("Başlığı olmayan dolu sütunlar var: %(names)s.") % {"names": ", ".join(unnamed)})
    return notes


def _row_notes(raw: RawSheet, body: int, survey: _Survey) -> list[str]:
    blank = [number for number in raw.blank_rows if number >= body]
    sentences = (
        (_("Toplam satırları okunmadı: %(rows)s."), survey.totals),
        (_("İmza satırları okunmadı: %(rows)s."), survey.signed),
        (_("Yinelenen başlık satırları okunmadı: %(rows)s."), survey.repeated),
        (_("Boş satırlar atlandı: %(rows)s."), blank),
        (_("Başlıklardan sonraki fazla hücreler okunmadı: satır %(rows)s."), survey.beyond),
    )
    return [sentence % {"rows": spans(rows)} for sentence, rows in sentences if rows]
