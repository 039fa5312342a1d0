"""What a row fills by itself, such as a lease line's dates from its contract, is judged with what the sheet gives."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from tests.imports.checking.test_checking import VEHICLES, errors, verdicts
from tests.rows import row

pytestmark = pytest.mark.django_db


def _lease_sheet(parks, *lines: list) -> list[list]:
    terms = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31), "monthly_price": 25_000}
    row(registers.get("lease-contracts"), parks, number="2026 KRL 7", **terms)
    for plate in ("41 ABC 101", "41 ABC 102"):
        row(VEHICLES, parks, plate=plate, ownership="leased")
    return [["Sözleşme", "Araç", "Başlangıç", "Bitiş"], *lines]


def test_a_date_that_the_sheet_leaves_to_the_contract_is_judged_with_the_one_it_gives(parks, checked):
    rows = _lease_sheet(parks, ["2026 KRL 7", "41 ABC 101", dt.date(2025, 12, 1), None])
    batch = checked(registers.get("leased-vehicles"), rows)
    assert [(number, column) for number, column, _message in errors(batch)] == [(2, "Başlangıç")]


def test_two_lines_that_leave_their_dates_to_the_contract_are_compared(parks, checked):
    other = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 6, 30)}
    rows = _lease_sheet(parks, ["2026 KRL 7", "41 ABC 101", None, None], ["KRL 8", "41 ABC 101", None, None])
    row(registers.get("lease-contracts"), parks, number="KRL 8", **other)
    batch = checked(registers.get("leased-vehicles"), rows)
    with batch.plan() as plan:
        said = [(each.row, each.message) for each in plan.warnings() if "kiralanmış" in each.message]
    assert [number for number, _message in said] == [2, 3]
    assert "KRL 8 ile de" in said[0][1] and "2026 KRL 7 ile de" in said[1][1]


def test_lines_of_vehicles_that_nobody_knows_are_refused_not_compared(parks, checked):
    unknown = ["2026 KRL 7", "34 XYZ 1", dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    rows = _lease_sheet(parks, unknown, unknown, ["2026 KRL 7", None, dt.date(2026, 2, 1), None])
    batch = checked(registers.get("leased-vehicles"), rows)
    assert {(number, column) for number, column, _message in errors(batch)} == {(2, "Araç"), (3, "Araç"), (4, "Araç")}


def test_a_cell_that_was_emptied_and_is_filled_with_what_stood_there_changes_nothing(parks, checked):
    rows = _lease_sheet(parks, ["2026 KRL 7", "41 ABC 101", dt.date(2026, 1, 1), None])
    contract = registers.get("lease-contracts").model.objects.get()
    row(registers.get("leased-vehicles"), parks, contract=contract, vehicle=Vehicle.objects.get(plate="41 ABC 101"))
    batch = checked(registers.get("leased-vehicles"), rows, blank="clear")
    assert verdicts(batch) == {"unchanged": 1}
