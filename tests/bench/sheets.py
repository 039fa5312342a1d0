"""Sheets of devices in and out, beside bare libraries on the same cells in the same run.

    BENCH_ROWS=100000 scripts/bench sheets

The goals of the second issue: (b) at least 0.4 of (a)'s rate, (c) at least 1.0, (e) at least 5 times openpyxl's.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import world

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))


def write_sheet(path: Path, rows: list, changed: bool = False) -> None:
    """The rows as a supplier would send them; every tenth with another room when `changed`."""
    import xlsxwriter

    from inventory import registers

    register = registers.get("equipment")
    names = [c.name for c in register.all_columns() if c.editable and c.value(rows[0]) is not None]
    columns = [register.column(name) for name in names]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet("Cihazlar")
        sheet.write_row(0, 0, [column.label for column in columns])
        for number, row in enumerate(rows, 1):
            if changed and number % 10 == 0:
                row.room = "Depo 7"
            sheet.write_row(number, 0, [column.value(row) for column in columns])


def timed(name: str, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    spent = time.perf_counter() - began
    world.say(f"  {name:48} {spent:8.1f} s {ROWS / spent:10.0f} rows/s")
    return spent


def bare_import(path: Path) -> None:
    """Reference (a): calamine and bulk_create, with nothing checked and nothing recorded."""
    import python_calamine
    from django.db import transaction

    from inventory.equipment.models import Equipment

    cells = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    rows = world.devices(10**7, len(cells) - 1)
    for number, row in enumerate(rows):
        row.inventory_no = f"B-{number}"
    with transaction.atomic():
        Equipment.objects.bulk_create(rows, batch_size=500)
        transaction.set_rollback(True)


def ours(path: Path, *, apply: bool) -> dict:
    """Read and check, and apply when asked to; returns the counts."""
    from django.core.files import File

    from imports import batches
    from inventory import registers

    with path.open("rb") as file:
        batch = batches.upload(registers.get("equipment"), None, File(file), path.name)
    batches.run_check(batch)
    if apply:
        batches.run_apply(batch)
    batch.refresh_from_db()
    return batch.counts


def bare_export(path: Path) -> None:
    """Reference (e): openpyxl's write-only mode, the same cells."""
    import openpyxl

    from imports.exporting.parts import Part
    from inventory import registers
    from inventory.listing import Listing

    part = Part(Listing(registers.get("equipment"), None, {"columns": "all"}))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([column.label for column in part.columns])
    for chunk in part.chunks():
        for values in zip(*chunk, strict=True):
            sheet.append(values)
    book.save(path)


def our_export(path: Path) -> None:
    from imports.exporting import write
    from imports.exporting.parts import Part
    from inventory import registers
    from inventory.listing import Listing

    with path.open("wb") as target:
        write([Part(Listing(registers.get("equipment"), None, {"columns": "all"}))], target, "xlsx")


def main() -> None:
    world.start()
    from django.db import connection

    place = Path(tempfile.mkdtemp())
    devices = world.devices(1, ROWS)
    write_sheet(place / "new.xlsx", devices)
    write_sheet(place / "changed.xlsx", devices, changed=True)
    world.say(f"Sheets on {connection.vendor}, {ROWS} rows")
    a = timed("(a) calamine + bare bulk_create", lambda: bare_import(place / "new.xlsx"))
    b = timed("(b) read, check, apply as new, with history", lambda: ours(place / "new.xlsx", apply=True))
    c = timed("(c) check again, all unchanged", lambda: ours(place / "new.xlsx", apply=False))
    d = timed("(d) check and apply with a tenth changed", lambda: ours(place / "changed.xlsx", apply=True))
    bare = timed("(e) openpyxl, write-only", lambda: bare_export(place / "bare.xlsx"))
    e = timed("(e) export to xlsx", lambda: our_export(place / "ours.xlsx"))
    world.say(f"  ratios to the references: b {a / b:.2f}  c {a / c:.2f}  d {a / d:.2f}  e {bare / e:.2f}")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    world.say(f"  peak memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:.0f} MB")


if __name__ == "__main__":
    main()
