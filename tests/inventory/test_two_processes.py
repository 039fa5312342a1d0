"""Real processes on one real database: locks, numbers and versions as colleagues meet them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

SEED = """
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory import registers, writes
from inventory.writes import Author
by = Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
from inventory.vehicles.models import Vehicle
writes.save(registers.get("vehicles"), Vehicle(kind=kind, responsible_unit=unit, fleet_no="SAYAC", meter=0), by)
"""

CREATE = """
import json, sys
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory import registers, writes
from inventory.vehicles.models import Vehicle
from inventory.writes import Author
vehicles, unit, kind = registers.get("vehicles"), Unit.objects.get(), Kind.objects.get()
made = []
for n in range(40):
    row = Vehicle(kind=kind, responsible_unit=unit, fleet_no=f"{who}-{n}")
    made.append(writes.save(vehicles, row, Author()).inventory_no)
print(json.dumps(made))
"""

COUNT_UP = """
import json
from inventory import registers, writes
from inventory.vehicles.models import Vehicle
from inventory.writes import Author, Conflict
vehicles, conflicts, done = registers.get("vehicles"), 0, 0
while done < 40:
    row = Vehicle.objects.get(fleet_no="SAYAC")
    row.meter += 1
    try:
        writes.save(vehicles, row, Author())
        done += 1
    except Conflict:
        conflicts += 1
print(json.dumps(conflicts))
"""


@pytest.fixture
def database(tmp_path):
    """The URL of a fresh database of the kind under test, with tables, one unit, one kind and one vehicle."""
    url = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    if connection.vendor == "postgresql":
        parts = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(parts._replace(path=f"/two_{os.getpid()}"))
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
            own.execute(f"DROP DATABASE IF EXISTS two_{os.getpid()}")
            own.execute(f"CREATE DATABASE two_{os.getpid()}")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **_surroundings(url))
    _finish(_start(url, SEED))
    return url


def _surroundings(url: str) -> dict:
    return {"cwd": settings.BASE_DIR, "env": os.environ | {"DATABASE_URL": url, "DEBUG": "1"}}


def _start(url: str, code: str, **names) -> subprocess.Popen:
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    code = f"import django; django.setup()\n{given}{code}"
    env = {"env": os.environ | {"DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], **(_surroundings(url) | env | pipes))


def _finish(process: subprocess.Popen):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1]) if out.strip() else None


def test_two_writers_wait_for_each_other_and_never_share_a_number(database):
    both = [_start(database, CREATE, who=who) for who in ("A", "B")]
    first, second = [_finish(process) for process in both]
    numbers = sorted(int(number[2:]) for number in first + second)
    # The seed took number 1; none is left out and none is given twice.
    assert numbers == list(range(2, 82))


def test_no_update_is_lost_when_two_change_one_row(database):
    for process in [_start(database, COUNT_UP) for _ in range(2)]:
        _finish(process)
    checked = (
        "import json\nfrom inventory.vehicles.models import Vehicle\nrow = Vehicle.objects.get(fleet_no='SAYAC')\n"
    )
    checked += "print(json.dumps([row.meter, row.version, Vehicle.history.filter(id=row.pk).count()]))"
    assert _finish(_start(database, checked)) == [80, 81, 81]
