"""How many items are in service, by register, each with its largest kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from inventory import access, registers, stock
from inventory.models import IN_SERVICE, Kind
from inventory.registers import Register
from inventory.search import turkish_key

MOST_KINDS = 5


def kept() -> str:
    """The list's query for what is in service."""
    return "&".join(f"status={value}" for value in IN_SERVICE)


@dataclass(frozen=True)
class RegisterPart:
    """A register's number, and that of its kinds: each with what lies below it, as the list filtered by it counts."""

    register: Register
    number: int
    kinds: list[tuple[Kind, int]]
    #: Items of the kinds that are not named, and how many kinds those are.
    others: int
    other_kinds: int

    @property
    def query(self) -> str:
        return kept()

    @property
    def longest(self) -> int:
        return max([self.others, *(number for _, number in self.kinds)])


def of_registers(user) -> list[RegisterPart]:
    """One query for each register and one for the kinds."""
    seen = [register for register in registers.every("asset") if access.may_see(register, user)]
    by_id = Kind.objects.in_bulk()
    return [part for register in seen if (part := _part(register, user, by_id)).number]


def _part(register: Register, user, by_id: dict[int, Kind]) -> RegisterPart:
    own: Counter[int] = Counter()
    for kind, _measure, number in stock.figures(stock.within(register, user, {"status": IN_SERVICE}), "kind"):
        own[kind] += number
    lines = sorted(_compared(register, own, by_id), key=lambda line: (-line[1], turkish_key(str(line[0]))))
    named, rest = (lines, []) if len(lines) <= MOST_KINDS else (lines[: MOST_KINDS - 1], lines[MOST_KINDS - 1 :])
    return RegisterPart(register, own.total(), named, sum(number for _, number in rest), len(rest))


def _compared(register: Register, own: Counter[int], by_id: dict[int, Kind]) -> Iterator[tuple[Kind, int]]:
    """The highest kinds that divide the items: a single group over all of them says nothing."""
    by_path = {kind.path: kind for kind in by_id.values() if kind.register == register.slug}
    named = {path for path, kind in by_path.items() if kind.name}
    items = {by_id[pk].path: number for pk, number in own.items()}
    depth = 1
    while len(tops := {_top(path, depth) for path in items}) == 1 and not tops & items.keys():
        depth += 1
    below: Counter[str] = Counter()
    for path, number in items.items():
        # A group may lack its name, and a list its group.
        below[_top(path, depth) if _top(path, depth) in named else path] += number
    yield from ((by_path[path], number) for path, number in below.items())


def _top(path: str, depth: int) -> str:
    return "".join(f"{part}." for part in path.split(".")[:depth] if part)
