"""A scratch database with as many devices as asked for, and how things are timed in it."""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable

import django


def start() -> None:
    """Tables and reference lists in the database that DATABASE_URL names; it must be a scratch one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=io.StringIO())


def devices(first: int, count: int) -> list:
    """Unsaved equipment rows with twenty columns filled, numbered from `first`."""
    import datetime as dt

    from inventory.assets.equipment.models import Equipment
    from inventory.models import Kind
    from inventory.organization.models import Unit

    kinds = list(Kind.objects.filter(register="equipment"))
    units = list(Unit.objects.filter(kind="directorate"))
    day = dt.date(2020, 1, 1)
    return [
        Equipment(
            kind=kinds[n % len(kinds)],
            responsible_unit=units[n % len(units)],
            make=("Dell", "HP", "Lenovo")[n % 3],
            model=f"M{n % 97}",
            serial_no=f"SN{n:09d}",
            hostname=f"pc-{n}",
            processor="i5",
            memory_gb=16,
            disk_gb=512,
            warranty_until=day + dt.timedelta(days=n % 3000),
            room=str(100 + n % 400),
            acquired_how="purchase",
            acquired_on=day + dt.timedelta(days=n % 1500),
            basis_no=f"2020/{n % 900}",
            basis_on=day,
            cost=1_000 + n % 7_000,
            notes=f"Işık {n}",
        )
        for n in range(first, first + count)
    ]


def parcels(first: int, count: int) -> list:
    """Unsaved parcels, numbered from `first`."""
    from geo.models import Neighbourhood
    from inventory.assets.property.models import Property
    from inventory.models import Kind
    from inventory.organization.models import Unit

    kinds = list(Kind.objects.filter(register="property", is_group=False))
    places = list(Neighbourhood.objects.select_related("district"))
    unit = Unit.objects.filter(kind="directorate").first()
    return [
        Property(
            kind=kinds[n % len(kinds)],
            responsible_unit=unit,
            neighbourhood=(place := places[n % len(places)]),
            district=place.district,
            block=str(100 + n // 7),
            parcel=str(1 + n % 7),
            area_m2=100 + n % 9_000,
            description="Arsa",
        )
        for n in range(first, first + count)
    ]


def fill(upto: int) -> None:
    """Make rows until the register holds that many."""
    from inventory import registers, writes
    from inventory.assets.equipment.models import Equipment
    from inventory.writes import Author

    there = Equipment.objects.count()
    for first in range(there, upto, 5_000):
        writes.create_many(registers.get("equipment"), devices(first, min(5_000, upto - first)), Author())


def timed(work: Callable[[], object], times: int = 15) -> tuple[float, float]:
    """Median and 95th percentile of the seconds that the work takes."""
    work()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent), sorted(spent)[int(0.95 * (len(spent) - 1))]


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
