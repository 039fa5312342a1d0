"""A fill of fuel, the card by which it was paid, the municipality's own tanks, and the rules of alarms."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, MomentField, MoneyField, SerialField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField

#: What stands for the plate of a row that names no vehicle at all: so it is known again, and found in a list.
NO_PLATE = "(plakasız)"


class Fuel(models.TextChoices):
    """As of a vehicle, and what else is pumped."""

    PETROL = "petrol", _("Benzin")
    DIESEL = "diesel", _("Dizel")
    LPG = "lpg", _("LPG")
    CNG = "cng", _("CNG")
    ELECTRIC = "electric", _("Elektrik")
    ADBLUE = "adblue", _("AdBlue")
    OTHER = "other", _("Diğer")


def _litres(name, **more) -> models.DecimalField:
    positive = [MinValueValidator(Decimal("0.001"))]
    return models.DecimalField(name, max_digits=13, decimal_places=4, **({"validators": positive} | more))


class FuelTank(Row):
    """A tank of the municipality's own, from which vehicles are filled."""

    named_after = ("name",)
    searched = ("name", "responsible_unit", "location", "notes")
    sorted_by = "name"

    name = models.CharField(_("tank adı"), max_length=80)
    name_same = SameField()
    fuel = models.CharField(_("yakıt"), max_length=10, choices=Fuel, default=Fuel.DIESEL)
    capacity = _litres(_("kapasite (litre)"), null=True, blank=True)
    responsible_unit = models.ForeignKey(
        "organization.Unit", models.PROTECT, verbose_name=_("sorumlu birim"), related_name="+"
    )
    location = models.ForeignKey(
        "geo.Location", models.PROTECT, verbose_name=_("yer"), related_name="+", null=True, blank=True
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("yakıt tankı")
        verbose_name_plural = _("Yakıt tankları")
        constraints = [Same("name_same", name="fuel_tank_name_once", message=_("Bu adla bir tank zaten kayıtlı."))]

    def __str__(self) -> str:
        return self.name


class TankMovement(Row):
    """A delivery into a tank, or the level that was measured in it."""

    named_after = ("tank", "at")
    searched = ("tank", "waybill_no", "notes")

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Teslim alma")
        LEVEL = "level", _("Ölçülen seviye")

    tank = models.ForeignKey(FuelTank, models.PROTECT, verbose_name=_("tank"), related_name="movements")
    at = MomentField(_("işlem zamanı"))
    kind = models.CharField(_("işlem türü"), max_length=10, choices=Kind, default=Kind.DELIVERY)
    litres = _litres(_("litre"), validators=[MinValueValidator(Decimal(0))])
    waybill_no = SerialField(_("irsaliye no"), max_length=40, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("tank hareketi")
        verbose_name_plural = _("Tank hareketleri")
        constraints = [
            Same(
                "at", "tank", "kind", name="tank_movement_once", message=_("Bu tankın bu andaki işlemi zaten kayıtlı.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.tank} · {self.at:%d.%m.%Y %H:%M}"


class FuelCard(Row):
    """A supplier's card, and the vehicle for which it is used."""

    named_after = ("card_no",)
    # Not by its number: who searches is not to learn whose it is.
    searched = ("vehicle", "supplier", "notes")

    card_no = SerialField(_("kart no"), max_length=40)
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    supplier = models.CharField(_("tedarikçi"), max_length=120, blank=True)
    starts_on = models.DateField(_("başlangıç"), null=True, blank=True)
    ends_on = models.DateField(_("bitiş"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("yakıt kartı")
        verbose_name_plural = _("Yakıt kartları")
        indexes = [models.Index(fields=["card_no"], name="fuel_card_no")]
        constraints = [
            Same("card_no", "vehicle", name="fuel_card_once", message=_("Bu kart bu araçta zaten kayıtlı.")),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="fuel_card_ends_after_start",
                violation_error_message=_("Bitiş tarihi başlangıçtan önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return self.card_no


class FuelFill(Row):
    """Fuel that a vehicle took. One of a file that names no vehicle we know waits, without a vehicle."""

    named_after = ("vehicle", "plate_text", "filled_at")
    searched = ("vehicle", "plate_text", "station", "supplier", "receipt_no", "notes")

    class StationKind(models.TextChoices):
        CONTRACT = "contract", _("Anlaşmalı istasyon")
        OWN = "own", _("Kendi tankımız")
        OTHER = "other", _("Diğer")

    vehicle = models.ForeignKey(
        "vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+", null=True, blank=True
    )
    plate_text = models.CharField(
        _("dosyadaki plaka"),
        max_length=60,
        blank=True,
        help_text=_("Dosyanın araca verdiği ad: plaka, filo no veya şasi no. Araç bununla bulunur."),
    )
    plate_text_same = SameField()
    filled_at = MomentField(_("dolum zamanı"))
    fuel = models.CharField(_("yakıt"), max_length=10, choices=Fuel, blank=True)
    litres = _litres(_("litre"))
    unit_price = models.DecimalField(
        _("birim fiyat (TL)"), max_digits=12, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    amount = MoneyField(_("tutar (TL)"), null=True, blank=True)
    discount = MoneyField(_("indirim (TL)"), null=True, blank=True)
    odometer = models.DecimalField(
        _("sayaç"),
        max_digits=10,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("0, değerin bilinmediği anlamına gelir."),
    )
    full = models.BooleanField(_("depo doldu"), default=True)
    missed_before = models.BooleanField(
        _("öncesi eksik"),
        default=False,
        help_text=_("Önceki dolumlardan kaydedilmeyen var; tüketim bu dolumdan yeniden hesaplanır."),
    )
    supplier = models.CharField(_("tedarikçi"), max_length=120, blank=True)
    supplier_same = SameField()
    station = models.CharField(_("istasyon"), max_length=150, blank=True)
    station_kind = models.CharField(
        _("istasyon türü"), max_length=10, choices=StationKind, default=StationKind.CONTRACT
    )
    tank = models.ForeignKey(
        FuelTank, models.PROTECT, verbose_name=_("tank"), related_name="fills", null=True, blank=True
    )
    receipt_no = SerialField(_("fiş no"), max_length=40, blank=True)
    card_no = SerialField(_("kart no"), max_length=40, blank=True)
    driver = models.ForeignKey(
        "organization.Person", models.PROTECT, verbose_name=_("sürücü"), related_name="+", null=True, blank=True
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("yakıt alımı")
        verbose_name_plural = _("Yakıt alımları")
        indexes = [
            models.Index(fields=["filled_at", "id"], name="fuel_fill_by_time"),
            models.Index(fields=["vehicle", "filled_at"], name="fuel_fill_of_vehicle"),
        ]
        constraints = [
            # Receipts are counted anew each day, and one may have two sorts of fuel.
            Same(
                "receipt_no",
                "supplier_same",
                "filled_at",
                "fuel",
                where=~Q(receipt_no=""),
                name="fuel_receipt_once",
                message=_("Bu tedarikçinin bu fişi zaten kayıtlı."),
            ),
            Same(
                "filled_at",
                "vehicle",
                "litres",
                "amount",
                where=Q(receipt_no="", vehicle__isnull=False),
                name="fuel_fill_once",
                message=_("Bu aracın bu andaki, bu litre ve tutardaki alımı zaten kayıtlı."),
            ),
            Same(
                "filled_at",
                "plate_text_same",
                "litres",
                "amount",
                where=~Q(plate_text="") & Q(receipt_no=""),
                name="fuel_fill_of_plate_once",
                message=_("Dosyadaki bu plakanın bu andaki, bu litre ve tutardaki alımı zaten kayıtlı."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle or self.plate_text} · {self.filled_at:%d.%m.%Y %H:%M}"

    def fill(self) -> None:
        if self.vehicle_id is None and not self.plate_text:
            self.plate_text = NO_PLATE


class FuelAlarm(Row):
    """A rule by which a fill is shown as worth a look; which rules there are the program knows (`alarms`)."""

    named_after = ("name",)
    searched = ("code", "name")

    code = models.CharField(_("uyarı kodu"), max_length=40, help_text=_("Kural bu kodla bulunur; değiştirmeyiniz."))
    code_same = SameField()
    name = models.CharField(_("uyarı"), max_length=200)
    active = models.BooleanField(_("açık"), default=True)
    figure = models.DecimalField(
        _("sayı"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Kuralın adında geçen sayı: yüzde veya saat."),
    )

    class Meta:
        verbose_name = _("yakıt uyarısı")
        verbose_name_plural = _("Yakıt uyarıları")
        constraints = [Same("code_same", name="fuel_alarm_code_once", message=_("Bu uyarı kodu zaten var."))]

    def __str__(self) -> str:
        return self.name
