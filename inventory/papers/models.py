"""The formats of labels."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField

if TYPE_CHECKING:
    from inventory.fields import Text


class LengthField(models.DecimalField):
    """Millimetres of paper, to the hundredth."""

    default_validators = [MinValueValidator(0), MaxValueValidator(2_000)]

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any):
        super().__init__(verbose_name, **({"max_digits": 7, "decimal_places": 2} | kwargs))


# A label smaller than this holds no code that a phone reads.
_SMALLEST = [MinValueValidator(10)]


class LabelFormat(Row):
    """How labels lie on a sheet. A roll is a sheet of one label."""

    searched = ("name",)

    name = models.CharField(_("ad"), max_length=100)
    page_width = LengthField(_("sayfa eni (mm)"), validators=_SMALLEST)
    page_height = LengthField(_("sayfa boyu (mm)"), validators=_SMALLEST)
    across = models.PositiveSmallIntegerField(
        _("yan yana etiket"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    down = models.PositiveSmallIntegerField(
        _("alt alta etiket"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    label_width = LengthField(_("etiket eni (mm)"), validators=_SMALLEST)
    label_height = LengthField(_("etiket boyu (mm)"), validators=_SMALLEST)
    margin_left = LengthField(_("sol boşluk (mm)"), default=0)
    margin_top = LengthField(_("üst boşluk (mm)"), default=0)
    gap_across = LengthField(_("yan aralık (mm)"), default=0, help_text=_("Yan yana iki etiketin arası."))
    gap_down = LengthField(_("alt aralık (mm)"), default=0, help_text=_("Alt alta iki etiketin arası."))
    notes = LongTextField(_("açıklama"), blank=True)

    name_same = SameField()

    class Meta:
        verbose_name = _("etiket biçimi")
        verbose_name_plural = _("Etiket biçimleri")
        constraints = [Same("name_same", name="label_format_once", message=_("Bu adla bir etiket biçimi zaten var."))]

    def __str__(self) -> str:
        return self.name

    @property
    def on_a_page(self) -> int:
        return self.across * self.down

    def clean(self) -> None:
        super().clean()
        sides = (
            ("page_width", self.page_width, self.margin_left, self.across, self.label_width, self.gap_across),
            ("page_height", self.page_height, self.margin_top, self.down, self.label_height, self.gap_down),
        )
        for name, page, margin, count, label, gap in sides:
            if None in (page, margin, count, label, gap):
                continue  # said of the column itself
            taken = Decimal(margin) + count * Decimal(label) + (count - 1) * Decimal(gap)
            if taken > Decimal(page):
                message = _("Etiketler sayfaya sığmıyor: boşlukları ve aralıklarıyla %(taken)s mm tutuyor.")
                raise ValidationError({name: ValidationError(message, params={"taken": taken.normalize()})})
