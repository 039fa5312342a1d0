from decimal import Decimal

import pytest
from django.db.models import Count

from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.listing.totals import exact_sum
from inventory.models import Kind
from tests.rows import SYSTEM, kind, unit

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def costs(*amounts: str | None) -> None:
    here, sort = unit("Park ve Bahçeler Dairesi Başkanlığı"), kind(VEHICLES)
    rows = [
        Vehicle(kind=sort, responsible_unit=here, fleet_no=f"F{n}", cost=amount and Decimal(amount))
        for n, amount in enumerate(amounts)
    ]
    writes.create_many(VEHICLES, rows, SYSTEM)


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (["0.10"] * 3, "0.30"),
        (["10554257.00", "214.87"], "10554471.87"),
        (["9999999999999.99", "0.01", None], "10000000000000.00"),
        (["0.29", "1.13", "2.675"][:2], "1.42"),
        ([], "0.00"),
        ([None], "0.00"),
    ],
)
def test_sums_are_exact(amounts, total):
    costs(*amounts)
    assert Vehicle.objects.aggregate(s=exact_sum("cost"))["s"] == Decimal(total)


def test_a_thousand_kurus_are_ten_lira_in_groups_too():
    costs(*["0.01"] * 1000)
    by_kind = Kind.objects.filter(register="vehicles").values("pk")
    assert by_kind.count() == 1
    grouped = Vehicle.objects.values("kind").annotate(n=Count("id"), s=exact_sum("cost")).get()
    assert (grouped["n"], grouped["s"]) == (1000, Decimal("10.00"))
