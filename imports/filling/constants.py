"""A column that the file lacks, given once for all its rows.

Kept with the batch as {column: {"text": as a person reads it, "means": the stored value as text}}. For a check the
sheet gets a column more, so that whatever is asked of a cell is asked of these, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from imports.checking.matching import UnknownColumn, column_names
from imports.checking.meanings import NOTHING_SAID, Answers, answers
from imports.checking.readers import reader_of
from imports.checking.references import Lookup
from imports.reading import Sheet
from imports.reading.table import Row
from imports.words.known import text_key
from inventory.cells import Cell, CellError
from inventory.columns import Column, Type
from inventory.registers import Register

Constants = Mapping[str, Mapping[str, str]]


class UnusableConstant(ValueError):
    """A column or a value that cannot be given so; the message says why."""


@dataclass(frozen=True, eq=False)
class _Rows(Sequence[Row]):
    """The rows of a sheet, each with the same cells at its end."""

    rows: Sequence[Row]
    cells: list[Cell]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [(row, [*cells, *self.cells]) for row, cells in self.rows[index]]
        row, cells = self.rows[index]
        return row, [*cells, *self.cells]

    def __iter__(self) -> Iterator[Row]:
        return ((row, [*cells, *self.cells]) for row, cells in self.rows)


def may_be_given(register: Register, column: Column) -> bool:
    """Not what distinguishes rows: all of them would be one."""
    alone = {names[0] for names in register.identity if len(names) == 1}
    return column.editable and not column.is_personal and column.name not in alone


def of_value(column: Column, value: object) -> dict[str, str]:
    """A stored value, or a row, as it is kept."""
    if isinstance(value, Model):
        return {"text": str(value), "means": str(value.pk)}
    shown = value if column.type != Type.CHOICE else str(column.choices[str(value)])
    return {"text": column.show(shown), "means": str(value)}


def of_texts(register: Register, texts: Mapping[str, str], user) -> dict[str, dict[str, str]]:
    """What a person wrote as COLUMN=VALUE, as it is kept. Raises UnusableConstant."""
    constants = {}
    for name, text in texts.items():
        try:
            names = column_names(register, name)
        except UnknownColumn as error:
            raise UnusableConstant(str(error)) from error
        if len(names) > 1 or names[0] not in register.columns:
            raise UnusableConstant(_("“%(column)s” için tek değer verilemez.") % {"column": name})
        column = register.column(names[0])
        if not may_be_given(register, column):
            message = _("“%(column)s” bütün satırlara verilemez: her kaydın kendi değeri vardır.")
            raise UnusableConstant(message % {"column": column.label})
        try:
            constants[column.name] = of_value(column, _value(register, column, text, user))
        except (CellError, ValidationError) as error:
            raise UnusableConstant(f"{column.label}: {' '.join(getattr(error, 'messages', [str(error)]))}") from error
    return constants


def _value(register: Register, column: Column, text: str, user) -> object:
    said = answers(register, user, None).get(column.name, NOTHING_SAID)
    read = reader_of(column, "tr", said).read(text)
    if isinstance(read, CellError):
        raise read
    if (value := read[0]) is None:
        raise CellError(_("Bir değer yazınız."))
    if column.type != Type.REFERENCE:
        return value
    lookup = Lookup(register, column, user, said)
    lookup.learn([value])
    return lookup.choose(value)


def headings(register: Register, constants: Constants) -> dict[str, str]:
    """The headings that the sheet gets, each with its column."""
    names = {name: register.column(name) for name in constants if name in register.columns}
    return {_("%(column)s (bütün satırlar)") % {"column": column.label}: name for name, column in names.items()}


def added(register: Register, sheet: Sheet, constants: Constants) -> Sheet:
    """The sheet with a column more for each constant."""
    more = headings(register, constants)
    if not more:
        return sheet
    cells = [_cell(register.column(name), constants[name]) for name in more.values()]
    return replace(
        sheet,
        headers=[*sheet.headers, *more],
        rows=_Rows(sheet.rows, cells),
        letters=[*sheet.letters, *("" for _ in more)],
        filled_cells=[*sheet.filled_cells, *(len(sheet.rows) for _ in more)],
    )


def _cell(column: Column, constant: Mapping[str, str]) -> Cell:
    """The cell that is read as the value, whatever the file's locale."""
    match column.type:
        case Type.DATE:
            return dt.date.fromisoformat(constant["means"])
        case Type.MOMENT:
            return dt.datetime.fromisoformat(constant["means"])
        case Type.BOOLEAN:
            return constant["means"] == "True"
        case Type.INTEGER:
            return int(constant["means"])
        case kind if kind.is_number:
            return float(constant["means"])
        case Type.CHOICE:
            return constant["means"]
        case _:
            return constant["text"]


def with_meant(register: Register, said: Answers, constants: Constants) -> Answers:
    """The answers, by which a name that several rows have means the one that was given."""
    answers = dict(said)
    for name, constant in constants.items():
        if name in register.columns and register.column(name).type == Type.REFERENCE:
            key, own = text_key(register.column(name), constant["text"]), answers.get(name, NOTHING_SAID)
            answers[name] = replace(own, answers={**own.answers, key: constant["means"]})
    return answers
