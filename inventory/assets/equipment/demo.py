"""Made-up IT and office equipment."""

from inventory import registers
from inventory.assets.equipment.models import Equipment
from inventory.demo import AUTHOR, World
from inventory.writes import update_many

MAKES = ("Dell", "HP", "Lenovo", "Casper", "Samsung", "Canon", "Zebra")
COMPUTERS = ("Bilgisayar", "Tümleşik", "Tablet")
PERSONAL = ("Dizüstü", "Cep Telefon", "Tablet", "Bilgisayar Kasalar", "Ekranlar", "Sabit Telefon", "Sayısal Telefon")
PROCESSORS = ("Intel Core i5-12400", "Intel Core i7-1255U", "AMD Ryzen 5 5600G", "Intel Core i3-10100")
MOVED = 200


def make(world: World) -> None:
    world.add("equipment", _equipment(world))
    _move_some(world)


def _equipment(world: World):
    number = 0
    for kind, line in world.kinds(registers.get("equipment")):
        for _ in range(int(line["count"])):
            number += 1
            yield _item(world, kind, number)


def _item(world: World, kind, number: int) -> Equipment:
    unit = world.unit()
    row = Equipment(
        kind=kind,
        make=world.pick(MAKES),
        model=f"{world.pick('EPLT')}{world.dice.randint(100, 999)}",
        serial_no=f"{number:09d}" if number % 7 == 0 else f"DE{number:08d}",
        movable_code=world.movable_code(kind),
        responsible_unit=unit,
        location=world.pick(world.locations),
        room=f"{world.dice.randint(1, 6)}{world.dice.randint(1, 40):02d}",
        status=world.status(),
        warranty_until=world.ago(-900, 1_800),
        **world.origin(20, 1_500),
    )
    if kind.name.startswith(PERSONAL) and row.status == "in_use":
        row.holder = world.person(unit)
    if kind.name.startswith(COMPUTERS) or kind.name.startswith("Dizüstü"):
        row.hostname = f"kbb-{number}"
        row.mac_address = (
            f"02:45:{number >> 24 & 255:02X}:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}"
        )
        row.processor, row.memory_gb = world.pick(PROCESSORS), world.pick((8, 16, 32))
        row.disk_gb = world.pick((256, 512, 1_000))
    return row


def _move_some(world: World) -> None:
    """A few changes, so that the history has something to show."""
    register = registers.get("equipment")
    rows = list(Equipment.objects.select_related(*register.joined).order_by("-pk")[:MOVED])
    for row in rows:
        row.room = f"{world.dice.randint(1, 6)}{world.dice.randint(1, 40):02d}"
    update_many(register, rows, ["room"], AUTHOR)
