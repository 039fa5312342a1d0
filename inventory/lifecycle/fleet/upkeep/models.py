"""Tyres and batteries of vehicles, and the checks that they need beside the roadworthiness inspection."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, SerialField
from inventory.lifecycle.fleet.servicing.models import months_after
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField


class Part(Row):
    """A tyre or battery: on a vehicle, in the store, or scrapped."""

    named_after = ("serial_no",)
    searched = ("serial_no", "vehicle", "brand", "dimension", "store_place", "notes")
    sorted_by = "serial_no"

    class Kind(models.TextChoices):
        TYRE = "tyre", _("Lastik")
        BATTERY = "battery", _("Akü")

    class Season(models.TextChoices):
        SUMMER = "summer", _("Yaz")
        WINTER = "winter", _("Kış")
        ALL = "all", _("Dört mevsim")

    serial_no = SerialField(_("seri / DOT no"), max_length=40)
    serial_no_same = SameField()
    kind = models.CharField(_("lastik / akü"), max_length=8, choices=Kind, default=Kind.TYRE)
    brand = models.CharField(_("marka"), max_length=60, blank=True)
    dimension = models.CharField(_("ebat / kapasite"), max_length=40, blank=True)
    season = models.CharField(_("mevsim"), max_length=6, choices=Season, blank=True)
    retread = models.BooleanField(_("kaplama"), default=False)
    vehicle = models.ForeignKey(
        "vehicles.Vehicle",
        models.PROTECT,
        verbose_name=_("araç"),
        related_name="+",
        help_text=_("Depodaki veya hurdaya ayrılan için son takıldığı araç."),
    )
    position = models.CharField(_("takıldığı yer"), max_length=40, blank=True)
    mounted_on = models.DateField(_("takıldığı tarih"), null=True, blank=True)
    mounted_at = models.PositiveIntegerField(_("takıldığında sayaç"), null=True, blank=True)
    removed_on = models.DateField(_("söküldüğü tarih"), null=True, blank=True)
    removed_at = models.PositiveIntegerField(_("söküldüğünde sayaç"), null=True, blank=True)
    tread_mm = models.DecimalField(
        _("diş derinliği (mm)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    store_place = models.CharField(_("depodaki yeri"), max_length=120, blank=True)
    scrapped_on = models.DateField(_("hurdaya ayrıldığı tarih"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("lastik veya akü")
        verbose_name_plural = _("Lastikler ve aküler")
        constraints = [
            Same(
                "serial_no_same",
                "kind",
                "vehicle",
                name="fleet_part_once",
                message=_("Bu seri no bu araçta zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(removed_on__gte=F("mounted_on")),
                name="fleet_part_removed_after_mounted",
                violation_error_message=_("Söküldüğü tarih takıldığı tarihten önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return self.serial_no


class CheckKind(Row):
    """A check that vehicles need, how long one holds, and for which of them."""

    searched = ("code", "name", "vehicle_kind", "notes")

    code = models.CharField(_("kontrol kodu"), max_length=40)
    name = models.CharField(_("kontrol türü"), max_length=120)
    vehicle_kind = models.ForeignKey(
        "inventory.Kind", models.PROTECT, verbose_name=_("araç türü"), related_name="+", null=True, blank=True
    )
    period_months = models.PositiveSmallIntegerField(
        _("kaç ay geçerli"), validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    notes = LongTextField(_("dayanak / açıklama"), blank=True)
    code_same = SameField()

    class Meta:
        verbose_name = _("kontrol türü")
        verbose_name_plural = _("Kontrol türleri")
        constraints = [Same("code_same", name="check_kind_once", message=_("Bu kontrol kodu zaten var."))]

    def __str__(self) -> str:
        return self.name


class VehicleCheck(Row):
    """A check that a vehicle went through."""

    named_after = ("vehicle", "kind")
    searched = ("vehicle", "kind", "place", "document_no", "notes")

    class Result(models.TextChoices):
        PASSED = "passed", _("Uygun")
        FAILED = "failed", _("Uygun değil")

    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    kind = models.ForeignKey(CheckKind, models.PROTECT, verbose_name=_("kontrol türü"), related_name="+")
    done_on = models.DateField(_("kontrol tarihi"))
    valid_until = models.DateField(
        _("geçerlilik sonu"), blank=True, help_text=_("Boş kalırsa kontrol türünün süresinden hesaplanır.")
    )
    result = models.CharField(_("sonuç"), max_length=6, choices=Result, default=Result.PASSED)
    place = models.CharField(_("yapan kuruluş"), max_length=120, blank=True)
    document_no = models.CharField(_("belge no"), max_length=60, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("araç kontrolü")
        verbose_name_plural = _("Araç kontrolleri")
        constraints = [
            Same(
                "done_on",
                "vehicle",
                "kind",
                name="vehicle_check_once_a_day",
                message=_("Bu aracın bu tarihli aynı kontrolü zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("done_on")),
                name="vehicle_check_valid_after_done",
                violation_error_message=_("Geçerlilik sonu kontrol tarihinden önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} · {self.kind}"

    def fill(self) -> None:
        if self.valid_until in (None, "") and self.kind_id and isinstance(self.done_on, dt.date):
            self.valid_until = months_after(self.done_on, self.kind.period_months)
