"""What a month of a lease costs: by days, to the kuruş, and whether it was sent in time."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from inventory import registers, writes
from inventory.editing.doubts import Case, doubts
from inventory.indicators import reference
from inventory.indicators.figures import figures
from inventory.indicators.models import Indicator
from inventory.lifecycle.fleet.leasing.models import LeaseMonth
from inventory.reference import load_limits
from tests.rows import SYSTEM, row, unit

pytestmark = pytest.mark.django_db
MONTHS, CONTRACTS, LINES = (registers.get(slug) for slug in ("lease-months", "lease-contracts", "leased-vehicles"))


@pytest.fixture
def contract():
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    made = row(CONTRACTS, here, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31))
    for starts, ends, price in (("2026-01-01", "2026-12-31", "31000"), ("2026-10-11", "2026-10-20", "20000.01")):
        line = {"starts_on": dt.date.fromisoformat(starts), "ends_on": dt.date.fromisoformat(ends)}
        row(LINES, here, contract=made, monthly_price=Decimal(price), **line)
    return made


def month_of(contract, **values) -> LeaseMonth:
    return writes.save(MONTHS, LeaseMonth(contract=contract, **{"month": dt.date(2026, 10, 15)} | values), SYSTEM)


def test_days_and_amount_follow_from_the_contracts_vehicles(contract):
    made = month_of(contract, deductions=Decimal("1000.50"))
    # 31 days of the one, 10 of 31 of the other: 31,000 + 6,451.62 (6,451.6161…).
    assert (made.month, made.vehicle_days) == (dt.date(2026, 10, 1), 41)
    assert (made.amount, made.payable) == (Decimal("37451.62"), Decimal("36451.12"))
    other = month_of(contract, month=dt.date(2026, 11, 30))
    assert (other.vehicle_days, other.amount) == (30, Decimal("31000.00"))


def test_what_is_typed_stays_and_another_amount_is_doubted(contract):
    made = month_of(contract, amount=Decimal("37000"), vehicle_days=40)
    assert (made.amount, made.vehicle_days) == (Decimal("37000"), 40)
    (said,) = [each.sentence for each in doubts(MONTHS, [Case(made, {}, {"amount"})])]
    assert "37.451,62" in said and "41" in said


def test_more_cannot_be_deducted_than_is_paid(contract):
    with pytest.raises(ValidationError, match="Kesinti"):
        month_of(contract, deductions=Decimal("40000"))


def test_a_month_is_there_once_whatever_day_is_typed(contract):
    month_of(contract)
    with pytest.raises(ValidationError, match="zaten var"):
        month_of(contract, month=dt.date(2026, 10, 31))


def test_a_contract_without_priced_vehicles_has_no_amount(contract):
    LINES.model.objects.filter(contract=contract).update(monthly_price=None)
    assert month_of(contract).amount is None


def test_what_was_sent_by_the_seventh_counts_as_in_time(contract):
    """KU/PH.5.1.1-4 as it comes with the register: a December is due in the next year."""
    load_limits()
    reference.load()
    assert month_of(contract, sent_on=dt.date(2026, 11, 7)).in_time
    assert not month_of(contract, month=dt.date(2026, 9, 1), sent_on=dt.date(2026, 10, 8)).in_time
    assert not month_of(contract, month=dt.date(2026, 8, 1)).in_time
    assert month_of(contract, month=dt.date(2026, 12, 1)).due_on == dt.date(2027, 1, 7)
    rule = Indicator.objects.get(goal="KU/PH.5.1.1", number=4)
    (figure,) = figures([rule], 2026, None)
    by_month = {part.period.first.month: (part.numerator, part.of) for part in figure.parts if part.of}
    assert [by_month[month] for month in (8, 9, 10)] == [(0, 1), (0, 1), (1, 1)]
