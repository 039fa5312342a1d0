"""Made-up fuel of some of the made-up vehicles, one tank, and rows whose plate nobody knows."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inventory import registers
from inventory.demo import World
from inventory.lifecycle.fleet.fuel.models import FuelCard, FuelFill, FuelTank, TankMovement

EVERY = 12  # One vehicle of so many.
FILLS = 5
PRICE = Decimal("44.50")
NOTES = "Uydurma alım"


def make(world: World) -> None:
    table: Any = registers.get("vehicles").model._default_manager
    chosen = list(table.exclude(fuel="electric").order_by("pk")[::EVERY])
    world.add("fuel-cards", (_card(number, vehicle) for number, vehicle in enumerate(chosen, 1)))
    world.add("fuel-tanks", [FuelTank(name="Örnek garaj tankı", capacity=20_000, responsible_unit=world.unit())])
    tank = FuelTank.objects.get(name="Örnek garaj tankı")
    moves = ((TankMovement.Kind.DELIVERY, 90, 15_000), (TankMovement.Kind.LEVEL, 3, 14_250))
    world.add("tank-movements", (_movement(world, tank, *each) for each in moves))
    world.add("fuel-fills", _fills(world, chosen, tank))


def _card(number: int, vehicle) -> FuelCard:
    return FuelCard(card_no=f"ORNEK-{number:05d}", vehicle=vehicle, supplier="Örnek Akaryakıt A.Ş.")


def _movement(world: World, tank: FuelTank, kind: str, days: int, litres: int) -> TankMovement:
    at = dt.datetime.combine(world.today - dt.timedelta(days), dt.time(7))
    return TankMovement(tank=tank, kind=kind, at=at, litres=Decimal(litres))


def _fills(world: World, vehicles: list, tank: FuelTank):
    for number, vehicle in enumerate(vehicles):
        for turn in range(FILLS):
            litres = Decimal(world.dice.randint(2_500, 6_000)).scaleb(-2)
            own = number % 6 == 0
            yield FuelFill(
                vehicle=None if (number, turn) == (1, 0) else vehicle,
                plate_text="41 ÖRNEK 000" if (number, turn) == (1, 0) else "",
                filled_at=_at(world, 14 * (FILLS - turn)),
                fuel=vehicle.fuel,
                litres=litres,
                unit_price=None if own else PRICE,
                amount=None if own else round(litres * PRICE, 2),
                odometer=Decimal((vehicle.meter or 0) + 450 * turn + 400),
                supplier="" if own else "Örnek Akaryakıt A.Ş.",
                station="" if own else "Örnek istasyon",
                station_kind="own" if own else "contract",
                tank=tank if own else None,
                receipt_no="" if own else f"ORNEK{number:04d}{turn}",
                notes=NOTES,
            )


def _at(world: World, days: int) -> dt.datetime:
    clock = dt.time(world.dice.randrange(7, 18), world.dice.randrange(60))
    return dt.datetime.combine(world.today - dt.timedelta(days), clock)
