"""Made-up deeds: as many of every type as published, their areas adding up to the published area."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from inventory import reference, registers
from inventory.demo.maker import money, split
from inventory.models import Acquisition, Kind
from inventory.property.models import Property, Title

_REASONS = (
    ("Satış", Acquisition.PURCHASE),
    ("Kamulaştırma", Acquisition.EXPROPRIATION),
    ("İmar (18. madde)", Acquisition.OTHER),
    ("Bağış", Acquisition.DONATION),
    ("Devir (6360 sayılı Kanun)", Acquisition.TRANSFER),
    ("Hükmen tescil", Acquisition.OTHER),
)
_SHARES = ((1, 2), (1, 4), (3, 8), (125, 600), (1250, 2400), (17, 96), (2, 3))
_ANNOTATIONS = (
    "Şerh: 6306 sayılı Kanun gereği riskli yapı (örnek)",
    "İrtifak: TEDAŞ lehine trafo yeri (örnek)",
    "Beyan: kültür varlığı koruma alanı (örnek)",
    "Şerh: 2942 sayılı Kanun md. 7 (örnek)",
    "İrtifak: geçit hakkı (örnek)",
)
# Types whose units stand many to a building, on one parcel.
_MANY_TO_A_PARCEL = ("1.1.7.2", "1.1.9.5")
_MAY_BE_LET = ("1.1.9", "1.1.6", "1.1.7")
# Far above the blocks of real deeds, so that real parcels can be added beside these.
_FIRST_BLOCK, _PARCELS_IN_BLOCK, _FIRST_REGISTRY_ID = 9001, 40, 900_000_001


def make(maker) -> None:
    maker.write_all("property", _Deeds(maker).all())
    changes = [
        ("yerinde incelendi", {"notes": "Yerinde incelendi, sınırları doğru."}),
        ("kullanım tespiti", {"actual_use": "Boş"}),
        ("kira listesine alındı", {"can_be_let": True}),
        ("şerh işlendi", {"annotations": _ANNOTATIONS[3]}),
    ]
    maker.change_some("property", changes, times=24, account="emlak")


class _Deeds:
    def __init__(self, maker):
        self.maker, self.rng = maker, maker.chance("property")
        self.specs = {spec["prefix"]: spec for spec in reference.data(registers.get("property"), "demo.csv")}
        neighbourhoods = registers.get("neighbourhoods").model.objects.select_related("district")
        self.neighbourhoods = list(neighbourhoods.order_by("official_id"))
        self.peoples = [n.population or 1 for n in self.neighbourhoods]
        self.parcels = Counter()
        self.locations = defaultdict(list)
        for location in maker.kept["locations"]:
            self.locations[location.district_id].append(location)
        self.number = 0

    def all(self) -> Iterator[Property]:
        for kind, line in self.maker.kinds("property"):
            for _ in range(self.maker.scale):
                areas = split(Decimal(line["area_m2"]), int(line["count"]), self.rng)
                many = kind.code in _MANY_TO_A_PARCEL
                places = self._in_buildings(len(areas)) if many else self._parcels(len(areas))
                for area, place in zip(areas, places, strict=True):
                    yield self._deed(kind, area, place)

    def _parcels(self, count: int) -> Iterator[dict]:
        # A third where people live, the others anywhere: the countryside has the larger parcels.
        for _ in range(count):
            weights = self.peoples if self.rng.random() < 0.33 else None
            (neighbourhood,) = self.rng.choices(self.neighbourhoods, weights)
            number = self.parcels[neighbourhood.pk]
            self.parcels[neighbourhood.pk] += 1
            yield {
                "neighbourhood": neighbourhood,
                "district": neighbourhood.district,
                "block": str(_FIRST_BLOCK + number // _PARCELS_IN_BLOCK),
                "parcel": str(1 + number % _PARCELS_IN_BLOCK),
            }

    def _in_buildings(self, count: int) -> Iterator[dict]:
        while count > 0:
            (parcel,) = self._parcels(1)
            units = min(count, self.rng.randint(8, 36))
            for number in range(units):
                floor = "Zemin" if number < units // 2 else f"{1 + number % 3}. kat"
                yield {**parcel, "building": "A", "floor": floor, "independent_unit": str(number + 1)}
            count -= units

    def _deed(self, kind: Kind, area: Decimal, place: dict) -> Property:
        rng, spec = self.rng, self._spec(kind.code)
        description = rng.choice(spec["descriptions"].split("|"))
        differs = rng.random() < 0.06
        row = Property(
            kind=kind,
            responsible_unit=self.maker.unit(rng, spec["units"]),
            title_kind=Title.ALLOCATED if spec["title"] == "ours" and rng.random() < 0.04 else spec["title"],
            description=description,
            actual_use=rng.choice(spec["other_uses"].split("|")) if differs else description,
            can_be_let=kind.code.startswith(_MAY_BE_LET) and rng.random() < 0.85,
            area_m2=area,
            annotations=rng.choice(_ANNOTATIONS) if rng.random() < 0.08 else "",
            **place,
            **self._registration(kind),
            **self._values(area, spec),
        )
        if row.share_denominator == 1 and kind.code.startswith("1.1.") and "building" not in place:
            row.location = rng.choice(self.locations[row.district.pk] or [None])
        return row

    def _spec(self, code: str) -> dict[str, str]:
        fits = [p for p in self.specs if code == p or code.startswith(f"{p}.")]
        return self.specs[max(fits, key=len)]

    def _registration(self, kind: Kind) -> dict:
        rng, self.number = self.rng, self.number + 1
        reason, how = rng.choice(_REASONS)
        day = self.maker.ago(rng.randint(200, 14_000))
        shared = kind.code.startswith(("1.2", "1.3")) and rng.random() < 0.18
        numerator, denominator = rng.choice(_SHARES) if shared else (1, 1)
        return {
            "sheet": f"G{rng.randint(22, 24)}-{rng.choice('abcd')}-{rng.randint(1, 25):02d}-{rng.choice('abcd')}",
            "deed_volume": str(rng.randint(1, 180)),
            "deed_page": str(rng.randint(1, 9_900)),
            "registry_id": str(_FIRST_REGISTRY_ID + self.number),
            "share_numerator": numerator,
            "share_denominator": denominator,
            "deed_on": day,
            "deed_reason": reason,
            "acquired_how": how,
            "acquired_on": day,
            "basis_no": f"{day.year}/{rng.randint(100, 9_999)}",
            "basis_on": day,
        }

    def _values(self, area: Decimal, spec: dict) -> dict:
        rng = self.rng
        price = Decimal(spec["price"]) * rng.randint(60, 160) / 100
        book = (area * price * rng.randint(5, 60) / 100).quantize(Decimal("0.01"))
        values = {"account": spec["account"], "book_value": book, "cost": (book / 2).quantize(Decimal("0.01"))}
        if rng.random() < 0.6:
            values["current_value"] = (area * price).quantize(Decimal("0.01")) + money(rng, 0, 1_000)
            values["valued_on"] = self.maker.ago(rng.randint(10, 900))
        return values
