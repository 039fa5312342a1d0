"""Made-up drivers, and the requests and task orders of some days around today."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from inventory import registers, writes
from inventory.demo import AUTHOR, World
from inventory.lifecycle.fleet.dispatch.models import Driver, TaskOrder, VehicleRequest
from inventory.models import STILL_HERE
from inventory.organization.models import Person

DRIVERS, REQUESTS = 40, 24
BODIES = ("", "", "", "Örnek İlçe Belediyesi", "Deneme Kaymakamlığı")
PURPOSES = ("Arazi denetimi", "Malzeme nakli", "Toplantıya ulaşım", "Okul gezisi", "Evrak teslimi")
PLACES = ("Örnek Mahallesi", "Deneme Tesisi", "Uydurma Köyü", "Valilik")
# How far each request has come: its own steps, and those of its order with the hours after it left.
FATES = (
    ((), ()),
    (("approve",), ()),
    (("approve",), ("approve",)),
    (("approve",), ("approve", "go")),
    (("approve",), ("approve", "go", "come-back", "close")),
    (("approve", "refuse"), ()),
)


def make(world: World) -> None:
    world.add("drivers", _drivers(world))
    drivers = [driver.person for driver in Driver.objects.filter(notes="Uydurma sürücü").select_related("person")]
    vehicles: QuerySet[Any] = registers.get("vehicles").model._default_manager.filter(STILL_HERE)
    pool = list(vehicles.filter(kind__name="Binek Oto").order_by("pk")[:REQUESTS])
    for number in range(REQUESTS if pool and drivers else 0):
        _request(world, number, pool[number % len(pool)], drivers[number % len(drivers)])


def _drivers(world: World):
    for person in Person.objects.filter(title="Şoför", staff_no__startswith="D").order_by("staff_no")[:DRIVERS]:
        yield Driver(
            person=person,
            responsible_unit=person.unit,
            licence_no=f"DEMO{person.staff_no}",
            classes=world.pick(("B", "B, C", "B, C, CE", "B, D1, D")),
            licence_until=world.ago(-1_500, 20),
            src_kind="SRC 2",
            src_until=world.ago(-900, 10),
            psychotechnic_until=world.ago(-900, 10),
            notes="Uydurma sürücü",
        )


def _request(world: World, number: int, vehicle, driver) -> None:
    steps, of_order = FATES[number % len(FATES)]
    # What is over lies behind, what is asked ahead.
    days = number // len(FATES) * (-2 if of_order[3:] or steps[1:] else 1)
    leave = dt.datetime.combine(world.today + dt.timedelta(days=days), dt.time(8 + number % 5))
    request = VehicleRequest(
        asking_unit=world.unit(),
        outside_body=world.pick(BODIES),
        purpose=world.pick(PURPOSES),
        people=world.dice.randint(1, 4),
        asked_at=leave - dt.timedelta(days=4),
        from_at=leave,
        until_at=leave + dt.timedelta(hours=4),
        to_place=world.pick(PLACES),
    )
    world.add("vehicle-requests", [request])
    for name in steps:
        _step("vehicle-requests", request, name, {"answer": "Boş araç yok"} if name == "refuse" else {})
    if not of_order:
        return
    order = TaskOrder(vehicle=vehicle, driver=driver, request=request)
    world.add("task-orders", [order])
    values: dict[str, dict[str, object]] = {
        "approve": {name: getattr(order, name) for name in ("driver", "purpose", "leave_at", "return_at")},
        "go": {"left_at": leave, "odometer_out": vehicle.meter or 0},
        "come-back": {"returned_at": request.until_at, "odometer_in": (vehicle.meter or 0) + 40},
    }
    for name in of_order:
        _step("task-orders", order, name, values.get(name, {}))


def _step(slug: str, row, name: str, values: dict[str, object]) -> None:
    row.refresh_from_db()
    writes.step(registers.get(slug), row, name, values, AUTHOR)
