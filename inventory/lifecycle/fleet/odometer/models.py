"""A reading of a meter as somebody enters it, and an entry of the log, made of any row that says a reading."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, MomentField
from inventory.models import Row
from inventory.sameness.constraints import Same


class Unit(models.TextChoices):
    KM = "km", _("km")
    HOURS = "hours", _("saat")
    VOYAGES = "voyages", _("sefer")


FIRST_METER = 1


class Source(models.TextChoices):
    MANUAL = "manual", _("Elle okuma")
    TRACKING = "tracking", _("Araç takip")
    INSPECTION = "inspection", _("Muayene")
    FUEL = "fuel", _("Yakıt")
    TASK = "task", _("Görev")
    SERVICE = "service", _("Servis")
    OTHER = "other", _("Diğer")


class MeterReading(Row):
    """What a meter showed, read by a person or by a tracking device."""

    named_after = ("vehicle", "read_at")
    searched = ("vehicle", "notes")

    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    read_at = MomentField(_("okuma zamanı"))
    value = models.DecimalField(
        _("sayaç değeri"),
        max_digits=10,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("0, değerin bilinmediği anlamına gelir."),
    )
    unit = models.CharField(
        _("sayaç birimi"), max_length=10, choices=Unit, blank=True, help_text=_("Boş kalırsa aracınki sayılır.")
    )
    meter = models.PositiveSmallIntegerField(
        _("sayaç sırası"),
        default=FIRST_METER,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("İkinci bir sayacı olan makinede 2."),
    )
    source = models.CharField(_("okuma kaynağı"), max_length=12, choices=Source, default=Source.MANUAL)
    driver = models.ForeignKey(
        "organization.Person", models.PROTECT, verbose_name=_("sürücü"), related_name="+", null=True, blank=True
    )
    replaced = models.BooleanField(
        _("sayaç değişti"),
        default=False,
        help_text=_("Yeni sayacın ilk okumasıdır; gidilen yol eskisinin üstüne eklenir."),
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("sayaç okuması")
        verbose_name_plural = _("Sayaç okumaları")
        constraints = [
            Same(
                "read_at",
                "vehicle",
                "meter",
                name="meter_reading_once",
                message=_("Bu aracın bu sayacının bu andaki okuması zaten kayıtlı."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} · {self.read_at:%d.%m.%Y %H:%M}"


class MeterEntry(models.Model):
    """A line of the log, kept while rows are written (`feeds`) and judged in order of time (`log`)."""

    vehicle = models.ForeignKey(
        "vehicles.Vehicle", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    meter = models.PositiveSmallIntegerField()
    at = MomentField()
    value = models.DecimalField(max_digits=10, decimal_places=1)
    unit = models.CharField(max_length=10, choices=Unit)
    source = models.CharField(max_length=12, choices=Source)
    replaced = models.BooleanField(default=False)
    # The way come by all meters that the vehicle has had; None where the reading is suspicious.
    total = models.DecimalField(max_digits=12, decimal_places=1, null=True)
    suspicious = models.BooleanField(default=True)
    # The row that says it, and the column in which it does: a task has a reading when it begins and another at its end.
    register = models.CharField(max_length=40)
    column = models.CharField(max_length=40)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "row", "column"], name="meter_entry_of_row")]
        indexes = [
            models.Index(fields=["vehicle", "meter", "at"], name="meter_entry_in_order"),
            models.Index(fields=["at"], condition=Q(suspicious=True), name="meter_entry_suspicious"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} · {self.at:%d.%m.%Y %H:%M} · {self.value}"
