"""Made-up vehicles: as many owned and leased of every kind as published."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from inventory import reference, registers
from inventory.demo.maker import money
from inventory.models import Acquisition, Kind, Status
from inventory.vehicles import demo_records
from inventory.vehicles.models import MeterUnit, Ownership, Use, Vehicle

# A plate's letters: Q, W and X are not used.
_LETTERS = "ABCDEFGHIJKLMNOPRSTUVYZ"
_COLOURS = ("Beyaz", "Beyaz", "Beyaz", "Gri", "Lacivert", "Turuncu")
_COLOUR_OF = {"İtfaiye Kurtarma Aracı": "Kırmızı", "Cenaze Nakil Aracı": "Yeşil", "Tramvay": "Mavi"}


def make(maker) -> None:
    made = _Vehicles(maker)
    leases = demo_records.Leases(maker, made.specs)
    for vehicles in maker.stream("vehicles", made.all()):
        leases.write_lines(vehicles)
        demo_records.write_inspections(maker, vehicles, made.specs)
        demo_records.write_insurances(maker, vehicles, made.specs)
    changes = [
        ("servise alındı", {"status": Status.UNDER_REPAIR, "status_on": maker.ago(1)}),
        ("servisten çıktı", {"status": Status.IN_USE, "status_on": maker.today}),
        ("havuza alındı", {"use": Use.SHIFT}),
        ("kaza kaydı", {"notes": "Hafif hasar, tutanak tutuldu."}),
    ]
    maker.change_some("vehicles", changes, times=30, account="destek")


class _Vehicles:
    def __init__(self, maker):
        self.maker, self.rng = maker, maker.chance("vehicles")
        self.specs = {spec["kind"]: spec for spec in reference.data(registers.get("vehicles"), "demo.csv")}
        self.number = 0

    def all(self) -> Iterator[Vehicle]:
        for kind, line in self.maker.kinds("vehicles"):
            for ownership in (Ownership.OWNED, Ownership.LEASED):
                for _ in range(int(line[ownership]) * self.maker.scale):
                    self.number += 1
                    yield self._vehicle(kind, ownership)

    def _vehicle(self, kind: Kind, ownership: Ownership) -> Vehicle:
        rng, spec = self.rng, self.specs[kind.name]
        make, _, trade_name = rng.choice(spec["models"].split("|")).partition(" ")
        owned, unit = ownership == Ownership.OWNED, self.maker.unit(rng, spec["units"])
        permanent = rng.random() < 0.25
        return Vehicle(
            kind=kind,
            ownership=ownership,
            make=make,
            trade_name=trade_name,
            colour=_COLOUR_OF.get(kind.name) or rng.choice(_COLOURS),
            responsible_unit=unit,
            responsible_person=self.maker.person(rng, unit) if permanent else None,
            use=Use.PERMANENT if permanent else Use.SHIFT,
            status=self.maker.status(rng),
            is_official=owned and not spec["fleet"],
            under_law_237=spec["law_237"] == "1",
            **self._marks(spec),
            **self._technical(spec),
            **self._origin(owned),
        )

    def _marks(self, spec: dict[str, str]) -> dict:
        """Vessels and trams have only their fleet number, machines a chassis number besides."""
        chassis = f"DEMO{self.rng.choice(_LETTERS)}{self.rng.choice(_LETTERS)}{self.number:011d}"
        marks = {"plate": "" if spec["fleet"] else plate(self.number)}
        if spec["fleet"]:
            marks["fleet_no"] = f"{spec['fleet']}-{self.number:04d}"
        if spec["fleet"] in ("", "MAK", "RMK"):
            marks["chassis_no"] = chassis
        if spec["fleet"] in ("", "MAK"):
            marks["engine_no"] = f"M{self.rng.randint(10, 99)}{self.number:07d}"
        return marks

    def _technical(self, spec: dict[str, str]) -> dict:
        hours = spec["fleet"] in ("MAK", "DNZ", "UCK")
        return {
            "fuel": spec["fuel"],
            "engine_cc": int(spec["cc"] or 0) or None,
            "seats": int(spec["seats"] or 0) or None,
            "gross_weight_kg": int(spec["weight"] or 0) or None,
            "meter": None if spec["fleet"] == "RMK" else self.rng.randint(500, 14_000 if hours else 290_000),
            "meter_unit": MeterUnit.HOURS if hours else MeterUnit.KM,
        }

    def _origin(self, owned: bool) -> dict:
        rng = self.rng
        day = self.maker.ago(rng.randint(120, 6_500 if owned else 1_400))
        origin = {"model_year": day.year, "first_registered_on": day, "acquired_on": day}
        if not owned:
            return origin | {"acquired_how": Acquisition.LEASE}
        decided = self.maker.ago((self.maker.today - day).days + rng.randint(30, 300))
        return origin | {
            "acquired_how": Acquisition.DONATION if rng.random() < 0.05 else Acquisition.PURCHASE,
            "council_decision_no": f"{decided.year}/{rng.randint(1, 480)}",
            "council_decision_on": decided,
            "basis_no": f"VİF-{day.year}/{rng.randint(1, 2_000)}",
            "basis_on": day,
            "cost": money(rng, 180_000, 4_200_000).quantize(Decimal(1)),
        }


def plate(number: int) -> str:
    """The number's own plate of Kocaeli: alternately "41 XYZ 123" and "41 XY 1234".

    >>> plate(1), plate(2)
    ('41 LIU 117', '41 PC 1017')
    """
    place, long = divmod(number, 2)
    # Steps prime to the number of plates reach each of them once, and do not look counted.
    if long:
        place = (place * 6_700_417 + 3_456_789) % (23**3 * 900)
        rest, digits = divmod(place, 900)
        letters = _LETTERS[rest // 529] + _LETTERS[rest // 23 % 23] + _LETTERS[rest % 23]
        return f"41 {letters} {digits + 100}"
    place = place * 1_000_003 % (23**2 * 9_000)
    rest, digits = divmod(place, 9_000)
    return f"41 {_LETTERS[rest // 23]}{_LETTERS[rest % 23]} {digits + 1_000}"
