"""Made-up readings of the meters of the made-up vehicles: one a month, and one that was mistyped."""

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet

from inventory import registers
from inventory.demo import World
from inventory.lifecycle.fleet.odometer.models import MeterReading

MONTHS = 4
EVERY = 5  # One vehicle of so many.


def make(world: World) -> None:
    world.add("meter-readings", _readings(world))


def _readings(world: World):
    vehicles: QuerySet = registers.get("vehicles").model._default_manager.order_by("pk")
    for number, vehicle in enumerate(vehicles.exclude(meter=None)[::EVERY]):
        a_month = world.dice.randint(300, 2_500) if vehicle.meter_unit == "km" else world.dice.randint(20, 160)
        for month in range(MONTHS):
            day = world.today - dt.timedelta(30 * (MONTHS - month))
            value = vehicle.meter + a_month * month
            if number % 40 == 7 and month == 2:
                value *= 10  # A digit too many.
            yield MeterReading(
                vehicle=vehicle,
                read_at=dt.datetime.combine(day, dt.time(8, world.dice.randrange(60))),
                value=Decimal(value),
                notes="Uydurma okuma",
            )
