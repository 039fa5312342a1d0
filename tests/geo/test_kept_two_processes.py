"""What is kept beside the rows while two people write at the same time (items on the one hand, their places on the
other) and somebody reads: the counts of the map, and the sums of report and lists."""

from __future__ import annotations

from tests.processes import database, finish, start  # noqa: F401 - a fixture

SEED = """
from geo.models import Location
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.writes import Author
by = Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
places = [Location(name=f"Yer {n}", lon=29.5 + n / 10, lat=40.7) for n in range(4)]
writes.create_many(registers.get("locations"), places, by)
rows = [Vehicle(kind=kind, responsible_unit=unit, location=places[n % 4], fleet_no=f"F{n}") for n in range(40)]
writes.create_many(registers.get("vehicles"), rows, by)
"""

# What each of the two does thirty times; a conflict with the other is simply tried again.
WORK = """
import random
from django.db import OperationalError
from geo.models import Location
from inventory import registers, stock, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.writes import Author, Conflict
stock.MOST_LOOSE = 10  # put together after every few writes, while the others write and read
dice, done = random.Random(who), 0
vehicles, places = registers.get("vehicles"), registers.get("locations")
while done < 30:
    try:
        if done % 3 == who:
            rows = list(Location.objects.select_related(*places.references).order_by("pk"))
            for row in (dice.sample(rows, 2)):
                row.lon = round(dice.uniform(29.3, 30.3), 7)
                writes.save(places, row, Author())
        else:
            rows = list(Vehicle.objects.select_related(*vehicles.references).order_by("pk"))
            there = list(Location.objects.order_by("pk"))
            chosen = dice.sample(rows, 8)
            for row in chosen:
                row.location, row.status = dice.choice(there), dice.choice(["in_use", "in_store"])
                row.cost, row.ownership = dice.randrange(10**9), dice.choice(["owned", "leased"])
            writes.update_many(vehicles, chosen, ["location", "status", "cost", "ownership"], Author())
        done += 1
    except Conflict:
        pass
"""

# How many vehicles each reading finds, while they change hands.
READ = """
import json
from inventory import registers, stock
chosen = stock.chosen(registers.get("vehicles"), None)
print(json.dumps(sorted({sum(line[-1] for line in stock.figures(chosen, "status", "split")) for _ in range(400)})))
"""

COMPARE = """
import json
from inventory import registers, stock
from geo import counts
from geo.counts import CellChange, CellCount
fields = (*CellCount.KEY, *counts.SUMS)
counts.fold()
def there():
    return sorted(row for row in CellCount.objects.exclude(number=0).values_list(*fields))
kept = there()
counts.recount()
chosen = stock.chosen(registers.get("vehicles"), None)
def sums():
    return sorted(map(str, stock.figures(chosen, "status", "split", measures=("", "cost"))))
old = sums()
stock.recount()
print(json.dumps([kept == there(), sum(row[6] for row in kept), CellChange.objects.count(), old == sums(), len(old)]))
"""


def test_what_is_kept_stays_true_while_two_write_and_one_reads(database):  # noqa: F811
    finish(start(database, SEED))
    writers = [start(database, WORK, who=who) for who in (0, 1)]
    assert finish(start(database, READ)) == [40], "no reading finds more or fewer than there are"
    for process in writers:
        finish(process)
    # 40 vehicles, on three levels, once under their unit and once under all; number and cost of four sorts.
    assert finish(start(database, COMPARE)) == [True, 40 * 3 * 2, 0, True, 8]
