"""The rules that a new installation starts with. One about a register that is not there yet comes when it is."""

from pathlib import Path

from inventory import registers
from inventory.reference import add_missing, lines
from inventory.reminders.dates import watched
from inventory.reminders.models import Rule


def load() -> dict[str, int]:
    rows = [_rule(line) for line in lines(Path(__file__).parent / "data" / "rules.csv") if watched(line["date"])]
    return {"reminder-rules": add_missing(registers.get("reminder-rules"), rows, "name")}


def _rule(line: dict[str, str]) -> Rule:
    return Rule(
        name=line["name"],
        date=line["date"],
        days_before=line["days_before"],
        overdue_every=int(line["overdue_every"]) if line["overdue_every"] else None,
        to_unit=line["to_unit"] == "1",
        to_holder=line["to_holder"] == "1",
        to_level=int(line["to_level"]) if line["to_level"] else None,
        urgent=line["urgent"] == "1",
    )
