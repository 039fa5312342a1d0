"""A row of a sheet on its way to a verdict: its cells turned into values, column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from import_export.fields import Field

from imports.cells import Cell, CellError, Locale, is_blank
from imports.cells.cell import show
from imports.composites import composites
from imports.matching import Heading, Matching
from imports.meanings import Answers, Unknowns, UnknownValue
from imports.plan import Finding
from imports.widgets import ColumnWidget, CompositeWidget, cell_field
from inventory.columns import Type
from inventory.normal import is_masked, masked
from inventory.quoting import plain_text
from inventory.registers import Register


@dataclass(slots=True)
class Draft:
    """What is known of a row so far.

    `values` hold stored values, and rows for references; `texts` what names a reference; a blank cell is in
    neither. `failed` are columns whose cell is an error. `present` is the register's row as it stands, its
    stored values by attribute name; None for a new one.
    """

    row: int
    cells: list[Cell]
    key: Cell = None
    values: dict[str, object] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # cells that name what stands there already
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    present: dict[str, object] | None = None
    lost: bool = False  # the row cannot be judged further
    # Of another table, by the column that leads there: what is to be written, the old text, the new.
    beside: dict[str, tuple[dict, str, str]] = field(default_factory=dict)


class Drafter:
    """Makes the drafts of one sheet, and words their findings by the sheet's own headings."""

    def __init__(
        self,
        register: Register,
        matching: Matching,
        locale: Locale,
        *,
        quoted: bool = False,
        answers: Answers | None = None,
    ):
        self._register, self._matching, self._quoted = register, matching, quoted
        self._answers = answers or {}
        self.locale = locale
        self.unknowns = Unknowns()
        self._headings = {name: h for h in matching.headings for name in h.columns}
        self._personal = [column.name for column in register.personal if column.name in self._headings]
        self._key_place = matching.key.place if matching.key else None
        self._fields: list[tuple[Heading, Field]] = []
        self.references: list[str] = []
        for heading in matching.read:
            self._fields.append((heading, self._field(heading, locale)))
        # A neighbourhood is told apart by its district, which the register names before it.
        self.references.sort(key=register.columns.index)

    def _field(self, heading: Heading, locale: Locale) -> Field:
        if len(heading.columns) > 1:
            (found,) = (one for one in composites(self._register) if one.columns == heading.columns)
            columns = [self._register.column(name) for name in found.columns]
            return Field(column_name=heading.place, widget=CompositeWidget(found, columns, locale))
        column = self._register.column(heading.columns[0])
        if column.type == Type.REFERENCE:
            self.references.append(column.name)
        return cell_field(column, heading.place, locale, self._answers.get(column.name))

    def drafts(self, rows: Iterable[tuple[int, list[Cell]]]) -> list[Draft]:
        """The drafts of a chunk of rows, read column by column."""
        drafts = [self._begun(row, cells) for row, cells in rows]
        for heading, cell in self._fields:
            self._read_column(drafts, heading, cell.widget)
        return drafts

    def _begun(self, row: int, cells: list[Cell]) -> Draft:
        if self._quoted:
            cells = [plain_text(cell) if type(cell) is str else cell for cell in cells]
        draft = Draft(row, cells)
        if self._key_place is not None and not is_blank(cells[self._key_place]):
            draft.key = cells[self._key_place]
        return draft

    def _read_column(self, drafts: list[Draft], heading: Heading, widget: ColumnWidget) -> None:
        place, name, is_reference = heading.place, heading.columns[0], heading.columns[0] in self.references
        known = widget.known
        for draft in drafts:
            cell = draft.cells[place]
            if cell is None:
                continue
            # Asked here, as the call of a function is dearer than most answers.
            read = known.get((type(cell), cell)) or widget.read(cell)
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
                told = draft.values.pop(name)
                stored = draft.present[attribute] if draft.present is not None else ""
                if stored and masked(stored) == told:
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

    def answered(self) -> list[tuple[str, str, str]]:
        """(column, text, meaning) for each choice that a remembered answer settled."""
        return [
            (heading.columns[0], text, meaning)
            for heading, cell in self._fields
            for text, meaning in getattr(cell.widget, "answered", {}).items()
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
