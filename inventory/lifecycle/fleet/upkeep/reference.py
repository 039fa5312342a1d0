"""The kinds of checks to start with; their periods are general knowledge, for users to correct."""

from inventory import registers
from inventory.lifecycle.fleet.upkeep.models import CheckKind
from inventory.reference import add_missing, data


def load() -> dict[str, int]:
    register = registers.get("check-kinds")
    rows = (
        CheckKind(**{**line, "period_months": int(line["period_months"])}) for line in data(register, "check_kinds.csv")
    )
    return {"check-kinds": add_missing(register, rows, "code")}
