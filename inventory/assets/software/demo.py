"""The published programs and who uses them; suppliers, licences and costs are made up."""

from inventory import registers
from inventory.assets.software.models import Audience, Software, SoftwareUse
from inventory.demo import World
from inventory.models import Kind
from inventory.reference import data

ALL_UNITS, MOBILE = "Tüm Birimler", "Kurumsal Mobil Uygulamalar"
IT = "Bilgi İşlem"


def make(world: World) -> None:
    used = data(registers.get("software"), "used_by.csv")
    offered = {row["name"] for row in data(registers.get("software"), "citizen_applications.csv")}
    for copy in range(world.scale):
        mark = f" ({copy + 1})" if copy else ""
        world.add("software", _programs(world, used, offered, mark))
        world.add("software-uses", _uses(world, used, mark))


def _programs(world: World, used: list[dict], offered: set[str], mark: str):
    by_code = {kind.code: kind for kind in Kind.objects.filter(register="software")}
    servers = list(
        registers.get("network")
        .model._default_manager.filter(kind__name="Fiziksel Sunucu")
        .select_related("location")
        .order_by("pk")
    )
    first_user = {row["software"]: row["used_by"] for row in reversed(used)}
    units = {unit.name: short for short, unit in world.units.items()}
    for name in sorted(set(first_user) | offered):
        owner = units.get(first_user.get(name, ""), IT)
        kind = by_code[world.pick(("1", "1", "2", "3", "4"))]
        row = Software(
            name=f"{name}{mark}",
            kind=kind,
            audience=_audience(name in first_user, name in offered),
            platform="mobile" if "Mobil" in name or first_user.get(name) == MOBILE else "web",
            supplier="" if kind.code == "1" else world.pick(("Örnek Yazılım A.Ş.", "Deneme Bilişim Ltd. Şti.")),
            version_name=f"{world.dice.randint(1, 6)}.{world.dice.randint(0, 9)}",
            database=world.pick(("PostgreSQL", "Oracle", "MS SQL Server")),
            server=world.pick(servers) if servers else None,
            responsible_unit=world.unit(owner),
            **world.origin(0, 8_000),
        )
        # Where it runs.
        row.location = row.server.location if row.server else None
        row.contact = world.person(row.responsible_unit)
        if kind.code in "24":
            row.licence_kind, row.seats = "subscription", world.pick((10, 50, 250, 1_000))
            row.licence_from, row.licence_until = world.ago(300, 400), world.ago(-700, 20)
            row.yearly_cost = world.dice.randint(100, 9_000) * 100
        yield row


def _audience(for_staff: bool, for_citizens: bool) -> str:
    if for_staff and for_citizens:
        return Audience.BOTH
    return Audience.STAFF if for_staff else Audience.CITIZENS


def _uses(world: World, used: list[dict], mark: str):
    programs = {row.name: row for row in Software.objects.all()}
    by_name = {unit.name: unit for unit in world.units.values()}
    for line in used:
        use = SoftwareUse(software=programs[f"{line['software']}{mark}"], unit=by_name.get(line["used_by"]))
        if use.unit is None:
            use.reach = {ALL_UNITS: SoftwareUse.Reach.ALL_UNITS, MOBILE: SoftwareUse.Reach.MOBILE}[line["used_by"]]
        use.since = world.ago(200, 3_000)
        yield use
