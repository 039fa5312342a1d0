"""Scripts that were written for django-import-export: out, in again, and what is reported to them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from import_export.exceptions import ImportError

from imports import batches, endings, rows, steps
from imports.models import Batch
from imports.plans.undoing import undo
from imports.resources import resource_of
from inventory import registers
from inventory.trail.models import Event
from tests.imports.test_round_trip import filled
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
EVERY = [pytest.param(r, id=r.slug) for r in registers.every() if not r.stewards_only]
VEHICLES = registers.get("vehicles")


def exported(register, **made) -> tablib.Dataset:
    return resource_of(register)(**made).export(register.model._default_manager.order_by("pk"))


def sheet(*rows: list, headers=("inventory_no", "make")) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=headers)


@pytest.mark.parametrize("register", EVERY)
def test_what_went_out_comes_back_unchanged(register, parks):
    rows, went_out = filled(register, parks), exported(register)
    for form in ("", "xlsx", "csv"):
        dataset = tablib.Dataset().load(went_out.export(form), format=form) if form else went_out
        result = resource_of(register)().import_data(dataset, dry_run=True, locale="en" if form == "csv" else "")
        errors = result.base_errors + [each for _number, some in result.row_errors() for each in some]
        assert [str(each.error) for each in errors] == [], form
        assert len(result.rows) == result.totals["skip"] >= len(rows), form
        assert {text for found in result.rows for text in found.diff} == {""}, form
        assert not Batch.objects.exists()


def test_a_change_is_shown_then_written_and_can_be_undone(parks, fleet, tmp_path):
    first, second = (row(VEHICLES, parks, make="Ford", plate=plate) for plate in ("41 ABC 001", "41 ABC 002"))
    resource = resource_of(VEHICLES)(user=fleet)
    dataset = sheet([first.inventory_no, "<b>Fiat"], [second.inventory_no, "Ford"])
    dry = resource.import_data(dataset, dry_run=True)
    assert [found.import_type for found in dry.rows] == ["update", "skip"]
    assert dry.rows[0].diff[dry.diff_headers.index("make")] == "<del>Ford</del><ins>&lt;b&gt;Fiat</ins>"
    first.refresh_from_db()
    assert (first.make, Batch.objects.count()) == ("Ford", 0)
    assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []

    result = resource.import_data(dataset, reason="yazım")
    assert (result.has_errors(), result.totals["update"], result.rows[0].object_id) == (False, 1, first.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.make, first.version, second.version) == ("<b>Fiat", 2, 1)
    entry = first.history.latest("history_id")
    assert (entry.history_user, entry.history_change_reason) == (fleet, "Araçlar.xlsx · yazım")
    undo(Batch.objects.get(), fleet)
    first.refresh_from_db()
    assert first.make == "Ford"


def test_a_new_row_is_written_and_known_by_its_id(parks):
    values = ["Kamyonet", "41 ABC 123", "VF1AAAAA111111111", parks.name]
    dataset = sheet(values, headers=("kind", "plate", "chassis_no", "Sorumlu birim"))
    result = resource_of(VEHICLES)().import_data(dataset)
    made = VEHICLES.model.objects.get()
    assert (result.rows[0].import_type, result.rows[0].object_id, made.plate) == ("new", made.pk, "41 ABC 123")


def test_a_refused_value_names_its_row_and_nothing_is_written(parks, fleet):
    kept = [row(VEHICLES, parks, make="Ford") for _ in range(2)]
    dataset = sheet([kept[0].inventory_no, "Fiat", 2015], [kept[1].inventory_no, "Fiat", "iki bin"],
                    headers=("inventory_no", "make", "model_year"))  # fmt: skip
    result = resource_of(VEHICLES)(user=fleet).import_data(dataset, collect_failed_rows=True)
    assert (result.has_errors(), result.totals["error"], result.totals["update"]) == (True, 1, 1)
    ((number, (error,)),) = result.row_errors()
    assert (number, error.number) == (2, 2)
    assert str(error.error).startswith("3. satır, “model_year”: ") and "sayı" in str(error.error)
    assert result.failed_dataset[0][-1] == str(error.error)
    assert set(VEHICLES.model.objects.values_list("make", flat=True)) == {"Ford"}
    with pytest.raises(ImportError, match="model_year"):
        resource_of(VEHICLES)(user=fleet).import_data(dataset, raise_errors=True)
    assert not Batch.objects.exists()


def test_what_a_user_may_not_see_neither_goes_out_nor_is_changed(parks, works, fleet):
    row(VEHICLES, parks)
    other = row(VEHICLES, works, make="Ford")
    resource = resource_of(VEHICLES)(user=fleet)
    assert other.inventory_no not in resource.export(VEHICLES.model.objects.all())["inventory_no"]
    assert len(resource.export()) == 1
    result = resource.import_data(sheet([other.inventory_no, "Fiat"]))
    assert result.has_errors() and "sizin yetkinizde değil" in str(result.rows[0].errors[0].error)
    other.refresh_from_db()
    assert other.make == "Ford"


def test_who_may_only_look_reads_so(parks):
    kept, reader = row(VEHICLES, parks, make="Ford"), user("okur", parks, (parks, "vehicles", 1))
    result = resource_of(VEHICLES)().import_data(sheet([kept.inventory_no, "Fiat"]), user=reader)
    assert [str(error.error) for error in result.base_errors] == [
        "Bu kütükte değişiklik yapma yetkiniz yok; kütüğün yöneticisinden isteyiniz."
    ]
    kept.refresh_from_db()
    assert kept.make == "Ford"


def test_what_went_out_is_in_the_trail_and_identity_numbers_are_masked(parks):
    people = registers.get("people")
    made = row(people, parks)
    dataset = exported(people)
    assert made.identity_no not in dataset.csv
    event = Event.objects.get(kind=Event.Kind.WENT_OUT)
    assert (event.register, event.text) == ("people", "django-import-export betiği")
    assert event.details["rows"] == len(dataset)


def test_exports_cost_the_same_queries_for_few_and_many(parks, django_assert_num_queries):
    row(VEHICLES, parks)
    with CaptureQueriesContext(connection) as few:
        exported(VEHICLES)
    for name in ("Zabıta", "Park", "Yazı İşleri"):
        row(VEHICLES, unit(f"{name} Birimi"))
    with django_assert_num_queries(len(few)):
        assert len(exported(VEHICLES)) == 4


def messages(result) -> list[str]:
    return [str(error.error) for error in result.base_errors]


def files(tmp_path) -> list:
    return [each for each in (tmp_path / "files").rglob("*") if each.is_file()]


def test_no_user_in_a_call_is_the_resources_own_and_a_calls_user_is_gone_with_it(parks, works, fleet):
    row(VEHICLES, parks)
    other, clerk = row(VEHICLES, works, make="Ford"), user("fen", works, (works, "vehicles", 2))
    resource = resource_of(VEHICLES)(user=fleet)
    change = sheet([other.inventory_no, "Fiat"])
    assert other.inventory_no not in resource.export(user=None)["inventory_no"]
    assert resource.import_data(change, user=None).has_errors()
    assert resource.export(user=clerk)["inventory_no"] == [other.inventory_no]
    assert not resource.import_data(change, user=clerk, dry_run=True).has_errors()
    assert other.inventory_no not in resource.export()["inventory_no"]
    assert resource.import_data(change).has_errors()
    other.refresh_from_db()
    assert other.make == "Ford"


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"mode": "append"}, "“mode” seçeneği “append” olamaz; şunlardan biri olmalı: “upsert”, “add”, “update”."),
        ({"blank": None}, "“blank” seçeneği “None” olamaz; şunlardan biri olmalı: “leave”, “clear”."),
        ({"locale": "de"}, "“locale” seçeneği “de” olamaz; şunlardan biri olmalı: “”, “tr”, “en”."),
        ({"later": "yes"}, "“later” seçeneği “yes” olamaz; şunlardan biri olmalı: “keep”, “file”."),
        ({"blanks": {"make": "empty"}}, "şunlardan birini veriniz: “leave”, “clear”."),
        ({"blanks": {"marka": "clear"}}, "şunlardan birini veriniz: “leave”, “clear”."),
        ({"blanks": "clear"}, "şunlardan birini veriniz: “leave”, “clear”."),
    ],
)
def test_an_unknown_choice_is_refused_with_those_that_there_are(parks, choice, sentence):
    kept = row(VEHICLES, parks, make="Ford")
    (error,) = messages(resource_of(VEHICLES)().import_data(sheet([kept.inventory_no, "Fiat"]), **choice))
    assert error.endswith(sentence)
    kept.refresh_from_db()
    assert kept.make == "Ford"


def test_what_the_check_warns_of_is_with_the_sheet_and_with_its_rows(parks):
    kept = [row(VEHICLES, parks, cost=Decimal(1)) for _ in range(2)]
    cells = [[kept[0].inventory_no, "1.234", "a"], [kept[1].inventory_no, "1", "b"]]
    result = resource_of(VEHICLES)().import_data(
        sheet(*cells, headers=("inventory_no", "cost", "Bambaşka")), dry_run=True
    )
    assert [len(found.warnings) for found in result.rows] == [1, 0]
    assert result.rows[0].warnings[0].startswith("2. satır, “cost”: “1.234” hem ")
    assert any(warning.startswith("Bambaşka: ") for warning in result.warnings)


@pytest.mark.parametrize("plate", ["41 ABC 123", "plaka değil"])
def test_a_batch_that_somebody_else_applies_meanwhile_is_left_to_him(parks, tmp_path, monkeypatch, plate):
    check = batches.run_check

    def checked_and_taken(batch):
        check(batch)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.APPLYING, heartbeat=timezone.now())

    monkeypatch.setattr(batches, "run_check", checked_and_taken)
    kept = row(VEHICLES, parks)
    result = resource_of(VEHICLES)().import_data(sheet([kept.inventory_no, plate], headers=("inventory_no", "plate")))
    batch = Batch.objects.get()
    assert messages(result) == [
        f"{batch.pk} no’lu aktarımı bu arada başkası uygulamaya başladı; sonucuna Aktarımlar sayfasında bakınız."
    ]
    assert (batch.state, len(files(tmp_path))) == ("applying", 2)


@pytest.mark.parametrize("step", ["checking", "applying"])
def test_a_step_that_somebody_stopped_is_reported_and_leaves_nothing_behind(step, parks, fleet, tmp_path, monkeypatch):
    beating = steps.beating

    def stopped_soon(batch):
        if batch.state == step:
            endings.cancel(Batch.objects.get(pk=batch.pk), str(fleet))
        return beating(batch)

    monkeypatch.setattr(batches, "beating", stopped_soon)
    result = resource_of(VEHICLES)().import_data(sheet([row(VEHICLES, parks).inventory_no, "Fiat"]))
    assert messages(result) == ["filo durdurdu; hiçbir şey yazılmadı."]
    assert (Batch.objects.count(), files(tmp_path)) == (0, [])


@pytest.mark.parametrize("step", ["judge", "apply"])
def test_what_a_fault_has_ended_leaves_nothing_behind(parks, tmp_path, monkeypatch, step):
    def fails(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(batches, step, fails)
    result = resource_of(VEHICLES)().import_data(sheet([row(VEHICLES, parks).inventory_no, "Fiat"]))
    assert messages(result) == ["broken"]
    assert (Batch.objects.count(), files(tmp_path)) == (0, [])


def test_the_diff_of_a_new_row_shows_its_values(parks):
    dataset = sheet(["Kamyonet", "41 ABC 123", parks.name], headers=("kind", "plate", "responsible_unit"))
    result = resource_of(VEHICLES)().import_data(dataset, dry_run=True)
    shown = dict(zip(result.diff_headers, result.rows[0].diff, strict=True))
    assert [shown[name] for name in ("kind", "plate", "responsible_unit", "colour")] == [
        "<ins>Kamyonet</ins>", "<ins>41 ABC 123</ins>", f"<ins>{parks}</ins>", "",
    ]  # fmt: skip


def test_the_kept_file_is_named_as_the_workbook_that_it_is(parks):
    kept, resource = row(VEHICLES, parks), resource_of(VEHICLES)()
    for make, title, choice in (("A", "", {}), ("B", "Yeni Md. listesi", {}), ("C", "", {"file_name": "x/filo.csv"})):
        dataset = sheet([kept.inventory_no, make])
        dataset.title = title
        assert not resource.import_data(dataset, **choice).has_errors()
    names = Batch.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Araçlar.xlsx", "Yeni Md. listesi.xlsx", "filo.xlsx"]


def test_rows_are_known_by_their_number_where_skipped_ones_are_not_reported(parks):
    kept = row(VEHICLES, parks, make="Ford")
    resource = resource_of(VEHICLES)()
    resource._meta.report_skipped = False
    headers = ("inventory_no", "make", "kind", "plate", "Sorumlu birim")
    same, new = [kept.inventory_no, "Ford", "", "", ""], ["", "Fiat", "Kamyonet", "41 ABC 123", parks.name]
    (found,) = resource.import_data(sheet(same, new, headers=headers)).rows
    assert (found.number, found.object_id) == (2, VEHICLES.model.objects.get(make="Fiat").pk)
    wrong = resource.import_data(sheet(same, [*new[:2], "Uçak", "41 ABC 124", parks.name], headers=headers))
    assert [number for number, _errors in wrong.row_errors()] == [2]


def test_a_kept_workbook_holds_every_digit_and_nothing_for_no_number():
    moment = dt.datetime(2024, 12, 31, 22, 30, tzinfo=dt.UTC)
    cells = [123456789012345, 1234567890123456, Decimal("1234567890123.45"), Decimal("12345678901234.56"), 10**400,
             float("nan"), Decimal("NaN"), float("inf"), moment, True]  # fmt: skip
    batch = rows.upload(VEHICLES, None, "a.xlsx", [f"h{place}" for place in range(len(cells))], [cells])
    with batch.file.open("rb") as kept:
        _headings, written = openpyxl.load_workbook(kept).active.iter_rows(values_only=True)
    assert written == (
        123456789012345, "1234567890123456", 1234567890123.45, "12345678901234,56", str(10**400),
        None, None, "Infinity", dt.datetime(2025, 1, 1, 1, 30), True,
    )  # fmt: skip
