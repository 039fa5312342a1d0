"""Made-up vehicles with their contracts, inspections and insurances."""

import datetime as dt
from dataclasses import replace

from inventory import registers, writes
from inventory.assets.vehicles.models import Inspection, Insurance, LeaseContract, LeasedVehicle, LeaseState, Vehicle
from inventory.demo import AUTHOR, World, noon

# What has no plate: vessels, trams, and machines that work off the road.
UNPLATED = ("Amfibi", "Gemi", "Deniz", "Forklift", "Ekskavatör", "Greyder", "Kazıcı", "Botu", "Kum Tem", "Silindir",
            "Tramvay", "Yolcu Motoru", "Vapur", "Yükleyici", "Distribütör", "Asfalt")  # fmt: skip
# Outside law 237: tractors, water tankers, construction machines.
OUTSIDE_237 = (*UNPLATED, "Traktör", "Arazöz", "Tanker", "Römork", "Kar Tem", "Yol ")
OWNERS = (("İtfaiye", "İtfaiye"), ("Tramvay", "Raylı Sistem"), ("Ambulans", "Sağlık ve Sosyal Hizmetler"),
          ("Sağlık", "Sağlık ve Sosyal Hizmetler"), ("Cenaze", "Sağlık ve Sosyal Hizmetler"),
          ("Arazöz", "Park ve Bahçeler"), ("Trafik", "Zabıta"), ("Otobüs", "Ulaşım"),
          ("Deniz", "Çevre Koruma ve Kontrol"),
          ("Yolcu", "Ulaşım"), ("Greyder", "Fen İşleri"), ("Asfalt", "Fen İşleri"))  # fmt: skip
MAKES = (
    ("Ford", "Transit"),
    ("Fiat", "Doblo"),
    ("Renault", "Megane"),
    ("Mercedes-Benz", "Atego"),
    ("BMC", "Profesyonel"),
)
LETTERS = "ABCDEFGHJKLMNPRSTUVYZ"
CONTRACTS = 12


def make(world: World) -> None:
    before = Vehicle.objects.count()
    world.add("vehicles", _vehicles(world))
    made = list(Vehicle.objects.order_by("pk")[before:])
    world.add("lease-contracts", _contracts(world))
    _other_contracts(world)
    leased = [v for v in made if v.ownership == "leased"]
    world.add("leased-vehicles", _lines(world, leased))
    plated = [v for v in made if v.plate]
    world.add("inspections", _inspections(world, plated))
    world.add("insurances", _insurances(world, plated))


def plate(number: int) -> str:
    """The number-th plate of the province, in the order 41 ABC 100, 101 …"""
    letters, digits = divmod(number, 900)
    first, rest = divmod(letters, len(LETTERS) ** 2)
    second, third = divmod(rest, len(LETTERS))
    return f"41 {LETTERS[first]}{LETTERS[second]}{LETTERS[third]} {100 + digits}"


def _vehicles(world: World):
    number = 0
    for kind, line in world.kinds(registers.get("vehicles")):
        for ownership in ("owned", "leased"):
            for _ in range(int(line[ownership])):
                number += 1
                yield _vehicle(world, kind, ownership, number)


def _vehicle(world: World, kind, ownership: str, number: int) -> Vehicle:
    has_plate = not kind.name.startswith(UNPLATED)
    owner = next((unit for word, unit in OWNERS if kind.name.startswith(word)), None)
    unit = world.unit(owner) if owner else world.unit()
    make_, trade_name = world.pick(MAKES)
    year = world.dice.randint(2008, world.today.year - 1)
    origin = world.origin(4_000, 60_000) if ownership == "owned" else {"acquired_how": "lease"}
    row = Vehicle(
        kind=kind,
        plate=plate(number * 37) if has_plate else "",
        fleet_no="" if has_plate else f"FN-{number:05d}",
        is_official=ownership == "owned" and has_plate,
        ownership=ownership,
        make=make_,
        trade_name=trade_name,
        model_year=year,
        colour=world.pick(("Beyaz", "Gri", "Sarı", "Kırmızı", "Lacivert")),
        chassis_no=f"DEMO{number:013d}",
        engine_no=f"M{number:09d}",
        fuel=world.pick(("diesel", "diesel", "petrol", "electric")),
        engine_cc=world.pick((1_300, 1_500, 1_600, 6_700)),
        seats=world.pick((2, 3, 5, 9, 16)),
        first_registered_on=dt.date(year, world.dice.randint(1, 12), world.dice.randint(1, 28)),
        under_law_237=not kind.name.startswith(OUTSIDE_237),
        use="shift",
        meter=world.dice.randint(1_000, 300_000),
        meter_unit="km" if has_plate else "hours",
        responsible_unit=unit,
        location=world.place("İtfaiye İstasyonu" if owner == "İtfaiye" else "Garaj"),
        **origin,
    )
    if ownership == "owned" and world.chance(0.97):
        row.council_decision_no, row.council_decision_on = f"{year}/{world.dice.randint(1, 900)}", row.acquired_on
    if world.chance(0.3) and (person := world.person(unit)):
        row.use, row.responsible_person = "permanent", person
    return row


def _contracts(world: World):
    for copy in range(world.scale):
        for number in range(1, CONTRACTS + 1):
            start = dt.date(world.today.year - 1, number, 1)
            yield LeaseContract(
                number=f"DEMO-{world.today.year - 1}/{copy * CONTRACTS + number:03d}",
                contractor=f"Örnek Filo Kiralama {number} A.Ş.",
                responsible_unit=world.units["Destek Hizmetleri"],
                state=LeaseState.RUNNING,
                signed_on=start,
                starts_on=start,
                ends_on=dt.date(world.today.year + 1, number, 28),
                monthly_price=world.dice.randint(180, 600) * 100,
            )


# What was before and comes after those in force, without vehicles: the year in which each begins, beside this one; the
# state that it begins in, and the steps since with the days after its end.
OTHER_CONTRACTS = (
    (1, LeaseState.DRAFT, ()),
    (-2, LeaseState.RUNNING, (("end", 0),)),
    (-3, LeaseState.RUNNING, (("end", 0), ("close", 40))),
)


def _other_contracts(world: World) -> None:
    for copy in range(1, world.scale + 1):
        for years, state, steps in OTHER_CONTRACTS:
            start = dt.date(world.today.year + years, 1, 1)
            contract = LeaseContract(
                number=f"DEMO-{start.year}/{900 + copy}",
                state=state,
                contractor="Örnek Filo Kiralama 1 A.Ş.",
                responsible_unit=world.units["Destek Hizmetleri"],
                signed_on=start if steps else None,
                starts_on=start,
                ends_on=dt.date(start.year + 1, 12, 31),
                monthly_price=world.dice.randint(180, 600) * 100,
            )
            world.add("lease-contracts", [contract])
            contract.refresh_from_db()
            # One that stayed when an earlier demo was removed has gone its way already.
            for step, days in steps if contract.state == state else ():
                at = noon(contract.ends_on + dt.timedelta(days=days))
                writes.step(registers.get("lease-contracts"), contract, step, {}, replace(AUTHOR, at=at))


def _lines(world: World, leased: list[Vehicle]):
    contracts = list(LeaseContract.objects.filter(number__startswith="DEMO-", state=LeaseState.RUNNING).order_by("pk"))
    for place, vehicle in enumerate(leased):
        contract = contracts[place % len(contracts)]
        yield LeasedVehicle(
            contract=contract,
            vehicle=vehicle,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            monthly_price=world.dice.randint(180, 600) * 100,
        )


def _inspections(world: World, plated: list[Vehicle]):
    for vehicle in plated:
        years = 2 if vehicle.kind.name.startswith(("Binek", "Hafif", "Motosiklet")) else 1
        done = world.ago(1, years * 365 + 15)
        yield Inspection(
            vehicle=vehicle, done_on=done, valid_until=done + dt.timedelta(days=years * 365), place="Örnek istasyon"
        )


def _insurances(world: World, plated: list[Vehicle]):
    for number, vehicle in enumerate(plated, 1):
        start = world.ago(1, 372)
        yield Insurance(
            vehicle=vehicle,
            company=world.pick(("Örnek Sigorta", "Deneme Sigorta")),
            policy_no=f"P{number:08d}",
            starts_on=start,
            ends_on=start + dt.timedelta(days=365),
            premium=world.dice.randint(60, 300) * 100,
        )
