"""The lists that a new installation starts with: loaded once, then the users' own.

Each app that has such lists offers `load()` in its `reference.py`; what is there already is left as it is.
"""

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from django.apps import apps
from django.utils import timezone

from inventory import registers, writes
from inventory.models import Kind, Limit, MovableCode, Row
from inventory.registers import Register
from inventory.writes import Author

AUTHOR = Author(reason="Başlangıç listesi", at=timezone.now())


def lines(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file with a header; none when there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def data(register: Register, name: str) -> list[dict[str, str]]:
    """The lines of a file in the data folder of the register's app."""
    app = apps.get_app_config(register.model._meta.app_label)
    return lines(Path(app.path) / "data" / name)


def add_missing(register: Register, rows: Iterable[Row], *key: str) -> int:
    """Create the rows whose key never was there, so that what users renamed or deleted does not return."""
    known = set(register.model.history.values_list(*key))
    new = [row for row in rows if tuple(getattr(row, name) for name in key) not in known]
    if new:
        writes.create_many(register, new, AUTHOR)
    return len(new)


def load() -> dict[str, int]:
    added = {"movable-codes": _load_movable_codes(), "limits": load_limits()}
    for register in registers.every("asset"):
        added[f"{register.slug} kinds"] = _load_kinds(register)
    return added


def _load_movable_codes() -> int:
    register = registers.get("movable-codes")
    rows = lines(Path(apps.get_app_config("inventory").path) / "data" / "movable_codes.csv")
    return add_missing(register, (MovableCode(code=row["code"], name=row["name"]) for row in rows), "code")


def load_limits() -> int:
    """The limits of every app that has some: code, name, value."""
    rows = [row for app in apps.get_app_configs() for row in lines(Path(app.path) / "data" / "limits.csv")]
    made = (Limit(code=row["code"], name=row["name"], value=Decimal(row["value"])) for row in rows)
    return add_missing(registers.get("limits"), made, "code")


def kind_lines(register: Register) -> list[tuple[str, dict[str, str]]]:
    """The register's published type list: (code, line). Lists without codes are numbered in their order."""
    return [(row.get("code") or f"{n:02d}", row) for n, row in enumerate(data(register, "kinds.csv"), 1)]


def _load_kinds(register: Register) -> int:
    published = {code: row["name"] for code, row in kind_lines(register)}
    # The names of the groups above the published codes are not known; users may enter them.
    groups = {code.rsplit(".", n)[0] for code in published for n in range(1, code.count(".") + 1)} - set(published)
    known = set(Kind.history.filter(register=register.slug).values_list("code", flat=True))
    new = [Kind(register=register.slug, code=code, name=name) for code, name in published.items() if code not in known]
    new += [Kind(register=register.slug, code=code, is_group=True) for code in sorted(groups - known)]
    if new:
        writes.create_many(registers.get("kinds"), new, AUTHOR)
    return len(new)
