"""The words of other people's files: what they call our columns and our values."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.columns import Column, Type
from inventory.models import Row
from inventory.registers import Register
from inventory.sameness.constraints import Same, SameField
from inventory.search import fold

#: In place of a register's slug: the column of every register of assets.
EVERY = "*"


def _shared() -> list[Column]:
    """The columns that all registers of assets have."""
    first, *others = registers.every("asset")
    return [column for column in first.all_columns() if all(column.name in other.columns for other in others)]


def _label(slug: str, name: str) -> str:
    if slug == EVERY:
        column = next(column for column in _shared() if column.name == name)
        return _("Bütün varlıklar · %(column)s") % {"column": column.label}
    register = registers.get(slug)
    return f"{register.title} · {register.column(name).label}"


_lazy_label = lazy(_label, str)


def columns() -> Iterator[tuple[str, object]]:
    """What a word may be about, as choices: ("vehicles.fuel", "Araçlar · Yakıt")."""
    names = [(EVERY, column.name) for column in _shared() if column.editable]
    for register in registers.every():
        names += [
            (register.slug, c.name) for c in register.all_columns() if c.editable and register.model is not Synonym
        ]
    return ((f"{slug}.{name}", _lazy_label(slug, name)) for slug, name in names)


class Synonym(Row):
    """A text in a file's heading or cell, and what it is here."""

    class What(models.TextChoices):
        VALUE = "value", _("Değer")
        HEADING = "heading", _("Başlık")
        AROUND = "around", _("Başlıkta sayılmayan sözcük")

    named_after = ("text", "means")
    searched = ("text", "means", "origin")

    what = models.CharField(_("ne"), max_length=10, choices=What, default=What.VALUE)
    column = models.CharField(_("sütun"), max_length=80, choices=columns, blank=True)
    text = models.CharField(_("dosyada yazan"), max_length=200)
    means = models.CharField(
        _("anlamı"),
        max_length=200,
        blank=True,
        help_text=_("Değerlerde: sütunun seçeneği, ya da kaydın adı veya kodu. Boşsa her dosyada sorulur."),
    )
    origin = models.CharField(_("kaynağı"), max_length=200, blank=True, help_text=_("Bu yazılış nerede görüldü?"))
    text_same = SameField()

    class Meta:
        verbose_name = _("eş anlamlı")
        verbose_name_plural = _("Eş anlamlılar")
        ordering = ["what", "column", "text_same"]
        constraints = [
            Same("text_same", "what", "column", name="synonym_once", message=_("Bu yazılış bu sütun için zaten var.")),
            models.CheckConstraint(
                condition=Q(what="value") & ~Q(column="")
                | Q(what="heading", means="") & ~Q(column="")
                | Q(what="around", column="", means=""),
                name="synonym_says_what_it_is_about",
                violation_error_message=_(
                    "Değer için sütunu ve anlamını, başlık için yalnızca sütunu, sayılmayan sözcük için yalnızca "
                    "yazılışını doldurunuz."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} → {self.means}" if self.means else self.text

    def clean(self) -> None:
        super().clean()
        column = self.about()
        if self.what != self.What.VALUE or column is None or not self.means:
            return
        if column.type == Type.CHOICE and stored(column, self.means) is None:
            sentence = ", ".join(f"“{label}”" for value, label in column.choices.items() if value)
            raise ValidationError({"means": _("Şunlardan birini yazınız: %(labels)s.") % {"labels": sentence}})
        if column.type not in (Type.CHOICE, Type.REFERENCE):
            message = _("Bu sütuna her metin yazılır; anlam yalnızca seçenekli sütunlarda verilir.")
            raise ValidationError({"column": message})

    def about(self) -> Column | None:
        """The column that the word is about."""
        slug, _point, name = self.column.partition(".")
        if slug == EVERY:
            return next((column for column in _shared() if column.name == name), None)
        register = next((one for one in registers.every() if one.slug == slug), None)
        return register.column(name) if register and name in register.columns else None


def names_of(register: Register) -> dict[str, str]:
    """What a word's `column` may be for the register's columns → the column's name; its own after what all share."""
    shared = {f"{EVERY}.{column.name}": column.name for column in _shared()} if register.group == "asset" else {}
    return shared | {f"{register.slug}.{name}": name for name in register.columns}


def stored(column: Column, text: str) -> str | None:
    """The choice that a text is by its label, in either language, or by its stored value."""
    return column.meanings.get(fold(text))
