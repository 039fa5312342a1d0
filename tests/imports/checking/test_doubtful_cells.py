"""What is hardly right in a sheet is a warning in its cell, and no row is refused for it."""

import pytest

from imports.plans.plan import Verdict
from inventory import registers
from inventory.reference import load_limits
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def test_a_meter_that_goes_back_and_a_model_of_the_future(parks, checked):
    load_limits()
    clerk = user("ayse", parks, (parks, "vehicles", 2))
    made = row(VEHICLES, parks, meter=131_950, model_year=2015, first_registered_on=None)
    same = row(VEHICLES, parks, meter=9_000_000, model_year=2015)
    sheet = [
        ["Envanter no", "Sayaç", "Model yılı"],
        [made.inventory_no, "90.000", 2099],
        [same.inventory_no, 9_000_000, 2015],
    ]
    batch = checked(VEHICLES, sheet, clerk)
    assert (batch.counts["changed"], batch.counts["unchanged"], batch.counts["warned"]) == (1, 1, 1)
    with batch.plan() as plan:
        (line,) = plan.lines(Verdict.CHANGED)
    values = {finding.column: finding.message for finding in line.warnings}
    assert "Sayaç geri gidiyor: 131.950 → 90.000." in values["Sayaç"] and "bu yıldan" in values["Model yılı"]
