"""The published figures (Performans Programı 2024, state at the end of 2023) beside the counted ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from inventory import registers
from inventory.reference import data, kind_lines
from inventory.reports.physical_resources import CITIZENS, SOFTWARE, Number, ReportLine, Table, total
from inventory.search import fold
from inventory.trees import code_path

# The total of areas as the programme prints it; it leaves out the one row that is not a whole number.
PRINTED_AREA = Decimal("10554257")


@dataclass(frozen=True)
class Figure:
    """A number counted, None where it is not known, and the one published; None where nothing was published or is to be
    compared."""

    counted: Number | None
    published: Number | None = None

    @property
    def difference(self) -> Number | None:
        if self.counted is None or self.published is None:
            return None
        return self.counted - self.published


def lines(table: Table) -> list[ReportLine]:
    """The published lines of a table."""
    if table.slug == SOFTWARE:
        used = defaultdict(list)
        for row in data(registers.get("software"), "used_by.csv"):
            used[row["used_by"]].append(row["software"])
        return [ReportLine(name=name, figures={"count": len(programs)}) for name, programs in used.items()]
    if table.slug == CITIZENS:
        offered = data(registers.get("software"), "citizen_applications.csv")
        return [ReportLine(name=line.name, figures={"count": len(offered)}) for line in table.lines]
    return [
        ReportLine(name=row["name"], figures=_figures(table, row), code=code, path=code_path(code))
        for code, row in kind_lines(registers.get(table.slug))
    ]


def _figures(table: Table, row: dict[str, str]) -> dict[str, Number]:
    figures = {m: Decimal(row[m]) if m == "area_m2" else int(row[m]) for m in table.measures if m in row}
    return figures if "total" not in table.measures else figures | {"total": sum(figures.values())}


def compared(table: Table) -> tuple[list[tuple[ReportLine, dict[str, Figure]]], dict[str, Figure]]:
    """Each line, counted or only published, with its figures; and the totals."""
    counted = {_key(line): line for line in table.lines}
    published = {_key(line): line for line in lines(table)}
    nothing = dict.fromkeys(table.measures) if table.not_kept_before else total(table.measures, ())
    made = []
    for key in counted.keys() | published.keys():
        line = counted.get(key) or ReportLine(**vars(published[key]) | {"figures": nothing})
        figures = published[key].figures if key in published else {}
        made.append((line, {m: Figure(line.figures[m], figures.get(m)) for m in table.measures}))
    made.sort(key=lambda pair: table.order(pair[0]))
    sums = total(table.measures, tuple(published.values()))
    return made, {m: Figure(table.totals[m], sums[m]) for m in table.measures}


def counted_only(table: Table) -> tuple[list[tuple[ReportLine, dict[str, Figure]]], dict[str, Figure]]:
    """The same without what was published: for a part of the municipality there is nothing to compare with."""
    made = [(line, {m: Figure(line.figures[m]) for m in table.measures}) for line in table.lines]
    return made, {m: Figure(number) for m, number in table.totals.items()}


def _key(line: ReportLine) -> str:
    # Kinds are known by their codes, which stay when a name is corrected; units by name.
    return line.code or fold(line.name)
