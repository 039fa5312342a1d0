"""Drivers, requests for vehicles, and the orders by which a vehicle leaves."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.columns import field_of, moment_text
from inventory.fields import (
    InventoryNumberField,
    LongTextField,
    MomentField,
    PersonalNumberField,
    SerialField,
    this_minute,
)
from inventory.lifecycle.fleet.dispatch.licences import LicenceClassesField
from inventory.models import Row
from inventory.sameness.constraints import Same


def _later(last: str, first: str, name: str, message) -> models.CheckConstraint:
    """One column is not less than the other, where both are known."""
    fits = Q(**{f"{last}__isnull": True}) | Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__gte": F(first)})
    return models.CheckConstraint(condition=fits, name=name, violation_error_message=message)


def _vehicle(**how) -> models.ForeignKey:
    return models.ForeignKey("vehicles.Vehicle", models.PROTECT, verbose_name=_("araç"), related_name="+", **how)


def _unit(label, **how) -> models.ForeignKey:
    return models.ForeignKey("organization.Unit", models.PROTECT, verbose_name=label, related_name="+", **how)


def _driver(label, **how) -> models.ForeignKey:
    return models.ForeignKey("organization.Person", models.PROTECT, verbose_name=label, related_name="+", **how)


def _day(label) -> models.DateField:
    return models.DateField(label, null=True, blank=True)


def _meter(label) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


class Driver(Row):
    """Somebody on the staff who drives the municipality's vehicles."""

    named_after = ("person",)
    searched = ("person", "classes", "notes")
    sorted_by = "person__name"

    person = _driver(_("kişi"))
    responsible_unit = _unit(_("sorumlu birim"), blank=True, help_text=_("Boş kalırsa kişinin birimi yazılır."))
    licence_no = PersonalNumberField(
        _("sürücü belgesi no"),
        max_length=30,
        blank=True,
        help_text=_("Sayfalarda gizli görünür; her okunuşu denetim izine yazılır."),
    )
    classes = LicenceClassesField(
        _("sürücü belgesi sınıfları"), max_length=80, blank=True, help_text=_("“B, C, CE” gibi.")
    )
    licence_until = _day(_("sürücü belgesi bitişi"))
    src_kind = models.CharField(_("SRC türü"), max_length=40, blank=True)
    src_until = _day(_("SRC bitişi"))
    psychotechnic_until = _day(_("psikoteknik bitişi"))
    health_until = _day(_("sağlık raporu bitişi"))
    operator_certificate_no = SerialField(_("operatörlük belgesi no"), max_length=40, blank=True)
    operator_until = _day(_("operatörlük belgesi bitişi"))
    active = models.BooleanField(
        _("araç kullanıyor"), default=True, help_text=_("Kullanmayanın belgeleri için hatırlatma yapılmaz.")
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("sürücü")
        verbose_name_plural = _("Sürücüler")
        constraints = [Same("person", name="driver_once", message=_("Bu kişi zaten sürücü olarak kayıtlı."))]

    def __str__(self) -> str:
        return str(self.person)

    def fill(self) -> None:
        if self.responsible_unit_id is None and self.person_id:
            self.responsible_unit = self.person.unit


class LicenceRule(Row):
    """Who may drive the vehicles of a kind, and of all kinds below it that have no rule of their own."""

    named_after = ("kind", "classes")
    searched = ("kind", "classes", "notes")
    sorted_by = "classes"

    kind = models.ForeignKey("inventory.Kind", models.PROTECT, verbose_name=_("araç türü"), related_name="+")
    classes = LicenceClassesField(
        _("yeten sınıflar"), max_length=80, blank=True, help_text=_("Biri yeter: “C, CE” gibi.")
    )
    needs_operator = models.BooleanField(_("operatörlük belgesi ister"), default=False)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("sürücü belgesi kuralı")
        verbose_name_plural = _("Sürücü belgesi kuralları")
        constraints = [Same("kind", name="licence_rule_once", message=_("Bu araç türünün kuralı zaten var."))]

    def __str__(self) -> str:
        return f"{self.kind} · {self.classes}"


class RequestState(models.TextChoices):
    ASKED = "asked", _("İstendi")
    APPROVED = "approved", _("Birimi onayladı")
    PLANNED = "planned", _("Planlandı")
    OUT = "out", _("Yolda")
    BACK = "back", _("Döndü")
    CLOSED = "closed", _("Karşılandı")
    PARTLY = "partly", _("Kısmen karşılandı")
    REFUSED = "refused", _("Karşılanmadı")
    WITHDRAWN = "withdrawn", _("Geri çekildi")


class VehicleRequest(Row):
    """A unit's wish for a vehicle, for itself or for a body outside the municipality."""

    named_after = ("request_no",)
    searched = (
        "request_no", "asking_unit", "outside_body", "purpose", "from_place", "to_place", "assigned", "notes",
    )  # fmt: skip
    numbered = ("request_no", "T-{year}/{:05d}", "vehicle-request")
    sorted_by = "request_no"

    request_no = InventoryNumberField(_("talep no"), max_length=20, unique=True, editable=False)
    state = models.CharField(_("talep durumu"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    asked_at = MomentField(_("talep zamanı"), default=this_minute)
    asking_unit = _unit(_("isteyen birim"))
    outside_body = models.CharField(
        _("kurum dışı isteyen"),
        max_length=200,
        blank=True,
        help_text=_("Talep başka bir kurumunsa adı; boşsa talep birimin kendisinindir."),
    )
    purpose = models.CharField(_("görev konusu"), max_length=250)
    people = models.PositiveSmallIntegerField(_("kişi sayısı"), null=True, blank=True)
    load = models.CharField(_("yük"), max_length=150, blank=True)
    kind_wanted = models.ForeignKey(
        "inventory.Kind",
        models.PROTECT,
        verbose_name=_("istenen araç türü"),
        related_name="+",
        null=True,
        blank=True,
    )
    with_driver = models.BooleanField(_("sürücüsüyle"), default=True)
    from_at = MomentField(_("istenen çıkış"))
    until_at = MomentField(_("istenen dönüş"))
    from_place = models.CharField(_("nereden"), max_length=150, blank=True)
    to_place = models.CharField(_("nereye"), max_length=150, blank=True)
    assigned = models.CharField(
        _("verilen araç"), max_length=250, blank=True, help_text=_("Görev emri onaylanınca kendiliğinden yazılır.")
    )
    answer = LongTextField(
        _("kararın nedeni"), blank=True, help_text=_("Talep karşılanmadıysa veya kısmen karşılandıysa.")
    )
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("araç talebi")
        verbose_name_plural = _("Araç talepleri")
        indexes = [models.Index(fields=["from_at", "id"], name="vehicle_request_by_day")]
        constraints = [_later("until_at", "from_at", "request_ends_after_start", _("Dönüş çıkıştan önce olamaz."))]

    def __str__(self) -> str:
        return self.request_no

    def choice(self) -> str:
        return " · ".join((self.request_no, str(self.asking_unit), self.purpose, moment_text(self.from_at)))


class OrderState(models.TextChoices):
    DRAFT = "draft", _("Taslak")
    APPROVED = "approved", _("Onaylandı")
    OUT = "out", _("Yolda")
    BACK = "back", _("Döndü")
    CLOSED = "closed", _("Kapandı")
    CANCELLED = "cancelled", _("İptal edildi")


class TaskOrder(Row):
    """The order with which an official vehicle leaves (Resmî Taşıt Görev Emri)."""

    named_after = ("order_no",)
    searched = (
        "order_no", "vehicle", "driver", "second_driver", "requesting_unit", "purpose", "route", "passengers", "notes",
    )  # fmt: skip
    numbered = ("order_no", "G-{year}/{:05d}", "task-order")
    sorted_by = "order_no"
    # What an order that meets a request takes from it where it says nothing.
    OF_REQUEST = {
        "requesting_unit": "asking_unit", "purpose": "purpose", "route": "to_place", "leave_at": "from_at",
        "return_at": "until_at", "people": "people", "load": "load",
    }  # fmt: skip

    class Kind(models.TextChoices):
        SINGLE = "single", _("Tek görev")
        STANDING = "standing", _("Sürekli (aylık, vardiya)")

    order_no = InventoryNumberField(_("görev emri no"), max_length=20, unique=True, editable=False)
    state = models.CharField(_("görev durumu"), max_length=10, choices=OrderState, default=OrderState.DRAFT)
    kind = models.CharField(_("görev türü"), max_length=10, choices=Kind, default=Kind.SINGLE)
    vehicle = _vehicle()
    driver = _driver(_("sürücü"), null=True, blank=True)
    second_driver = _driver(_("ikinci sürücü"), null=True, blank=True)
    request = models.ForeignKey(
        VehicleRequest,
        models.PROTECT,
        verbose_name=_("talep"),
        related_name="orders",
        null=True,
        blank=True,
        help_text=_("Seçilirse birim, konu, yer ve zaman talepten alınır."),
    )
    requesting_unit = _unit(
        _("isteyen birim"), blank=True, help_text=_("Boş kalırsa talebin, o da yoksa aracın birimi.")
    )
    purpose = models.CharField(_("görev konusu"), max_length=250, blank=True)
    route = models.CharField(_("güzergâh"), max_length=250, blank=True)
    leave_at = MomentField(_("planlanan çıkış"), null=True, blank=True)
    return_at = MomentField(_("planlanan dönüş"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(_("yolcu sayısı"), null=True, blank=True)
    passengers = models.CharField(_("yolcular"), max_length=500, blank=True)
    load = models.CharField(_("yük"), max_length=150, blank=True)
    out_of_province = models.BooleanField(_("il dışı"), default=False)
    left_at = MomentField(_("çıkış zamanı"), null=True, blank=True)
    odometer_out = _meter(_("çıkış km’si"))
    returned_at = MomentField(_("dönüş zamanı"), null=True, blank=True)
    odometer_in = _meter(_("dönüş km’si"))
    cancel_reason = models.CharField(_("iptal nedeni"), max_length=250, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("görev emri")
        verbose_name_plural = _("Görev emirleri")
        indexes = [
            models.Index(fields=["leave_at", "id"], name="task_order_by_day"),
            models.Index(fields=["vehicle", "leave_at"], name="task_order_by_vehicle"),
        ]
        constraints = [
            Same(
                "leave_at",
                "vehicle",
                where=~Q(state=OrderState.CANCELLED),
                name="task_order_once",
                message=_("Bu aracın bu zamanda çıkan bir görev emri zaten var."),
            ),
            _later("return_at", "leave_at", "order_returns_after_leaving", _("Planlanan dönüş çıkıştan önce olamaz.")),
            _later("returned_at", "left_at", "order_returned_after_left", _("Dönüş zamanı çıkıştan önce olamaz.")),
            _later(
                "odometer_in",
                "odometer_out",
                "order_meter_goes_on",
                _("Dönüş km’si çıkış km’sinden küçük olamaz; ikisini gösterge ile karşılaştırıp düzeltiniz."),
            ),
            models.CheckConstraint(
                condition=Q(second_driver__isnull=True) | ~Q(second_driver=F("driver")),
                name="order_has_two_drivers",
                violation_error_message=_("İkinci sürücü birinciden başka biri olmalı."),
            ),
        ]

    def __str__(self) -> str:
        return self.order_no

    def choice(self) -> str:
        return " · ".join((self.order_no, str(self.vehicle), self.purpose))

    def fill(self) -> None:
        for name, of in self.OF_REQUEST.items() if self.request_id else ():
            if getattr(self, field_of(TaskOrder, name).attname) in (None, ""):
                setattr(self, name, getattr(self.request, of))
        if self.requesting_unit_id is None and self.vehicle_id:
            self.requesting_unit = self.vehicle.responsible_unit


class DutyLog(Row):
    """A trip of a vehicle with a standing order: who drove it, from when to when."""

    named_after = ("order", "from_at")
    searched = ("order", "vehicle", "driver", "route")

    order = models.ForeignKey(TaskOrder, models.PROTECT, verbose_name=_("görev emri"), related_name="log")
    vehicle = _vehicle(blank=True, help_text=_("Boş kalırsa görev emrindeki araç yazılır."))
    driver = _driver(_("sürücü"))
    from_at = MomentField(_("çıkış"))
    until_at = MomentField(_("dönüş"), null=True, blank=True)
    odometer_out = models.PositiveIntegerField(_("çıkış km’si"))
    odometer_in = _meter(_("dönüş km’si"))
    route = models.CharField(_("gidilen yer"), max_length=250, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("görev defteri satırı")
        verbose_name_plural = _("Görev defteri")
        constraints = [
            Same("from_at", "order", "driver", name="trip_once", message=_("Bu çıkış bu görev emrinde zaten yazılı.")),
            _later("until_at", "from_at", "trip_ends_after_start", _("Dönüş çıkıştan önce olamaz.")),
            _later(
                "odometer_in",
                "odometer_out",
                "trip_meter_goes_on",
                _("Dönüş km’si çıkış km’sinden küçük olamaz; ikisini gösterge ile karşılaştırıp düzeltiniz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {moment_text(self.from_at)}"

    def fill(self) -> None:
        if self.vehicle_id is None and self.order_id:
            self.vehicle = self.order.vehicle
