import io
import json

import pytest
from django.core.management import call_command

from imports.exporting import write
from imports.exporting.parts import Part
from inventory import registers, writes
from inventory.history import Author
from inventory.listing import Listing
from inventory.vehicles.models import Vehicle
from tests.rows import SYSTEM, row, unit

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim"]


def undo(batch: int) -> tuple[int, dict]:
    out = io.StringIO()
    try:
        call_command("undo_import", str(batch), "--json", stdout=out)
    except SystemExit as stopped:
        return stopped.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def snapshot() -> bytes:
    target = io.BytesIO()
    write([Part(Listing(VEHICLES, None, {"columns": "all"}))], target, "csv")
    return target.getvalue()


def test_an_undone_import_leaves_the_register_as_it_was(parks, sheet_file, import_register):
    works = unit("Fen İşleri Dairesi Başkanlığı")
    old = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    before = snapshot()
    path = sheet_file(HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", works.name] for n in range(101, 106)))
    _code, told = import_register("vehicles", path)
    assert Vehicle.objects.count() == 5
    code, undone = undo(told["batch"])
    assert (code, undone["deleted"], undone["restored"], undone["left"]) == (0, 4, 1, [])
    assert snapshot() == before
    old.refresh_from_db()
    assert (old.make, old.responsible_unit) == ("Fiat", parks)
    assert "geri alındı" in Vehicle.history.filter(id=old.pk).latest("history_id").history_change_reason
    code, again = undo(told["batch"])
    assert (code, again["undone"]) == (2, False)


def test_rows_edited_since_and_rows_in_use_are_listed_and_left(parks, sheet_file, import_register):
    for number in (101, 102):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat")
    path = sheet_file(HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", parks.name] for n in range(101, 105)))
    _code, told = import_register("vehicles", path)
    edited = Vehicle.objects.get(plate="41 ABC 101")
    edited.colour = "Mavi"
    writes.save(VEHICLES, edited, Author())
    used = Vehicle.objects.get(plate="41 ABC 103")
    row(registers.get("inspections"), parks, vehicle=used)
    code, undone = undo(told["batch"])
    assert (code, undone["deleted"], undone["restored"]) == (1, 1, 1)
    assert {left["key"] for left in undone["left"]} == {edited.inventory_no, used.inventory_no}
    assert dict(Vehicle.objects.values_list("plate", "make")) == {
        "41 ABC 101": "Ford",
        "41 ABC 102": "Fiat",
        "41 ABC 103": "Ford",
    }


def test_an_undo_that_the_register_forbids_changes_nothing(parks, sheet_file, import_register):
    old = row(VEHICLES, parks, plate="41 ABC 101", chassis_no="CH1")
    path = sheet_file(["Envanter No", "Plaka"], [old.inventory_no, "41 ABC 999"])
    _code, told = import_register("vehicles", path)
    taken = row(VEHICLES, parks, plate="41 ABC 101")
    code, undone = undo(told["batch"])
    assert (code, undone["undone"]) == (2, False) and "plaka" in undone["message"]
    assert Vehicle.objects.get(pk=old.pk).plate == "41 ABC 999"
    writes.delete(VEHICLES, taken, SYSTEM)
    assert undo(told["batch"])[0] == 0


def test_a_batch_that_is_not_there_cannot_be_undone():
    code, undone = undo(4711)
    assert code == 2 and "4711" in undone["message"]
