"""After the check: downloads, stopping, leaving refused rows out, and taking an applied import back on its page."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from imports import batches, endings, steps, tasks
from imports.models import Batch
from imports.plans import undoing
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.history import Author
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim"]


def vehicles(of, *numbers: int, make="Ford") -> list[list]:
    return [HEADINGS, *([f"41 ABC {n}", "Kamyonet", make, of.name] for n in numbers)]


def seen(batch: Batch) -> dict:
    return {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}


def page(account, batch: Batch, name: str = "batch", **query) -> str:
    answer = signed_in(account).get(reverse(f"import-{name}", args=[batch.pk]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def post(account, batch: Batch, name: str, **data) -> Batch:
    answer = signed_in(account).post(reverse(f"import-{name}", args=[batch.pk]), data)
    assert answer.status_code == 302
    return Batch.objects.get(pk=batch.pk)


def workbook(account, batch: Batch, name: str, **query) -> list[tuple]:
    answer = signed_in(account).get(reverse(f"import-{name}", args=[batch.pk]), query)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


# Downloads ------------------------------------------------------------------------------------------------


def test_the_preview_as_a_workbook_has_verdict_row_findings_and_changes(parks, fleet, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="=1+1")
    rows = [*vehicles(parks, 101, 102), ["41 ABC 103", "Uçak", "", parks.name]]
    batch = checked(VEHICLES, rows, user=fleet)
    __, changed, new, wrong = workbook(fleet, batch, "preview")
    assert changed[:3] == (2, "Değişen", str(Vehicle.objects.get())) and "Marka: =1+1 → Ford" in changed[4]
    assert new[:2] == (3, "Yeni") and "Plaka: 41 ABC 102" in new[4] and "Tür: Kamyonet" in new[4]
    assert wrong[:2] == (4, "Hatalı") and wrong[3].startswith("Tür: “Uçak” ")
    assert len(workbook(fleet, batch, "preview", show="new")) == 2
    assert signed_in(fleet).get(reverse("import-preview", args=[batch.pk]), {"show": "x"}).status_code == 404


def test_refused_rows_come_as_they_were_with_the_reason_and_go_back_in_corrected(parks, fleet, checked, sheet_file):
    headings = ["Açıklama", *HEADINGS, "Edinme tarihi", "Edinme bedeli", "Bir şey"]
    good = ["", "41 ABC 101", "Kamyonet", "Ford", parks.name, "", "", ""]
    bad = ["007", "41 ABC 102", "Uçak", "Ford", parks.name, dt.datetime(2024, 12, 31), 1234.5, True]
    batch = checked(VEHICLES, [headings, good, bad], user=fleet)
    first, *refused = workbook(fleet, batch, "refused")
    assert first == (*headings, f"Dosyadaki satırı (aktarım {batch.pk})", "Neden yazılmadı")
    assert [line[:9] for line in refused] == [(*bad, 3)]
    assert refused[0][9].startswith("Tür: ")
    again = checked(VEHICLES, [first, *refused], user=fleet)
    assert [line[:10] for line in workbook(fleet, again, "refused")][1][:9] == (*bad, 2)
    corrected = [*refused[0]]
    corrected[2] = "Kamyonet"
    batch = checked(VEHICLES, [first, corrected], user=fleet)
    assert (batch.state, batch.counts["new"]) == ("checked", 1)
    with batch.plan() as plan:
        assert {found.column for found in plan.warnings()} == {"", "Bir şey"}  # and that the settings were taken over


def test_a_text_files_refused_rows_stay_texts(parks, fleet, sheet_file):
    path = sheet_file([*HEADINGS, "Açıklama"], ["41 ABC 101", "Uçak", "1.234,50", parks.name, "'=A1"], name="a.csv")
    with path.open("rb") as file:
        batch = batches.upload(VEHICLES, fleet, batches.File(file), path.name)
    batches.run_check(batch)
    assert workbook(fleet, batch, "refused")[1][:5] == ("41 ABC 101", "Uçak", "1.234,50", parks.name, "=A1")


def test_a_plan_that_was_cut_off_is_reported_on_the_page_and_instead_of_its_files(parks, fleet, checked):
    batch = checked(VEHICLES, [*vehicles(parks, 101), ["41 ABC 103", "Uçak", "", parks.name]], user=fleet)
    plan = Path(batch.plan_file.path)
    plan.write_bytes(plan.read_bytes()[:-9])
    shown = page(fleet, batch)
    assert "Dosyayı yeniden denetleyiniz" in shown and reverse("import-again", args=[batch.pk]) in shown
    assert reverse("import-apply", args=[batch.pk]) not in shown
    for name in ("preview", "refused"):
        answer = signed_in(fleet).get(reverse(f"import-{name}", args=[batch.pk]), follow=True)
        assert "Dosyayı yeniden denetleyiniz" in answer.content.decode()
    assert post(fleet, batch, "again").state == "refused"
    assert "Dosyayı yeniden denetleyiniz" not in page(fleet, batch)


# Leaving refused rows out ---------------------------------------------------------------------------------


def test_refused_rows_are_left_out_only_when_the_user_asks_for_it(parks, fleet, checked):
    batch = checked(VEHICLES, [*vehicles(parks, 101, 102), ["41 ABC 103", "Uçak", "", parks.name]], user=fleet)
    assert post(fleet, batch, "apply", **seen(batch)).state == "refused"
    assert not Vehicle.objects.exists()
    done = post(fleet, batch, "apply", **seen(batch), leave_out="on")
    assert done.state == "applied" and Vehicle.objects.count() == 2
    assert "Hatalı 1 satır yazılmadı" in page(fleet, batch)


def test_refused_rows_are_not_left_out_while_rows_are_to_be_retired(parks, fleet, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    rows = [*vehicles(parks, 102), ["41 ABC 103", "Uçak", "", parks.name]]
    batch = checked(VEHICLES, rows, user=fleet, missing="retire", missing_reason="sayımda yok")
    assert (batch.counts["retiring"], batch.counts["refused"]) == (1, 1)
    assert post(fleet, batch, "apply", **seen(batch), leave_out="on").state == "refused"


# Progress and stopping ------------------------------------------------------------------------------------


def test_progress_is_seen_while_the_transaction_is_open(parks, fleet, checked, monkeypatch):
    monkeypatch.setattr("imports.plans.applying.CHUNK", 1)
    monkeypatch.setattr("imports.steps._OFTEN", 0)
    batch = checked(VEHICLES, vehicles(parks, 101, 102, 103), user=fleet)
    result, create = [], writes.create_many

    def watched(*arguments, **more):
        result.append(steps.progress(batch))
        return create(*arguments, **more)

    monkeypatch.setattr("imports.plans.applying.writes.create_many", watched)
    batches.run_apply(batch)
    assert [(each.done, each.rows) for each in result] == [(0, 3), (1, 3), (2, 3)]
    assert steps.progress(batch) is None


@pytest.mark.parametrize("step", ["check", "apply", "undo"])
def test_a_step_that_is_stopped_has_written_nothing_and_may_be_begun_again(step, parks, fleet, checked, monkeypatch):
    monkeypatch.setattr("imports.pages.views.AT_ONCE_ROWS", 0)
    batch = checked(VEHICLES, vehicles(parks, 101, 102), user=fleet)
    run, before, after = {
        "check": (tasks.check_batch, "checking", "cancelled"),
        "apply": (tasks.apply_batch, "applying", "checked"),
        "undo": (tasks.undo_batch, "undoing", "applied"),
    }[step]
    if step == "check":
        Batch.objects.filter(pk=batch.pk).update(state="uploaded")
    elif step == "undo":
        batches.run_apply(batch)
        post(fleet, batch, "undo")
    else:
        post(fleet, batch, "apply", **seen(batch))
    count = Vehicle.objects.count()

    beating = steps.beating

    def stopped_soon(taken: Batch):
        """As if somebody pressed the button right after the worker began."""
        endings.cancel(Batch.objects.get(pk=taken.pk), str(fleet))
        assert taken.state == before and "Durduruluyor" in page(fleet, batch)
        return beating(taken)

    for name in ("batches", "plans.undoing"):
        monkeypatch.setattr(f"imports.{name}.beating", stopped_soon)
    run.func(batch.pk, "tr")
    batch.refresh_from_db()
    assert (batch.state, Vehicle.objects.count()) == (after, count)
    assert "filo durdurdu" in batch.message and "filo durdurdu" in page(fleet, batch)
    assert not steps.is_asked_to_stop(batch)


def test_what_waits_for_a_worker_is_stopped_at_once_and_its_task_does_nothing_then(parks, fleet, checked, monkeypatch):
    monkeypatch.setattr("imports.pages.views.AT_ONCE_ROWS", 0)
    batch = checked(VEHICLES, vehicles(parks, 101), user=fleet)
    assert post(fleet, batch, "apply", **seen(batch)).state == "applying"
    stopped = post(fleet, batch, "cancel")
    assert stopped.state == "checked" and "filo durdurdu" in stopped.message
    tasks.apply_batch.func(batch.pk, "tr")
    assert not Vehicle.objects.exists()
    assert post(fleet, batch, "apply", **seen(batch)).state == "applying"
    tasks.apply_batch.func(batch.pk, "tr")
    assert Vehicle.objects.count() == 1


def test_only_who_began_a_step_may_stop_it(parks, fleet, checked):
    batch = checked(VEHICLES, vehicles(parks, 101), user=fleet)
    Batch.objects.filter(pk=batch.pk).update(state="applying")
    steward = user("sorumlu", parks, (None, "vehicles", 3))
    assert signed_in(steward).post(reverse("import-cancel", args=[batch.pk])).status_code == 404
    assert "Durdur" not in page(steward, batch) and "Durdur" in page(fleet, batch)


# Undo -----------------------------------------------------------------------------------------------------


@pytest.fixture
def applied(parks, fleet, checked):
    for number in (101, 102):
        row(VEHICLES, parks, plate=f"41 ABC {number}", make="Fiat")
    batch = checked(VEHICLES, vehicles(parks, 101, 102, 103, 104), user=fleet)
    batches.run_apply(batch)
    return batch


def test_an_undo_that_is_stopped_while_it_waits_says_what_a_stopped_undo_says(applied, fleet, monkeypatch):
    monkeypatch.setattr("imports.pages.views.AT_ONCE_ROWS", 0)
    assert post(fleet, applied, "undo").state == "undoing"
    stopped = post(fleet, applied, "cancel")
    assert stopped.state == "applied" and Vehicle.objects.count() == 4
    assert stopped.message == "Geri alınmadı, hiçbir şey değişmedi. filo durdurdu."


def test_an_undo_that_is_stopped_before_a_command_begins_it_says_so(applied, fleet, monkeypatch):
    ask = undoing.ask

    def asked_and_stopped(batch, *arguments, **more):
        asked = ask(batch, *arguments, **more)
        endings.cancel(Batch.objects.get(pk=batch.pk), str(fleet))
        return asked

    monkeypatch.setattr(undoing, "ask", asked_and_stopped)
    with pytest.raises(writes.Refused, match="filo durdurdu"):
        undoing.undo(applied, None)


def edit(plate: str, by, **values) -> Vehicle:
    found = Vehicle.objects.get(plate=plate)
    for name, value in values.items():
        setattr(found, name, value)
    return writes.save(VEHICLES, found, Author(user=by))


def makes() -> dict[str, str]:
    return dict(Vehicle.objects.values_list("plate", "make"))


def test_who_applied_takes_it_back_on_the_page_though_she_may_delete_nothing(applied, fleet):
    text = page(fleet, applied, "undo")
    assert "Silinecek (2)" in text and "Eski hâline dönecek (2)" in text and "Olduğu gibi kalacak (0)" in text
    done = post(fleet, applied, "undo", reason="yanlış dosya")
    assert (done.state, done.undone_by) == ("undone", fleet)
    assert makes() == {"41 ABC 101": "Fiat", "41 ABC 102": "Fiat"}
    last = Vehicle.history.filter(plate="41 ABC 103").latest("history_id")
    assert (last.history_type, last.history_user) == ("-", fleet) and "yanlış dosya" in last.history_change_reason
    assert Vehicle.history.filter(history_type="-").count() == 2
    text = page(fleet, applied)
    assert "eklenen 2 kayıt silindi, 2 kayıt eski hâline döndü" in text and "yanlış dosya" in text
    assert reverse("import-undo", args=[applied.pk]) not in text


def test_later_edits_are_named_with_who_and_when_and_stay_unless_forced(applied, parks, fleet):
    other = user("baska", parks, (parks, "vehicles", 2))
    edit("41 ABC 101", other, colour="Mavi")
    edit("41 ABC 103", other, colour="Mavi")
    text = page(fleet, applied, "undo")
    assert "Olduğu gibi kalacak (2)" in text and "Sonradan değiştirilmiş. <span" in text and "(baska, " in text
    assert "Olduğu gibi kalacak (0)" in page(fleet, applied, "undo", force=1)
    done = post(fleet, applied, "undo")
    assert makes() == {"41 ABC 101": "Ford", "41 ABC 102": "Fiat", "41 ABC 103": "Ford"}
    assert done.undo["stayed"] == 2 and "2 kayıt olduğu gibi kaldı" in page(fleet, applied)


def test_forced_takes_later_edits_back_too(applied, parks, fleet):
    for plate in ("41 ABC 101", "41 ABC 103"):
        edit(plate, fleet, colour="Mavi")
    writes.delete(VEHICLES, Vehicle.objects.get(plate="41 ABC 102"), SYSTEM)
    done = post(fleet, applied, "undo", force="1")
    assert makes() == {"41 ABC 101": "Fiat"}
    assert [left["why"] for left in done.undo["left"]] == ["Sonradan silinmiş."]


def test_an_edit_that_was_taken_back_itself_keeps_nothing(applied, fleet):
    colour = Vehicle.objects.get(plate="41 ABC 101").colour
    edit("41 ABC 101", fleet, colour="Mavi")
    edit("41 ABC 101", fleet, colour=colour)
    assert "Olduğu gibi kalacak (0)" in page(fleet, applied, "undo")


def test_rows_in_use_and_rows_out_of_her_reach_stay(applied, parks, fleet):
    used = Vehicle.objects.get(plate="41 ABC 103")
    row(registers.get("inspections"), parks, vehicle=used)
    Vehicle.objects.filter(plate="41 ABC 104").update(responsible_unit=unit("Zabıta Dairesi Başkanlığı"))
    done = post(fleet, applied, "undo", force="1")
    values = {left["key"]: left["why"] for left in done.undo["left"]}
    assert "1 Muayene" in values[used.inventory_no] and len(values) == 2
    assert set(makes()) == {"41 ABC 101", "41 ABC 102", "41 ABC 103", "41 ABC 104"}


def test_who_may_undo(applied, parks, fleet):
    steward = user("sorumlu", parks, (None, "vehicles", 3))
    for account in (user("baska", parks, (parks, "vehicles", 2)), user("yerel", parks, (parks, "vehicles", 3))):
        assert signed_in(account).post(reverse("import-undo", args=[applied.pk])).status_code == 404
    fleet.person.grants.all().delete()
    assert signed_in(fleet).post(reverse("import-undo", args=[applied.pk])).status_code == 404
    assert post(steward, applied, "undo").state == "undone"


def test_only_what_an_import_added_is_taken_back_without_the_right_to_delete(applied, parks, fleet):
    own = row(VEHICLES, parks, plate="41 ABC 555")
    mine = Vehicle.objects.get(plate="41 ABC 103")
    stranger = user("baska", parks, (parks, "vehicles", 2))
    for rows, account in (([own], fleet), ([mine], stranger)):
        with pytest.raises(writes.Refused):
            writes.take_back(VEHICLES, rows, Author(user=account), applied.pk)
    assert Vehicle.objects.count() == 5


def test_the_list_of_imports_is_narrowed_by_register_and_state(applied, fleet, checked, parks):
    waiting = checked(VEHICLES, vehicles(parks, 105), user=fleet)
    client, url = signed_in(fleet), reverse("batches")
    assert list(client.get(url).context["page"]) == [waiting, applied]
    assert list(client.get(url, {"state": "applied", "register": "vehicles"}).context["page"]) == [applied]
    assert list(client.get(url, {"state": "x"}).context["page"]) == [waiting, applied]
