"""The programme's 48 indicators with the figures printed for 2022 to 2024; rules of lists that are not there yet stay
blank."""

from __future__ import annotations

from decimal import Decimal

from inventory import registers, writes
from inventory.indicators import rules
from inventory.indicators.models import Indicator, YearFigure
from inventory.reference import AUTHOR, add_missing, data
from inventory.registers import Register

SOURCE = "2024 Performans Programı"
RULE = ("measure", "counted", "base", "begins", "ends", "within")


def load() -> dict[str, int]:
    register = registers.get("indicators")
    lines = data(register, "indicators.csv")
    added = {register.slug: add_missing(register, map(_indicator, lines), "goal", "number", "responsible")}
    _complete(register, lines)
    years = registers.get("indicator-years")
    known = {(row.goal, row.number, row.responsible): row for row in Indicator.objects.all()}
    rows = [each for line in lines if (row := known.get(_key(line))) for each in _years(row, line)]
    return added | {years.slug: add_missing(years, rows, "indicator_id", "year")}


def _complete(register: Register, lines: list[dict[str, str]]) -> None:
    """The rules of lists that have come since then, for indicators that never had one."""
    ruled = set(Indicator.history.exclude(counted="").values_list("id", flat=True))
    made = {_key(line): _indicator(line) for line in lines}
    rows = []
    for row in Indicator.objects.exclude(pk__in=ruled):
        new = made.get((row.goal, row.number, row.responsible))
        if new and new.counted:
            for name in RULE:
                setattr(row, name, getattr(new, name))
            rows.append(row)
    if rows:
        writes.update_many(register, rows, RULE, AUTHOR)


def _key(line: dict[str, str]) -> tuple[str, int, str]:
    return line["goal"], int(line["no"] or 0), line["responsible"]


def _indicator(line: dict[str, str]) -> Indicator:
    goal, number, responsible = _key(line)
    row = Indicator(
        goal=goal,
        number=number,
        responsible=responsible,
        name=line["name"],
        unit=line["unit"],
        better=line["better"],
        measure=line["measure"] or "count",
        monthly=line["unit"].endswith("/Ay"),
        counted=line["counted"],
        base=line["base"],
        begins=line["begins"],
        ends=line["ends"],
        within=int(line["within"]) if line["within"] else None,
        notes=line["notes"],
    )
    if row.counted and rules.faults(row):
        # Its list is not there yet, or lacks the kind.
        row.counted = row.base = row.begins = row.ends = ""
        row.within = None
    return row


def _years(row: Indicator, line: dict[str, str]) -> list[YearFigure]:
    made = []
    for year, target, actual, estimated in (
        (2022, "", line["actual_2022"], False),
        (2023, "", line["estimate_2023"], True),
        (2024, line["target_2024"], "", False),
    ):
        if target or actual:
            made.append(
                YearFigure(
                    indicator=row,
                    year=year,
                    target=Decimal(target) if target else None,
                    actual=Decimal(actual) if actual else None,
                    estimated=estimated,
                    source=SOURCE,
                )
            )
    return made
