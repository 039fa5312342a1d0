import io
import json

import pytest
from django.core.management import call_command

from imports import batches
from imports.exporting import write
from imports.exporting.parts import Part
from imports.models import Batch
from imports.plans import undoing
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.history import Author
from inventory.listing.address import Listing
from inventory.organization.models import Unit
from tests.rows import SYSTEM, person, row, unit, user

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
    old = row(VEHICLES, parks, plate="41 ABC 101", make="Tofaş")
    # What it was just before counts, not what it was at first.
    old.make = "Fiat"
    writes.save(VEHICLES, old, SYSTEM)
    before = snapshot()
    path = sheet_file(HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", works.name] for n in range(101, 106)))
    _code, result = import_register("vehicles", path)
    assert Vehicle.objects.count() == 5
    code, undone = undo(result["batch"])
    assert (code, undone["deleted"], undone["restored"], undone["left"]) == (0, 4, 1, [])
    assert snapshot() == before
    old.refresh_from_db()
    assert (old.make, old.responsible_unit) == ("Fiat", parks)
    assert "geri alındı" in Vehicle.history.filter(id=old.pk).latest("history_id").history_change_reason
    code, again = undo(result["batch"])
    assert (code, again["undone"]) == (2, False)


def test_rows_edited_since_and_rows_in_use_are_listed_and_left(parks, sheet_file, import_register):
    for number in (101, 102):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat")
    path = sheet_file(HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", parks.name] for n in range(101, 105)))
    _code, result = import_register("vehicles", path)
    edited = Vehicle.objects.get(plate="41 ABC 101")
    edited.colour = "Mavi"
    writes.save(VEHICLES, edited, Author())
    used = Vehicle.objects.get(plate="41 ABC 103")
    row(registers.get("inspections"), parks, vehicle=used)
    code, undone = undo(result["batch"])
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
    _code, result = import_register("vehicles", path)
    taken = row(VEHICLES, parks, plate="41 ABC 101")
    code, undone = undo(result["batch"])
    assert (code, undone["undone"]) == (2, False) and "plaka" in undone["message"]
    assert Vehicle.objects.get(pk=old.pk).plate == "41 ABC 999"
    writes.delete(VEHICLES, taken, SYSTEM)
    assert undo(result["batch"])[0] == 0


def test_what_was_added_goes_before_what_was_changed_goes_back(parks, sheet_file, import_register):
    """An added vehicle got the plate that a changed one gave up."""
    old = row(VEHICLES, parks, plate="41 ABC 101", chassis_no="CH1")
    headings = ["Envanter No", "Plaka", "Tür", "Sorumlu birim"]
    rows = [old.inventory_no, "41 ABC 999", None, None], [None, "41 ABC 102", "Kamyonet", parks.name]
    code, said = import_register("vehicles", sheet_file(headings, *rows))
    assert (code, said["new"], said["changed"]) == (0, 1, 1)
    added = Vehicle.objects.get(plate="41 ABC 102")
    added.plate = "41 ABC 101"
    writes.save(VEHICLES, added, Author())
    undone = undoing.undo(Batch.objects.get(pk=said["batch"]), None, force=True)
    assert (undone.deleted, undone.restored) == (1, 1)
    assert list(Vehicle.objects.values_list("plate", flat=True)) == ["41 ABC 101"]


def test_its_progress_goes_up_to_all_rows_that_go_or_go_back(parks, sheet_file, import_register, monkeypatch):
    for number in (101, 102):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat")
    path = sheet_file(HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", parks.name] for n in range(101, 105)))
    _code, result = import_register("vehicles", path)
    shown = []
    monkeypatch.setattr(undoing, "beating", lambda batch: lambda done, of_all: shown.append((done, of_all)))
    monkeypatch.setattr(undoing, "CHUNK", 1)
    done = undoing.undo(Batch.objects.get(pk=result["batch"]), None)
    assert (done.deleted, done.restored) == (2, 2)
    assert shown == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_value_that_names_what_is_gone_ends_the_undo_with_its_column(parks, checked):
    before = person("Ali Kurgu", parks)
    held = row(VEHICLES, parks, responsible_person=before)
    after = person("Veli Kurgu", parks)
    batch = checked(VEHICLES, [["Envanter No", "Sorumlu kişi"], [held.inventory_no, after.staff_no]])
    batches.run_apply(batch)
    writes.delete(registers.get("people"), before, SYSTEM)
    with pytest.raises(writes.Refused, match=r"artık olmayan bir kaydı gösteriyor \(Sorumlu kişi\)"):
        undoing.undo(batch, None)
    held.refresh_from_db()
    assert (held.responsible_person, batch.state) == (after, "applied")


def test_of_a_tree_the_newest_goes_first(parks, sheet_file, import_register):
    """A unit that was put under another of the same import."""
    rows = (["Yeni Daire", "Daire Başkanlığı"], ["Yeni Merkez", "Daire Başkanlığı"])
    code, said = import_register("units", sheet_file(["Birim adı", "Birim türü"], *rows))
    assert (code, said["new"]) == (0, 2), said["errors"]
    above, below = Unit.objects.exclude(pk=parks.pk).order_by("pk")
    below.parent = above
    writes.save(registers.get("units"), below, Author())
    assert undoing.undo(Batch.objects.get(pk=said["batch"]), None, force=True).deleted == 2
    assert list(Unit.objects.all()) == [parks]


def test_a_batch_that_is_not_there_cannot_be_undone():
    code, undone = undo(4711)
    assert code == 2 and "4711" in undone["message"]


def test_an_undo_is_kept_under_the_name_of_who_asked_for_it(parks, checked):
    clerk = user("filo", parks, (parks, "vehicles", 2))
    held = row(VEHICLES, parks, make="Eski")
    batch = checked(VEHICLES, [["Envanter No", "Marka"], [held.inventory_no, "Yeni"]], clerk)
    batches.run_apply(batch)
    assert undoing.undo(batch, clerk).restored == 1
    assert batch.undone_by == clerk
    assert Vehicle.history.filter(id=held.pk).latest("history_id").history_user == clerk


def test_a_row_that_names_what_is_hidden_since_is_left_and_the_others_go_back(parks, checked):
    network, elsewhere = registers.get("network"), unit("Fen İşleri Dairesi Başkanlığı")
    clerk = user("agci", parks, (parks, "network", 2))
    mast = row(network, parks, hostname="direk")
    linked, free = (row(network, parks, hostname=name, linked_to=None, make="Eski") for name in ("bir", "iki"))
    lines = [[linked.inventory_no, mast.inventory_no, "Yeni"], [free.inventory_no, None, "Yeni"]]
    batch = checked(network, [["Envanter No", "Bağlı olduğu cihaz", "Marka"], *lines], clerk)
    batches.run_apply(batch)
    mast.refresh_from_db()
    mast.responsible_unit = elsewhere
    writes.save(network, mast, SYSTEM)
    batch.refresh_from_db()
    undoing.ask(batch, clerk)
    undoing.run_undo(batch)
    batch.refresh_from_db()
    assert batch.state == "undone", batch.message
    linked.refresh_from_db(), free.refresh_from_db()
    assert (linked.linked_to_id, linked.make, free.make) == (mast.pk, "Yeni", "Eski")
    ((left, why),) = [(each["id"], each["why"]) for each in batch.undo["left"]]
    assert left == linked.pk and "size görünmeyen" in why


def test_a_row_that_left_ones_reach_is_left_even_where_later_edits_go_back_too(parks, checked):
    clerk, elsewhere = user("filo", parks, (parks, "vehicles", 2)), unit("Fen İşleri Dairesi Başkanlığı")
    gone, mine = (row(VEHICLES, parks, make="Eski") for _each in range(2))
    lines = [[gone.inventory_no, "Yeni"], [mine.inventory_no, "Yeni"]]
    batch = checked(VEHICLES, [["Envanter No", "Marka"], *lines], clerk)
    batches.run_apply(batch)
    gone.refresh_from_db()
    gone.responsible_unit = elsewhere
    writes.save(VEHICLES, gone, SYSTEM)
    (found,) = undoing.surveys_with_later_edits(batch, clerk)
    assert [(each.id, each.why) for each in found.left] == [(gone.pk, "Artık sizin yetkinizde değil.")]
    assert set(found.back) == {mine.pk}
