"""A step that a fault or the end of its process cuts off: its batch is free again, says so, and nothing is written."""

from __future__ import annotations

import signal

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from imports import batches, endings
from imports.models import Batch
from imports.plans import undoing
from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from tests.imports.test_killed_worker import SEED
from tests.processes import database, end_all, finish, start, wait_for  # noqa: F401 - a fixture

VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim"]
# What ends in the middle of a step, and where its batch stands after that.
INNER = {"check": "imports.batches.judge", "apply": "imports.batches.apply", "undo": "imports.plans.undoing._write"}
AFTER = {"check": "failed", "apply": "checked", "undo": "applied"}
CUT_OFF = [KeyboardInterrupt(), SystemExit(143)]


def ended_by(error: BaseException, monkeypatch, step: str) -> None:
    def end(*arguments, **more):
        raise error

    monkeypatch.setattr(INNER[step], end)


def begin(step: str, parks, checked, **choices) -> Batch:
    """The batch where the step may begin."""
    batch = checked(VEHICLES, [HEADINGS, ["41 ABC 101", "Kamyonet", "Ford", parks.name]], **choices)
    if step == "undo":
        batches.run_apply(batch)
    return batch


def run(step: str, batch: Batch) -> None:
    if step == "undo":
        undoing.undo(batch, None)
    else:
        {"check": batches.run_check, "apply": batches.run_apply}[step](batch)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [RuntimeError("ours"), *CUT_OFF], ids=repr)
@pytest.mark.parametrize("step", INNER)
def test_what_ends_a_step_leaves_its_batch_free_and_reported(step, error, parks, checked, monkeypatch):
    batch = begin(step, parks, checked)
    count = Vehicle.objects.count()
    with monkeypatch.context() as patched, pytest.raises(type(error)):
        ended_by(error, patched, step)
        run(step, batch)
    batch.refresh_from_db()
    assert (batch.state, batch.heartbeat, Vehicle.objects.count()) == (AFTER[step], None, count)
    assert ("yarıda kesildi" if error in CUT_OFF else "Beklenmeyen bir hata") in batch.message
    assert "hiçbir kayıt değişmedi" in batch.message
    run(step, batch)
    assert batch.state == {"check": "checked", "apply": "applied", "undo": "undone"}[step]


@pytest.mark.django_db
@pytest.mark.parametrize("step", INNER)
def test_a_fault_on_a_page_leaves_the_batch_free(step, parks, fleet, checked, monkeypatch):
    batch = begin(step, parks, checked, user=fleet)
    ended_by(RuntimeError("ours"), monkeypatch, step)
    client = Client(raise_request_exception=False)
    client.force_login(fleet)
    page = {"check": "again"}.get(step, step)
    shown = {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}
    assert client.post(reverse(f"import-{page}", args=[batch.pk]), shown).status_code == 500
    batch.refresh_from_db()
    assert (batch.state, "Beklenmeyen bir hata" in batch.message) == (AFTER[step], True)


@pytest.mark.django_db
@pytest.mark.parametrize("step", INNER)
@pytest.mark.parametrize("error", CUT_OFF, ids=repr)
def test_a_command_that_is_cut_off_leaves_its_batch_free(step, error, parks, checked, sheet_file, monkeypatch):
    row = ["41 ABC 101", "Kamyonet", "Ford", parks.name]
    call = ("import_register", "vehicles", str(sheet_file(HEADINGS, row)))
    if step == "undo":
        call = ("undo_import", str(begin(step, parks, checked).pk))
    ended_by(error, monkeypatch, step)
    with pytest.raises(type(error)):
        call_command(*call)
    batch = Batch.objects.get()
    assert (batch.state, "yarıda kesildi" in batch.message) == (AFTER[step], True)


@pytest.mark.django_db
def test_a_database_that_failed_is_what_is_reported(parks, checked, monkeypatch):
    def away(*arguments):
        raise OperationalError("also away for this")

    batch = begin("apply", parks, checked)
    ended_by(RuntimeError("ours"), monkeypatch, "apply")
    monkeypatch.setattr(endings, "holds", away)
    with pytest.raises(RuntimeError, match="ours"):
        batches.run_apply(batch)


# A command that stands still while its rows are written, in a statement of the database where that can wait.
COMMAND = """
import pathlib, sys, time
from django.core.management import call_command
from django.db import connection
from imports import batches
from imports.models import Batch
from imports.plans import applying, undoing

def stand_still(*arguments, **more):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE imports_batch SET name = name")
        pathlib.Path(reached).touch()
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_sleep(8)")
    time.sleep(60)

batch = Batch.objects.get()
if step == "apply":
    batches.apply = stand_still
    call_command("import_register", "vehicles", batch.file.path)
else:
    batches.run_check(batch)
    batches.run_apply(batch)
    undoing._write = stand_still
    call_command("undo_import", str(batch.pk))
"""
LEFT = """
import json
from imports.models import Batch
batch = Batch.objects.latest("pk")
print(json.dumps([batch.state, batch.heartbeat, batch.message]))
"""


@pytest.mark.parametrize(("step", "state"), [("apply", "checked"), ("undo", "applied")])
def test_a_command_that_is_terminated_in_its_transaction_leaves_its_batch_free(
    step,
    state,
    database,  # noqa: F811 - the fixture
    tmp_path,
    monkeypatch,
):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    finish(start(database, SEED))
    command = start(database, COMMAND, step=step, reached=str(tmp_path / "writing"))
    try:
        wait_for(tmp_path / "writing", command)
        command.send_signal(signal.SIGTERM)
        _out, errors = command.communicate(timeout=60)
        assert command.returncode == 128 + signal.SIGTERM, errors
        message = "İşlem yarıda kesildi, hiçbir kayıt değişmedi. Yeniden deneyiniz."
        assert finish(start(database, LEFT)) == [state, None, message]
    finally:
        end_all()
