"""An older sheet comes in: what somebody wrote into the register after it was made."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from imports import batches
from imports.models import Batch
from imports.pages import refused
from imports.plans.plan import LATER
from imports.reading import open_book
from inventory import registers, writes
from inventory.history import Author
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def exported(tmp_path, form="xlsx", *options):
    path = tmp_path / f"araclar.{form}"
    call_command("export_register", "vehicles", path, "--columns", "plate,make,colour,notes", *options)
    return path


def edited(path, changes):
    """The workbook with some cells changed: {(plate, heading): value}."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for line in sheet.iter_rows(min_row=2):
        for (plate, heading), value in changes.items():
            if line[headings.index("Plaka")].value == plate:
                line[headings.index(heading)].value = value
    book.save(path)
    return path


def write(item, by=SYSTEM, **values):
    item.refresh_from_db()
    for name, value in values.items():
        setattr(item, name, value)
    writes.save(VEHICLES, item, Author(user=by.user, reason=by.reason))


def checked(path, user=None, **choices):
    batch = batches.upload(VEHICLES, user, ContentFile(path.read_bytes()), path.name, **choices)
    batches.run_check(batch)
    assert batch.state == "checked", batch.message
    return batch


def warnings(batch):
    with batch.plan() as plan:
        return {
            (each.column, each.value): each.message
            for each in plan.warnings()
            if "dosya alındıktan sonra" in each.message.lower()
        }


@pytest.fixture
def car(parks):
    return row(VEHICLES, parks, plate="41 ABC 101", make="Ford", colour="Beyaz", notes="eski")


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_colleagues_later_edit_stays_and_is_named(car, fleet, tmp_path, form):
    path = exported(tmp_path, form)
    if form == "xlsx":
        edited(path, {("41 ABC 101", "Marka"): "Fiat"})
    write(car, Author(user=fleet), notes="yeni")
    batch = checked(path)
    message = warnings(batch)["Açıklama", "eski"]
    assert str(fleet) in message and "“yeni”" in message and "yazılmıyor" in message
    assert batch.counts["later"] == 1 and batch.counts["changed"] == (form == "xlsx")
    batches.run_apply(batch)
    car.refresh_from_db()
    assert (car.make, car.colour, car.notes) == ("Fiat" if form == "xlsx" else "Ford", "Beyaz", "yeni")


def test_what_both_changed_stays_as_the_later_wrote_it_unless_taken(car, tmp_path):
    path = edited(exported(tmp_path), {("41 ABC 101", "Renk"): "Mavi"})
    write(car, colour="Kırmızı")
    batch = checked(path)
    assert "Hem dosyada hem" in warnings(batch)["Renk", "Mavi"] and batch.counts["changed"] == 0
    for choices in ({"later": "file"}, {"taken": [[2, "colour"]]}):
        batch = checked(path, **choices)
        assert "onun yerine dosyadaki" in warnings(batch)["Renk", "Mavi"] and batch.counts["changed"] == 1
    assert checked(path, taken=[[2, "notes"], [3, "colour"]]).counts["changed"] == 0


def test_edits_that_agree_or_went_back_are_no_matter(car, tmp_path):
    path = edited(exported(tmp_path), {("41 ABC 101", "Renk"): "Mavi"})
    write(car, colour="Mavi", notes="yeni")
    write(car, notes="eski")
    batch = checked(path)
    assert not warnings(batch) and batch.counts["unchanged"] == 1 and batch.counts["later"] == 0


def test_a_working_copy_that_comes_in_twice_is_its_owners_own(car, tmp_path):
    path = edited(exported(tmp_path), {("41 ABC 101", "Renk"): "Mavi"})
    batches.run_apply(checked(path))
    again = checked(edited(path, {("41 ABC 101", "Renk"): "Yeşil"}))
    assert not warnings(again) and again.counts["changed"] == 1


def test_the_older_export_that_comes_in_again_takes_back_no_import_of_ones_own(car, fleet, tmp_path):
    older, path = exported(tmp_path), tmp_path / "yeni.xlsx"
    path.write_bytes(older.read_bytes())
    first = checked(edited(path, {("41 ABC 101", "Renk"): "Mavi", ("41 ABC 101", "Açıklama"): "yeni"}), fleet)
    batches.run_apply(first)
    again = checked(edited(older, {("41 ABC 101", "Açıklama"): "en yeni"}), fleet)
    message = warnings(again)["Renk", "Beyaz"]
    assert f"sizin {first.pk} no’lu aktarımınız" in message and "“Mavi” yazmış; dosyadaki eski" in message
    assert len(warnings(again)) == again.counts["later"] == again.counts["changed"] == 1
    batches.run_apply(again)
    car.refresh_from_db()
    assert (car.colour, car.notes) == ("Mavi", "en yeni")
    batches.run_apply(checked(older, fleet, taken=[[2, "colour"]]))
    car.refresh_from_db()
    assert (car.colour, car.notes) == ("Beyaz", "en yeni")


def test_what_another_wrote_over_ones_own_import_is_message_as_hers(car, fleet, tmp_path):
    older, path = exported(tmp_path), tmp_path / "yeni.xlsx"
    path.write_bytes(older.read_bytes())
    batches.run_apply(checked(edited(path, {("41 ABC 101", "Renk"): "Mavi"})))
    for colour in ("Kırmızı", "Beyaz"):
        write(car, Author(user=fleet), colour=colour)
        for file, value in ((path, "Mavi"), (older, "Beyaz")):
            message = warnings(checked(file)).get(("Renk", value), "")
            assert (f"{fleet} " in message and "dosyadaki eski değer" in message) or value == colour
    assert "Hem dosyada hem" in warnings(checked(edited(path, {("41 ABC 101", "Renk"): "Yeşil"})))["Renk", "Yeşil"]


def test_a_row_that_ones_own_import_added_is_corrected_by_it(car, parks, fleet, tmp_path, monkeypatch):
    path = edited(exported(tmp_path), {("41 ABC 101", "Renk"): "Mavi"})
    own = checked(path)
    batches.run_apply(own)
    monkeypatch.setattr("tests.rows.SYSTEM", Author(batch_id=own.pk))
    added = row(VEHICLES, parks, plate="41 ABC 102", make="MAN", colour="Beyaz", notes="")
    edited(path, {("41 ABC 101", "Plaka"): "41 ABC 102", ("41 ABC 102", "Envanter no"): added.inventory_no})
    again = checked(path)
    assert not warnings(again) and again.counts["changed"] == 1
    write(added, Author(user=fleet), make="Fiat")
    (message,) = warnings(checked(path)).values()
    assert f"{fleet} " in message and "ekledi" not in message


def test_a_row_that_was_added_since_is_neither_taken_back_nor_missed(car, parks, tmp_path, monkeypatch):
    path = exported(tmp_path)
    monkeypatch.setattr("tests.rows.SYSTEM", Author())
    added = row(VEHICLES, parks, plate="41 ABC 102", make="MAN")
    batch = checked(path, missing="list")
    assert batch.counts["missing"] == 0
    edited(path, {("41 ABC 101", "Plaka"): "41 ABC 102", ("41 ABC 102", "Envanter no"): added.inventory_no})
    assert "ekledi" in " ".join(warnings(checked(path)).values())


def test_a_past_days_export_brings_no_past_back(parks, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.rows.SYSTEM", Author(at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)))
    car = row(VEHICLES, parks, plate="41 ABC 101", colour="Beyaz")
    write(car, colour="Kırmızı")
    path = exported(tmp_path, "xlsx", "--as-of", "2025-06-01")
    batch = checked(path)
    assert "“Kırmızı”" in warnings(batch)["Renk", "Beyaz"] and batch.counts["changed"] == 0


def test_for_a_file_that_does_not_say_it_the_user_says_its_moment(car, tmp_path, import_register):
    path = exported(tmp_path, "csv")
    moment = dt.datetime.now(tz=dt.UTC)
    write(car, notes="yeni")
    _code, said = import_register("vehicles", path, "--check-only")
    assert said["changed"] == 1
    text = moment.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")
    _code, said = import_register("vehicles", path, "--check-only", "--as-of", text)
    assert (said["changed"], said["unchanged"]) == (0, 1)
    _code, said = import_register("vehicles", path, "--as-of", text, "--later", "file")
    assert said["changed"] == 1
    code, said = import_register("vehicles", path, "--as-of", "dün")
    assert code == 2 and "--as-of" in said["errors"][0]["message"]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_moment_comes_back_in_either_language(car, tmp_path, language):
    with translation.override(language):
        before = timezone.now()
        book = open_book(exported(tmp_path), "x.xlsx")
    assert before <= book.as_of <= timezone.now()


def test_no_moment_is_later_than_the_beginning_of_an_import_that_is_being_written(car, tmp_path):
    began = timezone.now() - dt.timedelta(hours=1)
    Batch.objects.create(register="vehicles", name="x", size=1, state="applying", checked_at=began)
    assert open_book(exported(tmp_path), "x.xlsx").as_of == began


def test_the_question_costs_the_same_for_many_rows(car, parks, tmp_path):
    def cost():
        path = exported(tmp_path)
        for item in VEHICLES.model.objects.all():
            write(item, notes=f"{item.notes}+")
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert checked(path).counts["later"] == VEHICLES.model.objects.count()
        return len(found)

    one = cost()
    for number in range(110, 130):
        row(VEHICLES, parks, plate=f"41 ABC {number}")
    assert cost() == one


def test_the_cells_are_chosen_on_the_preview(car, fleet, tmp_path, client):
    path = edited(exported(tmp_path), {("41 ABC 101", "Renk"): "Mavi"})
    write(car, colour="Kırmızı", notes="yeni")
    batch = checked(path, user=fleet)
    client.force_login(fleet)
    page = client.get(f"/imports/{batch.pk}/?show={LATER}").content.decode()
    assert 'name="taken" value="2:colour"' in page and 'value="2:notes"' in page
    data = {"shown": ["2:colour", "2:notes"], "taken": ["2:colour", "9:notes", "x"]}
    assert client.post(f"/imports/{batch.pk}/later/", data).status_code == 302
    batch.refresh_from_db()
    assert batch.taken == [[2, "colour"]] and batch.counts["changed"] == 1
    batches.run_apply(batch)
    car.refresh_from_db()
    assert (car.colour, car.notes) == ("Mavi", "yeni")


def test_refused_rows_and_filled_templates_say_their_moment_too(car, tmp_path, client, fleet):
    batch = batches.upload(VEHICLES, fleet, ContentFile(exported(tmp_path).read_bytes()), "x.xlsx", mode="add")
    batches.run_check(batch)
    with (tmp_path / "hatali.xlsx").open("w+b") as file:
        assert refused.write(batch, file, fleet) == 1
    assert open_book(tmp_path / "hatali.xlsx", "x.xlsx").as_of == batches.as_of(batch) is not None
    client.force_login(fleet)
    before = timezone.now()
    content = b"".join(client.get("/vehicles/template/?rows=shown"))
    assert open_book(content, "x.xlsx").as_of >= before
