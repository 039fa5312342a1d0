"""A checked plan is written whole or not at all, once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from imports import batches, endings, steps, tasks
from imports.models import Batch
from imports.plans import applying
from imports.plans.plan import ColumnChange, Plan, PlanLine, Verdict, pack
from imports.plans.undoing import undo
from inventory import registers, writes
from inventory.assets.equipment.models import Equipment
from inventory.assets.vehicles.models import Vehicle
from inventory.organization.models import Unit
from tests.rows import SYSTEM, kind, person, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT, UNITS = (registers.get(slug) for slug in ("vehicles", "equipment", "units"))
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim", "Sorumlu kişi"]


def vehicles(of, *numbers: int, make="Ford", who="") -> list[list]:
    return [HEADINGS, *([f"41 ABC {n}", "Kamyonet", make, of.name, who] for n in numbers)]


def test_a_row_saved_since_the_check_refuses_the_whole_plan_and_names_the_rows(parks, checked):
    for number in (101, 102, 103):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat")
    batch = checked(VEHICLES, vehicles(parks, 101, 102, 103, 104))
    other = Vehicle.objects.get(plate="41 ABC 102")
    other.colour = "Mavi"
    writes.save(VEHICLES, other, SYSTEM)
    batches.run_apply(batch)
    assert batch.state == "refused" and "değişti: 3. satır (Sistem değiştirdi, " in batch.message
    assert set(Vehicle.objects.values_list("make", flat=True)) == {"Fiat"}
    assert Vehicle.objects.count() == 3
    batches.run_check(batch)
    batches.run_apply(batch)
    assert batch.state == "applied"
    assert set(Vehicle.objects.values_list("make", flat=True)) == {"Ford"}


def test_a_deleted_row_and_a_deleted_reference_refuse_too(parks, checked):
    gone, holder = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat"), person("Ali Şahin", parks)
    deleted, referring = (
        checked(VEHICLES, vehicles(parks, 101)),
        checked(VEHICLES, vehicles(parks, 102, who="Ali Şahin")),
    )
    writes.delete(VEHICLES, gone, SYSTEM)
    writes.delete(registers.get("people"), holder, SYSTEM)
    for batch, result in ((deleted, "Denetimden sonra"), (referring, "silinmiş")):
        batches.run_apply(batch)
        assert batch.state == "refused" and result in batch.message
    assert not Vehicle.objects.exists()


def test_a_plate_taken_since_the_check_is_reported_in_the_registers_own_words(parks, checked):
    batch = checked(VEHICLES, vehicles(parks, 101, 102))
    row(VEHICLES, parks, plate="41 ABC 102")
    batches.run_apply(batch)
    assert batch.state == "refused" and "Bu plaka başka bir araçta kayıtlı" in batch.message
    assert Vehicle.objects.count() == 1 and Vehicle.history.count() == 1


def test_a_plate_given_up_in_one_import_is_free_in_the_next(parks, checked):
    old = row(VEHICLES, parks, plate="41 ABC 101", status_reason="")
    headings = ["Envanter No", *HEADINGS, "Durum", "Durum gerekçesi"]
    rows = [[old.inventory_no, old.plate, "Kamyonet", "", parks.name, "", "Kayıttan düşüldü", "hurda"]]
    batches.run_apply(batch := checked(VEHICLES, [headings, *rows]))
    assert batch.state == "applied"
    batches.run_apply(again := checked(VEHICLES, vehicles(parks, 101), mode="add"))
    assert again.state == "applied" and Vehicle.objects.filter(plate="41 ABC 101").count() == 2


def test_history_has_who_why_and_which_import_for_every_row(parks, checked):
    fleet = user("filo", parks, (parks, "vehicles", 2))
    row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    batch = checked(VEHICLES, vehicles(parks, 101, 102), user=fleet, reason="sayım 2026")
    batches.run_apply(batch)
    entries = Vehicle.history.filter(batch_id=batch.pk)
    assert sorted(entries.values_list("history_type", flat=True)) == ["+", "~"]
    assert set(entries.values_list("history_user", flat=True)) == {fleet.pk}
    assert all("sayım 2026" in why for why in entries.values_list("history_change_reason", flat=True))
    assert len(set(entries.values_list("history_date", flat=True))) == 1
    assert dict(entries.values_list("plate", "sheet_row")) == {"41 ABC 101": 2, "41 ABC 102": 3}
    assert Vehicle.objects.filter(search_text__contains="ford").count() == 2


def test_a_batch_is_applied_once_however_often_it_is_tried(parks, checked):
    batch = checked(VEHICLES, vehicles(parks, 101))
    second = Batch.objects.get(pk=batch.pk)
    batches.run_apply(batch)
    batches.run_apply(second)
    batches.run_apply(batch)
    assert Vehicle.objects.count() == 1 and Vehicle.history.count() == 1


def test_a_worker_killed_while_writing_leaves_nothing_and_another_takes_up(parks, checked, monkeypatch):
    batch = checked(VEHICLES, vehicles(parks, 101, 102))

    class Killed(BaseException):
        pass

    def die(*arguments, **more):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("imports.plans.applying.writes.create_many", die)
        patched.setattr(endings, "give_up", lambda *arguments: None)  # nothing more runs in it
        batches.run_apply(batch)
    assert not Vehicle.objects.exists()
    found = Batch.objects.get(pk=batch.pk)
    assert found.state == "applying"
    batches.run_apply(found)  # too early: it may still be alive
    assert not Vehicle.objects.exists()
    monkeypatch.setattr(steps, "STALE", dt.timedelta(0))
    assert steps.is_stale(found) and steps.release(found) and not steps.release(found)
    batches.run_apply(found)
    assert found.state == "applied" and Vehicle.objects.count() == 2


def test_a_fault_of_ours_is_said_instead_of_looking_busy(parks, checked, monkeypatch):
    batch = checked(VEHICLES, vehicles(parks, 101))
    batches.ask_to_apply(batch)
    monkeypatch.setattr("imports.batches.apply", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.apply_batch.func(batch.pk, "tr")
    batch.refresh_from_db()
    assert batch.state == "checked" and "yöneticisine" in batch.message
    assert not Vehicle.objects.exists()


def test_lists_that_others_refer_to_bring_them_in_line(parks, checked):
    branch = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    works = unit("Fen İşleri Dairesi Başkanlığı")
    held = row(EQUIPMENT, branch)
    batch = checked(UNITS, [["Kayıt No", "Ad", "Üst birim"], [branch.pk, "Sera Şube Müdürlüğü", works.name]])
    batches.run_apply(batch)
    assert batch.state == "applied", batch.message
    branch.refresh_from_db()
    held.refresh_from_db()
    assert branch.path.startswith(works.path)
    assert "sera sube mudurlugu" in held.search_text


def test_a_tree_that_is_moved_at_several_places_at_once_hangs_together(parks, checked):
    """What a row stands under may have moved a line before, and the whole goes back the same way."""
    works = unit("Fen İşleri Dairesi Başkanlığı")
    upper, lower = unit("Üst Şube", parks), unit("Alt Şube", parks)
    below = unit("Depo", lower)
    sheet = [["Kayıt No", "Ad", "Birim türü", "Üst birim", "E-posta"], [upper.pk, "Üst Şube", "", works.name, ""]]
    sheet += [[lower.pk, "Alt Şube", "", "Üst Şube", ""], [below.pk, "Depo", "", "Alt Şube", "a@example.org"]]
    sheet += [["", "Yeni Şube", "Müdürlük", "Üst Şube", ""]]
    batch = checked(UNITS, sheet)

    def hangs_together():
        for each in Unit.objects.select_related("parent"):
            assert each.path.startswith(each.parent.path if each.parent else "0"), each
            assert each.path.count(".") == (each.parent.path.count(".") if each.parent else 0) + 1, each

    batches.run_apply(batch)
    assert batch.state == "applied", batch.message
    assert Unit.objects.get(name="Yeni Şube").parent == upper and Unit.objects.get(pk=lower.pk).parent == upper
    hangs_together()
    undo(batch, None)
    assert batch.state == "undone" and Unit.objects.get(pk=lower.pk).parent == parks
    hangs_together()


def test_rows_that_change_different_columns_do_not_touch_each_others(parks, checked):
    for number, colour in ((101, "Mavi"), (102, "Beyaz")):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat", colour=colour)
    rows = [["Plaka", "Marka", "Renk"], ["41 ABC 101", "Ford", ""], ["41 ABC 102", "", "Kırmızı"]]
    batches.run_apply(checked(VEHICLES, rows))
    assert set(Vehicle.objects.values_list("make", "colour")) == {("Ford", "Mavi"), ("Fiat", "Kırmızı")}


def test_numbers_are_given_in_the_sheets_order_over_chunks(parks, checked, monkeypatch):
    monkeypatch.setattr("imports.plans.applying.CHUNK", 2)
    kind(EQUIPMENT, "1", "Ekran")
    rows = [["Tür", "Marka", "Seri No", "Birim"], *(["Ekran", "HP", f"S{n}", parks.name] for n in range(5))]
    batches.run_apply(checked(EQUIPMENT, rows))
    assert list(Equipment.objects.order_by("inventory_no").values_list("serial_no", flat=True)) == [
        f"S{n}" for n in range(5)
    ]


def test_rows_that_the_file_lacks_are_retired_before_others_are_added(parks, checked):
    old = row(VEHICLES, parks, plate="41 ABC 101", status_reason="")
    batch = checked(VEHICLES, vehicles(parks, 101), mode="add")
    values = {"status": "disposed", "status_on": "2026-11-23", "status_reason": "listede yok"}
    missing = PlanLine(0, Verdict.MISSING, old.pk, old.version, pack(values, [ColumnChange("status", "", "")]))
    added = PlanLine(
        2, Verdict.NEW, packed=pack({"plate": "41 ABC 101", "kind": old.kind_id, "responsible_unit": parks.pk})
    )
    batches.keep_plan(batch, Plan([added, missing, PlanLine(0, Verdict.MISSING, 4711, 1)]))
    batches.run_apply(batch)
    assert batch.state == "applied", batch.message
    old.refresh_from_db()
    assert (old.status, str(old.status_on), old.status_reason) == ("disposed", "2026-11-23", "listede yok")
    assert Vehicle.objects.filter(plate="41 ABC 101").count() == 2
    undo(batch, None)
    old.refresh_from_db()
    assert (old.status, old.status_reason, Vehicle.objects.count()) == ("in_use", "", 1)


def test_a_row_of_no_sheet_and_without_a_key_is_named_by_its_id():
    line, keyless = PlanLine(0, Verdict.MISSING, 4711, 1), Vehicle.history.model(inventory_no=None)
    assert applying._named(VEHICLES, line, keyless) == "4711 no’lu kayıt"


def test_a_plan_that_was_cut_off_asks_to_check_the_file_again(parks, checked):
    batch = checked(VEHICLES, vehicles(parks, 101))
    whole = Path(batch.plan_file.path).read_bytes()
    for damaged in (whole[:-9], bytes(20) + whole[20:]):
        Path(batch.plan_file.path).write_bytes(damaged)
        batches.run_apply(batch, before=(batch.state,))
        assert batch.state == "refused" and "Dosyayı yeniden denetleyiniz" in batch.message
    batches.run_check(batch)
    batches.run_apply(batch)
    assert batch.state == "applied"
