"""Accidents of vehicles, and the fines that they bring home."""

import datetime as dt

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import (
    InventoryNumberField,
    LongTextField,
    MomentField,
    MoneyField,
    PersonalNumberField,
    SerialField,
)
from inventory.models import Limit, Row
from inventory.sameness.constraints import Same, SameField


class AccidentState(models.TextChoices):
    REPORTED = "reported", _("Bildirildi")
    EXPERT = "expert", _("Eksperde")
    IN_REPAIR = "in_repair", _("Onarımda")
    PAID = "paid", _("Ödendi")
    TOTAL_LOSS = "total_loss", _("Ağır hasarlı (pert)")
    CLOSED = "closed", _("Kapandı")


class Accident(Row):
    """What happened to a vehicle on the road, who was in it, and what became of the damage."""

    named_after = ("accident_no", "vehicle")
    searched = (
        "accident_no", "vehicle", "driver", "place", "minute_no", "police_report_no", "insurer", "policy_no",
        "insurer_file_no", "expert", "notes",
    )  # fmt: skip

    sorted_by = "accident_no"
    numbered = ("accident_no", "K-{:06d}", "accident")

    class Kind(models.TextChoices):
        SINGLE = "single", _("Tek taraflı")
        TWO = "two", _("Çift taraflı")
        MANY = "many", _("Zincirleme")
        PARKED = "parked", _("Park hâlinde hasar")
        OTHER = "other", _("Diğer hasar")

    accident_no = InventoryNumberField(_("kaza no"), max_length=20, unique=True, editable=False)
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    at = MomentField(_("kaza zamanı"))
    state = models.CharField(_("kaza durumu"), max_length=10, choices=AccidentState, default=AccidentState.REPORTED)
    kind = models.CharField(_("kaza türü"), max_length=8, choices=Kind, default=Kind.TWO)
    place = models.CharField(_("kaza yeri"), max_length=200, blank=True)
    driver = models.ForeignKey(
        "organization.Person", models.PROTECT, verbose_name=_("sürücü"), related_name="+", null=True, blank=True
    )
    minute_no = models.CharField(_("kaza tespit tutanağı no"), max_length=60, blank=True)
    police_report_no = models.CharField(_("kolluk raporu no"), max_length=60, blank=True)
    injured = models.PositiveSmallIntegerField(_("yaralı sayısı"), null=True, blank=True)
    alcohol_report = models.BooleanField(_("alkol raporu var"), default=False)
    fault_share = models.PositiveSmallIntegerField(
        _("kusur oranımız (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    other_name = PersonalNumberField(_("karşı tarafın adı"), max_length=120, blank=True)
    other_plate = PersonalNumberField(_("karşı tarafın plakası"), max_length=20, blank=True)
    insurer = models.CharField(_("karşı tarafın sigortası"), max_length=120, blank=True)
    policy_no = SerialField(_("karşı tarafın poliçe no"), max_length=40, blank=True)
    insurer_file_no = models.CharField(_("hasar dosya no"), max_length=60, blank=True)
    expert = models.CharField(_("eksper"), max_length=120, blank=True)
    repair_cost = MoneyField(_("onarım bedeli (TL)"), null=True, blank=True)
    paid_by_insurer = MoneyField(_("sigortanın ödediği (TL)"), null=True, blank=True)
    recourse = MoneyField(_("sürücüye rücu (TL)"), null=True, blank=True)
    value_loss = MoneyField(_("değer kaybı talebi (TL)"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("kaza")
        verbose_name_plural = _("Kazalar")
        constraints = [
            Same("at", "vehicle", name="accident_once", message=_("Bu aracın bu andaki kazası zaten kayıtlı.")),
        ]

    def __str__(self) -> str:
        return f"{self.accident_no} {self.vehicle}"


class Fine(Row):
    """A traffic fine for a vehicle, until when it is paid, and who drove."""

    named_after = ("number", "vehicle")
    searched = ("number", "vehicle", "driver", "article", "place", "notes")
    sorted_by = "number"

    number = SerialField(_("ceza tutanak no"), max_length=40)
    number_same = SameField()
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    at = MomentField(_("ihlal zamanı"))
    served_on = models.DateField(_("tebliğ tarihi"), null=True, blank=True)
    article = models.CharField(_("ceza maddesi"), max_length=60, blank=True)
    place = models.CharField(_("ihlal yeri"), max_length=200, blank=True)
    driver = models.ForeignKey(
        "organization.Person", models.PROTECT, verbose_name=_("sürücü"), related_name="+", null=True, blank=True
    )
    amount = MoneyField(_("ceza tutarı (TL)"))
    discount_until = models.DateField(
        _("indirimli ödeme sonu"),
        null=True,
        blank=True,
        help_text=_("Boş kalırsa tebliğden “Olağan sınırlar” listesindeki gün kadar sonrası yazılır."),
    )
    last_pay_on = models.DateField(_("son ödeme günü"), null=True, blank=True)
    paid_on = models.DateField(_("ödendiği tarih"), null=True, blank=True)
    paid = MoneyField(_("ödenen (TL)"), null=True, blank=True)
    objected_on = models.DateField(_("itiraz tarihi"), null=True, blank=True)
    cancelled_on = models.DateField(_("iptal tarihi"), null=True, blank=True)
    recourse = MoneyField(_("sürücüye rücu (TL)"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    # The column, and the limit that says how many days after the notice it lies.
    DAYS = {"discount_until": "fine-discount-days", "last_pay_on": "fine-pay-days"}

    class Meta:
        verbose_name = _("trafik cezası")
        verbose_name_plural = _("Trafik cezaları")
        constraints = [
            Same("number_same", name="fine_number_once", message=_("Bu ceza tutanak no zaten kayıtlı.")),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(paid__isnull=False),
                name="fine_paid_says_how_much",
                violation_error_message=_("Ödenen cezanın ne kadar ödendiğini yazınız."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def fill(self) -> None:
        blank = {name: code for name, code in self.DAYS.items() if getattr(self, name) is None}
        if not blank or not isinstance(self.served_on, dt.date):
            return
        days = dict(Limit.objects.filter(code__in=blank.values()).values_list("code", "value"))
        for name, code in blank.items():
            if code in days:
                setattr(self, name, self.served_on + dt.timedelta(days=int(days[code])))
