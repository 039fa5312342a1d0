"""Made-up leases, inspections and insurances; some overdue, some ending within 30 days of the day of the run."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal
from itertools import cycle

from inventory.demo.maker import money
from inventory.vehicles.models import Inspection, Insurance, LeaseContract, LeasedVehicle, Ownership, Vehicle

# Contractor, and the kinds that the contract covers; None covers what no other does.
_CONTRACTS = (
    ("Örnek Filo Kiralama A.Ş.", ("Binek Oto",)),
    ("Deneme Oto Kiralama Ltd. Şti.", ("Binek Oto",)),
    ("Örnek Filo Kiralama A.Ş.", ("Hafif Ticari Araç",)),
    ("Numune Filo A.Ş.", ("Hafif Ticari Araç",)),
    ("Taslak Taşımacılık A.Ş.", ("Kamyonet",)),
    ("Deneme Oto Kiralama Ltd. Şti.", ("Kamyonet",)),
    ("Numune Filo A.Ş.", ("Kamyonet",)),
    ("Taslak Taşımacılık A.Ş.", ("Kamyon", "Arazöz", "Tanker")),
    ("Kurgu Turizm Ltd. Şti.", ("Minibüs+Midibüs",)),
    ("Kurgu Turizm Ltd. Şti.", ("Otobüs",)),
    ("Varsayım Sağlık Hizmetleri A.Ş.", ("Ambulans",)),
    ("Örnek Denizcilik A.Ş.", None),
)
_STATIONS = ("İzmit Muayene İstasyonu", "Gebze Muayene İstasyonu", "Gölcük Muayene İstasyonu")
_COMPANIES = ("Örnek Sigorta", "Deneme Sigorta", "Numune Sigorta")


class Leases:
    """The contracts, each vehicle of a kind on one of its kind's in turn, and their sums."""

    def __init__(self, maker, specs: dict[str, dict[str, str]]):
        self.maker, self.specs = maker, specs
        rng, owner = maker.chance("leases"), maker.directorates["Destek Hizmetleri"]
        sums = self._sums()
        self.contracts = maker.write(
            "lease-contracts",
            [
                self._contract(number, contractor, owner, sums[number], rng)
                for number, (contractor, _) in enumerate(_CONTRACTS)
            ],
        )
        self.turns = self._turns()

    def _turns(self) -> dict[str, cycle]:
        """For each kind, the numbers of its contracts in turn."""
        named = {name for _, names in _CONTRACTS for name in names or ()}
        return {
            kind: cycle([n for n, (_, names) in enumerate(_CONTRACTS) if kind in (names or {*self.specs} - named)])
            for kind in self.specs
        }

    def _sums(self) -> Counter:
        turns, sums = self._turns(), Counter()
        for kind, line in self.maker.kinds("vehicles"):
            for _ in range(int(line["leased"]) * self.maker.scale):
                sums[next(turns[kind.name])] += self._price(kind.name)
        return sums

    def _price(self, kind: str) -> Decimal:
        return Decimal(self.specs[kind]["rent"])

    def _contract(self, number: int, contractor: str, owner, total: Decimal, rng: random.Random) -> LeaseContract:
        # Three years each; the first ends within 30 days, the last begins lately.
        ends = self.maker.ahead(20 + number * 80)
        starts = ends - dt.timedelta(days=3 * 365)
        return LeaseContract(
            number=f"{starts.year}/DEMO-{number + 1:02d}",
            contractor=contractor,
            responsible_unit=owner,
            signed_on=starts - dt.timedelta(days=rng.randint(5, 25)),
            starts_on=starts,
            ends_on=ends,
            monthly_price=total,
        )

    def write_lines(self, vehicles: list[Vehicle]) -> None:
        lines = []
        for vehicle in (v for v in vehicles if v.ownership == Ownership.LEASED):
            contract = self.contracts[next(self.turns[vehicle.kind.name])]
            line = LeasedVehicle(contract=contract, vehicle=vehicle, monthly_price=self._price(vehicle.kind.name))
            line.starts_on, line.ends_on = contract.starts_on, contract.ends_on
            lines.append(line)
        self.maker.write("leased-vehicles", lines)


def _end(maker, rng: random.Random, longest: int) -> dt.date:
    """Four in a hundred overdue, eight within 30 days, the others later."""
    draw = rng.randrange(100)
    if draw < 4:
        return maker.ago(rng.randint(1, 90))
    return maker.ahead(rng.randint(0, 30) if draw < 12 else rng.randint(31, longest))


def write_inspections(maker, vehicles: list[Vehicle], specs: dict) -> None:
    """The last inspection of every vehicle with a plate, and the one before it for every third."""
    rng, rows = maker.chance(f"inspections {vehicles[0].inventory_no}"), []
    for number, vehicle in enumerate(v for v in vehicles if v.plate):
        days = int(specs[vehicle.kind.name]["period"]) * 365
        until = _end(maker, rng, days)
        for before in (0, 1) if number % 3 == 0 else (0,):
            done = until - dt.timedelta(days=days * (before + 1) + before * 3)
            rows.append(
                Inspection(
                    vehicle=vehicle,
                    done_on=done,
                    valid_until=done + dt.timedelta(days=days),
                    place=rng.choice(_STATIONS),
                )
            )
    maker.write("inspections", rows)


def write_insurances(maker, vehicles: list[Vehicle], specs: dict) -> None:
    """Liability for every vehicle with a plate, own damage for the newer of the municipality's own."""
    rng, rows = maker.chance(f"insurances {vehicles[0].inventory_no}"), []
    for vehicle in (v for v in vehicles if v.plate):
        newer = vehicle.ownership == Ownership.OWNED and vehicle.model_year >= maker.today.year - 6
        for kind in (Insurance.Kind.LIABILITY, *([Insurance.Kind.OWN_DAMAGE] if newer else ())):
            ends = _end(maker, rng, 364)
            rows.append(
                Insurance(
                    vehicle=vehicle,
                    kind=kind,
                    company=rng.choice(_COMPANIES),
                    policy_no=f"DP{rng.randint(10**9, 10**10 - 1)}",
                    starts_on=ends - dt.timedelta(days=365),
                    ends_on=ends,
                    premium=money(rng, 4_000, 42_000),
                )
            )
    maker.write("insurances", rows)
