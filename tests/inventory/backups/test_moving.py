"""A grown SQLite installation moved to PostgreSQL, compared by another way than the command's own."""

from __future__ import annotations

import json
import os
import shutil
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.databases import migrated_file
from tests.processes import empty, finish, manage, start  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="moves to PostgreSQL")

# One row in every register, columns of every type filled; a deleted one at the end of two tables.
GROWN = """
import datetime as dt, decimal, shapely
from django.core.files.base import ContentFile
from geo import shapes
from geo.models import Location
from imports import batches
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from tests import rows
from tests.pages import sample
of = rows.unit("İğdır Şube Müdürlüğü")
ayse = rows.user("ayşe", of, (None, "", 3))
for register in registers.every():
    sample(register, of)
place = Location.objects.order_by("pk").first()
place.footprint = shapes.pack(shapely.box(29.9, 40.7, 29.91, 40.71))
writes.save(registers.get("locations"), place, rows.SYSTEM)
vehicles = registers.get("vehicles")
precise = rows.row(vehicles, of, cost=decimal.Decimal("123456789.07"), notes="Çığ 'tırnak'\\t\\\\N \\\\ satır\\nsonu")
gone = rows.row(vehicles, of)
number = gone.pk
writes.delete(vehicles, gone, rows.SYSTEM)
batch = batches.upload(vehicles, ayse, ContentFile("Plaka;Marka\\n41 ABC 999;Ford\\n".encode()), "çizelge.csv")
batch.unknown = [{"b": 1, "a": [None, 1.5, "ığüşöç", {"z": True}]}]
batch.applied_at = dt.datetime(2026, 3, 29, 0, 30, 0, 123456, tzinfo=dt.UTC)
batch.save()
import json
print(json.dumps(number))
"""

AFTER = """
import json
from geo.models import Location
from imports.models import Batch
from inventory import registers
from inventory.organization.models import Unit
from inventory.assets.vehicles.models import Vehicle
from tests import rows
batch, precise = Batch.objects.get(), Vehicle.objects.order_by("pk").last()
new = rows.row(registers.get("vehicles"), Unit.objects.get(name="İğdır Şube Müdürlüğü"))
print(json.dumps({
    "unknown": batch.unknown, "applied_at": batch.applied_at.isoformat(), "cost": str(precise.cost),
    "notes": precise.notes, "footprints": Location.objects.exclude(footprint=None).count(), "new": new.pk,
}))
"""

# One letter of one value is changed on the way.
SPOILED = """
import json, pathlib
from inventory.backups import Damaged, moving
from inventory.assets.vehicles.models import Vehicle
copy = moving._copy
def spoil(model, chunk):
    if model._meta.db_table == "vehicles_vehicle":
        chunk = [tuple("Fort" if value == "Ford" else value for value in row) for row in chunk]
    copy(model, chunk)
moving._copy = spoil
try:
    moving.move(pathlib.Path(source), lambda table, rows: None)
    print(json.dumps(["moved", 1]))
except Damaged as error:
    print(json.dumps([str(error), Vehicle.objects.count()]))
"""


@cache
def _grown_once() -> tuple[Path, int]:
    file = settings.VAR_DIR / f"grown-{os.getpid()}.sqlite3"
    return file, finish(start(migrated_file(file), GROWN))


@pytest.fixture
def grown(tmp_path):
    """A SQLite file with a row in every register, and the number of its last, deleted vehicle."""
    made, deleted = _grown_once()
    file = shutil.copy(made, tmp_path / "grown.sqlite3")
    return file, f"sqlite:///{file}", deleted


def _dumped(url: str, var) -> dict[str, dict]:
    done = manage(url, "dumpdata", var=var)
    assert done.returncode == 0, done.stderr
    return {f"{row['model']} {row['pk']}": row["fields"] for row in json.loads(done.stdout)}


def test_every_row_of_every_table_comes_over(grown, empty, tmp_path):  # noqa: F811 - the fixture
    file, source, deleted = grown
    target = empty()
    done = manage(target, "sqlite_to_postgres", file, var=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    was, is_now = _dumped(source, tmp_path), _dumped(target, tmp_path)
    assert was == is_now and len(was) > 300
    assert int(done.stdout.split()[2]) == len(was)
    found = finish(start(target, AFTER))
    assert found["unknown"] == [{"b": 1, "a": [None, 1.5, "ığüşöç", {"z": True}]}]
    assert found["applied_at"] == "2026-03-29T00:30:00.123456+00:00"
    assert (found["cost"], found["notes"]) == ("123456789.07", "Çığ 'tırnak'\t\\N \\ satır\nsonu")
    assert found["footprints"] == 1
    # The deleted vehicle's number stands in its history and is not given to another.
    assert found["new"] == deleted + 1
    again = manage(target, "sqlite_to_postgres", file, var=tmp_path)
    assert again.returncode == 2 and "createdb" in again.stderr


def test_one_changed_value_stops_it_and_nothing_is_kept(grown, empty, tmp_path):  # noqa: F811 - the fixture
    file, source, _deleted = grown
    code = "from inventory.assets.vehicles.models import Vehicle\nVehicle.objects.update(make='Ford')"
    finish(start(source, code))
    target = empty()
    result, there = finish(start(target, SPOILED, source=str(file)))
    assert "vehicles_vehicle: " in result and "içindeki değerler farklı" in result and "historical" not in result
    assert there == 0
    # Whole, it goes over into the same tables.
    assert manage(target, "sqlite_to_postgres", file, var=tmp_path).returncode == 0


def test_what_cannot_be_moved_is_message_and_leaves_nothing(grown, empty, tmp_path):  # noqa: F811 - the fixture
    file, source, _deleted = grown
    target = empty()
    assert manage(target, "sqlite_to_postgres", tmp_path / "none", var=tmp_path).returncode == 2
    elsewhere = manage(source, "sqlite_to_postgres", file, var=tmp_path)
    assert elsewhere.returncode == 2 and "DATABASE_URL" in elsewhere.stderr
    # SQLite keeps texts that are longer than their column.
    finish(
        start(source, "from inventory.assets.vehicles.models import Vehicle\nVehicle.objects.update(make='F' * 500)")
    )
    long = manage(target, "sqlite_to_postgres", file, var=tmp_path)
    assert long.returncode == 2 and "too long" in long.stderr and "hiçbir şey taşınmadı" in long.stderr
    finish(start(source, "from inventory.assets.vehicles.models import Vehicle\nVehicle.objects.update(make='F')"))
    older = (
        'from django.db import connection\nconnection.cursor().execute("DELETE FROM django_migrations WHERE id = 1")'
    )
    assert manage(target, "sqlite_to_postgres", file, var=tmp_path).returncode == 0
    finish(start(source, older))
    old = manage(empty(), "sqlite_to_postgres", file, var=tmp_path)
    assert old.returncode == 2 and "manage.py migrate" in old.stderr
