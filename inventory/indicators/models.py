"""What the performance programme promises, and what was reached: indicators, and their figures of each year."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField
from inventory.indicators.measures import Measure
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField


class Indicator(Row):
    """A line of the programme, and the rule by which the register computes it."""

    named_after = ("goal", "number")
    searched = ("goal", "name", "responsible")
    sorted_by = "goal"

    class Better(models.TextChoices):
        UP = "up", _("Yüksek olan iyi")
        DOWN = "down", _("Düşük olan iyi")

    goal = models.CharField(_("hedef kodu"), max_length=20)
    goal_same = SameField()
    number = models.PositiveSmallIntegerField(_("hedefteki sıra"), default=0, help_text=_("Hedefin kendisiyse 0."))
    responsible = models.CharField(_("sorumlu"), max_length=150, help_text=_("Programda basıldığı gibi."))
    responsible_same = SameField()
    name = models.CharField(_("gösterge"), max_length=400)
    unit = models.CharField(_("ölçü birimi"), max_length=20)
    better = models.CharField(_("yön"), max_length=5, choices=Better, default=Better.UP)
    measure = models.CharField(_("ölçüm"), max_length=10, choices=Measure, default=Measure.COUNT)
    monthly = models.BooleanField(
        _("ay ay"), default=False, help_text=_("Yılın değeri ayların ortalamasıdır; toplu oran da yanında gösterilir.")
    )
    counted = LongTextField(
        _("sayılan kayıtlar"),
        blank=True,
        help_text=_(
            "Bir listenin adı ve süzgeci: “vehicles?kind=Tramvay&acquired_on_from={ilk}&acquired_on_to={son}”. "
            "{ilk} ve {son} dönemin ilk ve son günüdür. Boşsa gösterge hesaplanmaz."
        ),
    )
    base = LongTextField(_("oranlanan kayıtlar"), blank=True, help_text=_("Oranın paydası; aynı biçimde yazılır."))
    begins = models.CharField(_("sürenin başı"), max_length=60, blank=True, help_text=_("Bir tarih sütununun adı."))
    ends = models.CharField(_("sürenin sonu"), max_length=60, blank=True, help_text=_("Bir tarih sütununun adı."))
    within = models.PositiveSmallIntegerField(_("kaç iş günü içinde"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("gösterge")
        verbose_name_plural = _("Göstergeler")
        constraints = [
            Same(
                "goal_same",
                "responsible_same",
                "number",
                name="indicator_once",
                message=_("Bu hedefin bu sorumluda bu numaralı göstergesi zaten var."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal}-{self.number}" if self.number else self.goal

    @property
    def place(self) -> tuple[list[str | int], int, str]:
        """Where it stands in the programme: KE/PH.1.3.1 before KE/PH.1.10.1."""
        parts = re.split(r"(\d+)", self.goal)
        return [int(part) if part.isdigit() else part for part in parts], self.number, self.responsible

    def choice(self) -> str:
        return f"{self} · {self.name}"

    def clean(self) -> None:
        from inventory.indicators import rules

        super().clean()
        if errors := rules.faults(self):
            raise ValidationError(errors)


class YearFigure(Row):
    """What was aimed at in a year, and what was printed of it: the register's own figure is worked out."""

    named_after = ("indicator", "year")
    searched = ("indicator", "source")

    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name=_("gösterge"), related_name="years")
    year = models.PositiveSmallIntegerField(_("yıl"), validators=[MinValueValidator(1900), MaxValueValidator(9999)])
    target = models.DecimalField(_("hedef"), max_digits=14, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(
        _("basılan gerçekleşme"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Kütükten önceki yıllar için elle yazılır."),
    )
    estimated = models.BooleanField(_("tahmin"), default=False)
    source = models.CharField(_("kaynak"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("göstergenin yılı")
        verbose_name_plural = _("Göstergelerin yılları")
        constraints = [
            Same("year", "indicator", name="indicator_year_once", message=_("Göstergenin bu yılı zaten kayıtlı.")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.year}"
