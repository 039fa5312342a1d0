"""Real processes on one real database: locks, numbers and versions as colleagues meet them."""

from __future__ import annotations

from tests.processes import database, finish, start  # noqa: F401 - a fixture

SEED = """
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory import registers, writes
from inventory.writes import Author
by = Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
from inventory.assets.vehicles.models import Vehicle
writes.save(registers.get("vehicles"), Vehicle(kind=kind, responsible_unit=unit, fleet_no="SAYAC", meter=0), by)
"""

CREATE = """
import json, sys
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
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
from inventory.assets.vehicles.models import Vehicle
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


def test_two_writers_wait_for_each_other_and_never_share_a_number(database):  # noqa: F811
    finish(start(database, SEED))
    both = [start(database, CREATE, who=who) for who in ("A", "B")]
    first, second = [finish(process) for process in both]
    numbers = sorted(int(number[2:]) for number in first + second)
    # The seed took number 1; none is left out and none is given twice.
    assert numbers == list(range(2, 82))


def test_no_update_is_lost_when_two_change_one_row(database):  # noqa: F811
    finish(start(database, SEED))
    for process in [start(database, COUNT_UP) for _ in range(2)]:
        finish(process)
    checked = "import json\nfrom inventory.assets.vehicles.models import Vehicle\n"
    checked += "row = Vehicle.objects.get(fleet_no='SAYAC')\n"
    checked += "print(json.dumps([row.meter, row.version, Vehicle.history.filter(id=row.pk).count()]))"
    assert finish(start(database, checked)) == [80, 81, 81]
