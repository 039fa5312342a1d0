"""A scratch database with as many devices on the map as asked for, up to a million."""

from __future__ import annotations

import random
import time

from tests.bench import world

# Items made at a time, at most.
BLOCK = 10_000


def points(count: int, dice: random.Random) -> list[tuple[float, float]]:
    """Two thirds around the district centres, as people live, the others anywhere in the province."""
    from geo.models import District

    centres = list(District.objects.order_by("pk").values_list("lon", "lat"))
    found = []
    for _ in range(count):
        if dice.random() < 0.66:
            lon, lat = dice.choice(centres)
            found.append((round(dice.gauss(lon, 0.03), 7), round(dice.gauss(lat, 0.02), 7)))
        else:
            found.append((round(dice.uniform(29.35, 30.35), 7), round(dice.uniform(40.55, 41.15), 7)))
    return found


def fill(upto: int) -> None:
    """Located devices, each at a place of its own as parcels are, until there are so many; then the counts.

    Multiples of what it was called with first.
    """
    from django.db import connection, transaction

    from geo import counts
    from geo.cells import cell_of
    from geo.models import Location
    from inventory import history, stock
    from inventory.assets.equipment.models import Equipment

    there = Equipment.objects.count()
    block = min(there or upto, BLOCK)
    dice = random.Random(there)
    for first in range(there, upto, block):
        places = [
            Location(name=f"Yer {n}", lon=x, lat=y, cell=cell_of(x, y), west=x, east=x, south=y, north=y)
            for n, (x, y) in enumerate(points(block, dice), first)
        ]
        for place in places:
            place.derive()
        with transaction.atomic():
            Location.objects.bulk_create(places, batch_size=1_000)
            _repeat(first, block) if first else _first(places, dice)
            ids = Equipment.objects.order_by("-pk").values_list("pk", flat=True)[:block]
            history.record(Equipment, list(ids), history.CREATED, history.Author())
    began = time.perf_counter()
    kept = counts.recount(), stock.recount()
    message = f"{upto} items: {kept[0]} counts and {kept[1]} lines of stock"
    world.say(f"{message}, counted anew in {time.perf_counter() - began:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _first(places: list, dice: random.Random) -> None:
    rows = world.devices(0, len(places))
    kinds, units = ([getattr(row, name) for row in rows] for name in ("kind", "responsible_unit"))
    for n, (row, place) in enumerate(zip(rows, places, strict=True)):
        row.inventory_no, row.location = f"B-{n}", place
        row.kind, row.responsible_unit = dice.choice(kinds), dice.choice(units)
        row.status = dice.choices(("in_use", "in_store", "under_repair"), (90, 7, 3))[0]
        row.derive()
    type(rows[0]).objects.bulk_create(rows, batch_size=500)


def _repeat(first: int, block: int) -> None:
    """The first block's devices once more, as others and at the next block's places."""
    from django.db import connection

    from inventory.assets.equipment.models import Equipment

    columns = [f.column for f in Equipment._meta.concrete_fields if not f.primary_key]
    changed = {
        "inventory_no": f"inventory_no || '-{first}'",
        "serial_no": f"serial_no || '-{first}'",
        "serial_no_same": f"serial_no_same || '-{first}'",
        "location_id": f"location_id + {first}",
    }
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    table = Equipment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")
        last = cursor.fetchone()[0] + block
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE id < {last} ORDER BY id")
