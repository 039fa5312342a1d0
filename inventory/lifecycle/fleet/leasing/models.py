"""What is paid for a month of a lease contract (hakediş): the days of its vehicles, the amount, when it was sent."""

import datetime as dt
from calendar import monthrange
from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, MoneyField
from inventory.models import Limit, Row
from inventory.sameness.constraints import Same

_KURUS = Decimal("0.01")
#: The limit that says by which day of the next month the payment order is sent.
LAST_DAY = "lease-payment-day"


class LeaseMonth(Row):
    named_after = ("contract", "month")
    searched = ("contract", "number", "deducted_for", "notes")

    contract = models.ForeignKey(
        "vehicles.LeaseContract", models.PROTECT, verbose_name=_("sözleşme"), related_name="months"
    )
    month = models.DateField(_("ay"), help_text=_("Ayın herhangi bir günü; ilk günü yazılır."))
    number = models.CharField(_("hakediş no"), max_length=40, blank=True)
    vehicle_days = models.PositiveIntegerField(
        _("araç-gün"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Boş kalırsa sözleşmenin araçlarının o aydaki günleri toplanır."),
    )
    amount = MoneyField(
        _("hakediş tutarı (TL)"),
        null=True,
        blank=True,
        help_text=_("Boş kalırsa her aracın aylık bedelinden, o ayda kirada olduğu günlere göre hesaplanır."),
    )
    deductions = MoneyField(_("kesinti (TL)"), null=True, blank=True)
    deducted_for = models.CharField(_("kesinti nedeni"), max_length=200, blank=True)
    payable = MoneyField(_("ödenecek (TL)"), null=True, editable=False)
    prepared_on = models.DateField(_("hazırlandığı gün"), null=True, blank=True)
    sent_on = models.DateField(_("ödeme emrinin gönderildiği gün"), null=True, blank=True)
    due_on = models.DateField(_("gönderilecek son gün"), editable=False)
    in_time = models.BooleanField(_("süresinde gönderildi"), default=False, editable=False)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("kira hakedişi")
        verbose_name_plural = _("Kira hakedişleri")
        constraints = [
            Same(
                "month", "contract", name="lease_month_once", message=_("Bu sözleşmenin bu aydaki hakedişi zaten var.")
            ),
            models.CheckConstraint(
                condition=Q(deductions__isnull=True) | Q(amount__isnull=True) | Q(deductions__lte=F("amount")),
                name="lease_month_pays",
                violation_error_message=_("Kesinti, hakediş tutarından çok olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.month:%m.%Y}" if self.month else str(self.contract)

    def fill(self) -> None:
        """The first day of the month; the days and the amount by the contract's lines, where nothing is typed."""
        if not self.contract_id or not isinstance(self.month, dt.date):
            return
        self.month = self.month.replace(day=1)
        self.due_on = self._due()
        self.in_time = isinstance(self.sent_on, dt.date) and self.sent_on <= self.due_on
        if self.vehicle_days is None or self.amount is None:
            days, amount = self.computed()
            self.vehicle_days = days if self.vehicle_days is None else self.vehicle_days
            self.amount = amount if self.amount is None else self.amount
        if isinstance(self.amount, Decimal) and isinstance(self.deductions, Decimal | None):
            self.payable = self.amount - (self.deductions or 0)

    def computed(self) -> tuple[int, Decimal | None]:
        """The days of the contract's vehicles in the month, and their price by days; None where a vehicle has none."""
        length = monthrange(self.month.year, self.month.month)[1]
        first, last = self.month.replace(day=1), self.month.replace(day=length)
        lines = self.contract.lines.filter(starts_on__lte=last, ends_on__gte=first)
        held = [
            ((min(ends, last) - max(starts, first)).days + 1, price)
            for starts, ends, price in lines.values_list("starts_on", "ends_on", "monthly_price")
        ]
        days = sum(each for each, _price in held)
        priced = [_share(price, each, length) for each, price in held if price is not None]
        return days, sum(priced, Decimal()) if held and len(priced) == len(held) else None

    def _due(self) -> dt.date:
        day = Limit.objects.filter(code=LAST_DAY).values_list("value", flat=True).first()
        year, month = divmod(self.month.year * 12 + self.month.month, 12)
        return dt.date(min(year, dt.MAXYEAR), month + 1, max(1, min(28, int(day or 7))))


def _share(price: Decimal, days: int, of: int) -> Decimal:
    return (price * days / of).quantize(_KURUS, ROUND_HALF_UP)
