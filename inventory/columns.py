"""A column of a register: what a model field means to a list, a form, a filter and a sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F
from django.utils import formats, translation

from inventory import normal
from inventory.fields import AreaField, DegreeField, MomentField, MoneyField, NormalField
from inventory.search import Term, capital, fold, turkish


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
    MOMENT = "moment"  # a day and its time
    BOOLEAN = "boolean"
    CHOICE = "choice"
    REFERENCE = "reference"

    @property
    def is_dated(self) -> bool:
        return self in (Type.DATE, Type.MOMENT)

    @property
    def is_number(self) -> bool:
        return self in (Type.INTEGER, Type.DECIMAL, Type.MONEY, Type.AREA, Type.DEGREE)


# The first that fits; a field that fits none stops the start.
_TYPES: tuple[tuple[type[models.Field[Any, Any]], Type], ...] = (
    (models.ForeignKey, Type.REFERENCE),
    (AreaField, Type.AREA),
    (MoneyField, Type.MONEY),
    (models.DecimalField, Type.DECIMAL),
    (DegreeField, Type.DEGREE),
    (models.BooleanField, Type.BOOLEAN),
    (models.AutoField, Type.CODE),
    (models.IntegerField, Type.INTEGER),
    (MomentField, Type.MOMENT),
    (models.DateField, Type.DATE),
    (NormalField, Type.CODE),
    (models.GenericIPAddressField, Type.CODE),
    (models.CharField, Type.TEXT),
    (models.TextField, Type.LONG_TEXT),
)


# `type` is a property of a column.
_Model = type[models.Model]


@dataclass(frozen=True)
class Column:
    """One name of a register's `columns`, with all that follows from its model field."""

    field: models.Field[Any, Any]

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
        labels = []
        for language in ("tr", "en"):
            with translation.override(language):
                labels.append(self.label)
        return tuple(dict.fromkeys(labels))

    @cached_property
    def choices(self) -> dict[str, object]:
        """The stored values of a choice with their (lazily translated) texts."""
        return dict(self.field.flatchoices)

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Folded text → stored value: a choice by its value or its label in any language."""
        meanings: dict[str, str] = {}
        for language in ("en", "tr"):
            with translation.override(language):
                for value, label in self.choices.items():
                    # "Resmî (belediyenin)" is written without what explains it, too.
                    for text in (value, str(label).partition(" (")[0], label):
                        meanings[fold(text)] = value
        return meanings

    @property
    def editable(self) -> bool:
        return self.field.editable and not self.field.primary_key

    @cached_property
    def is_personal(self) -> bool:
        """Whether pages and sheets show the value masked; the full one only to whom `access` lets read it."""
        return getattr(self.field, "is_personal", False)

    @property
    def related_model(self) -> _Model | None:
        return self.field.related_model

    @property
    def target(self) -> _Model:
        """The model of the rows that a reference names; raises TypeError for other columns."""
        return target_of(self.field)

    @property
    def blank_text(self) -> bool:
        """Whether the column's blank is an empty text, which a database would put first."""
        return self.field.blank and not self.field.null and isinstance(self.field, models.CharField | models.TextField)

    @property
    def order(self) -> Term:
        """What the rows are ordered by when sorted by this column."""
        if self.type == Type.REFERENCE:
            return name_order(self.target, lambda name: F(f"{self.name}__{name}"))
        # A computed column's field is of no model.
        name = _ordered_as(getattr(self.field, "model", None), self.name)
        return turkish(name) if name == self.name and self.type in (Type.TEXT, Type.LONG_TEXT) else F(name)

    @property
    def places(self) -> int:
        """The decimal places that it keeps."""
        return getattr(self.field, "decimal_places", 0)

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

    def show(self, value: Any) -> str:
        """A value of this column, as `value()` gives it, as text; a blank is an empty text."""
        if value is None:
            return ""
        if self.is_personal:
            return normal.masked(str(value)) if value else ""
        if self.type == Type.BOOLEAN:
            return translation.gettext("Evet") if value else translation.gettext("Hayır")
        if self.type == Type.DATE:
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        if self.type == Type.MOMENT:
            return moment_text(value)
        if isinstance(self.field, models.DecimalField):
            return formats.number_format(value, _places_said(value, self.field.decimal_places), force_grouping=True)
        if self.type == Type.DEGREE:
            return str(formats.localize(value))
        # Years and meters would mislead with a thousands mark in the one and without it in the other.
        return str(value)


def _places_said(value: Any, places: int) -> int:
    """A column of finer numbers shows two places like any other, and more where they say something."""
    if places <= 2:
        return places
    exponent = Decimal(value).quantize(Decimal(1).scaleb(-places)).normalize().as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else places


def moment_text(moment: dt.datetime) -> str:
    """The seconds only where there are any."""
    time = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{formats.date_format(moment, 'SHORT_DATE_FORMAT')} {time}"


def field_of(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """Raises FieldDoesNotExist for a name of no column, such as one by which other rows name these."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(f"{model.__name__} has no column {name!r}")
    return field


def target_of(field: models.Field[Any, Any]) -> type[models.Model]:
    """The model of the rows that a reference names; raises TypeError for other fields."""
    if field.related_model is None:
        raise TypeError(f"{field} names no row")
    return field.related_model


def name_order(model: type[models.Model], field: Callable[[str], Term]) -> Term:
    """What rows that name one of the model's are ordered by; `field` gives a field of the named row."""
    name = getattr(model, "sorted_by", "name")
    by = _ordered_as(model, name)
    return turkish(field(name)) if by == name else field(by)


def _ordered_as(model: type[models.Model] | None, name: str) -> str:
    named: dict[str, str] = getattr(model, "ordered_as", {})
    return named.get(name, name)
