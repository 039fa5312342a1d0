"""A column of a register: what a model field means to a list, a form, a filter and a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db import models
from django.db.models import Expression, F
from django.utils import formats, translation

from inventory import normal
from inventory.fields import AreaField, DegreeField, MoneyField, NormalField
from inventory.search import capital, turkish
from inventory.trees import Tree


class Type(StrEnum):
    TEXT = "text"
    CODE = "code"  # text whose digits are not a number: serials, plates, codes
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    AREA = "area"
    DEGREE = "degree"  # of longitude or latitude
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    REFERENCE = "reference"

    @property
    def is_number(self) -> bool:
        return self in (Type.INTEGER, Type.DECIMAL, Type.MONEY, Type.AREA, Type.DEGREE)


# The first that fits; a field that fits none stops the start.
_TYPES: tuple[tuple[type[models.Field], Type], ...] = (
    (models.ForeignKey, Type.REFERENCE),
    (AreaField, Type.AREA),
    (MoneyField, Type.MONEY),
    (models.DecimalField, Type.DECIMAL),
    (DegreeField, Type.DEGREE),
    (models.BooleanField, Type.BOOLEAN),
    (models.AutoField, Type.CODE),
    (models.IntegerField, Type.INTEGER),
    (models.DateField, Type.DATE),
    (NormalField, Type.CODE),
    (models.GenericIPAddressField, Type.CODE),
    (models.CharField, Type.TEXT),
    (models.TextField, Type.LONG_TEXT),
)


@dataclass(frozen=True)
class Column:
    """One name of a register's `columns`, with all that follows from its model field."""

    field: models.Field

    @property
    def name(self) -> str:
        return self.field.name

    @cached_property
    def type(self) -> Type:
        if self.field.choices is not None:
            return Type.CHOICE
        for field_class, column_type in _TYPES:
            if isinstance(self.field, field_class):
                return column_type
        raise TypeError(f"{self.field}: no column type for {type(self.field).__name__}")

    @property
    def label(self) -> str:
        """The heading in the active language."""
        return translation.gettext("Kayıt no") if self.field.primary_key else capital(self.field.verbose_name)

    def labels(self) -> tuple[str, ...]:
        """The headings in every language, the first being Turkish."""
        found = []
        for language in ("tr", "en"):
            with translation.override(language):
                found.append(self.label)
        return tuple(dict.fromkeys(found))

    @cached_property
    def choices(self) -> dict[str, object]:
        """The stored values of a choice with their (lazily translated) texts."""
        return dict(self.field.flatchoices)

    @property
    def editable(self) -> bool:
        return self.field.editable and not self.field.primary_key

    @cached_property
    def is_personal(self) -> bool:
        """Whether pages and sheets show the value masked; the full one only to whom `access` lets read it."""
        return getattr(self.field, "is_personal", False)

    @property
    def related_model(self) -> type[models.Model] | None:
        return self.field.related_model

    @property
    def blank_text(self) -> bool:
        """Whether the column's blank is an empty text, which a database would put first."""
        return self.field.blank and not self.field.null and isinstance(self.field, models.CharField | models.TextField)

    @property
    def order(self) -> Expression:
        """What the rows are ordered by when sorted by this column."""
        if self.name == "code" and issubclass(self.field.model, Tree):
            # 1.1.4.2 comes before 1.1.4.10.
            return F("path")
        if self.type == Type.REFERENCE:
            fields = {field.name for field in self.related_model._meta.fields}
            if "path" in fields and "code" in fields:
                return F(f"{self.name}__path")
            named = next(name for name in ("full_name", "name", "plate", "number", "inventory_no") if name in fields)
            return turkish(f"{self.name}__{named}")
        return turkish(self.name) if self.type in (Type.TEXT, Type.LONG_TEXT) else F(self.name)

    def value(self, row: models.Model) -> object:
        """The row's value as a person names it: choices, references as text, blanks as None, personal ones masked."""
        value = getattr(row, self.name)
        if value in (None, ""):
            return None
        if self.is_personal:
            return normal.masked(value)
        if self.type == Type.CHOICE:
            return str(self.choices.get(value, value))
        return str(value) if self.type in (Type.REFERENCE, Type.CODE) else value

    def text(self, row: models.Model) -> str:
        """The value as it is shown on a page, in the active language's form."""
        return self.show(self.value(row))

    def show(self, value: object) -> str:
        """A value of this column, as `value()` gives it, as text; a blank is an empty text."""
        if value is None:
            return ""
        if self.is_personal:
            return normal.masked(str(value)) if value else ""
        if self.type == Type.BOOLEAN:
            return translation.gettext("Evet") if value else translation.gettext("Hayır")
        if self.type == Type.DATE:
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        if self.type in (Type.DECIMAL, Type.MONEY, Type.AREA):
            return formats.number_format(value, self.field.decimal_places, force_grouping=True)
        if self.type == Type.DEGREE:
            return formats.localize(value)
        # Years and meters would mislead with a thousands mark in the one and without it in the other.
        return str(value)
