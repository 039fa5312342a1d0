"""Whatever stands in the cells, a check ends in verdicts and sentences, on every register."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from imports.checking.checker import check
from imports.checking.matching import match
from imports.checking.options import Options
from imports.plans.plan import Plan
from inventory import registers
from tests.rows import row, unit

pytestmark = pytest.mark.django_db
_CELLS = (
    None, "", " ", "-", "x", "x" * 5_000, "İIıiŞş", "a\nb", "\u202e‮", "😀", "%s %(a)s {0}", "'; DROP TABLE x; --", "%",
    "_", "(", ")", "()", "a (", "1/2", "1/0", "123/4", "0/0", 0, 1, -1, 10**12, 10**30, 0.1, 1e300, float("inf"),
    float("nan"), "1e5", "6.37702E+15", "1.234,56", "9" * 40, "31.02.2020", "01.01.0001", dt.date(2020, 1, 1),
    dt.datetime(1899, 12, 31), dt.time(10, 30), dt.timedelta(days=5), True, False, "evet", "A-000001", "41 ABC 101",
    "<script>", "=1+1", "'=1+1", "::1", "10.0.0.1", "999.1.1.1", "AA:BB:CC:00:11:22", "a@b.tr",
)  # fmt: skip


class Table:
    """A sheet as `imports.reading` gives it, made in memory."""

    notes = ()
    header_row = 1

    def __init__(self, headers: list[str], rows: list[tuple[int, list]]):
        self.headers, self.rows = headers, rows


@pytest.mark.parametrize("register", [pytest.param(r, id=r.slug) for r in registers.every()])
@pytest.mark.parametrize("blank", ["leave", "clear"])
def test_any_cell_in_any_column(register, blank):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    held = [] if register.stewards_only else [row(register, here) for _ in range(3)]
    columns = list(dict.fromkeys((register.key.name, *register.columns)))
    random.seed(7)
    rows = []
    for number in range(2, 122):
        cells = [random.choice(_CELLS) for _ in columns]
        if held and number % 5 == 0:
            cells[0] = register.key.value(random.choice(held))
        rows.append((number, cells))
    sheet = Table(columns, rows)
    for locale in ("tr", "en"):
        plan: Plan = check(register, sheet, match(register, columns, 1), Options(blank=blank, locale=locale), None)
        assert len(plan.lines) == 120
        assert all(finding.message and "%(column" not in finding.message for finding in plan.errors)
        refused = {line.row for line in plan.lines if line.verdict == "error"}
        assert refused >= {finding.row for finding in plan.errors if finding.row > 1}
