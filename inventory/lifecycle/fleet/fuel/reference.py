"""The rules of alarms that a new installation starts with."""

from decimal import Decimal

from inventory import registers
from inventory.lifecycle.fleet.fuel.models import FuelAlarm
from inventory.reference import add_missing, data


def load() -> dict[str, int]:
    register = registers.get("fuel-alarms")
    rows = (
        FuelAlarm(
            code=line["code"],
            name=line["name"],
            active=line["active"] == "1",
            figure=Decimal(line["figure"]) if line["figure"] else None,
        )
        for line in data(register, "alarms.csv")
    )
    return {"fuel-alarms": add_missing(register, rows, "code")}
