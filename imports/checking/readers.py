"""Cells into the stored values of their columns, over `inventory.cells`."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import GenericIPAddressField
from django.utils.translation import gettext as _

from imports.checking.composites import Composite
from imports.checking.meanings import NOTHING_SAID, Answered, Said, UnknownValue
from imports.words.likeness import Names
from inventory.cells import (
    Cell,
    CellError,
    Locale,
    Parsed,
    parse_address,
    parse_boolean,
    parse_code,
    parse_date,
    parse_decimal,
    parse_degrees,
    parse_integer,
    parse_moment,
    parse_text,
)
from inventory.columns import Column, Type
from inventory.fields import ClockField
from inventory.normal import is_masked
from inventory.search import fold

Read = tuple[Any, str | None] | CellError
# Cells repeat (makes, kinds, units); so many distinct ones of a column are remembered.
_REMEMBERED = 5_000


class Reader:
    """Reads a cell into the column's stored value: parsed by the file's locale, checked by the model field."""

    def __init__(self, column: Column, locale: Locale):
        self.column, self.locale = column, locale
        self.known: dict[tuple[type, Cell], Read] = {}

    def read(self, cell: Cell) -> Read:
        """The value, None of a blank cell, with a warning where it can be read in two ways; or what is wrong."""
        # 1, 1.0 and True are one key of a dict, but not one cell.
        key = (type(cell), cell)
        read = self.known.get(key)
        if read is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            read = self.known[key] = self._fresh(cell)
        return read

    def _fresh(self, cell: Cell) -> Read:
        try:
            value, warning = self.parse(cell)
            return (None if value is None else self.checked(value)), warning
        except CellError as error:
            return error
        except ValidationError as error:
            return CellError(" ".join(error.messages))

    def parse(self, cell: Cell) -> Parsed:
        return parse_text(cell)

    def checked(self, value: Any) -> Any:
        return self.column.field.clean(value, None)


class ShortTextReader(Reader):
    """A date in a floor, a section or a room is Excel's doing as in a code; in notes it is somebody's own."""

    def parse(self, cell: Cell) -> Parsed:
        return (parse_code if isinstance(cell, date | time | timedelta) else parse_text)(cell)


class ClockReader(Reader):
    """A time of day, which a cell may hold as one."""


class CodeReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_code(cell)


class PersonalReader(Reader):
    """An identity number; a masked one is let through, as only beside its row it is seen to be unchanged."""

    def checked(self, value: Any) -> Any:
        return value.strip() if is_masked(value) else super().checked(value)


class AddressReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_address(cell)


class IntegerReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_integer(cell, self.locale)


class DecimalReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_decimal(cell, self.locale, self.column.places)


class DegreeReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_degrees(cell)


class DateReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_date(cell, self.locale)


class MomentReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_moment(cell, self.locale)


class BooleanReader(Reader):
    def parse(self, cell: Cell) -> Parsed:
        return parse_boolean(cell)


class ChoiceReader(Reader):
    """A choice by its text in either language, by its stored value, or by what is said elsewhere that a text means.

    `answered` are the texts that were so settled, with the choice and who says so.
    """

    def __init__(self, column: Column, locale: Locale, said: Said = NOTHING_SAID):
        super().__init__(column, locale)
        self._said = said
        self.answered: dict[str, Answered] = {}

    def parse(self, cell: Cell) -> Parsed:
        text, warning = parse_text(cell)
        if text is None:
            return Parsed(None)
        key = fold(text)
        if key in self.column.meanings:
            return Parsed(self.column.meanings[key], warning)
        for source, meanings in self._said.by_source():
            value = meanings.get(key)
            if value in self.column.choices:
                self.answered[text] = Answered(str(self.column.choices[value]), source)
                return Parsed(value, warning)
        raise UnknownValue(self._unknown(text), text)

    def _unknown(self, text: str) -> str:
        labels = [str(label) for label in self.column.choices.values()]
        near = Names([fold(label) for label in labels]).nearest(fold(text), 1)
        if near:
            return _("“%(text)s” yok; “%(near)s” mi demek istediniz? Seçenekler: %(labels)s.") % {
                "text": text,
                "near": labels[near[0]],
                "labels": ", ".join(labels),
            }
        return _("“%(text)s” yok; şunlardan birini yazınız: %(labels)s.") % {
            "text": text,
            "labels": ", ".join(labels),
        }


class ReferenceReader(Reader):
    """The text that names a row; `imports.checking.references` finds the rows of a whole chunk at once."""

    def parse(self, cell: Cell) -> Parsed:
        return parse_code(cell)

    def checked(self, value: Any) -> Any:
        return value


class CompositeReader(Reader):
    """One cell for several columns; the value is the tuple of theirs."""

    def __init__(self, composite: Composite, columns: list[Column], locale: Locale):
        super().__init__(columns[0], locale)
        self.composite, self.columns = composite, columns

    def parse(self, cell: Cell) -> Parsed:
        text, warning = parse_code(cell)
        if text is None:
            return Parsed(None)
        try:
            return Parsed(self.composite.split(text), warning)
        except ValueError as error:
            raise CellError(str(error)) from error

    def checked(self, value: Any) -> Any:
        return tuple(column.field.clean(part, None) for column, part in zip(self.columns, value, strict=True))


_READERS = {
    Type.TEXT: ShortTextReader,
    Type.LONG_TEXT: Reader,
    Type.CODE: CodeReader,
    Type.INTEGER: IntegerReader,
    Type.DECIMAL: DecimalReader,
    Type.MONEY: DecimalReader,
    Type.AREA: DecimalReader,
    Type.DEGREE: DegreeReader,
    Type.DATE: DateReader,
    Type.MOMENT: MomentReader,
    Type.BOOLEAN: BooleanReader,
    Type.REFERENCE: ReferenceReader,
}


def reader_of(column: Column, locale: Locale, said: Said = NOTHING_SAID) -> Reader:
    if column.type == Type.CHOICE:
        return ChoiceReader(column, locale, said)
    if column.is_personal:
        return PersonalReader(column, locale)
    if isinstance(column.field, GenericIPAddressField):
        return AddressReader(column, locale)
    if isinstance(column.field, ClockField):
        return ClockReader(column, locale)
    return _READERS[column.type](column, locale)
