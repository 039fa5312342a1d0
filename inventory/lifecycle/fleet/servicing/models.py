"""Work orders (iş emri) of vehicles with their parts and labour, and the plans by which vehicles are serviced."""

import datetime as dt
from calendar import monthrange
from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import InventoryNumberField, LongTextField, MomentField, MoneyField, this_minute
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField

_KURUS = Decimal("0.01")
_DAY = dt.timedelta(days=1)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of that month, where it is shorter.

    >>> months_after(dt.date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class State(models.TextChoices):
    """In this order a step to an earlier one, such as to waiting for parts, is a step back and says why."""

    ASKED = "asked", _("Talep edildi")
    APPROVED = "approved", _("Onaylandı")
    WAITING = "waiting", _("Parça bekliyor")
    IN_WORK = "in_work", _("Atölyede")
    DONE = "done", _("Bitti")
    ACCEPTED = "accepted", _("Kabul edildi")
    REFUSED = "refused", _("Reddedildi")
    CANCELLED = "cancelled", _("İptal edildi")


class Place(models.TextChoices):
    OWN = "own", _("Kendi atölyemiz")
    FIRM = "firm", _("Dış servis")


class ServiceKind(models.TextChoices):
    PERIODIC = "periodic", _("Periyodik bakım")
    FAULT = "fault", _("Arıza")
    ACCIDENT = "accident", _("Kaza onarımı")
    TYRE = "tyre", _("Lastik")
    INSPECTION = "inspection", _("Muayene hazırlığı")
    BODYWORK = "bodywork", _("Kaporta ve boya")


class ServicePlan(Row):
    """What is done regularly: every so many months and, where kilometres or hours come first, after so many of them."""

    searched = ("name", "vehicle_kind", "notes")

    name = models.CharField(_("bakım planı"), max_length=150)
    name_same = SameField()
    vehicle_kind = models.ForeignKey(
        "inventory.Kind",
        models.PROTECT,
        verbose_name=_("araç türü"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Boş kalırsa her türden araç plana alınır."),
    )
    every_months = models.PositiveSmallIntegerField(
        _("en geç kaç ayda bir"), validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    every_km = models.PositiveIntegerField(_("kaç km’de bir"), null=True, blank=True, validators=[MinValueValidator(1)])
    every_hours = models.PositiveIntegerField(
        _("kaç saatte bir"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    notes = LongTextField(_("yapılacaklar"), blank=True)

    class Meta:
        verbose_name = _("bakım planı")
        verbose_name_plural = _("Bakım planları")
        constraints = [Same("name_same", name="service_plan_once", message=_("Bu adda bir bakım planı zaten var."))]

    def __str__(self) -> str:
        return self.name


class PlannedService(Row):
    """A vehicle in a plan: when it was serviced last, by its work orders, and when it is to be again."""

    named_after = ("plan", "vehicle")
    searched = ("plan", "vehicle")
    # What its last work order says; kept by `due.py`.
    SAID = ("last_on", "last_reading", "said_on", "said_reading")

    plan = models.ForeignKey(ServicePlan, models.PROTECT, verbose_name=_("bakım planı"), related_name="lines")
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    begins_on = models.DateField(
        _("başlangıç"), help_text=_("Bu bakımın en son yapıldığı gün; hiç yapılmadıysa aracın plana girdiği gün.")
    )
    begins_at = models.PositiveIntegerField(_("başlangıç sayacı"), null=True, blank=True)
    last_on = models.DateField(_("son bakım"), null=True, editable=False)
    last_reading = models.PositiveIntegerField(_("son bakım sayacı"), null=True, editable=False)
    said_on = models.DateField(null=True, editable=False)
    said_reading = models.PositiveIntegerField(null=True, editable=False)
    due_on = models.DateField(_("sıradaki bakım"), editable=False)
    due_reading = models.PositiveBigIntegerField(_("sıradaki bakım sayacı"), null=True, editable=False)

    class Meta:
        verbose_name = _("planlı bakım")
        verbose_name_plural = _("Planlı bakımlar")
        constraints = [
            Same("plan", "vehicle", name="planned_service_once", message=_("Bu araç bu planda zaten var.")),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.vehicle}"

    def fill(self) -> None:
        """What the work order said of the next time; else the plan's intervals, from the last time or the beginning."""
        if not isinstance(self.begins_on, dt.date) or not self.plan_id or not self.vehicle_id:
            return
        serviced = self.last_on is not None and self.last_on >= self.begins_on
        day, reading = (self.last_on, self.last_reading) if serviced else (self.begins_on, self.begins_at)
        every = self.plan.every_hours if self.vehicle.meter_unit == "hours" else self.plan.every_km
        self.due_on, self.due_reading = months_after(day, self.plan.every_months), None  # type: ignore[arg-type]
        if isinstance(reading, int) and every:
            self.due_reading = reading + every
        if serviced:
            self.due_on, self.due_reading = self.said_on or self.due_on, self.said_reading or self.due_reading


class ServiceOrder(Row):
    """A work order: what is wrong with a vehicle, where it was serviced, and what came of it."""

    named_after = ("order_no", "vehicle")
    searched = ("order_no", "vehicle", "complaint", "supplier", "diagnosis", "invoice_no", "notes")
    sorted_by = "order_no"
    numbered = ("order_no", "S-{:06d}", "service-order")

    order_no = InventoryNumberField(_("iş emri no"), max_length=20, unique=True, editable=False)
    state = models.CharField(_("iş emri durumu"), max_length=10, choices=State, default=State.ASKED)
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+")
    kind = models.CharField(_("iş türü"), max_length=12, choices=ServiceKind, default=ServiceKind.FAULT)
    plan = models.ForeignKey(
        ServicePlan,
        models.PROTECT,
        verbose_name=_("bakım planı"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Planlı bakımsa seçiniz; sıradaki bakım bu iş emrinden hesaplanır."),
    )
    opened_at = MomentField(_("açılış"), default=this_minute)
    complaint = LongTextField(_("şikâyet / yapılacak iş"), blank=True)
    odometer = models.PositiveIntegerField(_("geliş sayacı"), null=True, blank=True)
    place = models.CharField(_("yapıldığı yer"), max_length=5, choices=Place, blank=True)
    supplier = models.CharField(_("servis firması"), max_length=200, blank=True)
    sent_at = MomentField(_("servise giriş"), null=True, blank=True)
    received_at = MomentField(_("servisten çıkış"), null=True, blank=True)
    downtime = models.DecimalField(
        _("duruş (gün)"),
        max_digits=7,
        decimal_places=1,
        null=True,
        editable=False,
        help_text=_("Girişten çıkışa kadar geçen takvim günleri; 24 saat bir gündür."),
    )
    diagnosis = LongTextField(_("yapılan iş"), blank=True)
    labour_hours = models.DecimalField(
        _("işçilik (saat)"), max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    invoice_no = models.CharField(_("fatura no"), max_length=60, blank=True)
    invoice_on = models.DateField(_("fatura tarihi"), null=True, blank=True)
    warranty_until = models.DateField(_("iş garantisi bitişi"), null=True, blank=True)
    warranty_reading = models.PositiveIntegerField(_("iş garantisi sayacı"), null=True, blank=True)
    next_on = models.DateField(
        _("sonraki bakım tarihi"), null=True, blank=True, help_text=_("Boş kalırsa planın aralığı geçerlidir.")
    )
    next_reading = models.PositiveIntegerField(_("sonraki bakım sayacı"), null=True, blank=True)
    closing_note = models.CharField(_("ret veya iptal nedeni"), max_length=250, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("iş emri")
        verbose_name_plural = _("İş emirleri")
        # By plan and vehicle the last one is looked for at each write.
        indexes = [models.Index(fields=["vehicle", "plan", "received_at"], name="service_of_vehicle")]
        constraints = [
            Same(
                "opened_at",
                "vehicle",
                "kind",
                name="service_order_once",
                message=_("Bu araç için aynı anda açılmış aynı türden bir iş emri zaten var."),
            ),
            models.CheckConstraint(
                condition=Q(received_at__gte=F("sent_at")),
                name="service_received_after_sent",
                violation_error_message=_("Servisten çıkış, servise girişten önce olamaz."),
            ),
            models.CheckConstraint(
                condition=~Q(place="") | ~Q(state__in=["waiting", "in_work", "done", "accepted"]),
                name="service_place_known",
                violation_error_message=_("İşin yapıldığı yeri seçiniz: kendi atölyemiz veya dış servis."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_no} {self.vehicle}"

    def fill(self) -> None:
        there = isinstance(self.sent_at, dt.datetime) and isinstance(self.received_at, dt.datetime)
        days = Decimal((self.received_at - self.sent_at) / _DAY) if there else None  # type: ignore[operator]
        # What leaves before it came is refused by a constraint.
        self.downtime = None if days is None else days.quantize(Decimal("0.1"), ROUND_HALF_UP)


class ServiceLine(Row):
    """A part, labour or anything else of a work order."""

    named_after = ("order", "name")
    searched = ("order", "name")

    class Kind(models.TextChoices):
        PART = "part", _("Parça")
        LABOUR = "labour", _("İşçilik")
        OTHER = "other", _("Diğer")

    class Source(models.TextChoices):
        OWN = "own", _("Kendi imkânımız / ambar")
        BOUGHT = "bought", _("Satın alma")

    order = models.ForeignKey(ServiceOrder, models.PROTECT, verbose_name=_("iş emri"), related_name="lines")
    kind = models.CharField(_("kalem türü"), max_length=6, choices=Kind, default=Kind.PART)
    name = models.CharField(_("parça / iş"), max_length=200)
    name_same = SameField()
    source = models.CharField(_("nereden"), max_length=6, choices=Source, default=Source.BOUGHT)
    quantity = models.DecimalField(
        _("miktar"), max_digits=10, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )
    unit_price = MoneyField(_("birim fiyat (TL)"), null=True, blank=True)
    amount = MoneyField(
        _("tutar (TL)"), null=True, blank=True, help_text=_("Boş kalırsa miktar × birim fiyat yazılır.")
    )

    class Meta:
        verbose_name = _("iş emri kalemi")
        verbose_name_plural = _("İş emri kalemleri")
        constraints = [
            Same(
                "name_same",
                "order",
                "kind",
                "source",
                name="service_line_once",
                message=_("Bu kalem bu iş emrinde zaten var; onun miktarını değiştiriniz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.name}"

    def product(self) -> Decimal | None:
        """Quantity × unit price, to the kuruş; None where one is not known."""
        if not isinstance(self.quantity, int | Decimal) or not isinstance(self.unit_price, int | Decimal):
            return None
        return (Decimal(self.quantity) * self.unit_price).quantize(_KURUS, ROUND_HALF_UP)

    def fill(self) -> None:
        if self.amount is None:
            self.amount = self.product()
