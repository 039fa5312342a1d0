"""What is wrong with a value, in the register's own words: the column by its name, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from inventory.columns import Column, Type

if TYPE_CHECKING:
    from inventory.fields import Text

# By the code of Django's ValidationError; %(limit_value)s and the like are its own.
_BLANK = _("“%(column)s” boş bırakılamaz; bir değer yazınız.")
_SENTENCES = {
    "required": _BLANK,
    "null": _BLANK,
    "blank": _BLANK,
    "invalid_choice": _("“%(column)s” için listeden birini seçiniz."),
    "min_value": _("“%(column)s” en az %(limit_value)s olabilir; sayıyı düzeltiniz."),
    "max_value": _("“%(column)s” en çok %(limit_value)s olabilir; sayıyı düzeltiniz."),
    "max_length": _("“%(column)s” en çok %(limit_value)d karakter olabilir, bu %(show_value)d karakter; kısaltınız."),
    "max_digits": _("“%(column)s” toplam en çok %(max)s rakam taşıyabilir; sayıyı düzeltiniz."),
    "max_decimal_places": _("“%(column)s” en çok %(max)s ondalık basamak taşıyabilir; sayıyı yuvarlayınız."),
    "max_whole_digits": _("“%(column)s” virgülden önce en çok %(max)s rakam taşıyabilir; sayıyı düzeltiniz."),
    "null_characters_not_allowed": _("“%(column)s” görünmeyen bir karakter taşıyor; metni yeniden yazınız."),
}
_CHOOSE = _("“%(column)s” boş bırakılamaz; listeden birini seçiniz.")


_SHAPES = {
    models.GenericIPAddressField: _("“%(column)s” bir IP adresi değil; adresi “10.1.20.30” gibi yazınız."),
    models.EmailField: _("“%(column)s” bir e-posta adresi değil; adresi “ad.soyad@ornek.bel.tr” gibi yazınız."),
}


# Not `lazystr`, which makes a class of 25 kB for each text: 65 MB of every process.
_late = lazy(str, str)


class _Worded:
    """A sentence with the column's name in it, its other places left for the error's own values."""

    def __init__(self, sentence: Text, column: Column):
        self._sentence, self._column = sentence, column

    def __str__(self) -> str:
        return str(self._sentence).replace("%(column)s", self._column.label.replace("%", "%%"))


def messages(column: Column) -> dict[str, Text]:
    """Error code → sentence, for a field of a form or of a model."""
    sentences = dict(_SENTENCES)
    if column.type in (Type.REFERENCE, Type.CHOICE):
        sentences |= dict.fromkeys(("required", "null", "blank"), _CHOOSE)
    if column.type == Type.REFERENCE:
        sentences["invalid"] = _("“%(column)s” için seçilen kayıt artık yok; listeden birini seçiniz.")
    for kind, sentence in _SHAPES.items():
        if isinstance(column.field, kind):
            sentences["invalid"] = sentence
    return {code: _late(_Worded(sentence, column)) for code, sentence in sentences.items()}
