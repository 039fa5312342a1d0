"""Vehicles, work machines, vessels and trams, owned and leased, and what happens to them."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, MoneyField, PlateField, SerialField
from inventory.models import STILL_HERE, Asset, Row
from inventory.sameness.constraints import Same, SameField


class Ownership(models.TextChoices):
    OWNED = "owned", _("Resmî (belediyenin)")
    LEASED = "leased", _("Kiralık")


class Fuel(models.TextChoices):
    PETROL = "petrol", _("Benzin")
    DIESEL = "diesel", _("Dizel")
    LPG = "lpg", _("LPG")
    CNG = "cng", _("CNG")
    HYBRID = "hybrid", _("Hibrit")
    ELECTRIC = "electric", _("Elektrik")
    NONE = "none", _("Yok")


class Use(models.TextChoices):
    SHIFT = "shift", _("Vardiyalı (havuz)")
    PERMANENT = "permanent", _("Sürekli (kişiye tahsisli)")


class MeterUnit(models.TextChoices):
    KM = "km", _("km")
    HOURS = "hours", _("saat")


def _once(stored: str, field: str, message) -> Same:
    """A number that only one vehicle still in service may carry: plates are given out again."""
    return Same(stored, where=~Q(**{field: ""}) & STILL_HERE, name=f"vehicle_{field}_once", message=message)


class Vehicle(Asset):
    named_after = ("plate", "fleet_no", "chassis_no")
    sorted_by = "plate"
    searched = (
        "inventory_no", "plate", "fleet_no", "kind", "make", "trade_name", "colour", "chassis_no", "engine_no",
        "responsible_unit", "responsible_person", "council_decision_no", "location", "notes",
    )  # fmt: skip

    plate = PlateField(_("plaka"), max_length=12, blank=True)
    fleet_no = SerialField(
        _("filo no"),
        max_length=30,
        blank=True,
        help_text=_("Plakası olmayan makine, tekne ve tramvaylar için."),
    )
    is_official = models.BooleanField(_("resmî plaka"), default=False)
    ownership = models.CharField(_("mülkiyet"), max_length=10, choices=Ownership, default=Ownership.OWNED)
    make = models.CharField(_("marka"), max_length=60, blank=True)
    trade_name = models.CharField(_("ticari ad"), max_length=80, blank=True)
    model_year = models.PositiveSmallIntegerField(
        _("model yılı"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    colour = models.CharField(_("renk"), max_length=40, blank=True)
    chassis_no = SerialField(_("şasi no"), max_length=30, blank=True)
    engine_no = SerialField(_("motor no"), max_length=30, blank=True)
    fleet_no_same = SameField()
    chassis_no_same = SameField()
    fuel = models.CharField(_("yakıt"), max_length=10, choices=Fuel, blank=True)
    tank_litres = models.PositiveIntegerField(_("yakıt deposu (litre)"), null=True, blank=True)
    engine_cc = models.PositiveIntegerField(_("motor hacmi (cm³)"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(_("koltuk sayısı"), null=True, blank=True)
    gross_weight_kg = models.PositiveIntegerField(_("azami yüklü ağırlık (kg)"), null=True, blank=True)
    first_registered_on = models.DateField(_("ilk tescil tarihi"), null=True, blank=True)
    council_decision_no = models.CharField(_("meclis kararı no"), max_length=40, blank=True)
    council_decision_on = models.DateField(_("meclis kararı tarihi"), null=True, blank=True)
    under_law_237 = models.BooleanField(_("237 sayılı Kanun kapsamında"), default=True)
    use = models.CharField(_("kullanım biçimi"), max_length=10, choices=Use, blank=True)
    responsible_person = models.ForeignKey(
        "organization.Person",
        models.PROTECT,
        verbose_name=_("sorumlu kişi"),
        related_name="+",
        null=True,
        blank=True,
    )
    meter = models.PositiveIntegerField(_("sayaç"), null=True, blank=True)
    meter_unit = models.CharField(_("sayaç birimi"), max_length=5, choices=MeterUnit, default=MeterUnit.KM)

    class Meta:
        verbose_name = _("araç")
        verbose_name_plural = _("Araçlar")
        indexes = [
            models.Index(fields=["plate"], name="vehicle_plate"),
            models.Index(fields=["chassis_no_same"], name="vehicle_chassis_no"),
            models.Index(fields=["fleet_no_same"], name="vehicle_fleet_no"),
        ]
        constraints = [
            _once("plate", "plate", _("Bu plaka başka bir araçta kayıtlı.")),
            _once("chassis_no_same", "chassis_no", _("Bu şasi no başka bir araçta kayıtlı.")),
            _once("fleet_no_same", "fleet_no", _("Bu filo no başka bir araçta kayıtlı.")),
            models.CheckConstraint(
                condition=~Q(plate="") | ~Q(chassis_no="") | ~Q(fleet_no=""),
                name="vehicle_can_be_told_apart",
                violation_error_message=_("Plaka, şasi no veya filo no yazınız; araç bunlardan biriyle tanınır."),
            ),
        ]

    def __str__(self) -> str:
        return self.plate or self.fleet_no or self.chassis_no

    def clean(self) -> None:
        super().clean()
        if self.use == Use.PERMANENT and not self.responsible_person_id:
            raise ValidationError({"responsible_person": _("Sürekli tahsisli aracın sorumlu kişisini seçiniz.")})


class LeaseState(models.TextChoices):
    DRAFT = "draft", _("Taslak")
    RUNNING = "running", _("Yürürlükte")
    ENDED = "ended", _("Sona erdi")
    CLOSED = "closed", _("Kapandı")


class LeaseContract(Row):
    """A contract by which vehicles are hired; the vehicles and their prices are its lines."""

    named_after = ("number",)
    searched = ("number", "contractor", "responsible_unit", "notes")
    sorted_by = "number"

    number = models.CharField(_("sözleşme no"), max_length=60)
    number_same = SameField()
    state = models.CharField(_("sözleşme durumu"), max_length=10, choices=LeaseState, default=LeaseState.DRAFT)
    contractor = models.CharField(_("yüklenici"), max_length=200)
    responsible_unit = models.ForeignKey(
        "organization.Unit", models.PROTECT, verbose_name=_("sorumlu birim"), related_name="+"
    )
    signed_on = models.DateField(_("sözleşme tarihi"), null=True, blank=True)
    starts_on = models.DateField(_("başlangıç"))
    ends_on = models.DateField(_("bitiş"))
    monthly_price = MoneyField(
        _("araç başına aylık bedel (TL)"),
        null=True,
        blank=True,
        help_text=_("Satırında bedel yazılmayan her araca bu bedel yazılır."),
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("kira sözleşmesi")
        verbose_name_plural = _("Kira sözleşmeleri")
        constraints = [
            Same("number_same", name="lease_number_once", message=_("Bu sözleşme no zaten kayıtlı.")),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="lease_ends_after_start",
                violation_error_message=_("Bitiş tarihi başlangıçtan önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        """The contract's lines stay within its dates: asked once, and only of a contract that has been saved."""
        super().clean()
        if self.pk is None or not isinstance(self.starts_on, dt.date) or not isinstance(self.ends_on, dt.date):
            return
        outside = self.lines.filter(Q(starts_on__lt=self.starts_on) | Q(ends_on__gt=self.ends_on))
        if named := [str(line.vehicle) for line in outside.select_related("vehicle").order_by("pk")[:3]]:
            message = _("Bu tarihler araç satırlarından dar: %(vehicles)s. Önce o satırların tarihlerini düzeltiniz.")
            raise ValidationError(message % {"vehicles": ", ".join(named)})

    def choice(self) -> str:
        return f"{self.number} · {self.contractor} · {_day(self.starts_on)} – {_day(self.ends_on)}"


class LeasedVehicle(Row):
    """A vehicle on a lease contract, for a time and at a price."""

    named_after = ("contract", "vehicle")
    searched = ("contract", "vehicle")

    contract = models.ForeignKey(LeaseContract, models.PROTECT, verbose_name=_("sözleşme"), related_name="lines")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("araç"), related_name="leases")
    # Blank is the contract's own.
    starts_on = models.DateField(_("başlangıç"), blank=True, help_text=_("Boş kalırsa sözleşmeninki yazılır."))
    ends_on = models.DateField(_("bitiş"), blank=True, help_text=_("Boş kalırsa sözleşmeninki yazılır."))
    monthly_price = MoneyField(
        _("aylık bedel (TL)"), null=True, blank=True, help_text=_("Boş kalırsa sözleşmeninki yazılır.")
    )

    class Meta:
        verbose_name = _("kiralanan araç")
        verbose_name_plural = _("Kiralanan araçlar")
        constraints = [
            Same(
                "vehicle",
                "contract",
                "starts_on",
                name="leased_vehicle_once",
                message=_("Bu araç bu sözleşmede bu tarihten başlayarak zaten var."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="leased_vehicle_ends_after_start",
                violation_error_message=_("Bitiş tarihi başlangıçtan önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.vehicle}"

    def fill(self) -> None:
        if self.contract_id:
            for name in ("starts_on", "ends_on", "monthly_price"):
                if getattr(self, name) in (None, ""):
                    setattr(self, name, getattr(self.contract, name))

    def clean(self) -> None:
        super().clean()
        if not self.contract_id or not isinstance(self.starts_on, dt.date) or not isinstance(self.ends_on, dt.date):
            return
        contract = self.contract
        values = {"number": contract.number, "from": _day(contract.starts_on), "to": _day(contract.ends_on)}
        message = (
            _("%(number)s sözleşmesi %(from)s ile %(to)s arasında geçerli; bu tarihlerin dışına çıkılamaz.") % values
        )
        outside = {"starts_on": self.starts_on < contract.starts_on, "ends_on": self.ends_on > contract.ends_on}
        if any(outside.values()):
            raise ValidationError({name: message % values for name, is_outside in outside.items() if is_outside})


def _day(day: dt.date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


class Inspection(Row):
    """A roadworthiness inspection (muayene)."""

    named_after = ("vehicle", "done_on")
    searched = ("vehicle", "place", "notes")

    class Result(models.TextChoices):
        PASSED = "passed", _("Kusursuz / hafif kusurlu")
        FAILED = "failed", _("Ağır kusurlu")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("araç"), related_name="inspections")
    done_on = models.DateField(_("muayene tarihi"))
    valid_until = models.DateField(_("geçerlilik sonu"))
    place = models.CharField(_("istasyon"), max_length=120, blank=True)
    result = models.CharField(_("sonuç"), max_length=10, choices=Result, default=Result.PASSED)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("muayene")
        verbose_name_plural = _("Muayeneler")
        constraints = [
            Same(
                "done_on",
                "vehicle",
                name="inspection_once_a_day",
                message=_("Bu aracın bu tarihli muayenesi zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("done_on")),
                name="inspection_valid_after_done",
                violation_error_message=_("Geçerlilik sonu muayene tarihinden önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} · {self.done_on:%d.%m.%Y}"


class Insurance(Row):
    """An insurance policy of a vehicle."""

    named_after = ("vehicle", "kind", "policy_no")
    searched = ("vehicle", "company", "policy_no", "notes")

    class Kind(models.TextChoices):
        LIABILITY = "liability", _("Zorunlu trafik sigortası")
        OWN_DAMAGE = "own_damage", _("Kasko")
        SEAT = "seat", _("Koltuk ferdi kaza")
        OTHER = "other", _("Diğer")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("araç"), related_name="insurances")
    kind = models.CharField(_("sigorta türü"), max_length=12, choices=Kind, default=Kind.LIABILITY)
    company = models.CharField(_("şirket"), max_length=120)
    policy_no = SerialField(_("poliçe no"), max_length=40)
    policy_no_same = SameField()
    starts_on = models.DateField(_("başlangıç"))
    ends_on = models.DateField(_("bitiş"))
    premium = MoneyField(_("prim (TL)"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("sigorta poliçesi")
        verbose_name_plural = _("Sigortalar")
        constraints = [
            Same(
                "policy_no_same",
                "vehicle",
                "kind",
                name="insurance_policy_once",
                message=_("Bu poliçe bu araçta zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="insurance_ends_after_start",
                violation_error_message=_("Bitiş tarihi başlangıçtan önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} · {self.get_kind_display()} {self.policy_no}"
