"""Form fields that read what is typed as a sheet's cells are read (`inventory.cells`): one reader, one meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.cells import (
    Cell,
    CellError,
    Locale,
    Parsed,
    is_blank,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_moment,
)
from inventory.columns import moment_text


def _locale() -> Locale:
    """Numbers are shown by the reader's language, and so are typed by it."""
    return "en" if (get_language() or "").startswith("en") else "tr"


def _read(parse: Callable[..., Parsed], value: Cell, *how):
    if is_blank(value):
        return None
    try:
        return parse(value, *how).value
    except CellError as error:
        raise ValidationError(error.sentence, code="unread") from error


class WholeField(forms.IntegerField):
    """A whole number, with or without points between the thousands."""

    def to_python(self, value):
        return _read(parse_integer, value, _locale())


class ExactField(forms.DecimalField):
    """A decimal number; more places than the column keeps are refused, never rounded."""

    def to_python(self, value) -> Decimal | None:  # type: ignore[override]  # as in Django, of a whole number's field
        return _read(parse_decimal, value, _locale(), self.decimal_places)


class DayField(forms.DateField):
    """A day; the day stands first in either language."""

    def to_python(self, value):
        if isinstance(value, str) and value.strip().isdigit() and len(value.strip()) != 8:
            # A cell may hold Excel's count of days; nobody types one.
            message = _("“%(text)s” bir tarih değil; gün.ay.yıl sırasıyla “17.07.2018” gibi yazınız.")
            raise ValidationError(message % {"text": value.strip()}, code="unread")
        return _read(parse_date, value, "tr")


class MomentFormField(forms.DateTimeField):
    """A day and its time."""

    def to_python(self, value):
        return _read(parse_moment, value, "tr")

    def prepare_value(self, value):
        return moment_text(value) if isinstance(value, dt.datetime) else value

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
