"""Lease contracts that were there before they had states, and the made-up ones."""

from __future__ import annotations

import importlib

import pytest

from tests.processes import database, end_all, finish, go_back, manage, start  # noqa: F401 - fixtures

BEFORE = """
import datetime as dt
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
loader = MigrationExecutor(connection).loader
old = loader.project_state([n for n in loader.applied_migrations if n in loader.graph.nodes]).apps.get_model
unit = old("organization", "Unit").objects.create(
    number=1, kind="directorate", name="Destek", full_name="Destek", path="000001."
)
today, long_ago = timezone.localdate(), timezone.now() - dt.timedelta(days=60)
for number, (begins, ends) in enumerate([(-9, -1), (-9, 0), (0, 9), (1, 9), (-900, 900)], 1):
    values = {"number": f"K-{number}", "contractor": "Filo", "responsible_unit": unit, "notes": "İçerik",
              "starts_on": today + dt.timedelta(begins), "ends_on": today + dt.timedelta(ends)}
    row = old("vehicles", "LeaseContract").objects.create(number_same=f"k-{number}", version=number, **values)
    for version in range(1, number + 1):
        old("vehicles", "HistoricalLeaseContract").objects.create(
            id=row.pk, version=version, history_date=long_ago, history_type="~" if version > 1 else "+",
            history_change_reason="önce", **values)
"""
AFTER = """
import datetime as dt, json
from django.db import IntegrityError, transaction
from django.utils import timezone
from inventory import history, registers, writes
from inventory.history import Author
from inventory.listing.address import Listing
leases = registers.get("lease-contracts")
rows = list(leases.model.objects.order_by("number"))
def named(row, e):
    return [e.history_type, e.state, e.version, e.history_change_reason, e.notes == row.notes]
kept = [[named(row, entry) for entry in row.history.order_by("history_id")] for row in rows]
found = [[row.number, row.state, row.version, entries] for row, entries in zip(rows, kept)]
then = Listing(leases, None, {"as_of": (timezone.localdate() - dt.timedelta(days=9)).strftime("%d.%m.%Y")})
today = Listing(leases, None, {"as_of": timezone.localdate().strftime("%d.%m.%Y")})
states = [sorted(row.state for row in each.rows) for each in (then, today)]
changes = [str(change.new) for entry in history.entries(leases, rows[0].pk, None, 1) for change in entry.changes]
try:
    with transaction.atomic():
        leases.model.history.all().update(state="closed")
    states.append("open")
except IntegrityError:
    states.append("shut")
writes.restore(leases, rows[4], rows[4].history.earliest("history_id").history_id, Author())
writes.step(leases, rows[1], "end", {}, Author())
again = [leases.model.objects.get(pk=row.pk).state for row in rows]
print(json.dumps([found, states, changes, again]))
"""


@pytest.fixture(autouse=True)
def _ended():
    yield
    end_all()


def test_contracts_from_before_get_the_state_that_their_dates_show(database, tmp_path):  # noqa: F811
    url = database
    go_back(url, "vehicles", "0006_lease_lines_from_their_contract", var=tmp_path)
    finish(start(url, BEFORE))
    migrated = manage(url, "migrate", "-v0", var=tmp_path)
    assert migrated.returncode == 0, migrated.stderr
    found, states, changes, again = finish(start(url, AFTER))
    assert [(number, state) for number, state, *_rest in found] == [
        ("K-1", "ended"), ("K-2", "running"), ("K-3", "running"), ("K-4", "draft"), ("K-5", "running"),
    ]  # fmt: skip
    reason = importlib.import_module("inventory.assets.vehicles.migrations.0007_lease_states").REASON
    for before, (_number, state, version, entries) in enumerate(found, 1):
        # What the state was before, nobody wrote down; since when it is kept, an entry says.
        assert version == before + 1
        assert [entry[1:3] for entry in entries] == [["", n] for n in range(1, before + 1)] + [[state, version]]
        assert entries[-1] == ["~", state, version, reason, True]
        assert {entry[3] for entry in entries[:-1]} == {"önce"}
    then, today, door = states
    assert then == [""] * 5 and today == ["draft", "ended", "running", "running", "running"]
    assert (door, changes) == ("shut", ["Sona erdi"])
    assert again == ["ended", "ended", "running", "draft", "running"]
