"""Made-up properties: the published number and area of each type, spread over the province."""

from collections import Counter
from decimal import Decimal

from inventory import registers
from inventory.assets.property.models import Account, Property, Title
from inventory.demo import CHUNK, World, parts
from inventory.many import chunked

# Which account and description go with the first digits of a type code.
ACCOUNTS = (("1.1", Account.BUILDINGS), ("1.5", Account.WORKS), ("", Account.LAND))
SHARES = ((1, 2), (1, 4), (3, 8), (1250, 2400), (5, 12))
SHOPS = "1.1.9."
USES = ("Otopark", "Park", "Boş", "Depo olarak kullanılıyor", "Pazar yeri")


def make(world: World) -> None:
    for chunk in chunked(_properties(world), CHUNK):
        world.add("locations", [row.location for row in chunk if row.location and row.location.pk is None])
        world.add("property", chunk)


def _properties(world: World):
    taken: Counter[int] = Counter()
    for kind, line in world.kinds(registers.get("property")):
        for area in _areas(Decimal(line["area_m2"]), int(line["count"]), world):
            yield _property(world, kind, area, taken)


def _areas(total: Decimal, count: int, world: World) -> list[Decimal]:
    """Areas that add up to the total: whole square metres where it is whole, as it is published."""
    unit = Decimal("1") if total == total.to_integral() else Decimal("0.01")
    return [part * unit for part in parts(int(total / unit), count, world.dice)]


def _property(world: World, kind, area: Decimal, taken: Counter) -> Property:
    place = world.pick(world.neighbourhoods)
    taken[place.pk] += 1
    number = taken[place.pk]
    is_shop = kind.code.startswith(SHOPS)
    block, parcel = str(100 + number // 20), str(1 + number % 20)
    if kind.code.startswith("1.1.1."):
        location = world.pick([each for each in world.locations if each.district_id == place.district_id])
    else:
        location = world.parcel(place, block, parcel, area)
    row = Property(
        kind=kind,
        district=place.district,
        neighbourhood=place,
        block=block,
        parcel=parcel,
        sheet=f"G23-{world.pick('abcd')}-{world.dice.randint(1, 25):02d}",
        independent_unit=str(world.dice.randint(1, 40)) if is_shop else "",
        building=world.pick(("A", "B", "C")) if is_shop else "",
        floor=world.pick(("Zemin", "1", "2")) if is_shop else "",
        area_m2=area,
        account=next(account for prefix, account in ACCOUNTS if kind.code.startswith(prefix)),
        title_kind=Title.SERVICE if kind.code.startswith("1.5.7") else Title.OURS,
        can_be_let=is_shop,
        responsible_unit=world.unit("Emlak ve İstimlak", "Kentsel Dönüşüm", "Fen İşleri"),
        location=location,
        **_deed(world, kind, place),
        **_value(world, area),
        **world.origin(1_000, 200_000),
    )
    if world.chance(0.12):
        row.share_numerator, row.share_denominator = world.pick(SHARES)
    return row


def _deed(world: World, kind, place) -> dict[str, object]:
    return {
        "deed_volume": str(world.dice.randint(1, 90)),
        "deed_page": str(world.dice.randint(1, 9_900)),
        "registry_id": f"D{place.pk:04d}{world.dice.randrange(10**9):09d}",
        "description": kind.name[:250],
        "deed_on": world.ago(400, 14_000),
        "deed_reason": world.pick(("Satış", "Kamulaştırma", "Bağış", "İmar uygulaması")),
        "actual_use": world.pick(USES) if world.chance(0.05) else kind.name[:250],
        "annotations": "İrtifak: TEİAŞ lehine" if world.chance(0.03) else "",
    }


def _value(world: World, area: Decimal) -> dict[str, object]:
    per_m2 = world.dice.randint(40, 900)
    return {"book_value": area * per_m2, "current_value": area * per_m2 * 7, "valued_on": world.ago(10, 700)}
