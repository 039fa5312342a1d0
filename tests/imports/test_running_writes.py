"""A sheet that is made while somebody writes: what it does not have yet counts as written later, in real processes."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from tests.processes import database, end_all, finish, manage, start, wait_for  # noqa: F401 - fixtures

SEED = """
import io
from django.core.management import call_command
from inventory import registers
from tests.rows import row, set_values, unit
call_command("load_reference", stdout=io.StringIO())
here = unit("Park ve Bahçeler Dairesi Başkanlığı")
for number in range(3):
    row(registers.get("vehicles"), here, colour="Beyaz")
"""
# The author was there before: a request asks for its author, a command for one at its start.
WRITE = """
import pathlib, time
from django.db import transaction
from inventory import registers, writes
from inventory.history import Author
from inventory.assets.vehicles.models import Vehicle
from tests.rows import set_values
by = Author(reason="toplu")
with transaction.atomic():
    if how == "bulk":
        set_values(registers.get("vehicles"), Vehicle.objects.all(), {"colour": "Kırmızı"}, by)
    else:
        for each in Vehicle.objects.all():
            each.colour = "Kırmızı"
            writes.save(registers.get("vehicles"), each, by)
    pathlib.Path(place, "written").touch()
    until = time.monotonic() + 90
    while not pathlib.Path(place, "go").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
"""


@pytest.fixture(autouse=True)
def _ended():
    yield
    end_all()


@pytest.mark.parametrize("how", ["bulk", "one by one"])
def test_what_is_being_written_while_a_sheet_is_made_is_not_taken_back_by_it(database, tmp_path, how):  # noqa: F811
    finish(start(database, SEED))
    path = tmp_path / "araclar.xlsx"
    writer = start(database, WRITE, place=str(tmp_path), how=how)
    wait_for(tmp_path / "written", writer)
    done = manage(database, "export_register", "vehicles", path, "--columns", "plate,colour,notes", var=tmp_path)
    assert done.returncode == 0, done.stderr
    assert writer.poll() is None
    (tmp_path / "go").touch()
    finish(writer)
    book = load_workbook(path)
    colours = {line[2].value for line in book.worksheets[0].iter_rows(min_row=2, max_row=4)}
    assert colours == {"Beyaz"}
    done = manage(database, "import_register", "vehicles", path, "--check-only", "--json", var=tmp_path)
    said = json.loads(done.stdout)
    assert (said["changed"], said["unchanged"]) == (0, 3), said
    assert len([found for found in said["warnings"] if "“Kırmızı”" in found["message"]]) == 3


def test_when_nobody_writes_what_was_just_written_is_in_the_sheet(database, tmp_path):  # noqa: F811
    finish(start(database, SEED))
    path = tmp_path / "araclar.xlsx"
    manage(database, "export_register", "vehicles", path, "--columns", "plate,colour,notes", var=tmp_path)
    book = load_workbook(path)
    book.worksheets[0]["C2"] = "Mavi"
    book.save(path)
    said = json.loads(manage(database, "import_register", "vehicles", path, "--json", var=tmp_path).stdout)
    assert (said["changed"], said["unchanged"], said["warnings"]) == (1, 2, [])
