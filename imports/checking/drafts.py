"""A row of a sheet on its way to a verdict: its cells turned into values, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from imports.checking import clocks
from imports.checking.composites import composites
from imports.checking.matching import Fits, Heading, Matching, Reading
from imports.checking.meanings import NOTHING_SAID, Answered, Answers, Unknowns, UnknownValue
from imports.checking.readers import CompositeReader, Reader, reader_of
from imports.plans.plan import Finding
from imports.reading import Sheet
from inventory.cells import Cell, CellError, Locale, is_blank
from inventory.cells.cell import show
from inventory.cells.quoting import plain_text
from inventory.columns import Column, Type
from inventory.normal import is_masked, masked
from inventory.registers import Register

if TYPE_CHECKING:
    from imports.checking.later import Edit
    from inventory.models import Row

# So many rows decide between two meanings of a heading.
_SAMPLE = 200


@dataclass(slots=True, eq=False)
class Draft:
    """What is known of a row so far.

    `values` hold stored values, and rows for references; `texts` what names a reference; a blank cell is in
    neither. `failed` are columns whose cell is an error. `present` is the register's row as it stands, its
    stored values by attribute name; None for a new one.
    """

    row: int
    cells: list[Cell]
    key: Cell = None
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # cells that name what stands there already
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    present: dict[str, Any] | None = None
    lost: bool = False  # the row cannot be judged further
    # Of another table, by the column that leads there: what is to be written, the old text, the new.
    beside: dict[str, tuple[dict[str, Any], str, str]] = field(default_factory=dict)

    # The earlier row of the sheet that it says once more, word for word (`Register.repeats`).
    repeats: int | None = None

    # Edits of the columns that somebody changed since the sheet was made.
    later: dict[str, Edit] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        return bool(self.key is not None or self.values or self.texts or self.failed)


@dataclass(slots=True)
class Future:
    """The row of a draft as it will be: its changed columns, and their texts as they are."""

    draft: Draft
    row: Row
    changed: Set[str]
    before: dict[str, str]


class Drafter:
    """Makes the drafts of one sheet, and words their findings by the sheet's own headings."""

    def __init__(
        self,
        register: Register,
        matching: Matching,
        locale: Locale,
        *,
        columns: Mapping[str, Locale] | None = None,
        quoted: bool = False,
        answers: Answers | None = None,
    ):
        """`columns`: the locales of columns that are written otherwise than the sheet (`imports.checking.locales`)."""
        self._register, self._matching, self._quoted = register, matching, quoted
        self._answers = answers or {}
        self.locale = locale
        self.unknowns = Unknowns()
        self._headings = {name: h for h in matching.headings for name in h.columns}
        self._personal = [column.name for column in register.personal if column.name in self._headings]
        self._key_place = matching.key.place if matching.key else None
        self._clocks = _clocks(matching)
        self._readers: list[tuple[Heading, Reader]] = []
        self.references: list[str] = []
        for heading in matching.read:
            own = (columns or {}).get(heading.columns[0], locale)
            self._readers.append((heading, self._reader(heading, own)))
        # A neighbourhood is distinguished by its district, which the register names before it.
        self.references.sort(key=register.columns.index)

    def _reader(self, heading: Heading, locale: Locale) -> Reader:
        if len(heading.columns) > 1:
            (composite,) = (one for one in composites(self._register) if one.columns == heading.columns)
            columns = [self._register.column(name) for name in composite.columns]
            return CompositeReader(composite, columns, locale)
        column = self._register.column(heading.columns[0])
        if column.type == Type.REFERENCE:
            self.references.append(column.name)
        return reader_of(column, locale, self._answers.get(column.name, NOTHING_SAID))

    def drafts(self, rows: Iterable[tuple[int, list[Cell]]]) -> list[Draft]:
        """The drafts of a chunk of rows, read column by column."""
        drafts = [self._begun(row, cells) for row, cells in rows]
        for heading, reader in self._readers:
            self._read_column(drafts, heading, reader)
        return drafts

    def _begun(self, row: int, cells: list[Cell]) -> Draft:
        if self._quoted:
            cells = [plain_text(cell) if type(cell) is str else cell for cell in cells]
        for day, clock in self._clocks:
            cells[day] = clocks.joined(cells[day], cells[clock])
        draft = Draft(row, cells)
        if self._key_place is not None and not is_blank(cells[self._key_place]):
            draft.key = cells[self._key_place]
        return draft

    def _read_column(self, drafts: list[Draft], heading: Heading, reader: Reader) -> None:
        place, name, is_reference = heading.place, heading.columns[0], heading.columns[0] in self.references
        known = reader.known
        for draft in drafts:
            cell = draft.cells[place]
            if cell is None:
                continue
            # Asked here, as the call of a function is dearer than most answers.
            read = known.get((type(cell), cell)) or reader.read(cell)
            if isinstance(read, CellError):
                self.fail(draft, name, read)
                draft.failed.update(heading.columns)
                continue
            value, warning = read
            if warning:
                self.warn(draft, name, warning)
            if value is None:
                continue
            if is_reference:
                draft.texts[name] = value
            elif len(heading.columns) > 1:
                draft.values.update(zip(heading.columns, value, strict=True))
            else:
                draft.values[name] = value

    def settle_masked(self, drafts: Iterable[Draft]) -> None:
        """A personal value that comes back masked leaves what its row has; beside another row it is refused."""
        for name in self._personal:
            attribute = self._register.column(name).field.attname
            for draft in drafts:
                if not is_masked(draft.values.get(name, "")):
                    continue
                typed = draft.values.pop(name)
                stored = draft.present[attribute] if draft.present is not None else ""
                if stored and masked(stored) == typed:
                    draft.kept.add(name)
                else:
                    message = _(
                        "Gizli biçimdeki numara bu kayıttaki değil; tamamını yazınız ya da hücreyi boş bırakınız."
                    )
                    self.refuse(draft, name, message)

    def fail(self, draft: Draft, column: str, error: CellError) -> None:
        """Refuse a cell that could not be read; a text that only a person can explain is asked about."""
        if isinstance(error, UnknownValue):
            self.unknowns.add(column, draft.row, error)
        self.refuse(draft, column, str(error))

    def answered(self) -> list[tuple[str, str, Answered]]:
        """(column, text, meaning) for each choice that was settled by what is said of its text."""
        return [
            (heading.columns[0], text, meaning)
            for heading, reader in self._readers
            for text, meaning in getattr(reader, "answered", {}).items()
        ]

    def refuse(self, draft: Draft, column: str, message: str) -> None:
        """Add an error in the column's cell; the column is failed from now on."""
        draft.failed.add(column)
        draft.errors.append(self.finding(draft, column, message))

    def warn(self, draft: Draft, column: str, message: str) -> None:
        draft.warnings.append(self.finding(draft, column, message))

    def finding(self, draft: Draft, column: str, message: str) -> Finding:
        """A finding under the sheet's heading, or under the column's label where the sheet lacks it."""
        heading = self._headings.get(column)
        if heading is None:
            known = column in self._register.columns
            return Finding(draft.row, self._register.column(column).label if known else "", "", message)
        cell = draft.cells[heading.place]
        text = "" if cell is None else show(cell)
        # A wrong number still says whose it is.
        return Finding(draft.row, heading.text, masked(text) if text and column in self._personal else text, message)

    def columns(self) -> set[str]:
        return self._matching.columns()


def _clocks(matching: Matching) -> list[tuple[int, int]]:
    """The places of a day and of the time that belongs to it."""
    days = {heading.columns[0]: heading.place for heading in matching.read}
    times = [(h.columns[0], h.place) for h in matching.beside if clocks.is_clock(h.columns[0])]
    return [(days[day], place) for name, place in times if (day := clocks.column_of(name)) in days]


class ComputedCells:
    """Cells of columns that the system fills: nothing is read from them, and who changed one reads so."""

    def __init__(self, register: Register, matching: Matching, drafter: Drafter):
        self._drafter = drafter
        self._cells: list[tuple[int, Column, Reader]] = []
        for heading in matching.headings:
            if heading.reading == Reading.COMPUTED and heading.columns:
                column = register.column(heading.columns[0])
                self._cells.append((heading.place, column, reader_of(column, drafter.locale)))
        self.columns = {column.name for _place, column, _reader in self._cells}

    def warn(self, drafts: Iterable[Draft], rows: Mapping[Draft, Row]) -> None:
        """`rows` are those to be written, by their draft; what is computed of them is computed now."""
        for place, column, reader in self._cells:
            for draft in drafts:
                if draft.lost or (read := reader.read(draft.cells[place])) == (None, None):
                    continue
                stands = [draft.present[column.field.attname]] if draft.present is not None else []
                if (row := rows.get(draft)) is not None and not draft.failed:
                    row.derive()
                    stands.append(column.field.to_python(getattr(row, column.field.attname)))
                if isinstance(read, CellError) or read[0] not in stands:
                    message = _("Bu sütunu sistem hesaplar; hücredeki değer okunmadı.")
                    self._drafter.warn(draft, column.name, message)


def fits(register: Register, sheet: Sheet) -> Fits:
    """Whether the first cells at a place can be read as the columns."""

    def fit(place: int, columns: tuple[str, ...]) -> bool:
        if not set(columns) <= set(register.columns):
            return True
        reader = reader_of(register.column(columns[0]), "tr")
        cells = [cells[place] for _row, cells in sheet.rows[:_SAMPLE]]
        return not any(isinstance(reader.read(cell), CellError) for cell in cells if cell is not None)

    return fit
