"""Cells into values and back: django-import-export's fields and widgets over `imports.cells`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import GenericIPAddressField
from django.utils import translation
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget
from rapidfuzz import process

from imports.cells import (
    Cell,
    CellError,
    Locale,
    Parsed,
    parse_address,
    parse_boolean,
    parse_date,
    parse_decimal,
    parse_degrees,
    parse_integer,
    parse_text,
)
from imports.composites import Composite
from imports.meanings import UnknownValue
from inventory.columns import Column, Type
from inventory.normal import is_masked
from inventory.search import fold

Warn = Callable[[str], None]
Read = tuple[object, str | None] | CellError
# Cells repeat (makes, kinds, units); so many distinct ones of a column are remembered.
_REMEMBERED = 5_000
# Below this likeness a proposal would rather mislead ("Arızalı" is not "Ödünç verildi").
_NEAR = 75


class ColumnWidget(Widget):
    """Reads a cell into the column's stored value: parsed by the file's locale, checked by the model field.

    `clean` raises CellError with a sentence for the user, returns None for a blank cell, and tells a cell
    that can be read in two ways through `warn`.
    """

    def __init__(self, column: Column, locale: Locale):
        super().__init__()
        self.column, self.locale = column, locale
        self.known: dict[tuple, Read] = {}

    def clean(self, value: Cell, row=None, warn: Warn | None = None, **kwargs):
        read = self.read(value)
        if isinstance(read, CellError):
            raise read
        if read[1] and warn:
            warn(read[1])
        return read[0]

    def read(self, cell: Cell) -> Read:
        """The value with its warning, or what is wrong; `clean` without the raising, for a column of cells."""
        # 1, 1.0 and True are one key of a dict, but not one cell.
        key = (type(cell), cell)
        read = self.known.get(key)
        if read is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            read = self.known[key] = self._fresh(cell)
        return read

    def render(self, value, obj=None, **kwargs):
        """The stored value as a sheet shows it."""
        return self.column.show(value)

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

    def checked(self, value):
        return self.column.field.clean(value, None)


class CodeWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_text(cell, code=True)


class PersonalWidget(ColumnWidget):
    """An identity number; a masked one is let through, as only beside its row it can be told to be unchanged."""

    def checked(self, value):
        return value.strip() if is_masked(value) else super().checked(value)


class AddressWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_address(cell)


class IntegerWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_integer(cell, self.locale)


class DecimalWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_decimal(cell, self.locale, self.column.field.decimal_places)


class DegreeWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_degrees(cell)


class DateWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_date(cell, self.locale)


class BooleanWidget(ColumnWidget):
    def parse(self, cell: Cell) -> Parsed:
        return parse_boolean(cell)


class ChoiceWidget(ColumnWidget):
    """A choice by its text in either language, by its stored value, or by what the user said that a text means.

    `answers`: key of a text → stored value; `answered` are the texts so settled.
    """

    def __init__(self, column: Column, locale: Locale, answers: Mapping[str, str] | None = None):
        super().__init__(column, locale)
        self._answers = {key: value for key, value in (answers or {}).items() if value in column.choices}
        self.answered: dict[str, str] = {}

    def parse(self, cell: Cell) -> Parsed:
        text, warning = parse_text(cell)
        if text is None:
            return Parsed(None)
        if fold(text) in self._meanings:
            return Parsed(self._meanings[fold(text)], warning)
        if answer := self._answers.get(fold(text)):
            self.answered[text] = str(self.column.choices[answer])
            return Parsed(answer, warning)
        raise UnknownValue(self._unknown(text), text)

    @cached_property
    def _meanings(self) -> dict[str, object]:
        meanings = {}
        for language in ("en", "tr"):
            with translation.override(language):
                for value, label in self.column.choices.items():
                    # "Resmî (belediyenin)" is written without what explains it, too.
                    for text in (value, str(label).partition(" (")[0], label):
                        meanings[fold(text)] = value
        return meanings

    def _unknown(self, text: str) -> str:
        labels = [str(label) for label in self.column.choices.values()]
        near = process.extractOne(fold(text), [fold(label) for label in labels], score_cutoff=_NEAR)
        if near:
            return _("“%(text)s” yok; “%(near)s” mi demek istediniz? Seçenekler: %(labels)s.") % {
                "text": text,
                "near": labels[near[2]],
                "labels": ", ".join(labels),
            }
        return _("“%(text)s” yok; şunlardan birini yazınız: %(labels)s.") % {
            "text": text,
            "labels": ", ".join(labels),
        }


class ReferenceWidget(ColumnWidget):
    """The text that names a row; `imports.references` finds the rows of a whole chunk at once."""

    def parse(self, cell: Cell) -> Parsed:
        return parse_text(cell, code=True)

    def checked(self, value):
        return value

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class CompositeWidget(ColumnWidget):
    """One cell for several columns; the value is the tuple of theirs."""

    def __init__(self, composite: Composite, columns: list[Column], locale: Locale):
        super().__init__(columns[0], locale)
        self.composite, self.columns = composite, columns

    def parse(self, cell: Cell) -> Parsed:
        text, warning = parse_text(cell, code=True)
        if text is None:
            return Parsed(None)
        try:
            return Parsed(self.composite.split(text), warning)
        except ValueError as error:
            raise CellError(str(error)) from error

    def checked(self, value):
        return tuple(column.field.clean(part, None) for column, part in zip(self.columns, value, strict=True))


_WIDGETS = {
    Type.TEXT: ColumnWidget,
    Type.LONG_TEXT: ColumnWidget,
    Type.CODE: CodeWidget,
    Type.INTEGER: IntegerWidget,
    Type.DECIMAL: DecimalWidget,
    Type.MONEY: DecimalWidget,
    Type.AREA: DecimalWidget,
    Type.DEGREE: DegreeWidget,
    Type.DATE: DateWidget,
    Type.BOOLEAN: BooleanWidget,
    Type.REFERENCE: ReferenceWidget,
}


def cell_field(column: Column, place: int, locale: Locale, answers: Mapping[str, str] | None = None) -> Field:
    """The field that reads the column from the cell at `place` of a row."""
    if column.type == Type.CHOICE:
        widget = ChoiceWidget(column, locale, answers)
    elif column.is_personal:
        widget = PersonalWidget(column, locale)
    elif isinstance(column.field, GenericIPAddressField):
        widget = AddressWidget(column, locale)
    else:
        widget = _WIDGETS[column.type](column, locale)
    return Field(attribute=column.name, column_name=place, widget=widget)
