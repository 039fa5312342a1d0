"""Writes of every way, drawn by lot: whatever is kept beside the rows must follow them."""

from __future__ import annotations

import random
from decimal import Decimal

from django.db import transaction

from geo.models import Location
from inventory import registers, writes
from inventory.models import GONE, Status
from inventory.writes import Author
from tests.rows import SYSTEM, kind, set_values, unit


class Town:
    """Some units, kinds and places, and the writes that may happen to what stands there."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.units = [unit(f"Birim {n}") for n in range(3)]
        self.assets = [registers.get("vehicles"), registers.get("equipment")]
        self.kinds = {r.slug: [kind(r, str(n), f"Tür {n}") for n in (1, 2)] for r in self.assets}
        self.places = writes.create_many(registers.get("locations"), [self.place() for _ in range(4)], SYSTEM)
        self.made = 0

    def point(self) -> tuple[float, float] | tuple[None, None]:
        if self.dice.random() < 0.2:
            return None, None
        return round(self.dice.uniform(29.3, 30.3), 7), round(self.dice.uniform(40.5, 41.1), 7)

    def place(self) -> Location:
        lon, lat = self.point()
        return Location(name=f"Yer {self.dice.random()}", lon=lon, lat=lat)

    def values(self, register) -> dict:
        status = self.dice.choice(list(Status))
        own = {"ownership": self.dice.choice(["owned", "leased"])} if register.split else {}
        return own | {
            "responsible_unit": self.dice.choice(self.units),
            "kind": self.dice.choice(self.kinds[register.slug]),
            "cost": self.dice.choice([None, Decimal(self.dice.randrange(10**12)).scaleb(-2)]),
            "location": self.dice.choice([None, *Location.objects.order_by("pk")]),
            "status": status,
            "status_reason": "Eskidi" if status in GONE else "",
        }

    def some(self, register, most: int = 5) -> list:
        rows = list(register.model.objects.select_related(*register.joined).order_by("pk"))
        return self.dice.sample(rows, min(len(rows), self.dice.randint(1, most)))

    def create(self, register, by=SYSTEM):
        names = {"vehicles": "fleet_no", "equipment": "serial_no"}
        rows = []
        for _ in range(self.dice.randint(1, 6)):
            self.made += 1
            rows.append(register.model(**{names[register.slug]: f"N{self.made}"}, **self.values(register)))
        writes.create_many(register, rows, by)

    def update(self, register):
        rows = self.some(register)
        fields = self.dice.sample(
            ["responsible_unit", "kind", "location", "status", "cost", "notes", *filter(None, [register.split])], 2
        )
        for row in rows:
            for name, value in self.values(register).items():
                setattr(row, name, value) if name in fields or name == "status_reason" else None
            row.notes = f"{self.dice.random()}"
            if row.status in GONE:
                row.status_reason = "Eskidi"
        writes.update_many(register, rows, [*fields, "status_reason", "notes"], SYSTEM)

    def save(self, register):
        for row in self.some(register, 1):
            for name, value in self.values(register).items():
                setattr(row, name, value)
            writes.save(register, row, SYSTEM)

    def set_values(self, register):
        chosen = register.model.objects.filter(pk__in=[row.pk for row in self.some(register)])
        set_values(register, chosen, {"location": self.dice.choice(self.places)}, SYSTEM)

    def delete(self, register):
        for row in self.some(register, 1):
            writes.delete(register, row, SYSTEM)

    def forget(self, register):
        writes.forget(register, register.model.objects.filter(pk__in=[row.pk for row in self.some(register, 2)]))

    def restore(self, register):
        for row in self.some(register, 1):
            entry = self.dice.choice(list(row.history.all()))
            writes.restore(register, row, entry.history_id, SYSTEM)

    def refused(self, register):
        """A write that is taken back leaves nothing."""
        with transaction.atomic():
            self.create(register)
            transaction.set_rollback(True)

    def move(self, register):
        places = registers.get("locations")
        rows = self.dice.sample(list(Location.objects.select_related(*places.references).order_by("pk")), 2)
        for row in rows:
            row.lon, row.lat = self.point()
        writes.update_many(places, rows, ["lon", "lat"], SYSTEM)

    def take_back(self, register):
        """As an import is undone."""
        before = set(register.model.objects.values_list("pk", flat=True))
        self.create(register, Author(batch_id=1))
        writes.take_back(register, list(register.model.objects.exclude(pk__in=before)), SYSTEM, 1)

    STEPS = (
        "create", "update", "save", "set_values", "delete", "forget", "restore", "refused", "move", "take_back",
    )  # fmt: skip

    def step(self):
        getattr(self, self.dice.choice(self.STEPS))(self.dice.choice(self.assets))
