"""Scripts that were written for django-import-export: out, in again, and what is reported to them."""

from __future__ import annotations

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from import_export.exceptions import ImportError

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


@pytest.mark.parametrize("form", ["", "xlsx", "csv"])
@pytest.mark.parametrize("register", EVERY)
def test_what_went_out_comes_back_unchanged(register, form, parks):
    rows = filled(register, parks)
    dataset = exported(register)
    if form:
        dataset = tablib.Dataset().load(dataset.export(form), format=form)
    result = resource_of(register)().import_data(dataset, dry_run=True, locale="en" if form == "csv" else "")
    assert [str(e.error) for e in result.base_errors + [e for _n, errors in result.row_errors() for e in errors]] == []
    assert len(result.rows) == result.totals["skip"] >= len(rows)
    assert {text for found in result.rows for text in found.diff} == {""}
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
    assert (entry.history_user, entry.history_change_reason) == (fleet, "vehicles · yazım")
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


def test_who_may_only_look_is_told_so(parks):
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
    assert (event.register, event.details["rows"]) == ("people", len(dataset))


def test_exports_cost_the_same_queries_for_few_and_many(parks, django_assert_num_queries):
    row(VEHICLES, parks)
    with CaptureQueriesContext(connection) as few:
        exported(VEHICLES)
    for name in ("Zabıta", "Park", "Yazı İşleri"):
        row(VEHICLES, unit(f"{name} Birimi"))
    with django_assert_num_queries(len(few)):
        assert len(exported(VEHICLES)) == 4
