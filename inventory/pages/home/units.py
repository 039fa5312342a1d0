"""How many items each unit answers for, by register."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from inventory import stock
from inventory.models import IN_SERVICE
from inventory.organization.models import Unit
from inventory.registers import Register
from inventory.search import turkish_key

# Lines of the table; above it the branches are shown with their directorates only.
MOST_UNITS = 40


@dataclass(frozen=True)
class UnitLine:
    """A unit with the items of itself and of all below it, as the list filtered by it counts them."""

    unit: Unit
    depth: int
    own: Counter  # by slug
    cells: list[tuple[Register, int]]


def unit_lines(seen: list[Register], user) -> list[UnitLine]:
    """One query for each register and one for the units."""
    by_id = {unit.pk: unit for unit in Unit.objects.all()}
    by_path = {unit.path: unit for unit in by_id.values()}
    counted: dict[str, Counter] = defaultdict(Counter)
    for register in seen:
        for unit_id, _measure, count in stock.figures(stock.within(register, user, {"status": IN_SERVICE}), "unit"):
            for path in _paths(by_id[unit_id].path):
                counted[path][register.slug] += count
    units = [unit for path, unit in by_path.items() if path in counted]
    if len(units) > MOST_UNITS:
        units = [unit for unit in units if unit.kind != Unit.Kind.BRANCH]
    units.sort(key=lambda unit: [turkish_key(by_path[path].name) for path in _paths(unit.path)])
    # Whoever answers for one directorate needs no line for each unit above it.
    while (
        len(units) > 1 and units[1].path.startswith(units[0].path) and counted[units[0].path] == counted[units[1].path]
    ):
        del units[0]
    top = min((unit.depth for unit in units), default=0)
    return [
        UnitLine(unit, unit.depth - top, counted[unit.path], [(r, counted[unit.path][r.slug]) for r in seen])
        for unit in units
    ]


def totals(lines: list[UnitLine], seen: list[Register]) -> list[tuple[Register, int]]:
    """Of the lines that no other line contains."""
    tops = [line for line in lines if not any(line.unit.path.startswith(o.unit.path) for o in lines if o is not line)]
    return [(register, sum(line.own[register.slug] for line in tops)) for register in seen]


def _paths(path: str) -> list[str]:
    """The paths of a unit and of all above it, the highest first."""
    ends = [place + 1 for place, letter in enumerate(path) if letter == "."]
    return [path[:end] for end in ends]
