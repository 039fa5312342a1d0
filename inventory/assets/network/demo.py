"""Made-up radio and network hardware."""

from inventory import registers, writes
from inventory.assets.network.models import NetworkDevice
from inventory.demo import AUTHOR, World

MAKES = {
    "radio": ("Aselsan", "Motorola", "Hytera"),
    "network": ("Cisco", "Huawei", "HPE"),
    "server": ("Dell", "HPE", "Lenovo"),
}

# What stands on a mast, and so is linked from district to district.
ON_MASTS = ("Radyolink Cihazı", "Röle Cihazı")


def make(world: World) -> None:
    before = NetworkDevice.objects.count()
    world.add("network", _devices(world))
    _link(world, before)


def _devices(world: World):
    number = 0
    for kind, line in world.kinds(registers.get("network")):
        for _ in range(int(line["count"])):
            number += 1
            yield _device(world, kind, number)


def _device(world: World, kind, number: int) -> NetworkDevice:
    is_radio = any(word in kind.name for word in ("Telsiz", "Röle", "SMT"))
    family = "radio" if is_radio else "server" if "Sunucu" in kind.name else "network"
    row = NetworkDevice(
        kind=kind,
        make=world.pick(MAKES[family]),
        model=f"{world.pick('ABCX')}{world.dice.randint(10, 99)}00",
        serial_no=f"DN{number:07d}",
        firmware=f"{world.dice.randint(1, 9)}.{world.dice.randint(0, 9)}",
        movable_code=world.movable_code(kind),
        responsible_unit=world.unit("Bilgi İşlem") if not is_radio else world.unit(),
        location=world.place("Kule") if kind.name in ON_MASTS else world.pick(world.locations),
        status=world.status(),
        warranty_until=world.ago(-900, 900),
        **world.origin(50, 3_000),
    )
    if is_radio:
        row.radio_id, row.call_sign = f"{41_0000 + number}", f"KBB-{number}"
        row.licence_no, row.licence_until = f"BTK-{number:05d}", world.ago(-1_500, 20)
    else:
        row.hostname, row.ip_address = f"ag-{number}", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        row.mac_address = (
            f"02:4E:{number >> 24 & 255:02X}:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}"
        )
        row.rack = f"Kabin {world.dice.randint(1, 40)}"
    return row


def _link(world: World, before: int) -> None:
    """Each mast's radio link goes to the one before it, and each relay to a radio link."""
    register = registers.get("network")
    made = NetworkDevice.objects.select_related(*register.joined).order_by("pk")[before:]
    links, relays = ([row for row in made if row.kind.name == name] for name in ON_MASTS)
    for row, before in zip(links[1:], links, strict=False):
        row.linked_to = before
    for row in relays if links else ():
        row.linked_to = world.pick(links)
    writes.update_many(register, [*links[1:], *relays] if links else [], ["linked_to"], AUTHOR)
