"""Made-up items that add up exactly to the published figures, so that a new installation looks alive.

Each app that has items offers `make(world)` in its `demo.py`. The same scale gives the same rows, but for dates
that must look recent: those count back from the day of the run.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from inventory import access, hooks, registers, writes
from inventory.columns import Column, Type
from inventory.many import chunked
from inventory.models import DemoMark, Kind, MovableCode, Row, Status
from inventory.organization.models import Person, Unit
from inventory.reference import kind_lines
from inventory.registers import Register
from inventory.sameness import twins
from inventory.search import fold
from inventory.writes import Author

REASON = "Tanıtım verisi (uydurma)"
AUTHOR = Author(reason=REASON, at=timezone.now())
CHUNK = 2_000


def noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


@dataclass
class World:
    """What the made-up items are spread over, and the dice."""

    scale: int = 1
    dice: random.Random = field(default_factory=lambda: random.Random(2024))
    today: dt.date = field(default_factory=timezone.localdate)
    made: int = 0
    # The place, not yet saved, of a made-up parcel: (neighbourhood, block, parcel, area in m²) → location. geo's.
    parcel: Callable[[Row, str, str, Decimal], Row] | None = None

    def add(self, slug: str, rows: Iterable[Row]) -> None:
        """Write rows piece by piece, so that the memory needed does not grow with the scale."""
        register = registers.get(slug)
        for chunk in chunked(rows, CHUNK):
            new = _not_there(register, chunk)
            writes.create_many(register, new, AUTHOR)
            self.made += len(new)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Directorates and offices by their short name."""
        wanted = (Unit.Kind.DIRECTORATE, Unit.Kind.OFFICE)
        return {u.short_name: u for u in Unit.objects.filter(kind__in=wanted).order_by("number")}

    @cached_property
    def branches(self) -> dict[int, list[Unit]]:
        """The branches of each directorate, by its id; one without branches stands for itself."""
        by_directorate: dict[int, list[Unit]] = {unit.pk: [] for unit in self.units.values()}
        for branch in Unit.objects.filter(kind=Unit.Kind.BRANCH, parent__in=list(by_directorate)).order_by("number"):
            by_directorate[branch.parent_id or 0].append(branch)
        return {
            pk: branches or [u for u in self.units.values() if u.pk == pk] for pk, branches in by_directorate.items()
        }

    @cached_property
    def people(self) -> dict[int, list[Person]]:
        """People by the id of their unit."""
        by_unit: dict[int, list[Person]] = {}
        for person in Person.objects.filter(active=True).order_by("staff_no"):
            by_unit.setdefault(person.unit_id, []).append(person)
        return by_unit

    @cached_property
    def locations(self) -> list[Any]:
        """The buildings; parcels are made together with what is known of them."""
        places: QuerySet[Any] = registers.get("locations").model._default_manager.order_by("pk")
        return list(places.select_related("district", "neighbourhood"))

    def place(self, *types: str) -> Row:
        """A building of one of the types, such as "Garaj"."""
        return self.dice.choice([place for place in self.locations if place.name.endswith(types)])

    @cached_property
    def neighbourhoods(self) -> list[Any]:
        rows: QuerySet[Any] = registers.get("neighbourhoods").model._default_manager.all()
        return list(rows.select_related("district").order_by("official_id"))

    @cached_property
    def _movable_codes(self) -> dict[str, MovableCode]:
        return {fold(code.name): code for code in MovableCode.objects.order_by("path")}

    def movable_code(self, kind: Kind) -> MovableCode | None:
        return self._movable_codes.get(fold(kind.name))

    def kinds(self, register: Register) -> Iterator[tuple[Kind, dict[str, str]]]:
        """Each line of the published type list with its kind, as often as the scale says."""
        by_code = {kind.code: kind for kind in Kind.objects.filter(register=register.slug)}
        for _ in range(self.scale):
            for code, line in kind_lines(register):
                yield by_code[code], line

    def unit(self, *short_names: str) -> Unit:
        """A branch of one of the named directorates, or of any."""
        directorate = self.units[self.dice.choice(short_names or tuple(self.units))]
        return self.dice.choice(self.branches[directorate.pk])

    def person(self, unit: Unit) -> Person | None:
        return self.dice.choice(self.people[unit.pk]) if unit.pk in self.people else None

    def pick(self, choices: Sequence):
        return self.dice.choice(choices)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def ago(self, least: int, most: int) -> dt.date:
        """A day between `least` and `most` days before today."""
        return self.today - dt.timedelta(days=self.dice.randint(least, most))

    def status(self) -> str:
        states = (Status.IN_USE, Status.IN_STORE, Status.UNDER_REPAIR, Status.LENT_OUT)
        return self.dice.choices(states, (90, 6, 3, 1))[0]

    def origin(self, cheapest: int, dearest: int) -> dict[str, object]:
        """How an item was acquired, as every register has it."""
        bought = self.ago(100, 4_000)
        return {
            "acquired_how": "purchase",
            "acquired_on": bought,
            "basis_no": f"{bought.year}/{self.dice.randint(1, 4_000)}",
            "basis_on": bought,
            "cost": self.dice.randint(cheapest, dearest) * 50,
        }


def _not_there(register: Register, rows: Sequence[Row]) -> list[Row]:
    """Without those that stayed when an earlier demo was removed: others name them. They stand for their twins."""
    for rule in twins.rules(register.model):
        made = {values: row for row in rows if (values := rule.values(row)) is not None}
        for values, ids in twins.holders(register, rule, made.keys()).items():
            made[values].pk = ids[0]
    return [row for row in rows if row.pk is None]


def parts(total: int, count: int, dice: random.Random) -> list[int]:
    """`count` whole numbers of at least 1, of uneven size, that add up to `total` (at least `count`)."""
    weights = [dice.uniform(0.3, 3) for _ in range(count)]
    rest, weight = total - count, sum(weights)
    numbers = [1 + int(rest * w / weight) for w in weights]
    for place in range(total - sum(numbers)):
        numbers[place % count] += 1
    return numbers


def is_there() -> bool:
    return DemoMark.objects.exists()


@transaction.atomic
def fill(makers: Iterable, scale: int) -> int:
    """Let every maker add its rows; returns how many there are."""
    world = World(scale=scale)
    for make in makers:
        make(world)
    DemoMark.objects.create(rows=world.made)
    return world.made


@transaction.atomic
def remove() -> tuple[int, dict[str, int]]:
    """Take the made-up rows away with their history. Rows that somebody has changed since, and rows that others
    still name, stay and are counted by register."""
    removed, kept = 0, {}
    for register in _naming_first():
        past = register.model.history
        made = register.model._default_manager.filter(
            pk__in=past.filter(history_type="+", history_change_reason=REASON).values("id")
        )
        # A step says what it was before it says why.
        touched = past.exclude(history_change_reason__endswith=REASON).values("id")
        removed += writes.forget(register, made.exclude(pk__in=touched).exclude(pk__in=_hung_with(register, made)))
        if stays := made.count():
            kept[register.title] = stays
    DemoMark.objects.all().delete()
    return removed, kept


def _hung_with(register: Register, rows: QuerySet[Any]) -> list[int]:
    """Those of the rows on which something hangs that stays, such as a document that somebody has changed."""
    ids = list(rows.values_list("pk", flat=True))
    return [pk for hanging in hooks.hanging for part in chunked(ids, CHUNK) for pk in hanging(register, part)]


def _naming_first() -> list[Register]:
    """The registers in such an order that none comes after one that it names, or to whose rows its own belong."""
    names = {
        register.slug: {
            target.slug for column in register.all_columns() if (target := _target(column)) and target is not register
        }
        | {each.slug for each in access.followed(register)}
        for register in registers.every()
    }
    return [registers.get(slug) for slug in reversed(list(TopologicalSorter(names).static_order()))]


def _target(column: Column) -> Register | None:
    return registers.of(column.related_model) if column.type == Type.REFERENCE else None
