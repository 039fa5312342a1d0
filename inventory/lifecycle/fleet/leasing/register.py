from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.editing.doubts import Case, Doubt, Limits, plain, to_come
from inventory.lifecycle.fleet.leasing.models import LeaseMonth
from inventory.registers import Register, register


def _other_than_computed(case: Case, limits: Limits) -> str | None:
    row = case.row
    if not row.contract_id or not isinstance(row.amount, Decimal) or row.month is None:
        return None
    days, amount = row.computed()
    if amount is None or amount == row.amount:
        return None
    values = {"computed": plain(amount), "amount": plain(row.amount), "days": days}
    return _("Tutar %(amount)s; sözleşmenin araçlarına göre %(computed)s olmalı (%(days)d araç-gün).") % values


def _sent_before(case: Case, limits: Limits) -> str | None:
    row = case.row
    if row.sent_on is None or row.prepared_on is None or row.sent_on >= row.prepared_on:
        return None
    return _("Ödeme emri hazırlanmadan önce gönderilmiş görünüyor.")


register(
    Register(
        slug="lease-months",
        model=LeaseMonth,
        group="record",
        belongs_to="vehicles",
        heading=gettext_lazy("Kiralama"),
        icon="receipt",
        columns=(
            "contract", "month", "number", "vehicle_days", "amount", "deductions", "deducted_for", "payable",
            "prepared_on", "sent_on", "due_on", "in_time", "notes",
        ),
        listed=(
            "contract", "month", "number", "vehicle_days", "amount", "deductions", "payable", "sent_on", "due_on",
            "in_time",
        ),
        filters=("contract", "month", "in_time", "sent_on"),
        identity=(("contract", "month"),),
        sums=("vehicle_days", "amount", "deductions", "payable"),
        order="-month",
        scope="contract__responsible_unit",
        parents=("contract",),
        warnings=(
            Doubt(("amount", "month", "contract"), _other_than_computed),
            Doubt(("sent_on", "prepared_on"), _sent_before),
            to_come("sent_on"),
            to_come("prepared_on"),
        ),
        synonyms={
            "contract": ("sözleşme no",),
            "month": ("hakediş ayı", "dönem"),
            "amount": ("tutar", "hakediş"),
            "sent_on": ("gönderim tarihi", "ödeme emri tarihi"),
        },
    )
)  # fmt: skip
