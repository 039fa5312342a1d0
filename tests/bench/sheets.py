"""Sheets of devices in and out, beside bare libraries on the same cells in the same run.

    BENCH_ROWS=100000 scripts/bench sheets

The goals for 100,000 rows: (b) at least 0.4 of (a)'s rate, (c) at least 1.0, (e) at least 5 times openpyxl's (o),
and none above 600 MB of memory.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

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


def bare_import(path: Path) -> None:
    """Reference (a): calamine and bulk_create, with nothing checked and nothing recorded."""
    import python_calamine
    from django.db import transaction

    from inventory.assets.equipment.models import Equipment

    cells = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    rows = world.devices(10**7, len(cells) - 1)
    for number, row in enumerate(rows):
        row.inventory_no = f"B-{number}"
        # What the database compares; nothing else is derived.
        row.serial_no_same = row.serial_no
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
    from inventory.listing.address import Listing

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
    from inventory.listing.address import Listing

    with path.open("wb") as target:
        write([Part(Listing(registers.get("equipment"), None, {"columns": "all"}))], target, "xlsx")


def prepare(place: Path) -> None:
    world.start()
    devices = world.devices(1, ROWS)
    write_sheet(place / "new.xlsx", devices)
    write_sheet(place / "changed.xlsx", devices, changed=True)


# Phase → what it is called, and its work in a folder. Later ones find what earlier ones wrote.
PHASES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a": ("calamine + bare bulk_create", lambda place: bare_import(place / "new.xlsx")),
    "b": ("read, check, apply as new, with history", lambda place: ours(place / "new.xlsx", apply=True)),
    "c": ("check again, all unchanged", lambda place: ours(place / "new.xlsx", apply=False)),
    "d": ("check and apply with a tenth changed", lambda place: ours(place / "changed.xlsx", apply=True)),
    "o": ("openpyxl, write-only", lambda place: bare_export(place / "bare.xlsx")),
    "e": ("export to xlsx", lambda place: our_export(place / "ours.xlsx")),
}


def measure(phase: str, place: Path) -> None:
    """Do one phase in this process and print its seconds."""
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    began = time.perf_counter()
    PHASES[phase][1](place)
    world.say(str(time.perf_counter() - began))


def apart(*arguments: str) -> tuple[float, float]:
    """This file started anew: the seconds that it prints, and its peak of memory with its children's, in MB."""
    peak = 0.0
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen([sys.executable, "-m", "tests.bench.sheets", *arguments], stdout=output)
        while process.poll() is None:
            peak = max(peak, sum(map(resident, family(process.pid))))
            time.sleep(0.02)
        if process.returncode:
            raise SystemExit(process.returncode)
        output.seek(0)
        return float(output.read() or 0), peak


def family(pid: int) -> list[int]:
    """The process and those that it started; only Linux says."""
    children = [int(pid) for file in Path(f"/proc/{pid}/task").glob("*/children") for pid in read(file).split()]
    return [pid, *(each for child in children for each in family(child))]


def resident(pid: int) -> float:
    pages = read(Path(f"/proc/{pid}/statm")).split()[1:2]
    return sum(map(int, pages)) * resource.getpagesize() / 2**20


def read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has just ended
        return ""


def main() -> None:
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        apart("prepare", folder)
        world.say(f"Sheets on {connection.vendor}, {ROWS} rows; each phase in a process of its own")
        spent = {}
        for phase, (name, _work) in PHASES.items():
            spent[phase], peak = apart(phase, folder)
            rate = ROWS / spent[phase]
            world.say(f"  ({phase}) {name:42} {spent[phase]:8.1f} s {rate:8.0f} rows/s {peak:6.0f} MB")
    against = {"b": "a", "c": "a", "d": "a", "e": "o"}
    ratios = "  ".join(f"{phase} {spent[other] / spent[phase]:.2f}" for phase, other in against.items())
    world.say(f"  rate beside the bare library's: {ratios}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    match sys.argv[1:]:
        case ["prepare", folder]:
            prepare(Path(folder))
        case [phase, folder]:
            measure(phase, Path(folder))
        case _:
            main()
