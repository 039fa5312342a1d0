"""Model fields that keep a value in the one form in which it is compared (inventory/normal.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import normal

if TYPE_CHECKING:
    # A text, or one that is translated when it is shown.
    from django_stubs_ext import StrOrPromise as Text


class MoneyField(models.DecimalField):
    """Turkish lira, to the kuruş; never negative."""

    default_validators = [MinValueValidator(0)]

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any):
        super().__init__(verbose_name, **({"max_digits": 15, "decimal_places": 2} | kwargs))


class AreaField(MoneyField):
    """Square metres, to the cm by cm of a deed; never negative."""


class DegreeField(models.FloatField):
    """Degrees of longitude or latitude (EPSG:4326), kept to the centimetre; the validators say how far they go."""

    decimal_places = 7
    default_error_messages = {"invalid": _("“%(value)s” bir derece değil; ondalık derece yazınız.")}

    def to_python(self, value):
        degrees = super().to_python(value)
        if degrees is None:
            return None
        if not isfinite(degrees):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})
        return round(degrees, self.decimal_places)


class MomentField(models.DateTimeField):
    """A day and its time by the municipality's clock, to the second.

    The database keeps the moment; in Python it is a datetime without a zone, as it is typed, shown and put into a
    sheet. Turkey's clock does not change any more.
    """

    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        return _by_the_clock(moment)

    def from_db_value(self, value: dt.datetime | None, expression: object, connection: object) -> dt.datetime | None:
        return _by_the_clock(value)

    def get_prep_value(self, value: Any) -> Any:
        moment = self.to_python(models.Field.get_prep_value(self, value))
        return timezone.make_aware(moment) if isinstance(moment, dt.datetime) else moment

    def value_to_string(self, obj: models.Model) -> str:
        moment: dt.datetime | None = self.value_from_object(obj)  # type: ignore[assignment]
        return "" if moment is None else moment.isoformat()


def this_minute() -> dt.datetime:
    """As a `MomentField` holds it."""
    return timezone.localtime().replace(second=0, microsecond=0, tzinfo=None)


def _by_the_clock(moment: Any) -> Any:
    if not isinstance(moment, dt.datetime):
        return moment
    return (timezone.make_naive(moment) if timezone.is_aware(moment) else moment).replace(microsecond=0)


class LongTextField(models.TextField):
    """Text of some paragraphs; an Excel cell would cut what is longer than 32,767 characters."""

    default_validators = [MaxLengthValidator(30_000)]


@lru_cache(maxsize=10_000)
def _normal(normalise: Callable[[str], str], text: str) -> str:
    """A chunk of a sheet is normalised when it is read, and again each time that its rows are looked for."""
    return normalise(text)


class NormalField(models.CharField):
    """Text in one normal form; `normalise` raises ValueError with a sentence for the user."""

    normalise: Callable[[str], str]
    # What a phone's keyboard is told.
    keys: Mapping[str, str] = {"autocapitalize": "characters", "spellcheck": "false"}

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        made = super().formfield(*args, **kwargs)
        if made is not None:
            made.widget.attrs.update(self.keys)
        return made

    def to_python(self, value):
        text = super().to_python(value)
        if not text or not text.strip():
            return "" if text is not None else None
        try:
            return _normal(type(self).normalise, text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_db_prep_save(self, value, connection):
        # Rows are cleaned before they are written; only what is looked for has yet to be normalised.
        return value if hasattr(value, "as_sql") else self.get_db_prep_value(value, connection, prepared=True)


class PlateField(NormalField):
    normalise = staticmethod(normal.plate)


class SerialField(NormalField):
    normalise = staticmethod(normal.serial)


class InventoryNumberField(NormalField):
    normalise = staticmethod(normal.capitals)


class MacField(NormalField):
    normalise = staticmethod(normal.mac)


class HostnameField(NormalField):
    keys: Mapping[str, str] = {"autocapitalize": "none", "spellcheck": "false"}
    normalise = staticmethod(normal.hostname)


class ClockField(NormalField):
    """A time of day to the minute, "08:30". No TimeField: that has no 24:00, at which a shift may end."""

    normalise = staticmethod(normal.clock)

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any):
        super().__init__(verbose_name, **({"max_length": 20} | kwargs))


class IdentityNumberField(NormalField):
    """A person's identity number: shown masked everywhere; read in full only where the reading is recorded."""

    normalise = staticmethod(normal.identity_number)
    is_personal = True

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any):
        super().__init__(verbose_name, **({"max_length": 11} | kwargs))


class PersonalNumberField(NormalField):
    """Another number by which a person is known, such as a driving licence's: shown masked as an identity number is."""

    normalise = staticmethod(normal.personal_number)
    is_personal = True


class BlockParcelField(NormalField):
    """A block (ada) or parcel number."""

    normalise = staticmethod(normal.parcel_number)
