"""A change by hand and its undo, killed while a page writes them: a worker brings them to their end; and two who apply
it write once. Real processes, on the database under test."""

from __future__ import annotations

import pytest

from tests.processes import database, end_all, finish, start, wait_for  # noqa: F401 - a fixture

SEED = """
from imports import by_hand
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.history import Author
from inventory.models import Kind
from inventory.organization.models import Unit, User
by = Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
vehicles = registers.get("vehicles")
clerk = User.objects.create_user("A", is_superuser=True)
rows = [
    writes.save(vehicles, Vehicle(kind=kind, responsible_unit=unit, plate=f"41 ABC {n}", make="Fiat"), by)
    for n in range(101, 104)
]
by_hand.planned("marka", Author(clerk), [by_hand.Part(vehicles, [rows], {"make": "Ford"})])
"""
PAGE = """
import pathlib, time
from django.test import Client
from imports.models import Batch
from inventory import writes
from inventory.organization.models import User
batch = Batch.objects.get()
change = writes.update_many

def stand_still(*arguments, **more):
    change(*arguments, **more)
    pathlib.Path(reached).touch()
    time.sleep(60)

writes.update_many = stand_still
client = Client(headers={"host": "localhost"})
client.force_login(User.objects.get())
if batch.state == "checked":
    counts = {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}
    client.post(f"/imports/{batch.pk}/apply/", counts)
else:
    client.post(f"/imports/{batch.pk}/undo/", {})
"""
LOOK = """
import json
from imports.models import Batch
from inventory.assets.vehicles.models import Vehicle
makes = sorted(set(Vehicle.objects.values_list("make", flat=True)))
print(json.dumps([Batch.objects.get().state, makes, Vehicle.history.count()]))
"""
WORKER = f"""
import time
from django.core.management import call_command
from imports.models import Batch
until = time.monotonic() + 30
while Batch.objects.get().is_busy and time.monotonic() < until:
    call_command("db_worker", batch=True, interval=0.05, startup_delay=False, reload=False, verbosity=0)
    time.sleep(0.1)
{LOOK}
"""
BOTH = """
import json, pathlib, time
from imports import batches
from imports.models import Batch
from inventory.assets.vehicles.models import Vehicle
batch = Batch.objects.get()
pathlib.Path(place, who).touch()
while len(list(pathlib.Path(place).glob("*"))) < 2:
    time.sleep(0.001)
batches.run_apply(batch)
batch.refresh_from_db()
print(json.dumps([batch.state, Vehicle.history.count()]))
"""


@pytest.fixture(autouse=True)
def _ended():
    yield
    end_all()


def test_what_a_killed_page_was_writing_is_brought_to_its_end(database, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("IMPORT_STALE_SECONDS", "1")
    finish(start(database, SEED))
    ends = [
        (["applying", ["Fiat"], 3], ["applied", ["Ford"], 6]),
        (["undoing", ["Ford"], 6], ["undone", ["Fiat"], 9]),
    ]
    for number, (killed, looked_after) in enumerate(ends):
        page = start(database, PAGE, reached=str(tmp_path / f"reached{number}"))
        wait_for(tmp_path / f"reached{number}", page)
        page.kill()
        page.communicate(timeout=10)
        assert finish(start(database, LOOK)) == killed
        assert finish(start(database, WORKER)) == looked_after


def test_two_appliers_write_once(database, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    (tmp_path / "place").mkdir()
    finish(start(database, SEED))
    both = [start(database, BOTH, who=who, place=str(tmp_path / "place")) for who in "AB"]
    ends = [finish(each) for each in both]
    assert ["applied", 6] in ends, ends
    assert finish(start(database, LOOK)) == ["applied", ["Ford"], 6]
