"""The register's rows that a file lacks: listed or retired, among those that the user names, and undone."""

import pytest

from imports import batches
from imports.plans.plan import Verdict
from imports.plans.undoing import undo
from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from inventory.models import Status
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES, UNITS = registers.get("vehicles"), registers.get("units")


@pytest.fixture
def fleet(parks, works):
    """Two in the file's unit of which one is in the file, one elsewhere, and one out of service."""
    held = {name: row(VEHICLES, parks, plate=plate) for name, plate in (("kept", "41 ABC 101"), ("gone", "41 ABC 102"))}
    held["elsewhere"] = row(VEHICLES, works, plate="41 ABC 103")
    held["retired"] = row(VEHICLES, parks, plate="41 ABC 104", status=Status.RETIRED, status_reason="eski")
    return held


SHEET = [["Plaka", "Marka"], ["41 ABC 101", "Ford"]]


def missing(batch) -> list[int]:
    with batch.plan() as plan:
        return [line.id for line in plan.lines(Verdict.MISSING)]


def test_they_are_listed_and_nothing_is_written(fleet, checked):
    batch = checked(VEHICLES, SHEET, missing="list")
    assert missing(batch) == [fleet["gone"].pk, fleet["elsewhere"].pk]
    assert (batch.state, batch.counts["missing"], batch.counts["retiring"], batch.counts["rows"]) == (
        "checked",
        2,
        0,
        1,
    )
    batches.run_apply(batch)
    assert Vehicle.objects.filter(status=Status.RETIRED).count() == 1


def test_only_those_within_the_filter_that_the_user_names(fleet, parks, checked):
    batch = checked(VEHICLES, SHEET, missing="list", missing_among=f"responsible_unit={parks.pk}")
    assert missing(batch) == [fleet["gone"].pk]
    batch = checked(VEHICLES, SHEET, missing="list", missing_among="status=retired")
    assert missing(batch) == [fleet["retired"].pk]


def test_a_filter_that_means_nothing_is_an_error_and_not_an_empty_list(fleet, checked):
    batch = checked(VEHICLES, SHEET, missing="retire", missing_among="model_year_from=x", missing_reason="a")
    assert batch.state == "refused" and missing(batch) == []


def test_they_are_retired_with_the_reason_and_come_back(fleet, parks, checked):
    batch = checked(
        VEHICLES, SHEET, missing="retire", missing_reason="Sayımda yok", missing_among=f"responsible_unit={parks.pk}"
    )
    with batch.plan() as plan:
        (line,) = plan.lines(Verdict.MISSING)
    assert line.changes[0].new == "Hizmet dışı"
    gone = fleet["gone"]
    reason = gone.status_reason
    batches.run_apply(batch)
    gone.refresh_from_db()
    assert (batch.state, gone.status, gone.status_reason) == ("applied", Status.RETIRED, "Sayımda yok")
    entry = gone.history.latest()
    assert entry.batch_id == batch.pk
    undo(batch, None)
    gone.refresh_from_db()
    assert (gone.status, gone.status_reason) == (Status.IN_USE, reason)


def test_a_row_that_was_saved_meanwhile_is_not_retired(fleet, parks, checked):
    batch = checked(VEHICLES, SHEET, missing="retire", missing_reason="Sayımda yok")
    Vehicle.objects.filter(pk=fleet["gone"].pk).update(version=9)
    batches.run_apply(batch)
    assert batch.state == "refused" and "değişti" in batch.message
    assert Vehicle.objects.filter(status=Status.RETIRED).count() == 1


def test_nobody_sees_or_retires_what_is_not_hers(fleet, parks, works, checked):
    clerk = user("filo", parks, (parks, "vehicles", 2))
    assert missing(checked(VEHICLES, SHEET, clerk, missing="list")) == [fleet["gone"].pk]
    reader = user("okur", parks, (parks, "vehicles", 2), (works, "vehicles", 1))
    batch = checked(VEHICLES, SHEET, reader, missing="retire", missing_reason="Sayımda yok")
    with batch.plan() as plan:
        (error,) = plan.errors()
    assert batch.state == "refused" and error.value == fleet["elsewhere"].inventory_no
    assert "yetkiniz yok" in error.message


def test_a_list_without_a_status_has_its_missing_rows_listed(parks, works, checked):
    batch = checked(UNITS, [["Ad"], [parks.name]], missing="list")
    assert missing(batch) == [works.pk]


def test_the_command_does_the_same(fleet, sheet_file, import_register):
    call = (
        "vehicles",
        sheet_file(*SHEET),
        "--missing",
        "retire",
        "--missing-among",
        "responsible_unit=Fen İşleri Dairesi Başkanlığı",
    )
    assert import_register(*call)[0] == 2
    code, result = import_register(*call, "--missing-reason", "Sayımda yok")
    assert (code, result["missing"], result["applied"]) == (0, 1, True)
    fleet["elsewhere"].refresh_from_db()
    assert fleet["elsewhere"].status == Status.RETIRED
