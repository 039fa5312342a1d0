"""Two colleagues at one row at the same moment: real processes, on the database under test."""

from __future__ import annotations

import pytest

from tests.processes import database, end_all, finish, start  # noqa: F401 - a fixture

SEED = """
import datetime as dt
from inventory import registers, writes
from inventory.assets.vehicles.models import LeaseContract
from inventory.history import Author
from inventory.organization.models import Unit, User
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), Author())
for name in "AB":
    User.objects.create_user(name, is_superuser=True)
day = dt.date(2026, 1, 1)
for number in range(rounds):
    writes.save(registers.get("lease-contracts"), LeaseContract(
        number=f"K-{number}", contractor="Filo", responsible_unit=unit, signed_on=day, starts_on=day, ends_on=day,
    ), Author())
"""
STEP = """
import json, pathlib, time
from inventory import registers, writes
from inventory.assets.vehicles.models import LeaseContract
from inventory.history import Author
from inventory.organization.models import User
leases, by, found = registers.get("lease-contracts"), Author(user=User.objects.get(username=who)), []
for number in range(rounds):
    row = LeaseContract.objects.get(number=f"K-{number}")
    pathlib.Path(place, f"{number}-{who}").touch()
    until = time.monotonic() + 60
    while len(list(pathlib.Path(place).glob(f"{number}-*"))) < 2:
        assert time.monotonic() < until
        time.sleep(0.001)
    try:
        if what == "step":
            writes.step(leases, row, "run", {}, by)
        else:
            row.notes = "Bu arada yazılan"
            writes.save(leases, row, by)
        found.append("")
    except writes.Refused as refused:
        found.append(type(refused).__name__)
print(json.dumps(found))
"""
AFTER = """
import json
from inventory import registers
from inventory.flows import stepping
leases = registers.get("lease-contracts")
takers = stepping.takers(leases, list(leases.model.objects.values_list("pk", flat=True)))
print(json.dumps([
    [row.state, row.version, row.history.count(), bool(row.notes), len(takers[row.pk].get("run", ()))]
    for row in leases.model.objects.order_by("pk")
]))
"""


@pytest.fixture(autouse=True)
def _ended():
    yield
    end_all()


@pytest.mark.parametrize("other", ["step", "save"])
def test_one_is_first_and_the_other_is_reported(database, tmp_path, other):  # noqa: F811
    rounds = 8
    finish(start(database, SEED, rounds=rounds))
    both = [
        start(database, STEP, who=who, what=what, place=str(tmp_path), rounds=rounds)
        for who, what in (("A", "step"), ("B", other))
    ]
    mine, theirs = map(finish, both)
    assert all(sorted(pair) == ["", "Conflict"] for pair in zip(mine, theirs, strict=True)), (mine, theirs)
    for (state, version, entries, has_notes, takers), refused in zip(finish(start(database, AFTER)), mine, strict=True):
        stepped = other == "step" or not refused
        assert (state, version, entries) == ("running" if stepped else "draft", 2, 2)
        assert (has_notes, takers) == (not stepped, int(stepped))
